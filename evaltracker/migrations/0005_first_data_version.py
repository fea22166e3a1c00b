"""What a database holds by now is its first data version: its histories are completed, and a version is made of them.

From here on the records can be read as they were at any version. What was public before was not numbered.
"""

from django.db import migrations
from django.db.models import Max
from django.utils import timezone

LISTS = {"commitments.commitment.labs": "lab", "labs.statement.related_events": "accessevent"}


def make_first_version(apps, schema_editor):
    using, now = schema_editor.connection.alias, timezone.now()
    marks = {}
    for past in apps.get_models():
        if not any(field.name == "history_type" for field in past._meta.fields):
            continue
        model = apps.get_model(past._meta.app_label, past.__name__.removeprefix("Past"))
        names = [field.attname for field in model._meta.concrete_fields]
        newest = past.objects.using(using).values("id").annotate(newest=Max("history_id")).values("newest")
        recorded = {row["id"]: row for row in past.objects.using(using).filter(pk__in=newest).values(*names)}
        past.objects.using(using).bulk_create(
            [
                past(
                    history_date=now,
                    history_type="~" if row["id"] in recorded else "+",
                    history_change_reason="loaded from a file",
                    **row,
                )
                for row in model.objects.using(using).order_by("pk").values(*names)
                if recorded.get(row["id"]) != row
            ],
            batch_size=500,
        )
        marks[model._meta.label_lower] = past.objects.using(using).aggregate(newest=Max("history_id"))["newest"] or 0
    edition = apps.get_model("labs", "Edition").objects.using(using).order_by("-complete_to", "-version").first()
    if edition is None:
        return
    lists = {}
    for name, other in LISTS.items():
        label, relation = name.rsplit(".", 1)
        model = apps.get_model(label)
        owner, related = f"{model._meta.model_name}_id", f"{other}_id"
        pairs = getattr(model, relation).through.objects.using(using).order_by(owner, related)
        lists[name] = [list(pair) for pair in pairs.values_list(owner, related)]
    version = (
        apps.get_model("labs", "DataVersion")
        .objects.using(using)
        .create(edition=edition, number=0, made_at=now, marks=marks, lists=lists)
    )
    accepted = apps.get_model("labs", "Proposal").objects.using(using).filter(stage="accepted")
    accepted.update(data_version=version)


class Migration(migrations.Migration):
    dependencies = [
        ("evaltracker", "0004_other_names_of_releases"),
        ("labs", "0009_data_versions"),
        ("commitments", "0005_words"),
    ]

    operations = [migrations.RunPython(make_first_version, migrations.RunPython.noop)]
