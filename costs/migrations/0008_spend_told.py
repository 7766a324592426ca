from django.db import migrations
from django.db.models import Exists, OuterRef, Subquery

MONEY = ("spent_yen", "budget_yen", "stop_yen", "gpu_yen", "labels_yen", "people_yen")


def tell_spend(apps, schema_editor):
    """The money of each engagement, on the row that lists read."""
    Spend = apps.get_model("costs", "Spend")
    Glance = apps.get_model("projects", "Glance")
    of = Spend.objects.filter(pk=OuterRef("pk"))
    Glance.objects.filter(Exists(of)).update(
        **{name: Subquery(of.values(name)) for name in MONEY}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("costs", "0007_spend_by_kind"),
        ("projects", "0018_glances_alone"),
    ]

    operations = [
        migrations.RunPython(tell_spend, migrations.RunPython.noop),
    ]
