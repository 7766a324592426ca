from django.db import migrations


def tell_worst(apps, schema_editor):
    """The worst criterion of each newest verdict, on the row that lists read."""
    LatestVerdict = apps.get_model("evaluation", "LatestVerdict")
    Glance = apps.get_model("projects", "Glance")
    latest = LatestVerdict.objects.select_related("run__agreement", "worst__criterion")
    for one in latest.iterator():
        worst, agreement = one.worst, one.run.agreement
        kept = worst and {
            "metric": worst.criterion.metric,
            "bound": worst.criterion.bound,
            "limit": str(worst.criterion.limit),
            "outcome": worst.outcome,
            "value": worst.value,
            "low": worst.low,
            "high": worst.high,
            "further_cases": worst.further_cases,
        }
        loosened = None if agreement.loosened_from is None else agreement.pk
        Glance.objects.filter(pk=one.pk).update(worst=kept, loosened_id=loosened)


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0006_value_months"),
        ("projects", "0018_glances_alone"),
    ]

    operations = [
        migrations.RunPython(tell_worst, migrations.RunPython.noop),
    ]
