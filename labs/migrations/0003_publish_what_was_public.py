"""Every record that there is when the desk comes was public until then, and stays so."""

from django.db import migrations

KINDS = ("Lab", "Evaluator", "Source", "AIModel", "AccessEvent")


def publish(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("labs", kind).objects.update(status="published")


class Migration(migrations.Migration):
    dependencies = [("labs", "0002_desk")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop, elidable=True)]
