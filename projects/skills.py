"""The skills an engagement needs, who covers them, and what is missing. No Django."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text
from projects.checklist import PARTIAL, YES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Nobody gives one engagement more hours of a week than this.
MOST_HOURS: Final = Decimal(60)


class Skill(StrEnum):
    """What somebody on the team must be able to do."""

    PAPERS = "papers"
    INSTANCES = "instances"
    API = "api"
    FRONT_END = "front_end"
    OPERATIONS = "operations"
    KUBERNETES = "kubernetes"
    DOMAIN = "domain"


SKILL_NAMES: Final[Mapping[Skill, Text]] = {
    Skill.PAPERS: Text(ja="論文の読解と実装", en="Reading and implementing papers"),
    Skill.INSTANCES: Text(ja="インスタンスの選定", en="Choosing instances"),
    Skill.API: Text(ja="API", en="API"),
    Skill.FRONT_END: Text(ja="フロントエンド", en="Front end"),
    Skill.OPERATIONS: Text(ja="運用", en="Operations"),
    Skill.KUBERNETES: Text(ja="Kubernetes", en="Kubernetes"),
    Skill.DOMAIN: Text(ja="業務の専門家", en="Domain expert"),
}
# The same inside an English sentence; a name stays a name.
INSIDE: Final[Mapping[Skill, str]] = {
    **{skill: name.en.lower() for skill, name in SKILL_NAMES.items()},
    Skill.API: "API",
    Skill.KUBERNETES: "Kubernetes",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """One person (known by any number) covers one skill for some hours a week."""

    person: int
    skill: Skill
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a team covers; skills in their order, hours by person and by skill."""

    covered: tuple[Skill, ...]
    gaps: tuple[Skill, ...]
    hours: Mapping[int, Decimal]
    skill_hours: Mapping[Skill, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), Decimal())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer the team page speaks for, in words; nobody is bound by it."""

    text: Text
    value: str = ""
    number: Decimal | None = None

    @property
    def is_answer(self) -> bool:
        return bool(self.value) or self.number is not None


def coverage(covers: Iterable[Cover]) -> Coverage:
    """Which skills somebody covers, which nobody does, and the hours a week."""
    hours: dict[int, Decimal] = defaultdict(Decimal)
    skill_hours: dict[Skill, Decimal] = defaultdict(Decimal)
    for cover in covers:
        hours[cover.person] += cover.hours
        skill_hours[cover.skill] += cover.hours
    return Coverage(
        covered=tuple(skill for skill in Skill if skill in skill_hours),
        gaps=tuple(skill for skill in Skill if skill not in skill_hours),
        hours=dict(hours),
        skill_hours=dict(skill_hours),
    )


def summary(team: Coverage) -> Text:
    """「7つの技能のうち5つに担当がいます。」 and which ones nobody covers."""
    many, all_of_them = len(team.covered), len(Skill)
    if not team.gaps:
        return Text(
            ja=f"{all_of_them}つの技能すべてに担当がいます。",
            en=f"All {all_of_them} skills are covered.",
        )
    if not team.covered:
        return Text(
            ja="どの技能にも、まだ担当が登録されていません。",
            en="Nobody is entered for any skill yet.",
        )
    ja = "、".join(SKILL_NAMES[skill].ja for skill in team.gaps)
    names = [INSIDE[skill] for skill in team.gaps]
    en = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    verb = "is" if many == 1 else "are"
    return Text(
        ja=f"{all_of_them}つの技能のうち{many}つに担当がいます。{ja}には担当がいません。",
        en=f"{many} of {all_of_them} skills {verb} covered; nobody covers {en}.",
    )


def hours_told(team: Coverage) -> Text:
    """「3人で合わせて週38時間です。」"""
    people, total = len(team.hours), _hours(team.total)
    if not people:
        return Text(
            ja="稼働時間はまだ登録されていません。", en="No hours are entered yet."
        )
    hours = "1 hour" if total == "1" else f"{total} hours"
    who = "one person" if people == 1 else f"{people} people"
    return Text(
        ja=f"{people}人で合わせて週{total}時間です。",
        en=f"{hours} a week in all, from {who}.",
    )


def suggestions(team: Coverage) -> Mapping[str, Suggestion]:
    """What the team speaks for in answer to S1 (people present) and S2 (hours).

    A team nobody has entered speaks for nothing: silence is not a "no".
    """
    if not team.covered:
        return {"S1": Suggestion(summary(team)), "S2": Suggestion(hours_told(team))}
    return {
        "S1": Suggestion(summary(team), value=PARTIAL if team.gaps else YES),
        "S2": Suggestion(hours_told(team), number=team.total),
    }


def _hours(hours: Decimal) -> str:
    return f"{hours.normalize():,f}"
