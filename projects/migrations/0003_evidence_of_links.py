"""Links beside answers become evidence; issued verdicts stand as they were issued."""

from django.db import migrations
from django.db.models import F


def links_become_evidence(apps, schema_editor):
    evidence = apps.get_model("projects", "Evidence")
    answers = apps.get_model("projects", "Answer").objects.exclude(evidence_url="")
    # Rounds copy answers: one link of one item is one piece of evidence.
    seen = set()
    for answer in answers.order_by("answered_at").select_related("assessment"):
        key = (answer.assessment.engagement_id, answer.item_id, answer.evidence_url)
        if key in seen:
            continue
        seen.add(key)
        kept = evidence.objects.create(
            engagement_id=key[0],
            item_id=key[1],
            form="link",
            name=key[2][:200],
            url=key[2],
            added_by_id=answer.answered_by_id,
        )
        evidence.objects.filter(pk=kept.pk).update(added_at=answer.answered_at)


def verdicts_stand(apps, schema_editor):
    apps.get_model("projects", "Assessment").objects.update(stands_as=F("verdict"))


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_feasibility_whole")]
    operations = [
        migrations.RunPython(links_become_evidence, migrations.RunPython.noop),
        migrations.RunPython(verdicts_stand, migrations.RunPython.noop),
    ]
