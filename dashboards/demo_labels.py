"""The demo's other costs: labels of a night's photographs, hours, and deployments."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from costs.labels.pay import Fee
from costs.services import deployments, labels, people
from costs.services.deployments import Described
from costs.services.labels import Delivery
from costs.services.people import Work
from dashboards.demo_clock import ago, on, today

if TYPE_CHECKING:
    from datetime import date

    from projects.models import Engagement, User

PHOTOS: Final = 80
KINDS: Final = ("傷", "打痕", "良品")
# How often each of the five is right; the last one hurries.
WORKERS: Final = {
    "saito@label.example": 0.95,
    "inoue@label.example": 0.92,
    "kimura@label.example": 0.9,
    "hayashi@label.example": 0.86,
    "shimizu@label.example": 0.55,
}
A_PHOTO: Final = 3
WEEKS: Final = 4


def spend_on(engagement: Engagement, people_: dict[str, User]) -> None:
    """Labels, four weeks of hours, and where the model could answer."""
    manager, engineer = people_["kato"], people_["tanaka"]
    with on(ago(30)):
        _label(engagement, manager, ago(30))
    _work(engagement, manager, engineer)
    _deploy(engagement, manager, today())


def photographs() -> bytes:
    """Three answers to each photograph, a third of them with what is right."""
    random = np.random.default_rng(20260404)
    lines = ["item_id,worker_id,label,gold,time,reward,approved"]
    names = list(WORKERS)
    for photo in range(PHOTOS):
        truth = KINDS[int(random.choice(3, p=(0.3, 0.2, 0.5)))]
        gold = truth if photo % 3 == 0 else ""
        for name in random.choice(names, A_PHOTO, replace=False):
            hurries = WORKERS[name] < 0.6
            right = random.random() < WORKERS[name]
            label = truth if right else str(random.choice(KINDS))
            seconds = int(random.integers(3, 6) if hurries else random.integers(9, 26))
            rejected = hurries and not right and photo % 4 == 0
            said = "rejected" if rejected else "approved"
            lines.append(
                f"OKZ-{2000 + photo},{name},{label},{gold},{seconds},12,{said}"
            )
    return "\n".join(lines).encode()


def _label(engagement: Engagement, manager: User, day: date) -> None:
    content = photographs()
    delivery = Delivery(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        name="press_photos.csv",
        title="プレス部品の写真 第1回",
        currency="JPY",
        fee=Fee(Decimal(20)),
        day=day,
    )
    labels.deliver(engagement=engagement, delivery=delivery, by=manager)


def _work(engagement: Engagement, manager: User, engineer: User) -> None:
    for days in range(7 * WEEKS, 0, -1):
        day = ago(days)
        if day.weekday() >= 5:
            continue
        note = "しきい値の見直し" if days % 9 == 0 else ""
        with on(day, hour=18):
            work = Work(engineer, day, Decimal("3.5"), Decimal(6_500), note)
            people.record(engagement=engagement, work=work, by=engineer)
            if day.weekday() == 1:
                meeting = Work(manager, day, Decimal("1.5"), Decimal(9_000), "定例")
                people.record(engagement=engagement, work=meeting, by=manager)


def _deploy(engagement: Engagement, manager: User, day: date) -> None:
    begun = (day.replace(day=1) - timedelta(days=75)).replace(day=1)
    with on(begun):
        for said in _described(begun):
            deployments.add(engagement=engagement, said=said, by=manager)
    running = engagement.deployments.get(name="工場内サーバー")
    for before in (62, 31):
        month = (day.replace(day=1) - timedelta(days=before)).replace(day=1)
        with on(max(month, begun) + timedelta(days=33)):
            deployments.book(
                deployment=running,
                month=max(month, begun),
                predictions=1_460_000,
                by=manager,
            )


def _described(begun: date) -> tuple[Described, ...]:
    """The server in the factory, and two that were weighed against it."""
    return (
        Described(
            name="工場内サーバー",
            target="on_prem",
            prices={
                "instances": Decimal(1),
                "per_hour": Decimal(46),
                "percent": Decimal(25),
                "hours": Decimal(730),
            },
            currency="JPY",
            predictions_a_month=1_500_000,
            source="設備台帳 2026年度",
            starts_on=begun,
            p50_ms=Decimal(18),
            p95_ms=Decimal(41),
        ),
        Described(
            name="Lambda(東京)",
            target="lambda",
            prices={
                "milliseconds": Decimal(180),
                "megabytes": Decimal(2048),
                "per_gb_second": Decimal("0.0000166667"),
                "per_million": Decimal("0.20"),
                "gateway_per_million": Decimal("4.25"),
            },
            currency="USD",
            predictions_a_month=1_500_000,
            source="AWSの料金ページ、東京、2026-11-20に確認",
            starts_on=begun,
            rate_yen=Decimal("151.2"),
            p50_ms=Decimal(95),
            p95_ms=Decimal(420),
        ),
        Described(
            name="エッジ端末 3台",
            target="edge",
            prices={
                "devices": Decimal(3),
                "price": Decimal(68_000),
                "life_months": Decimal(60),
                "watts": Decimal(12),
                "per_kwh": Decimal(31),
                "changes_a_year": Decimal(0),
                "per_change": Decimal(0),
            },
            currency="JPY",
            predictions_a_month=1_500_000,
            source="見積書 2026-09",
            starts_on=begun,
            p50_ms=Decimal(26),
            p95_ms=Decimal(39),
        ),
    )
