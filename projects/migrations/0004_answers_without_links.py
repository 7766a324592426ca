from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_evidence_of_links")]
    operations = [
        migrations.RemoveField(
            model_name="answer",
            name="evidence_url",
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("issued_at__isnull", True),
                        ("issued_by__isnull", True),
                        ("stands_as", ""),
                        ("verdict", ""),
                    ),
                    models.Q(
                        ("issued_at__isnull", False),
                        ("issued_by__isnull", False),
                        models.Q(("verdict", ""), _negated=True),
                        models.Q(("stands_as", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="assessment_issued_whole",
            ),
        ),
    ]
