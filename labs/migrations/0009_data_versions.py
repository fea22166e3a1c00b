import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labs", "0008_other_names_of_releases")]

    operations = [
        # The one row by which processes know that something changed has a new name; its number may begin again.
        migrations.DeleteModel("DataVersion"),
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("stamp", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="stamp_has_one_row")],
            },
        ),
        migrations.CreateModel(
            name="DataVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "checked_by",
                    models.CharField(
                        choices=[("editor", "an editor"), ("nobody", "nobody here")], default="nobody", max_length=40
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, help_text="What changed, where no accepted proposal says it."),
                ),
                (
                    "stamp",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Tells apart versions of the same name in two databases."
                    ),
                ),
                ("marks", models.JSONField(default=dict)),
                ("lists", models.JSONField(default=dict)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="data_versions", to="labs.edition"
                    ),
                ),
            ],
            options={"ordering": ("-pk",), "get_latest_by": "pk", "default_permissions": ()},
        ),
        migrations.AddField(
            model_name="proposal",
            name="data_version",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The data version with which it became public.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="labs.dataversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataversion",
            constraint=models.UniqueConstraint(fields=("edition", "number"), name="dataversion_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="dataversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("checked_by__in", ["editor", "nobody"])),
                name="dataversion_checked_by_is_a_choice",
                violation_error_message="checked_by has to be one of: editor, nobody.",
            ),
        ),
    ]
