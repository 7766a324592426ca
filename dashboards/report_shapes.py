"""What a report says, as plain values: read once, then written as page, PDF and e-mail.

No Django in here, and no wording: stages, outcomes and kinds of dates are the words
that the database keeps. Money is in yen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from projects.catalogue import Text


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of a verdict; ``why`` is the sentence of its outcome."""

    name: Text
    segment: str
    unit: str
    bound: str
    limit: Decimal
    value: float | None
    low: float | None
    high: float | None
    outcome: str
    why: Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """The newest run that was judged, its criteria with the worst first."""

    run: int
    version: int
    outcome: str
    loosened: bool
    measured_on: date | None
    lines: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Burned:
    """One allowance of the error budget in the period that holds the day.

    ``share`` is used of allowed and may pass 1.
    """

    measure: str
    per: str
    used: Decimal
    most: Decimal
    share: float


@dataclass(frozen=True, slots=True)
class Borne:
    """What management accepted a month, until when; ``ended`` says why no longer."""

    false_alarms: Decimal
    misses: Decimal
    yen: Decimal
    low: Decimal
    high: Decimal
    until: date
    who: Text
    ended: str


@dataclass(frozen=True, slots=True)
class Money:
    """Spend by kind, errors in operation so far, value expected a year and realised."""

    spent: Decimal
    budget: Decimal | None
    stop: Decimal | None
    gpu: Decimal
    labels: Decimal
    people: Decimal
    errors: Decimal
    expected: Decimal | None
    realised: Decimal

    @property
    def share(self) -> Decimal | None:
        """The part of the budget that is spent, 0.71 for 71 %."""
        return self.spent / self.budget if self.budget else None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day that comes, and what happens on it (a ``projects.glancing.Coming``)."""

    on: date
    what: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that nobody has made yet: ``sign``, ``errors``, ``budget``, ``stage``.

    ``number`` is that of the agreement's version or of the run.
    """

    kind: str
    engagement: UUID
    name: Text
    number: int


@dataclass(frozen=True, slots=True)
class Blocking:
    """What the next stage lacks, who mends it and by when."""

    what: Text
    owner: Text
    due: date | None


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: under an agreement's version, or under a stage."""

    what: str
    number: int
    side: Text
    who: Text
    on: date


@dataclass(frozen=True, slots=True)
class Entry:
    """One engagement in a line, as the portfolio's report and its files show it."""

    key: UUID
    name: Text
    customer: Text
    owner: Text
    kind: str
    place: str
    stage: str
    step: int
    is_open: bool
    outcome: str
    worst: Judged | None
    loosened: bool
    errors: tuple[float, ...]
    measured_on: date | None
    unaccepted: bool
    burned: float | None
    burned_until: date | None
    accepted_until: date | None
    money: Money
    next: Ahead | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class EngagementReport:
    """Everything an engagement's one page says.

    ``blocks``: what the next stage still lacks, the worst first. ``ahead``: the next
    days, the nearest first. ``over`` and ``under`` name the two ways to be wrong.
    ``version`` and ``digest`` are of the agreement in force.
    """

    entry: Entry
    problem: str
    provider: Text
    since: date
    declined: Text | None
    verdict: Verdict | None
    burned: tuple[Burned, ...]
    borne: Borne | None
    over: Text
    under: Text
    waivers: tuple[Text, ...]
    blocks: tuple[Blocking, ...]
    ahead: tuple[Ahead, ...]
    waiting: tuple[Waiting, ...]
    signed: tuple[Signed, ...]
    version: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all engagements of a portfolio: how they stand, and their money summed."""

    all: int
    measured: int
    inside: int
    missed: int
    undecided: int
    money: Money


@dataclass(frozen=True, slots=True)
class PortfolioReport:
    """What a portfolio's page says: the first of its entries, of all there are.

    ``is_part``: of a portfolio that its reader has narrowed.
    """

    is_part: bool
    whose: Text
    totals: Totals
    entries: tuple[Entry, ...]
    waiting: tuple[Waiting, ...]
