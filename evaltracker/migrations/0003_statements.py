"""Researchers and editors enter statements as they do every other kind of record."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def allow_statements(apps, schema_editor):
    # Permissions come after all migrations; these are needed now.
    app = apps.get_app_config("labs")
    has_module = getattr(app, "models_module", None)  # a migration's stand-in for an app has none
    app.models_module = has_module or True
    create_permissions(app, verbosity=0, apps=apps)
    app.models_module = has_module
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="labs", content_type__model="statement"
    )
    for name in ("Researcher", "Editor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("evaltracker", "0002_groups"), ("labs", "0003_editions_searches_statements")]

    operations = [migrations.RunPython(allow_statements, migrations.RunPython.noop)]
