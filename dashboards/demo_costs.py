"""The demo's money: types, prices, rates, and five months of GPU use by several people.

The numbers are made up; they are shaped like those of a small provider that trains on
spot, keeps a machine of its own, and forgets notebooks overnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from costs.models import Outcome, PurchaseOption, Purpose, Service
from costs.on_prem import Machine
from costs.services import gpu_types, prices, rates, use
from dashboards.demo_clock import ago, at, on
from projects.models import Engagement

if TYPE_CHECKING:
    from datetime import date

    from projects.models import Organisation, User

DAYS: Final = 140
TOKYO: Final = "ap-northeast-1"
OWN: Final = "自社A100"
NOTHING: Final = Decimal(0)
SOURCE: Final = "デモ用の値"
# Dollars an hour in Tokyo: type, service, option, price.
LIST: Final = (
    ("p4d.24xlarge", Service.COMPUTE, PurchaseOption.ON_DEMAND, "44.92"),
    ("p3.8xlarge", Service.COMPUTE, PurchaseOption.ON_DEMAND, "16.776"),
    ("p3.8xlarge", Service.COMPUTE, PurchaseOption.SPOT, "5.0328"),
    ("p3.2xlarge", Service.COMPUTE, PurchaseOption.ON_DEMAND, "4.194"),
    ("p3.2xlarge", Service.COMPUTE, PurchaseOption.SPOT, "1.2582"),
    ("g5.xlarge", Service.COMPUTE, PurchaseOption.ON_DEMAND, "1.459"),
    ("g5.xlarge", Service.COMPUTE, PurchaseOption.SPOT, "0.5123"),
    ("g5.xlarge", Service.COMPUTE, PurchaseOption.RESERVED, "0.919"),
    ("g5.xlarge", Service.SAGEMAKER, PurchaseOption.ON_DEMAND, "2.043"),
)
MACHINE: Final = Machine(
    price_yen=Decimal(7_800_000),
    life_years=Decimal(5),
    salvage_yen=Decimal(300_000),
    power_w=Decimal(2200),
    load=Decimal("0.75"),
    pue=Decimal("1.6"),
    yen_a_kwh=Decimal(29),
    space_yen_a_year=Decimal(180_000),
    people_yen_a_year=Decimal(420_000),
    hours_a_year=Decimal(3500),
    gpus=Decimal(4),
)


@dataclass(frozen=True, slots=True)
class Habit:
    """What one person runs again and again, and what goes wrong with it."""

    who: str
    purpose: Purpose
    gpu_type: str
    option: PurchaseOption
    # Days between two runs, the first of them so many days after the beginning.
    every: int
    since: int
    starts: int
    hours: Decimal
    utilisation: int
    service: Service = Service.COMPUTE
    count: Decimal = Decimal(1)
    # Every so many runs one breaks off, fails, or is left on overnight; 0 is never.
    interrupted: int = 0
    failed: int = 0
    forgotten: int = 0
    resource: str = ""
    note: str = ""


HABITS: Final = {
    "anomaly": (
        Habit(
            "tanaka",
            Purpose.TRAINING,
            "p4d.24xlarge",
            PurchaseOption.ON_DEMAND,
            7,
            3,
            10,
            Decimal("13.5"),
            88,
            failed=4,
            resource="train-p4d",
            note="全データで再学習",
        ),
        Habit(
            "tanaka",
            Purpose.TUNING,
            "p3.8xlarge",
            PurchaseOption.SPOT,
            7,
            5,
            19,
            Decimal("21.25"),
            81,
            interrupted=3,
            resource="tune-spot",
            note="しきい値の探索",
        ),
        Habit(
            "tanaka",
            Purpose.NOTEBOOK,
            "g5.xlarge",
            PurchaseOption.ON_DEMAND,
            9,
            2,
            9,
            Decimal(8),
            34,
            Service.SAGEMAKER,
            forgotten=3,
            resource="nb-tanaka",
        ),
        Habit(
            "kato",
            Purpose.EVALUATION,
            "g5.xlarge",
            PurchaseOption.ON_DEMAND,
            14,
            6,
            13,
            Decimal("1.75"),
            62,
            note="評価の再現",
        ),
    ),
    "demand_forecast": (
        Habit(
            "tanaka",
            Purpose.TRAINING,
            "p3.2xlarge",
            PurchaseOption.SPOT,
            7,
            1,
            20,
            Decimal("9.5"),
            77,
            interrupted=4,
            failed=9,
            resource="load-train",
        ),
        Habit(
            "tanaka",
            Purpose.TUNING,
            OWN,
            PurchaseOption.ON_PREM,
            10,
            4,
            18,
            Decimal(14),
            69,
            Service.ON_PREM,
            Decimal(2),
            resource="rack-a100-1",
        ),
        Habit(
            "kato",
            Purpose.INFERENCE,
            "g5.xlarge",
            PurchaseOption.RESERVED,
            7,
            0,
            0,
            Decimal(24),
            41,
            resource="serve-load",
            note="翌日予測の配信",
        ),
    ),
    "inventory": (
        Habit(
            "tanaka",
            Purpose.TRAINING,
            OWN,
            PurchaseOption.ON_PREM,
            14,
            8,
            9,
            Decimal(6),
            58,
            Service.ON_PREM,
            Decimal(".5"),
            resource="rack-a100-1",
        ),
        Habit(
            "kato",
            Purpose.NOTEBOOK,
            "g5.xlarge",
            PurchaseOption.ON_DEMAND,
            21,
            11,
            10,
            Decimal(7),
            22,
            Service.SAGEMAKER,
            forgotten=2,
            resource="nb-kato",
        ),
    ),
}


def spend(provider: Organisation, people: dict[str, User]) -> None:
    """All of it, for the engagements that have begun to work."""
    begins = ago(DAYS)
    with on(begins):
        _price(provider, begins, people["kato"])
    for kind, habits in HABITS.items():
        engagement = Engagement.objects.get(kind=kind)
        for habit in habits:
            _live(engagement, habit, begins, people)


def _price(provider: Organisation, begins: date, manager: User) -> None:
    names = sorted({name for name, *_rest in LIST})
    gpu_types.add_known_types(organisation=provider, names=names, by=manager)
    own = gpu_types.add_type(
        organisation=provider,
        name=OWN,
        model="NVIDIA A100",
        gpus=Decimal(1),
        memory_gib=Decimal(40),
        by=manager,
    )
    known = {one.name: one for one in provider.gpu_types.all()}
    for name, service, option, price in LIST:
        add = partial(
            prices.add_price,
            gpu_type=known[name],
            service=service,
            option=option,
            region=TOKYO,
            currency="USD",
            source=SOURCE,
            by=manager,
        )
        add(per_hour=Decimal(price), valid_from=begins)
        if option == PurchaseOption.SPOT:
            # Spot became dearer halfway; what ran before keeps its price.
            dearer = (Decimal(price) * Decimal("1.08")).quantize(Decimal("0.0001"))
            add(per_hour=dearer, valid_from=begins + timedelta(days=DAYS // 2))
    prices.add_on_prem_price(
        gpu_type=own, machine=MACHINE, valid_from=begins, source=SOURCE, by=manager
    )
    for step, yen in enumerate(("149.82", "150.41", "152.06", "151.37", "153.15")):
        rates.add_rate(
            organisation=provider,
            currency="USD",
            day=begins + timedelta(days=30 * step),
            yen=Decimal(yen),
            source=SOURCE,
            by=manager,
        )


def _live(
    engagement: Engagement, habit: Habit, begins: date, people: dict[str, User]
) -> None:
    of_type = engagement.provider.gpu_types.get(name=habit.gpu_type)
    for turn, after in enumerate(range(habit.since, DAYS - 1, habit.every), 1):
        hours, outcome, breaks, lost = _went(habit, turn)
        day = begins + timedelta(days=after)
        started_at = timezone.make_aware(datetime.combine(day, time(habit.starts)))
        overnight = hours > habit.hours
        ended_at = started_at + timedelta(seconds=int(hours * use.SECONDS_AN_HOUR))
        with at(ended_at):
            use.record_priced_use(
                engagement=engagement,
                started_at=started_at,
                ended_at=ended_at,
                gpu_type=of_type,
                option=habit.option,
                service=habit.service,
                region="" if habit.option == PurchaseOption.ON_PREM else TOKYO,
                count=habit.count,
                purpose=habit.purpose,
                outcome=outcome,
                interruptions=breaks,
                lost_hours=lost,
                utilisation=Decimal(5 if overnight else habit.utilisation - turn % 4),
                resource=habit.resource,
                note="夜間に停止し忘れ" if overnight else habit.note,
                used_by=people[habit.who],
                by=people[habit.who],
            )


def _went(habit: Habit, turn: int) -> tuple[Decimal, Outcome, int, Decimal]:
    """Hours, how the run ended, how often it was interrupted, the hours lost."""
    if habit.forgotten and turn % habit.forgotten == 0:
        return Decimal(23), Outcome.FINISHED, 0, NOTHING
    if habit.failed and turn % habit.failed == 0:
        hours = habit.hours / 2
        return hours, Outcome.FAILED, 0, hours
    if habit.interrupted and turn % habit.interrupted == 0:
        return habit.hours, Outcome.INTERRUPTED, 2, habit.hours / 5
    return habit.hours, Outcome.FINISHED, 0, NOTHING
