import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def tell_sides(apps, schema_editor):
    """Who takes part, and how far it has come, as the engagements have it."""
    Engagement = apps.get_model("projects", "Engagement")
    Glance = apps.get_model("projects", "Glance")
    of = Engagement.objects.filter(pk=OuterRef("pk"))
    Glance.objects.update(
        **{
            name: Subquery(of.values(name))
            for name in ("provider_id", "customer_id", "stage")
        }
    )


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0017_saved_views"),
    ]

    operations = [
        migrations.AddField(
            model_name="glance",
            name="provider",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.organisation",
            ),
        ),
        migrations.AddField(
            model_name="glance",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.organisation",
            ),
        ),
        migrations.AddField(
            model_name="glance",
            name="stage",
            field=models.CharField(
                choices=[
                    ("intake", "Intake"),
                    ("feasibility", "Feasibility"),
                    ("agreement", "Agreement"),
                    ("initial", "Initial judgement"),
                    ("accuracy", "Accuracy"),
                    ("operation", "Operation"),
                    ("closed", "Closed"),
                    ("declined", "Declined"),
                ],
                default="",
                max_length=11,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="glance",
            name="worst",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="glance",
            name="loosened",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="projects.agreement",
            ),
        ),
        migrations.AddField(
            model_name="glance",
            name="spent_yen",
            field=models.DecimalField(decimal_places=4, default=0, max_digits=20),
        ),
        migrations.AddField(
            model_name="glance",
            name="gpu_yen",
            field=models.DecimalField(decimal_places=4, default=0, max_digits=20),
        ),
        migrations.AddField(
            model_name="glance",
            name="labels_yen",
            field=models.DecimalField(decimal_places=4, default=0, max_digits=20),
        ),
        migrations.AddField(
            model_name="glance",
            name="people_yen",
            field=models.DecimalField(decimal_places=4, default=0, max_digits=20),
        ),
        migrations.AddField(
            model_name="glance",
            name="budget_yen",
            field=models.DecimalField(decimal_places=0, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name="glance",
            name="stop_yen",
            field=models.DecimalField(decimal_places=0, max_digits=16, null=True),
        ),
        migrations.RunPython(tell_sides, migrations.RunPython.noop),
    ]
