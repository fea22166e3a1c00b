"""The name under which many databases have had the migration before it, which is named as the first release named it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commitments", "0001_initial")]

    operations = []
