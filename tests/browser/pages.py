"""Every page a person reads, and who reads it: the list that axe goes through.

tests/test_every_page_is_listed.py walks the addresses of the whole site and fails for
one that stands neither here nor, with its reason, in ``NOT_PAGES`` there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from tests.browser.house import House


@dataclass(frozen=True, slots=True)
class Seen:
    """One page: its address by name, what it hangs on, and who opens it.

    ``on`` is a key of ``House.places``; where a thing is one reader's own, the place of
    ``on`` and the language is taken. Readers are the names of tests/browser/demo.py and
    rows.py without their language; "" is nobody signed in.
    """

    name: str
    on: str = ""
    who: str = "lead"
    query: str = ""
    status: int = 200
    # Its address leads on to that of the page.
    leads_on: bool = False

    def path(self, house: House, language: str) -> str:
        own = f"{self.on}-{language}"
        place = house.places.get(own) or house.places.get(self.on, [])
        assert place or not self.on, f"nothing is known as {self.on}"
        query = self.query.format(**{k: v[-1] for k, v in house.places.items() if v})
        return reverse(self.name, args=place) + query


def of(app: str, on: str, *names: str, who: str = "lead") -> tuple[Seen, ...]:
    """Pages of one app that hang on the same and are read by the same."""
    return tuple(Seen(f"{app}:{name}", on, who) for name in names)


# By subject, so that the workers share them.
PAGES: dict[str, tuple[Seen, ...]] = {
    "portfolio": (
        *of("dashboards", "", "portfolio", "wall", "prices", "views", "view_save"),
        *of("dashboards", "view", "view_edit"),
        *of("dashboards", "", "portfolio", "wall", "prices", who="newcomer"),
        Seen("dashboards:portfolio", query="?kind=anomaly"),
        Seen("dashboards:portfolio", query="?q=nothing-like-it"),
        *of("projects", "", "engagements", "engagement_new"),
        Seen("projects:engagements", query="?q=nothing-like-it"),
        *of("dashboards", "", "status", who="chief"),
    ),
    "reports": (
        *of("dashboards", "", "portfolio_report"),
        *of("dashboards", "power", "report"),
        Seen("dashboards:report", "press", query="?lang=both"),
        *of("dashboards", "press", "report_links"),
        *of("dashboards", "provider", "portfolio_links"),
        Seen("dashboards:link", "link", who=""),
        Seen("dashboards:link", "link of all", who=""),
        Seen("dashboards:chain", "power"),
        Seen("evaluation:certificate", "accepted"),
        Seen("evaluation:verify", "accepted"),
        Seen("projects:round_paper", "round"),
        Seen("projects:letter", "declined", who="manager"),
    ),
    "engagement": (
        *of("dashboards", "press", "engagement", "accuracy_price", "value"),
        *of("dashboards", "power", "engagement", "accuracy", "value"),
        *of("dashboards", "stock", "accuracy"),
        Seen("dashboards:accuracy", "press"),
        Seen("dashboards:accuracy", "press", query="?from=2031-01-01"),
        *of("dashboards", "press", "overview_accuracy", "overview_errors"),
        *of("dashboards", "press", "overview_burn_up", "overview_price"),
        *of("dashboards", "run", "segments"),
        Seen("dashboards:segments", "run", query="?segment=プレス1号機"),
        *of("projects", "press", "engagement_edit", "team"),
        *of("projects", "person", "skills"),
    ),
    # Every name in them is as long as it may be.
    "long names": (
        *of("dashboards", "", "portfolio", "wall", "portfolio_report", who="endless"),
        *of("dashboards", "endless", "engagement", "report", who="endless"),
        *of("projects", "", "engagements", "audit", who="endless"),
        *of("projects", "endless", "feasibility", "agreements", "team", who="endless"),
    ),
    "feasibility": (
        *of("projects", "press", "feasibility", "fill_in", "rounds_compare", "upgrade"),
        *of("projects", "press", "engagement_decline"),
        *of("projects", "round", "round_past"),
        *of("projects", "item", "item"),
        *of("projects", "stopping", "waive", who="owner"),
        *of("projects", "waiver", "waiver_withdraw", who="owner"),
        *of("projects", "", "sampling"),
        Seen("projects:sampling", query="?rate=1&cases=23&a_month=0.64"),
    ),
    "agreements": (
        *of("projects", "power", "agreements"),
        *of("projects", "press", "agreement_new"),
        *of("projects", "signed", "agreement", "agreement_changes"),
        *of("projects", "draft", "agreement_edit", "criterion_new"),
        *of("projects", "part", "agreement_part"),
        *of("projects", "line", "criterion_edit"),
        *of("projects", "offered", "agreement"),
        *of("projects", "offered", "agreement_sign", "agreement_refuse", who="owner"),
    ),
    "runs": (
        *of("evaluation", "press", "runs", "upload_new"),
        Seen("evaluation:compare", "press", query="?run={run}&run={older}"),
        *of("evaluation", "upload", "upload"),
        *of("evaluation", "run", "run"),
        *of("evaluation", "measured", "run", who="manager"),
        Seen("evaluation:errors_accept", "run", "owner", "?at=0.7"),
        *of("evaluation", "press", "truth_sets", "truth_new"),
        *of("evaluation", "truth", "truth"),
    ),
    "stages": (
        *of("evaluation", "power", "stages", "operation"),
        *of("evaluation", "press", "stages", "operation"),
        *of("evaluation", "accepted", "review"),
        *of("evaluation", "review", "review", "review_sign", "review_reject"),
        *of("evaluation", "review", "review_sign", who="owner"),
    ),
    "costs": (
        *of("costs", "press", "costs", "lines", "waste", "budgets", "budget_new"),
        *of("costs", "spent", "costs"),
        *of("costs", "budget", "budget_withdraw"),
        *of("costs", "used up", "budget_decide", who="owner"),
        *of("costs", "press", "use_new"),
        *of("costs", "line of use", "use_edit", "usage_remove"),
    ),
    "work": (
        *of("costs", "press", "labels", "labels_new", "labels_plan"),
        *of("costs", "labels", "label_batch", "label_batch_remove"),
        *of("costs", "press", "hours", "hours_new", "hours_timesheet"),
        *of("costs", "hours", "hours_edit", "hours_remove"),
        *of("costs", "press", "deployments", "deployment_new"),
        *of("costs", "deployment", "deployment", "deployment_edit"),
        *of("costs", "month", "month_take_back"),
    ),
    "gpus": (
        *of("costs", "", "gpus", "booking_new"),
        *of("costs", "booking", "booking_edit", "booking_cancel"),
        *of("costs", "provider", "pool_new", "types", "type_new", "types_known"),
        *of("costs", "pool", "pool_edit"),
        *of("costs", "type", "type_edit"),
    ),
    "money": (
        *of("costs", "provider", "money", "money_waste", "imports", "rules"),
        *of("costs", "taken", "import"),
        *of("costs", "checked", "import"),
        *of("costs", "wrong", "import"),
        *of("costs", "provider", "unassigned", "prices", "price_new", "price_list"),
        *of("costs", "charge", "charge"),
        *of("costs", "price", "price"),
        *of("costs", "provider", "on_prem", "rates", "rate_new", "rate_list"),
    ),
    "people": (
        *of("projects", "", "intakes", "intake_new"),
        *of("projects", "intake", "intake", "intake_accept", "intake_ask"),
        *of("projects", "intake", "intake_decline"),
        *of("projects", "provider", "organisation", "invitation_new"),
        *of("projects", "house", "organisation", "own_item_new", who="administrator"),
        *of("projects", "question", "own_item_edit", who="administrator"),
        *of("projects", "", "notices", "notice_settings", "tokens", "audit"),
        *of("projects", "", "glossary"),
    ),
    "signing in": (
        Seen("account_change_password"),
        Seen("account_logout"),
        Seen("account_set_password", who="invited"),
        *(
            Seen(f"account_{name}", who="")
            for name in (
                *("login", "signup", "inactive", "reset_password"),
                *("reset_password_done", "reset_password_from_key_done"),
            )
        ),
        Seen("account_reset_password_from_key", "no key", ""),
        Seen("account_reset_password_from_key", "key", "", leads_on=True),
        Seen("projects:visit", "visit", ""),
        Seen("projects:visit_intake", "visited", ""),
    ),
    # What one comes upon unasked.
    "refusals": (
        Seen("projects:visit", "closed visit", "", status=410),
        Seen("projects:visit", "no such thing", "", status=404),
        Seen("dashboards:link", "no such thing", "", status=404),
        Seen("evaluation:run", "no such run", status=404),
        Seen("projects:waive", "stopping", status=403),
    ),
}
# Drawn by hand, since nothing goes wrong when asked to.
TEMPLATES = ("400.html", "429.html", "500.html", "503.html", "report/later.html")
