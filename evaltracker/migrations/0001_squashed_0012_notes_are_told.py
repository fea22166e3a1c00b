"""All that the migrations before made, step by step, in one: a new database has this one in place of them.

A database that has had some of them goes on with the others; with all, it has had this one too. What they did to rows
that were there already is not repeated: there are none.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

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
        "aimodelname",
        "aimodelcitation",
        "search",
        "accessevent",
        "participation",
        "accesseventcitation",
        "statement",
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
    ("evaltracker", "change_errorreport"),
]
EDITOR = [
    *RESEARCHER,
    ("labs", "review_proposal"),
    ("labs", "merge_records"),
    ("labs", "lower_certainty"),
]
ADMINISTRATOR = [
    ("auth", "view_user"),
    ("auth", "add_user"),
    ("auth", "change_user"),
    ("auth", "view_group"),
    ("labs", "view_signature"),
    ("evaltracker", "view_auditentry"),
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
        """CREATE FUNCTION evaltracker_audit_is_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit log is only added to.'; END $$""",
        """CREATE TRIGGER audit_is_added_to BEFORE UPDATE OR DELETE ON evaltracker_auditentry
        FOR EACH ROW EXECUTE FUNCTION evaltracker_audit_is_added_to()""",
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
    "postgresql": [
        "DROP TRIGGER audit_is_not_emptied ON evaltracker_auditentry",
        "DROP TRIGGER audit_is_added_to ON evaltracker_auditentry",
        "DROP FUNCTION evaltracker_audit_is_added_to()",
    ],
}


def refuse_changes(apps, schema_editor):
    for sql in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


def allow_changes(apps, schema_editor):
    for sql in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    replaces = [
        ("evaltracker", "0001_initial"),
        ("evaltracker", "0002_groups"),
        ("evaltracker", "0003_statements"),
        ("evaltracker", "0004_other_names_of_releases"),
        ("evaltracker", "0005_first_data_version"),
        ("evaltracker", "0006_corrections"),
        ("evaltracker", "0007_task_marks"),
        ("evaltracker", "0008_notice_choices"),
        ("evaltracker", "0009_audit_log"),
        ("evaltracker", "0010_reports_for_later"),
        ("evaltracker", "0011_audit_log_is_added_to"),
        ("evaltracker", "0012_notes_are_told"),
    ]

    initial = True

    dependencies = [
        ("labs", "0018_given_passwords"),
        ("commitments", "0005_words"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
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
                            ("factor_codes", "codes replaced"),
                            ("factor_removed", "second factor removed"),
                        ],
                        max_length=40,
                    ),
                ),
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
                ("words", models.CharField(blank=True, max_length=300)),
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
                                    "factor_codes",
                                    "factor_removed",
                                ],
                            )
                        ),
                        name="auditentry_kind_is_a_choice",
                        violation_error_message="kind has to be one of: signed_in, failed, locked, signed_out, entered, roles, permissions, password, active, staff, superuser, factor_enrolled, factor_reset, factor_codes, factor_removed.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=300)),
                ("snoozed_until", models.DateField(blank=True, null=True)),
                ("is_settled", models.BooleanField(default=False)),
                ("said", models.CharField(blank=True, max_length=64)),
                ("reason", models.TextField(blank=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("marked_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("task", "subject"), name="taskmark_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("is_settled", False), ("snoozed_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="taskmark_has_a_reason",
                        violation_error_message="Say why.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choice",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("waiting", models.BooleanField(default=True, verbose_name="waiting for my review")),
                ("sent_back", models.BooleanField(default=True, verbose_name="sent back to me")),
                ("reply_due", models.BooleanField(default=True, verbose_name="a reply is due")),
                (
                    "noted",
                    models.BooleanField(
                        default=True,
                        help_text="You follow what you wrote, what you wrote a note on, and what was given to you.",
                        verbose_name="notes on what I follow",
                    ),
                ),
                (
                    "by_mail",
                    models.BooleanField(
                        default=True,
                        help_text="At most one e-mail for each run, and only if something is new.",
                        verbose_name="also by e-mail",
                    ),
                ),
                ("mailed_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ErrorReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(help_text="Address of the page within this site.", max_length=300)),
                (
                    "claim",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(4000)], verbose_name="which claim"
                    ),
                ),
                (
                    "wrong",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(4000)], verbose_name="what is wrong"
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="a source for that",
                    ),
                ),
                ("contact", models.EmailField(blank=True, max_length=254, verbose_name="e-mail for questions")),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                ("sender", models.CharField(db_index=True, editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
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
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What we found and did. It is sent to the reader, if they left an address.",
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reader told")),
                (
                    "proposals",
                    models.ManyToManyField(blank=True, editable=False, related_name="reports", to="labs.proposal"),
                ),
            ],
            options={
                "ordering": ("-sent_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "later", "corrected", "declined"])),
                        name="errorreport_state_is_a_choice",
                        violation_error_message="state has to be one of: open, later, corrected, declined.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), ("state", "declined"), _negated=True),
                        name="errorreport_declined_has_a_note",
                        violation_error_message="Say in the note why nothing was changed.",
                    ),
                ],
            },
        ),
        migrations.RunPython(make_groups, remove_groups),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
