"""Lines of GPU use become lines of cost; budgets become rows of their own."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import migrations
from django.db.models import F
from django.utils import timezone

YEN = Decimal("0.0001")


def take_over(apps, schema_editor):
    usages = apps.get_model("costs", "GpuUsage").objects.select_related("engagement")
    charges = apps.get_model("costs", "Charge").objects
    days = apps.get_model("costs", "SpendDay").objects
    for line in usages.order_by("pk").iterator():
        begun = timezone.make_aware(datetime.combine(line.used_on, time()))
        month = line.used_on.replace(day=1)
        provider = line.engagement.provider_id
        charges.create(
            organisation_id=provider,
            engagement=line.engagement,
            assigned_by="line",
            source="hand",
            started_at=begun,
            ended_at=begun + timedelta(hours=float(line.hours)),
            day=line.used_on,
            month=month,
            used_by=line.recorded_by,
            person=line.recorded_by.name,
            purpose="other",
            note=line.purpose,
            gpu_type=line.gpu_type,
            gpus=1,
            hours=line.hours,
            gpu_hours=line.hours,
            option=line.option,
            service="on_prem" if line.option == "on_prem" else "compute",
            price_per_hour=line.price_yen,
            cost=line.cost_yen,
            cost_yen=line.cost_yen,
            recorded_by=line.recorded_by,
        )
        alike = {
            "organisation_id": provider,
            "engagement_id": line.engagement_id,
            "day": line.used_on,
            "month": month,
            "kind": "gpu",
            "category": "usage",
            "gpu_type": line.gpu_type,
            "option": line.option,
            "service": "on_prem" if line.option == "on_prem" else "compute",
            "purpose": "other",
            "person": line.recorded_by.name,
            "currency": "JPY",
        }
        key = hashlib.sha256("\x1f".join(map(str, alike.values())).encode()).hexdigest()
        days.get_or_create(key=key, defaults=alike)
        days.filter(key=key).update(
            lines=F("lines") + 1,
            hours=F("hours") + line.hours,
            gpu_hours=F("gpu_hours") + line.hours,
            cost=F("cost") + line.cost_yen,
            cost_yen=F("cost_yen") + line.cost_yen,
        )
    spends = apps.get_model("costs", "Spend").objects
    spends.update(spent_yen=F("gpu_yen"))
    budgets = apps.get_model("costs", "Budget").objects
    for spend in spends.exclude(budget_yen=None).select_related("engagement"):
        budgets.create(
            engagement=spend.engagement,
            amount_yen=spend.budget_yen,
            set_by_id=spend.engagement.owner_id,
        )


class Migration(migrations.Migration):
    dependencies = [("costs", "0002_money_whole")]

    operations = [
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.DeleteModel(name="GpuUsage"),
    ]
