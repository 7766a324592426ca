import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from 0018: Postgres alters no table whose rows just changed."""

    dependencies = [
        ("projects", "0018_glances_alone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="glance",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="glance",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="glance",
            index=models.Index(
                condition=models.Q(
                    ("unaccepted", True),
                    ("runs_out_on__isnull", False),
                    _connector="OR",
                ),
                fields=["runs_out_on", "engagement"],
                name="glance_to_bear",
            ),
        ),
    ]
