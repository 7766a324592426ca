"""The demo's shared GPUs: two pools, who books them, and one that waits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from costs.models import GpuType, Pool, PoolKind, PurchaseOption, Service
from costs.services.asked import Asked
from costs.services.bookings import book
from costs.services.pools import add_pool
from costs.services.use import record_use
from dashboards.demo_clock import ago, on
from dashboards.demo_clock import at as as_of
from projects.models import Engagement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from projects.models import Organisation, User

# Name, GPU, GPUs of one.
TYPES = (
    ("HGX H100", "NVIDIA H100", 8),
    ("L40S", "NVIDIA L40S", 4),
    ("p5.48xlarge", "NVIDIA H100", 8),
)
# Type, bought as, yen an hour of one, where it stands.
PRICES = (
    ("HGX H100", Service.ON_PREM, PurchaseOption.ON_PREM, 6_400, "社内の計算"),
    ("L40S", Service.ON_PREM, PurchaseOption.ON_PREM, 1_100, "社内の計算"),
    ("p5.48xlarge", Service.COMPUTE, PurchaseOption.SPOT, 3_900, "AWSの価格表"),
)
# Pool, kind of engagement, what runs, GPUs, hours from this morning, how long, when
# it was booked (hours from this morning), priority.
BOOKED = (
    (0, "anomaly", "再学習 1号機", 8, -20 * 24, 90, -21 * 24, 2),
    (0, "demand_forecast", "負荷モデルの再学習", 8, -9 * 24, 60, -10 * 24, 2),
    (0, "anomaly", "再学習 2号機", 4, 0, 30, -30, 2),
    (0, "demand_forecast", "翌年の負荷モデル", 8, 20, 11, -26, 2),
    (0, "anomaly", "3号機の学習", 8, 20, 28, -20, 3),
    (0, "inventory", "需要の探索", 4, 72, 30, -18, 2),
    (1, "inventory", "部品の探索", 2, 6, 50, -12, 2),
    (1, "anomaly", "しきい値の探索", 2, 30, 24, -6, 2),
)


def share_gpus(provider: Organisation, people: Mapping[str, User]) -> None:
    """Pools, prices of waiting and of not waiting, and bookings around today."""
    manager = people["kato"]
    types = {
        name: GpuType.objects.get_or_create(
            organisation=provider,
            name=name,
            defaults={"model": model, "gpus": Decimal(gpus)},
        )[0]
        for name, model, gpus in TYPES
    }
    for name, service, option, yen, source in PRICES:
        types[name].prices.get_or_create(
            organisation=provider,
            service=service,
            option=option,
            defaults={
                "per_hour": Decimal(yen),
                "valid_from": ago(90),
                "source": source,
                "recorded_by": manager,
            },
        )
    with on(ago(90)):
        pools = [
            add_pool(
                organisation=provider,
                name=name,
                kind=PoolKind.CARDS,
                gpu_type=types[of],
                gpus=gpus,
                by=manager,
            )
            for name, of, gpus in (("gpu-01", "HGX H100", 8), ("gpu-02", "L40S", 4))
        ]
    _seen_on_spot(people)
    _book(pools, people, timezone.localtime())


def _seen_on_spot(people: Mapping[str, User]) -> None:
    """How often spot was interrupted, so that it can be told what to expect."""
    begun = timezone.localtime() - timedelta(days=24)
    with as_of(begun + timedelta(hours=20)):
        record_use(
            engagement=Engagement.objects.get(kind="anomaly"),
            started_at=begun,
            ended_at=begun + timedelta(hours=20),
            gpu_type="p5.48xlarge",
            gpus_of_one=Decimal(8),
            price_per_hour=Decimal(3_900),
            option=PurchaseOption.SPOT,
            note="1号機の学習",
            interruptions=1,
            lost_hours=Decimal("0.7"),
            by=people["tanaka"],
        )


def _book(pools: list[Pool], people: Mapping[str, User], now: datetime) -> None:
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    for pool, kind, title, gpus, start, hours, asked, priority in sorted(
        BOOKED, key=lambda one: one[6]
    ):
        with as_of(morning + timedelta(hours=asked)):
            book(
                asked=Asked(
                    pool=pools[pool],
                    engagement=Engagement.objects.get(kind=kind),
                    title=title,
                    gpus=gpus,
                    wanted_from=morning + timedelta(hours=start),
                    hours=Decimal(hours),
                    priority=priority,
                ),
                by=people["tanaka" if kind == "anomaly" else "kato"],
                at=morning + timedelta(hours=asked),
            )
