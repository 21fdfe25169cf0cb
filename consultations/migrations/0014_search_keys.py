"""Names that were stored before are found as people type them now: ø as o, Arabic yeh as Persian."""

from django.db import migrations

from clinic.text import search_key

BATCH = 1000


def fold_again(apps, schema_editor):
    patients = apps.get_model("consultations", "Patient").objects
    changed = []
    for patient in patients.order_by("pk").only("search_key").iterator(chunk_size=BATCH):
        key = f" {search_key(patient.search_key)}"
        if key != patient.search_key:
            patient.search_key = key
            changed.append(patient)
    patients.bulk_update(changed, ["search_key"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("consultations", "0013_acknowledged_cautions")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop)]
