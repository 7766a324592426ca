"""What /metrics says, in the format of Prometheus.

Gauges are read from the database when somebody asks, so that each web process gives the
same; the requests are those of all web processes where PROMETHEUS_MULTIPROC_DIR is set,
else of the one that answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from dashboards import counting, vitals
from evaluation.models import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from dashboards.condition import Facts


def exposition() -> bytes:
    """All of it, as text."""
    registry = CollectorRegistry()
    registry.register(Installation())
    if settings.METRICS_FOLDER:
        MultiProcessCollector(registry, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]
    else:
        for one in (counting.REQUESTS, counting.SECONDS):
            registry.register(one)
    return generate_latest(registry)


class Installation(Collector):
    """The installation as a whole, whichever process is asked."""

    def collect(self) -> Iterator[Metric]:
        """Every family, in order."""
        facts = vitals.facts(now=timezone.now())
        yield InfoMetricFamily(
            "kenshu", "The version.", value={"version": settings.KENSHU_VERSION}
        )
        up = facts.database_ms is not None
        yield _gauge("database_up", "Whether the database answers.", int(up))
        yield _gauge(
            "broker_up", "Whether the broker answers.", int(facts.broker_ms is not None)
        )
        if up:
            yield from _of_rows(facts)
        yield from _of_parts(facts)


def _of_rows(facts: Facts) -> Iterator[Metric]:
    runs = GaugeMetricFamily("kenshu_runs", "Runs by status.", labels=["status"])
    counted = Run.objects.order_by().values_list("status").annotate(n=Count("pk"))
    for status, n in sorted(counted):
        runs.add_metric([status], n)
    yield runs
    waits = (facts.now - facts.oldest).total_seconds() if facts.oldest else 0.0
    yield _gauge("queue_depth", "Runs that wait or are being measured.", _depth(facts))
    yield _gauge(
        "oldest_waiting_run_seconds", "How long a run has waited at most.", waits
    )
    yield _gauge("imports_waiting", "Deliveries of costs under way.", facts.imports)
    yield _gauge("notices_waiting", "Mails to be sent.", facts.mails)
    yield _gauge(
        "notices_undeliverable", "Mails refused in the last day.", facts.undelivered
    )
    yield _gauge("media_free_bytes", "Free space for files.", facts.disk_free)
    yield _gauge("media_total_bytes", "Space for files in all.", facts.disk_total)


def _depth(facts: Facts) -> int:
    return facts.queued + facts.running


def _of_parts(facts: Facts) -> Iterator[Metric]:
    heard = GaugeMetricFamily(
        "kenshu_last_heard_seconds",
        "How long ago beat and the workers said that they live.",
        labels=["part"],
    )
    for part, at in sorted(facts.heard.items()):
        heard.add_metric([part], (facts.now - at).total_seconds())
    yield heard
    messages = GaugeMetricFamily(
        "kenshu_queue_messages", "Messages no worker has taken.", labels=["queue"]
    )
    for queue, n in sorted(facts.messages.items()):
        messages.add_metric([queue], n)
    yield messages
    yield from _of_tasks()


def _of_tasks() -> Iterator[Metric]:
    tasks = CounterMetricFamily(
        "kenshu_tasks", "Tasks that ended, by name and how.", labels=["task", "end"]
    )
    try:
        for name, end, n in counting.tasks_ended():
            tasks.add_metric([name, end], n)
    except RedisError:
        return
    yield tasks


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"kenshu_{name}", says, value=value)
