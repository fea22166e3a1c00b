"""The three roles at the desk. What each may do is listed here; a test holds the list against what there is."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

# The kinds of record and their parts, which go with them.
RECORDS = {
    "labs": (
        "lab",
        "labname",
        "evaluator",
        "evaluatorname",
        "evaluatorcitation",
        "source",
        "aimodel",
        "aimodelcitation",
        "search",
        "accessevent",
        "participation",
        "accesseventcitation",
    ),
    "commitments": ("commitment", "requirement", "commitmentcitation", "reply"),
}

RESEARCHER = [
    # Deleting is for drafts; the actions see to it.
    *(
        (app, f"{verb}_{model}")
        for app, models in RECORDS.items()
        for model in models
        for verb in ("view", "add", "change", "delete")
    ),
    ("labs", "view_edition"),
    ("labs", "view_snapshot"),
    ("labs", "add_snapshot"),
    ("labs", "view_proposal"),
    ("labs", "view_alias"),
    ("evaltracker", "view_errorreport"),
]
EDITOR = [
    *RESEARCHER,
    ("labs", "review_proposal"),
    ("labs", "merge_records"),
    ("labs", "lower_certainty"),
    ("evaltracker", "change_errorreport"),
]
ADMINISTRATOR = [
    ("auth", "view_user"),
    ("auth", "add_user"),
    ("auth", "change_user"),
    ("auth", "view_group"),
    ("labs", "view_signature"),
]
GROUPS = {"Researcher": RESEARCHER, "Editor": EDITOR, "Administrator": ADMINISTRATOR}


def make_groups(apps, schema_editor):
    # Permissions come after all migrations; these are needed now.
    for app in apps.get_app_configs():
        has_module = getattr(app, "models_module", None)  # a migration's stand-in for an app has none
        app.models_module = has_module or True
        create_permissions(app, verbosity=0, apps=apps)
        app.models_module = has_module
    Permission = apps.get_model("auth", "Permission")
    for name, permissions in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.set(
            Permission.objects.get(content_type__app_label=app, codename=codename) for app, codename in permissions
        )


def remove_groups(apps, schema_editor):
    """Groups that somebody is in stay: without them nobody would know who could do what."""
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS, user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("evaltracker", "0001_initial"),
        ("labs", "0001_initial"),
        ("commitments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
