"""A report of error is linked with its corrections, and researchers answer reports too."""

from django.db import migrations, models


def let_researchers_answer(apps, schema_editor):
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="evaltracker", codename="change_errorreport"
    )
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Researcher")
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("evaltracker", "0005_first_data_version"), ("labs", "0001_records_history_and_review")]

    operations = [
        migrations.AddField(
            "errorreport",
            "proposals",
            models.ManyToManyField(blank=True, editable=False, related_name="reports", to="labs.proposal"),
        ),
        migrations.AddField(
            "errorreport",
            "told_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reader told"),
        ),
        migrations.AlterField(
            "errorreport",
            "note",
            models.TextField(
                blank=True, help_text="What we found and did. It is sent to the reader, if they left an address."
            ),
        ),
        migrations.RunPython(let_researchers_answer, migrations.RunPython.noop),
    ]
