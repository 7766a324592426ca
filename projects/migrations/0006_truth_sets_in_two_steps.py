from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_agreement_whole")]
    operations = [
        migrations.AlterModelOptions(
            name="truthset", options={"ordering": ["-received_at"]}
        ),
        migrations.RemoveConstraint(model_name="truthset", name="truth_set_once"),
        migrations.RenameField("truthset", "registered_at", "received_at"),
        migrations.AddField(
            "truthset",
            "registered_at",
            models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField("truthset", "classes", models.JSONField(default=list)),
        migrations.AlterField("truthset", "columns", models.JSONField(default=dict)),
        migrations.AlterField("truthset", "rows", models.BigIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="truthset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("registered_at__isnull", False)),
                fields=("engagement", "sha256", "columns"),
                name="truth_set_once",
            ),
        ),
    ]
