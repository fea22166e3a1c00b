from django.conf import settings
from django.db import migrations, models

# A later migration that alters the table makes it anew on SQLite, without these: it then has to end with them again.
REFUSE = {
    "sqlite": [
        """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON evaltracker_auditentry
        BEGIN SELECT RAISE(ABORT, 'The audit log is only added to.'); END""",
        """CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON evaltracker_auditentry
        BEGIN SELECT RAISE(ABORT, 'The audit log is only added to.'); END""",
        # INSERT OR REPLACE deletes without the trigger above.
        """CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON evaltracker_auditentry
        WHEN EXISTS (SELECT 1 FROM evaltracker_auditentry WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'The audit log is only added to.'); END""",
    ],
    "postgresql": [
        """CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON evaltracker_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION evaltracker_audit_is_added_to()""",
    ],
}
ALLOW = {
    "sqlite": [
        "DROP TRIGGER audit_is_not_changed",
        "DROP TRIGGER audit_is_not_deleted",
        "DROP TRIGGER audit_is_not_replaced",
    ],
    "postgresql": ["DROP TRIGGER audit_is_not_emptied ON evaltracker_auditentry"],
}


def refuse_changes(apps, schema_editor):
    for sql in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


def allow_changes(apps, schema_editor):
    for sql in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [
        ("evaltracker", "0010_reports_for_later"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="auditentry",
            name="auditentry_kind_is_a_choice",
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_in", "signed in"),
                    ("failed", "log-in failed"),
                    ("locked", "has to wait"),
                    ("signed_out", "signed out"),
                    ("entered", "person entered"),
                    ("roles", "roles changed"),
                    ("permissions", "permissions changed"),
                    ("password", "password set"),
                    ("active", "active changed"),
                    ("staff", "desk access changed"),
                    ("superuser", "superuser changed"),
                    ("factor_enrolled", "second factor set up"),
                    ("factor_reset", "second factor reset"),
                    ("factor_codes", "codes replaced"),
                    ("factor_removed", "second factor removed"),
                ],
                max_length=40,
            ),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "signed_in",
                            "failed",
                            "locked",
                            "signed_out",
                            "entered",
                            "roles",
                            "permissions",
                            "password",
                            "active",
                            "staff",
                            "superuser",
                            "factor_enrolled",
                            "factor_reset",
                            "factor_codes",
                            "factor_removed",
                        ],
                    )
                ),
                name="auditentry_kind_is_a_choice",
                violation_error_message="kind has to be one of: signed_in, failed, locked, signed_out, entered, roles, permissions, password, active, staff, superuser, factor_enrolled, factor_reset, factor_codes, factor_removed.",
            ),
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
