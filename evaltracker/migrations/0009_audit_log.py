import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION evaltracker_audit_is_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit log is only added to.'; END $$;
CREATE TRIGGER audit_is_added_to BEFORE UPDATE OR DELETE ON evaltracker_auditentry
FOR EACH ROW EXECUTE FUNCTION evaltracker_audit_is_added_to();
"""
ALLOW = """
DROP TRIGGER audit_is_added_to ON evaltracker_auditentry;
DROP FUNCTION evaltracker_audit_is_added_to();
"""


def refuse_changes(apps, schema_editor):
    """On SQLite: migration 0011."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REFUSE)


def allow_changes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ALLOW)


def let_administrators_read(apps, schema_editor):
    # Permissions come after all migrations; this one is needed now.
    app = apps.get_app_config("evaltracker")
    has_module = getattr(app, "models_module", None)  # a migration's stand-in for an app has none
    app.models_module = has_module or True
    create_permissions(app, verbosity=0, apps=apps)
    app.models_module = has_module
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="evaltracker", codename="view_auditentry"
    )
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Administrator")
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("evaltracker", "0008_notice_choices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=40,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Nobody: a visitor, or somebody on the server.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "whom",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the audit log",
                "verbose_name_plural": "audit log",
                "ordering": ("-at", "-pk"),
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["whom", "kind", "at"], name="audit_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
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
                                ],
                            )
                        ),
                        name="auditentry_kind_is_a_choice",
                        violation_error_message="kind has to be one of: signed_in, failed, locked, signed_out, entered, roles, permissions, password, active, staff, superuser, factor_enrolled, factor_reset.",
                    )
                ],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
        migrations.RunPython(let_administrators_read, migrations.RunPython.noop),
    ]
