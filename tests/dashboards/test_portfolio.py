"""The portfolio and the overview: what needs attention first, and in whose words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboards import queries
from dashboards.choosing import Chosen
from dashboards.totals import together, totals
from evaluation import glances
from evaluation.models import LatestVerdict
from projects.models import Engagement, Event, Stage
from projects.pages import stage_steps
from projects.services import engagement as engagements
from tests.test_access import rows  # noqa: F401 - a fixture
from tests.test_query_counts import another, fill


def test_what_needs_attention_comes_first(rows):  # noqa: F811
    known = Engagement.objects.get()
    owner = known.owner
    owner.memberships.create(organisation=known.provider, role="project_manager")
    made = {"none": known}
    for number, outcome in enumerate(("pass", "undecided", "fail"), start=1):
        made[outcome] = another(known, number * 2)
        fill(made[outcome], number * 2)
        LatestVerdict.objects.filter(engagement=made[outcome]).update(outcome=outcome)
        glances.retell_verdicts(made[outcome])
    made["declined"] = another(known, 8)
    engagements.decline(engagement=made["declined"], because="理由", by=owner)

    listed = list(queries.portfolio(owner))

    order = ("fail", "undecided", "none", "pass", "declined")
    assert listed == [made[name] for name in order]
    told = together(totals(owner, Chosen()))
    assert (told.all, told.open) == (5, 4)
    assert (told.kept, told.missed, told.unsure, told.unmeasured) == (1, 1, 1, 1)


def test_a_step_tells_the_day_it_was_done(engagement, manager):
    engagement.created_at = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert [step["text"] for step in stage_steps(engagement)][:3] == [
        "2026年3月2日",
        "2026年3月2日から",
        "",
    ]

    engagements.advance(engagement=engagement, to=Stage.AGREEMENT, by=manager)
    moved = datetime(2026, 4, 14, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    Event.objects.filter(verb="engagement.stage_changed").update(at=moved)
    engagement.refresh_from_db()
    assert [step["text"] for step in stage_steps(engagement)][1:4] == [
        "2026年4月14日",
        "2026年4月14日から",
        "",
    ]


def test_a_person_is_called_in_the_readers_language(engagement, manager):
    manager.name, manager.name_en = "加藤 由美", "Yumi Kato"
    manager.save()
    event = engagement.events.create(
        verb="upload.received",
        params={"who": "加藤 由美", "file": "a.csv"},
        actor=manager,
    )

    assert event.sentence("en") == "Yumi Kato uploaded a.csv"
    assert event.sentence("ja") == "加藤 由美がa.csvを預けました。"


def test_a_declined_engagement_has_ended_where_it_stood(engagement, manager):
    engagements.decline(engagement=engagement, because="理由", by=manager)
    engagement.refresh_from_db()

    states = [(step["state"], step["text"]) for step in stage_steps(engagement)]

    assert states[0][0] == "done"
    assert states[1:3] == [("ended", "見送り"), ("future", "")]
