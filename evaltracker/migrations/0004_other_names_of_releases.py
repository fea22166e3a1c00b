"""Researchers and editors enter the other names of releases, as those of labs."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def allow_names(apps, schema_editor):
    # Permissions come after all migrations; these are needed now.
    app = apps.get_app_config("labs")
    has_module = getattr(app, "models_module", None)  # a migration's stand-in for an app has none
    app.models_module = has_module or True
    create_permissions(app, verbosity=0, apps=apps)
    app.models_module = has_module
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="labs", content_type__model="aimodelname"
    )
    for name in ("Researcher", "Editor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("evaltracker", "0003_statements"), ("labs", "0008_other_names_of_releases")]

    operations = [migrations.RunPython(allow_names, migrations.RunPython.noop)]
