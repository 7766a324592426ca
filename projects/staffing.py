"""The matrix of people and skills, and the form that fills a row of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html_join
from django.utils.translation import get_language

from projects.catalogue import Text
from projects.models import Membership
from projects.skills import (
    MOST_HOURS,
    SKILL_NAMES,
    Coverage,
    Skill,
    coverage,
    hours_told,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from django.utils.safestring import SafeString

    from projects.models import Engagement, SkillCover, User


@dataclass(frozen=True, slots=True)
class Row:
    """One person with their hours in the order of the skills; None covers nothing."""

    person: User
    hours: tuple[Decimal | None, ...]
    total: Decimal | None
    may_change: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One skill with its hours in all; None is a gap."""

    name: Text
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """People and skills with what stands where they meet, and what it comes to."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    covered: Coverage
    told: Text
    # Whether the reader has a row of their own to fill.
    own_row: bool


def covered_by(engagement: Engagement) -> Coverage:
    """What the people who take part cover; one query."""
    return coverage(c.as_cover for c in engagement.covers.of_members())


def matrix(engagement: Engagement, *, reader: User, may_manage: bool) -> Matrix:
    """Everybody who takes part, with what they cover; two queries."""
    members = Membership.objects.in_engagement(engagement).select_related("user")
    # Several roles are still one person.
    people = {member.user_id: member.user for member in members}
    rows = [row for row in engagement.covers.all() if row.person_id in people]
    covers = [row.as_cover for row in rows]
    held = {(cover.person, cover.skill): cover.hours for cover in covers}
    team = coverage(covers)
    gaps, hours = summary(team), hours_told(team)
    return Matrix(
        columns=tuple(
            Column(SKILL_NAMES[skill], team.skill_hours.get(skill)) for skill in Skill
        ),
        rows=tuple(
            Row(
                person=person,
                hours=tuple(held.get((pk, skill)) for skill in Skill),
                total=team.hours.get(pk),
                may_change=engagement.is_open and (may_manage or person == reader),
            )
            for pk, person in people.items()
        ),
        covered=team,
        own_row=engagement.is_open and reader.pk in people,
        told=Text(
            ja=gaps.ja + hours.ja,
            en=f"{gaps.en} {hours.en}",
        ),
    )


class HoursForm(forms.Form):
    """One person's hours a week, a field for each skill; empty covers nothing."""

    def __init__(self, *args: Any, held: Iterable[SkillCover], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = {cover.skill: cover.hours_a_week for cover in held}
        for skill in Skill:
            self.fields[skill.value] = forms.DecimalField(
                label=SKILL_NAMES[skill].in_(get_language() or "ja"),
                required=False,
                min_value=0,
                max_value=MOST_HOURS,
                max_digits=4,
                decimal_places=1,
                initial=hours.get(skill.value),
                # What was shown comes back with what was typed, so that a field left
                # alone undoes nothing that somebody else entered meanwhile.
                show_hidden_initial=True,
                widget=forms.NumberInput(attrs={"class": "in in-s", "step": "0.5"}),
            )

    def seen(self) -> SafeString:
        """The hidden fields that bring back what was shown."""
        hidden = (bound.as_hidden(only_initial=True) for bound in self)
        return format_html_join("", "{}", ((one,) for one in hidden))

    def changes(self) -> dict[Skill, Decimal | None]:
        """The fields that were changed; none and 0 both take the person off."""
        return {
            Skill(name): self.cleaned_data[name] or None for name in self.changed_data
        }
