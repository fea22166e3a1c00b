"""Every commitment that there is when the desk comes was public until then, and stays so."""

from django.db import migrations


def publish(apps, schema_editor):
    apps.get_model("commitments", "Commitment").objects.update(status="published")


class Migration(migrations.Migration):
    dependencies = [("commitments", "0002_desk")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop, elidable=True)]
