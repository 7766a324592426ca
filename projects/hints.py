"""What the page knows that helps to answer: hints beside single questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse

from projects.checklist import ANSWER_NAMES
from projects.sample_words import Told, alarms_told, cases_told, misses_told
from projects.skills import suggestions
from projects.staffing import covered_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from projects.catalogue import Text
    from projects.models import Engagement
    from projects.skills import Suggestion
    from projects.standing import Given

SAMPLED: Final = ("T3", "E2", "E3")
STAFFED: Final = ("S1", "S2")
# More than this is a slip of the pen, which the field itself refuses.
MOST_TYPED: Final = 10**12


@dataclass(frozen=True, slots=True)
class SampleHint:
    """What the number of cases proves; ``href`` opens the calculator with it.

    ``told`` is None while there is nothing to tell; the hint then waits for a number.
    """

    item_id: str
    told: Told | None
    href: str
    template: str = "projects/_hint_sampling.html"

    @property
    def tone(self) -> str:
        """The look of its note."""
        if self.told is None or self.told.enough is None:
            return "info"
        return "pass" if self.told.enough else "open"


@dataclass(frozen=True, slots=True)
class SkillHint:
    """What the team page speaks for; ``taken`` once the answer says the same."""

    item_id: str
    suggestion: Suggestion
    taken: bool
    template: str = "projects/_hint_skills.html"

    @property
    def offered(self) -> str:
        """The suggested answer as a form carries it; empty when there is none."""
        number = self.suggestion.number
        return _plain(number) if number is not None else self.suggestion.value

    @property
    def word(self) -> Text | None:
        """The suggested answer where it is a word."""
        return ANSWER_NAMES.get(self.suggestion.value)


Hint = SampleHint | SkillHint


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def hints(engagement: Engagement, answers: Iterable[Given]) -> Mapping[str, Hint]:
    """The hints of a feasibility page by item; one query, for the team.

    T3, E2 and E3 say what so many cases prove, S1 and S2 what the team page says.
    """
    given = {answer.item_id: answer for answer in answers}
    found: dict[str, Hint] = {}
    for item_id in SAMPLED:
        told, href = _told(item_id, given), _calculator(item_id, given)
        found[item_id] = SampleHint(item_id, told, href)
    for item_id, suggestion in suggestions(covered_by(engagement)).items():
        answer = given.get(item_id)
        same = (
            answer is not None
            and suggestion.is_answer
            and (
                (answer.value or "", answer.number)
                == (suggestion.value, suggestion.number)
            )
        )
        found[item_id] = SkillHint(item_id, suggestion, taken=same)
    return found


def _number(given: Mapping[str, Given], item_id: str) -> Decimal | None:
    """The number answered, where it is one that cases can be counted by."""
    answer = given.get(item_id)
    number = answer.number if answer else None
    return number if number is not None and 0 <= number < MOST_TYPED else None


def _told(item_id: str, given: Mapping[str, Given]) -> Told | None:
    events, months = _number(given, "T3"), _number(given, "T2")
    number = _number(given, item_id)
    if item_id == "T3":
        cases = None if events is None else int(events)
        a_month = float(events / months) if events and months else None
        return cases_told(cases=cases, a_month=a_month)
    if number is None:
        return None
    if item_id == "E2":
        return alarms_told(float(number))
    return misses_told(
        float(number),
        events=int(events) if events else None,
        months=float(months) if months else None,
    )


def _calculator(item_id: str, given: Mapping[str, Given]) -> str:
    """The calculator's address with what is answered already."""
    typed: dict[str, str] = {}
    events, months = _number(given, "T3"), _number(given, "T2")
    if events is not None and item_id != "E2":
        typed["cases"] = str(int(events))
        if events and months:
            typed["a_month"] = f"{float(events / months):.4g}"
    address = reverse("projects:sampling")
    return f"{address}?{urlencode(typed)}" if typed else address
