"""Reports that come when many came on one day are kept for later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaltracker", "0009_audit_log"),
        ("labs", "0018_given_passwords"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="errorreport",
            name="errorreport_state_is_a_choice",
        ),
        migrations.AlterField(
            model_name="errorreport",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("later", "for later"),
                    ("corrected", "corrected"),
                    ("declined", "declined"),
                ],
                default="open",
                max_length=40,
            ),
        ),
        migrations.AddConstraint(
            model_name="errorreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "later", "corrected", "declined"])),
                name="errorreport_state_is_a_choice",
                violation_error_message="state has to be one of: open, later, corrected, declined.",
            ),
        ),
    ]
