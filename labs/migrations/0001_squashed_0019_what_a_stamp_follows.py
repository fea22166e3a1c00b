"""All that the migrations before made, step by step, in one: a new database has this one in place of them.

A database that has had some of them goes on with the others; with all, it has had this one too. What they did to rows
that were there already is not repeated: there are none.
"""

import uuid
from typing import Any

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import OperationalError, migrations, models

TABLE, FTS = "labs_searchtext", "labs_searchtext_fts"
POSTGRESQL = (
    # The tokens are ours, so no parser and no dictionary reads them: the text is the vector as it is.
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS (tokens::tsvector) STORED",
    f"CREATE INDEX {TABLE}_vector ON {TABLE} USING gin (vector)",
)
SQLITE = (
    f"CREATE VIRTUAL TABLE {FTS} USING fts5(tokens, content='{TABLE}', content_rowid='id', detail='none', "
    "columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '.'\", prefix='2 3')",
    f"CREATE TRIGGER {FTS}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {FTS} (rowid, tokens) VALUES (new.id, new.tokens); END",
    f"CREATE TRIGGER {FTS}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {FTS} ({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    f"CREATE TRIGGER {FTS}_update AFTER UPDATE ON {TABLE} BEGIN "
    f"INSERT INTO {FTS} ({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    f"INSERT INTO {FTS} (rowid, tokens) VALUES (new.id, new.tokens); END",
)
NO_FTS5 = (
    "This SQLite has no FTS5, on which the search rests. Use a Python whose SQLite was built with it "
    "(ENABLE_FTS5; those of python.org and of Debian are), or PostgreSQL."
)


def make_index(_apps: Any, schema_editor: Any) -> None:
    """The index that each database has for itself."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        return
    try:
        for statement in SQLITE:
            schema_editor.execute(statement)
    except OperationalError as error:
        if "no such module: fts5" in str(error):
            raise OperationalError(NO_FTS5) from error
        raise


def drop_index(_apps: Any, schema_editor: Any) -> None:
    """The triggers and the column go with the table."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TABLE {FTS}")


class Migration(migrations.Migration):
    # Also those of the first release that are no files any more.
    replaces = [
        ("labs", "0002_desk"),
        ("labs", "0003_publish_what_was_public"),
        ("labs", "0001_initial"),
        ("labs", "0001_records_history_and_review"),
        ("labs", "0002_data_version"),
        ("labs", "0003_editions_searches_statements"),
        ("labs", "0004_doubtful_quotes"),
        ("labs", "0005_changes_of_an_edition"),
        ("labs", "0006_complete_to_per_lab"),
        ("labs", "0007_words"),
        ("labs", "0008_other_names_of_releases"),
        ("labs", "0009_data_versions"),
        ("labs", "0010_distinctions"),
        ("labs", "0011_mergers_undone"),
        ("labs", "0012_notes_of_proposals"),
        ("labs", "0013_help_texts_from_the_glossary"),
        ("labs", "0014_search_index"),
        ("labs", "0015_writers_do_not_accept"),
        ("labs", "0016_uncited"),
        ("labs", "0017_when_the_stamp_was_renewed"),
        ("labs", "0018_given_passwords"),
        ("labs", "0019_what_a_stamp_follows"),
    ]

    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Distinction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("one", models.PositiveBigIntegerField()),
                ("other", models.PositiveBigIntegerField()),
                ("likenesses", models.TextField(blank=True, default=list)),
                (
                    "said_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("said_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("likenesses__regex", "^((address|name|slip|text)( (address|name|slip|text))*)?$")
                        ),
                        name="distinction_likenesses_are_choices",
                        violation_error_message="likenesses may hold: address, name, slip, text.",
                    ),
                    models.UniqueConstraint(fields=("content_type", "one", "other"), name="distinction_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="distinction_is_of_two_records"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastEdition",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "version",
                    models.CharField(
                        db_index=True, help_text="Such as 2026.11; stands beside every figure.", max_length=20
                    ),
                ),
                (
                    "complete_to",
                    models.DateField(
                        help_text="Releases up to this day have been entered. What came later may be missing: our gap, not a lab's."
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="What changed since the edition before.")),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical edition",
                "verbose_name_plural": "historical editions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.CharField(
                        help_text="Such as 2026.11; stands beside every figure.", max_length=20, unique=True
                    ),
                ),
                (
                    "complete_to",
                    models.DateField(
                        help_text="Releases up to this day have been entered. What came later may be missing: our gap, not a lab's."
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="What changed since the edition before.")),
            ],
            options={
                "ordering": ("-complete_to", "-version"),
                "get_latest_by": ("complete_to", "version"),
            },
        ),
        migrations.CreateModel(
            name="PastLab",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("history_change_reason", models.TextField(null=True)),
                ("name", models.CharField(db_index=True, help_text="As the lab writes it.", max_length=120)),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("AE", "United Arab Emirates"),
                            ("AU", "Australia"),
                            ("BR", "Brazil"),
                            ("CA", "Canada"),
                            ("CH", "Switzerland"),
                            ("CN", "China"),
                            ("DE", "Germany"),
                            ("ES", "Spain"),
                            ("EU", "European Union"),
                            ("FR", "France"),
                            ("GB", "United Kingdom"),
                            ("IL", "Israel"),
                            ("IN", "India"),
                            ("IT", "Italy"),
                            ("JP", "Japan"),
                            ("KE", "Kenya"),
                            ("KR", "South Korea"),
                            ("NL", "Netherlands"),
                            ("SA", "Saudi Arabia"),
                            ("SE", "Sweden"),
                            ("SG", "Singapore"),
                            ("TW", "Taiwan"),
                            ("US", "United States"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Where it has its seat.",
                        max_length=40,
                    ),
                ),
                ("website", models.URLField(blank=True)),
                (
                    "complete_to",
                    models.DateField(
                        blank=True,
                        help_text="Its releases up to this day have been entered. Later ones may be missing: our gap, not the lab's. Empty: the day of the newest edition.",
                        null=True,
                        verbose_name="records complete to",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical lab",
                "verbose_name_plural": "historical labs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Lab",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("name", models.CharField(help_text="As the lab writes it.", max_length=120, unique=True)),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("AE", "United Arab Emirates"),
                            ("AU", "Australia"),
                            ("BR", "Brazil"),
                            ("CA", "Canada"),
                            ("CH", "Switzerland"),
                            ("CN", "China"),
                            ("DE", "Germany"),
                            ("ES", "Spain"),
                            ("EU", "European Union"),
                            ("FR", "France"),
                            ("GB", "United Kingdom"),
                            ("IL", "Israel"),
                            ("IN", "India"),
                            ("IT", "Italy"),
                            ("JP", "Japan"),
                            ("KE", "Kenya"),
                            ("KR", "South Korea"),
                            ("NL", "Netherlands"),
                            ("SA", "Saudi Arabia"),
                            ("SE", "Sweden"),
                            ("SG", "Singapore"),
                            ("TW", "Taiwan"),
                            ("US", "United States"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Where it has its seat.",
                        max_length=40,
                    ),
                ),
                ("website", models.URLField(blank=True)),
                (
                    "complete_to",
                    models.DateField(
                        blank=True,
                        help_text="Its releases up to this day have been entered. Later ones may be missing: our gap, not the lab's. Empty: the day of the newest edition.",
                        null=True,
                        verbose_name="records complete to",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "country__in",
                                [
                                    "AE",
                                    "AU",
                                    "BR",
                                    "CA",
                                    "CH",
                                    "CN",
                                    "DE",
                                    "ES",
                                    "EU",
                                    "FR",
                                    "GB",
                                    "IL",
                                    "IN",
                                    "IT",
                                    "JP",
                                    "KE",
                                    "KR",
                                    "NL",
                                    "SA",
                                    "SE",
                                    "SG",
                                    "TW",
                                    "US",
                                    "unknown",
                                ],
                            )
                        ),
                        name="lab_country_is_a_choice",
                        violation_error_message="country has to be one of: AE, AU, BR, CA, CH, CN, DE, ES, EU, FR, GB, IL, IN, IT, JP, KE, KR, NL, SA, SE, SG, TW, US, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="lab_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="lab_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastLabName",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical lab name",
                "verbose_name_plural": "historical lab names",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="LabName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lab",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="other_names", to="labs.lab"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [models.UniqueConstraint(fields=("lab", "name"), name="lab_name_is_unique")],
            },
        ),
        migrations.CreateModel(
            name="PastEvaluator",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("history_change_reason", models.TextField(null=True)),
                ("name", models.CharField(db_index=True, help_text="The name it goes by today.", max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nonprofit", "nonprofit"),
                            ("government", "government body"),
                            ("company", "company"),
                            ("academic", "academic group"),
                            ("unspecified", "not specified"),
                        ],
                        default="unspecified",
                        max_length=40,
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("AE", "United Arab Emirates"),
                            ("AU", "Australia"),
                            ("BR", "Brazil"),
                            ("CA", "Canada"),
                            ("CH", "Switzerland"),
                            ("CN", "China"),
                            ("DE", "Germany"),
                            ("ES", "Spain"),
                            ("EU", "European Union"),
                            ("FR", "France"),
                            ("GB", "United Kingdom"),
                            ("IL", "Israel"),
                            ("IN", "India"),
                            ("IT", "Italy"),
                            ("JP", "Japan"),
                            ("KE", "Kenya"),
                            ("KR", "South Korea"),
                            ("NL", "Netherlands"),
                            ("SA", "Saudi Arabia"),
                            ("SE", "Sweden"),
                            ("SG", "Singapore"),
                            ("TW", "Taiwan"),
                            ("US", "United States"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Where it has its seat.",
                        max_length=40,
                    ),
                ),
                ("website", models.URLField(blank=True)),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What is known of its standing arrangements with labs, with citations below. Shown on its page.",
                        verbose_name="standing arrangements",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Only if this evaluator is itself a lab: which one.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical evaluator",
                "verbose_name_plural": "historical evaluators",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Evaluator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("name", models.CharField(help_text="The name it goes by today.", max_length=160, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nonprofit", "nonprofit"),
                            ("government", "government body"),
                            ("company", "company"),
                            ("academic", "academic group"),
                            ("unspecified", "not specified"),
                        ],
                        default="unspecified",
                        max_length=40,
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("AE", "United Arab Emirates"),
                            ("AU", "Australia"),
                            ("BR", "Brazil"),
                            ("CA", "Canada"),
                            ("CH", "Switzerland"),
                            ("CN", "China"),
                            ("DE", "Germany"),
                            ("ES", "Spain"),
                            ("EU", "European Union"),
                            ("FR", "France"),
                            ("GB", "United Kingdom"),
                            ("IL", "Israel"),
                            ("IN", "India"),
                            ("IT", "Italy"),
                            ("JP", "Japan"),
                            ("KE", "Kenya"),
                            ("KR", "South Korea"),
                            ("NL", "Netherlands"),
                            ("SA", "Saudi Arabia"),
                            ("SE", "Sweden"),
                            ("SG", "Singapore"),
                            ("TW", "Taiwan"),
                            ("US", "United States"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Where it has its seat.",
                        max_length=40,
                    ),
                ),
                ("website", models.URLField(blank=True)),
                (
                    "lab",
                    models.OneToOneField(
                        blank=True,
                        help_text="Only if this evaluator is itself a lab: which one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="as_evaluator",
                        to="labs.lab",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What is known of its standing arrangements with labs, with citations below. Shown on its page.",
                        verbose_name="standing arrangements",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["nonprofit", "government", "company", "academic", "unspecified"])
                        ),
                        name="evaluator_kind_is_a_choice",
                        violation_error_message="kind has to be one of: nonprofit, government, company, academic, unspecified.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "country__in",
                                [
                                    "AE",
                                    "AU",
                                    "BR",
                                    "CA",
                                    "CH",
                                    "CN",
                                    "DE",
                                    "ES",
                                    "EU",
                                    "FR",
                                    "GB",
                                    "IL",
                                    "IN",
                                    "IT",
                                    "JP",
                                    "KE",
                                    "KR",
                                    "NL",
                                    "SA",
                                    "SE",
                                    "SG",
                                    "TW",
                                    "US",
                                    "unknown",
                                ],
                            )
                        ),
                        name="evaluator_country_is_a_choice",
                        violation_error_message="country has to be one of: AE, AU, BR, CA, CH, CN, DE, ES, EU, FR, GB, IL, IN, IT, JP, KE, KR, NL, SA, SE, SG, TW, US, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="evaluator_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="evaluator_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastEvaluatorName",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                ("name", models.CharField(max_length=160)),
                (
                    "used",
                    models.CharField(
                        blank=True,
                        help_text="When it was in use, in EDTF: 2023, or ../2025-02-14 for “until 14 February 2025”.",
                        max_length=40,
                        verbose_name="in use",
                    ),
                ),
                (
                    "used_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of used",
                    ),
                ),
                (
                    "used_latest",
                    models.DateField(
                        blank=True, db_index=True, editable=False, null=True, verbose_name="latest possible day of used"
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.evaluator",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical evaluator name",
                "verbose_name_plural": "historical evaluator names",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="EvaluatorName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former_names", to="labs.evaluator"
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                (
                    "used",
                    models.CharField(
                        blank=True,
                        help_text="When it was in use, in EDTF: 2023, or ../2025-02-14 for “until 14 February 2025”.",
                        max_length=40,
                        verbose_name="in use",
                    ),
                ),
                (
                    "used_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of used",
                    ),
                ),
                (
                    "used_latest",
                    models.DateField(
                        blank=True, db_index=True, editable=False, null=True, verbose_name="latest possible day of used"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("evaluator", "name"), name="evaluator_name_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used", ""), ("used_earliest__isnull", True), ("used_latest__isnull", True)),
                            models.Q(
                                models.Q(("used", ""), _negated=True),
                                models.Q(
                                    ("used_earliest__isnull", True),
                                    ("used_latest__isnull", True),
                                    ("used_latest__gte", models.F("used_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="evaluatorname_used_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AIModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="models", to="labs.lab"
                    ),
                ),
                ("name", models.CharField(help_text="As the lab writes it.", max_length=160)),
                (
                    "released_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="released",
                    ),
                ),
                (
                    "released_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of released_on",
                    ),
                ),
                (
                    "released_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of released_on",
                    ),
                ),
                (
                    "release",
                    models.CharField(
                        choices=[
                            ("api_or_product", "API or product"),
                            ("open_weights", "open weights"),
                            ("limited", "limited release"),
                            ("internal_only", "internal only"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        max_length=40,
                        verbose_name="kind of release",
                    ),
                ),
                (
                    "frontier",
                    models.CharField(
                        choices=[("yes", "frontier"), ("no", "not frontier"), ("unknown", "not assessed")],
                        default="unknown",
                        help_text="Among the most capable models of its day; only such releases count in figures.",
                        max_length=40,
                    ),
                ),
                (
                    "variant_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="Of which release it is a variant, if it is one. Variant: A product on, a mode of, or the same weights as another release; neither it nor its tests count.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variants",
                        to="labs.aimodel",
                    ),
                ),
            ],
            options={
                "verbose_name": "AI model",
                "ordering": ("-released_on_earliest", "name"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lab", "name"),
                        name="aimodel_name_is_unique_in_lab",
                        violation_error_message="This lab has a release of that name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("release__in", ["api_or_product", "open_weights", "limited", "internal_only", "unknown"])
                        ),
                        name="aimodel_release_is_a_choice",
                        violation_error_message="release has to be one of: api_or_product, open_weights, limited, internal_only, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("frontier__in", ["yes", "no", "unknown"])),
                        name="aimodel_frontier_is_a_choice",
                        violation_error_message="frontier has to be one of: yes, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("released_on", ""),
                                ("released_on_earliest__isnull", True),
                                ("released_on_latest__isnull", True),
                            ),
                            models.Q(
                                models.Q(("released_on", ""), _negated=True),
                                models.Q(
                                    ("released_on_earliest__isnull", True),
                                    ("released_on_latest__isnull", True),
                                    ("released_on_latest__gte", models.F("released_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="aimodel_released_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="aimodel_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="aimodel_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("variant_of__isnull", True),
                            models.Q(("variant_of", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="aimodel_is_no_variant_of_itself",
                        violation_error_message="A release cannot be a variant of itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastAIModel",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("history_change_reason", models.TextField(null=True)),
                ("name", models.CharField(help_text="As the lab writes it.", max_length=160)),
                (
                    "released_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="released",
                    ),
                ),
                (
                    "released_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of released_on",
                    ),
                ),
                (
                    "released_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of released_on",
                    ),
                ),
                (
                    "release",
                    models.CharField(
                        choices=[
                            ("api_or_product", "API or product"),
                            ("open_weights", "open weights"),
                            ("limited", "limited release"),
                            ("internal_only", "internal only"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        max_length=40,
                        verbose_name="kind of release",
                    ),
                ),
                (
                    "frontier",
                    models.CharField(
                        choices=[("yes", "frontier"), ("no", "not frontier"), ("unknown", "not assessed")],
                        default="unknown",
                        help_text="Among the most capable models of its day; only such releases count in figures.",
                        max_length=40,
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                (
                    "variant_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Of which release it is a variant, if it is one. Variant: A product on, a mode of, or the same weights as another release; neither it nor its tests count.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.aimodel",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical AI model",
                "verbose_name_plural": "historical AI models",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PastAIModelName",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                ("name", models.CharField(max_length=160)),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.aimodel",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical other name",
                "verbose_name_plural": "historical other names",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="AIModelName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="other_names", to="labs.aimodel"
                    ),
                ),
                ("name", models.CharField(max_length=160)),
            ],
            options={
                "verbose_name": "other name",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "name"),
                        name="aimodel_name_is_unique",
                        violation_error_message="This name is there already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PastSearch",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                ("searched_on", models.DateField(verbose_name="searched on")),
                (
                    "found",
                    models.CharField(
                        choices=[("nothing", "nothing found"), ("something", "something found")],
                        default="nothing",
                        max_length=40,
                    ),
                ),
                (
                    "where",
                    models.TextField(
                        help_text="Where we looked: which documents, sites and archives, with which words."
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="What was found, or what else to know of the search. Shown with it."
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.aimodel",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical search",
                "verbose_name_plural": "historical searches",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="searches", to="labs.aimodel"
                    ),
                ),
                ("searched_on", models.DateField(verbose_name="searched on")),
                (
                    "found",
                    models.CharField(
                        choices=[("nothing", "nothing found"), ("something", "something found")],
                        default="nothing",
                        max_length=40,
                    ),
                ),
                (
                    "where",
                    models.TextField(
                        help_text="Where we looked: which documents, sites and archives, with which words."
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="What was found, or what else to know of the search. Shown with it."
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "searches",
                "ordering": ("searched_on", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "searched_on"),
                        name="search_is_unique",
                        violation_error_message="There is a search of that day already: add to it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("found__in", ["nothing", "something"])),
                        name="search_found_is_a_choice",
                        violation_error_message="found has to be one of: nothing, something.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("found", "nothing"), models.Q(("note", ""), _negated=True), _connector="OR"
                        ),
                        name="search_something_has_a_note",
                        violation_error_message="Say in the note what the search found.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastAccessEvent",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "activity",
                    models.CharField(
                        choices=[
                            ("model_evaluation", "model evaluation"),
                            ("red_teaming", "red-teaming"),
                            ("safeguards_testing", "safeguards testing"),
                            ("audit_or_review", "audit or review"),
                            ("safety_research", "safety research"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="What outsiders did. Only “model evaluation” counts as one: red-teaming, safeguards testing and audits are shown on their own.",
                        max_length=40,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("granted", "access given"),
                            ("refused", "access refused"),
                            ("confirmed_none", "confirmed that none took place"),
                            ("not_needed", "no permission needed"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="“access refused” and “confirmed that none took place” need a quote that says so.",
                        max_length=40,
                    ),
                ),
                (
                    "timing",
                    models.CharField(
                        choices=[
                            ("during_training", "during training"),
                            ("before_internal_deployment", "before internal deployment"),
                            ("before_deployment", "before deployment"),
                            ("after_deployment", "after deployment"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="When against the release. If the source does not say, leave “not disclosed”; the site finds launch documents by itself. Launch document: A document of the lab, a tester or a public body that describes a test and was out at the release: what it describes was done before.",
                        max_length=40,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("direct", "direct access"),
                            ("at_lab", "at the lab"),
                            ("code_run_by_lab", "code run by the lab"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="How they worked with the model.",
                        max_length=40,
                    ),
                ),
                (
                    "started_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="started",
                    ),
                ),
                (
                    "started_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of started_on",
                    ),
                ),
                (
                    "started_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of started_on",
                    ),
                ),
                (
                    "ended_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="ended",
                    ),
                ),
                (
                    "ended_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of ended_on",
                    ),
                ),
                (
                    "ended_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of ended_on",
                    ),
                ),
                (
                    "access_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Calendar days of access before the release. Working days × 7/5, rounded down. Empty: not disclosed.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3660),
                        ],
                        verbose_name="days of access",
                    ),
                ),
                (
                    "domains",
                    models.TextField(
                        blank=True,
                        default=list,
                        help_text="What was tested for. None ticked: the source names none. “other”: it names one outside this list.",
                        verbose_name="risk domains",
                    ),
                ),
                (
                    "no_safety_filters",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Were the safety filters off?",
                        max_length=40,
                        verbose_name="safety filters off",
                    ),
                ),
                (
                    "helpful_only",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Was there a version without harmlessness training?",
                        max_length=40,
                        verbose_name="harmlessness training off",
                    ),
                ),
                (
                    "fine_tuning",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Could they fine-tune the model?",
                        max_length=40,
                        verbose_name="fine-tuning",
                    ),
                ),
                (
                    "weights",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did they have the weights?",
                        max_length=40,
                        verbose_name="weights",
                    ),
                ),
                (
                    "raw_reasoning",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did they see the raw chain of thought?",
                        max_length=40,
                        verbose_name="raw reasoning shown",
                    ),
                ),
                (
                    "internal_information",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did the lab share information that is not public?",
                        max_length=40,
                        verbose_name="internal information shared",
                    ),
                ),
                (
                    "final_version",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did they test the version that was released?",
                        max_length=40,
                        verbose_name="final version tested",
                    ),
                ),
                (
                    "lab_support",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did staff of the lab help them?",
                        max_length=40,
                        verbose_name="support by the lab's staff",
                    ),
                ),
                (
                    "mitigations_argued",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did the lab argue in its safety case that what was left on may be relied on?",
                        max_length=40,
                        verbose_name="mitigations argued for in the safety case",
                    ),
                ),
                (
                    "results",
                    models.CharField(
                        choices=[
                            ("evaluator_report", "own report"),
                            ("evaluator_summary", "own summary"),
                            ("lab_detailed", "lab's detailed account"),
                            ("lab_summary", "lab's summary"),
                            ("none_published", "nothing published"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="Where the results were published.",
                        max_length=40,
                    ),
                ),
                (
                    "free_to_publish",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Could the evaluator publish without the lab's approval?",
                        max_length=40,
                        verbose_name="free to publish",
                    ),
                ),
                (
                    "summary",
                    models.TextField(help_text="Two sentences at most, in our own words, of what the sources say."),
                ),
                (
                    "lowered_to",
                    models.CharField(
                        choices=[
                            ("as_cited", "as the citations give it"),
                            ("inferred", "inferred"),
                            ("disputed", "disputed"),
                        ],
                        default="as_cited",
                        help_text="How sure a record is; it follows from whose words are cited. An editor may lower it, with a reason; nobody can raise it.",
                        max_length=40,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "lowered_because",
                    models.TextField(
                        blank=True,
                        help_text="Needed when certainty is lowered. Shown on the page.",
                        verbose_name="reason for lowering it",
                    ),
                ),
                (
                    "is_distinct",
                    models.BooleanField(
                        default=False,
                        help_text="Tick it if another event has the same lab, model, evaluators, activity and timing, yet is another.",
                        verbose_name="distinct from events that look alike",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Which release. Empty: the source does not say; the page then says “not stated”.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.aimodel",
                        verbose_name="AI model",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical access event",
                "verbose_name_plural": "historical access events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="AccessEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="labs.lab"
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        help_text="Which release. Empty: the source does not say; the page then says “not stated”.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="labs.aimodel",
                        verbose_name="AI model",
                    ),
                ),
                (
                    "activity",
                    models.CharField(
                        choices=[
                            ("model_evaluation", "model evaluation"),
                            ("red_teaming", "red-teaming"),
                            ("safeguards_testing", "safeguards testing"),
                            ("audit_or_review", "audit or review"),
                            ("safety_research", "safety research"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="What outsiders did. Only “model evaluation” counts as one: red-teaming, safeguards testing and audits are shown on their own.",
                        max_length=40,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("granted", "access given"),
                            ("refused", "access refused"),
                            ("confirmed_none", "confirmed that none took place"),
                            ("not_needed", "no permission needed"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="“access refused” and “confirmed that none took place” need a quote that says so.",
                        max_length=40,
                    ),
                ),
                (
                    "timing",
                    models.CharField(
                        choices=[
                            ("during_training", "during training"),
                            ("before_internal_deployment", "before internal deployment"),
                            ("before_deployment", "before deployment"),
                            ("after_deployment", "after deployment"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="When against the release. If the source does not say, leave “not disclosed”; the site finds launch documents by itself. Launch document: A document of the lab, a tester or a public body that describes a test and was out at the release: what it describes was done before.",
                        max_length=40,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("direct", "direct access"),
                            ("at_lab", "at the lab"),
                            ("code_run_by_lab", "code run by the lab"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="How they worked with the model.",
                        max_length=40,
                    ),
                ),
                (
                    "started_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="started",
                    ),
                ),
                (
                    "started_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of started_on",
                    ),
                ),
                (
                    "started_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of started_on",
                    ),
                ),
                (
                    "ended_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="ended",
                    ),
                ),
                (
                    "ended_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of ended_on",
                    ),
                ),
                (
                    "ended_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of ended_on",
                    ),
                ),
                (
                    "access_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Calendar days of access before the release. Working days × 7/5, rounded down. Empty: not disclosed.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3660),
                        ],
                        verbose_name="days of access",
                    ),
                ),
                (
                    "domains",
                    models.TextField(
                        blank=True,
                        default=list,
                        help_text="What was tested for. None ticked: the source names none. “other”: it names one outside this list.",
                        verbose_name="risk domains",
                    ),
                ),
                (
                    "no_safety_filters",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Were the safety filters off?",
                        max_length=40,
                        verbose_name="safety filters off",
                    ),
                ),
                (
                    "helpful_only",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Was there a version without harmlessness training?",
                        max_length=40,
                        verbose_name="harmlessness training off",
                    ),
                ),
                (
                    "fine_tuning",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Could they fine-tune the model?",
                        max_length=40,
                        verbose_name="fine-tuning",
                    ),
                ),
                (
                    "weights",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did they have the weights?",
                        max_length=40,
                        verbose_name="weights",
                    ),
                ),
                (
                    "raw_reasoning",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did they see the raw chain of thought?",
                        max_length=40,
                        verbose_name="raw reasoning shown",
                    ),
                ),
                (
                    "internal_information",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did the lab share information that is not public?",
                        max_length=40,
                        verbose_name="internal information shared",
                    ),
                ),
                (
                    "final_version",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did they test the version that was released?",
                        max_length=40,
                        verbose_name="final version tested",
                    ),
                ),
                (
                    "lab_support",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did staff of the lab help them?",
                        max_length=40,
                        verbose_name="support by the lab's staff",
                    ),
                ),
                (
                    "mitigations_argued",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Did the lab argue in its safety case that what was left on may be relied on?",
                        max_length=40,
                        verbose_name="mitigations argued for in the safety case",
                    ),
                ),
                (
                    "results",
                    models.CharField(
                        choices=[
                            ("evaluator_report", "own report"),
                            ("evaluator_summary", "own summary"),
                            ("lab_detailed", "lab's detailed account"),
                            ("lab_summary", "lab's summary"),
                            ("none_published", "nothing published"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="Where the results were published.",
                        max_length=40,
                    ),
                ),
                (
                    "free_to_publish",
                    models.CharField(
                        choices=[("yes", "yes"), ("partial", "in part"), ("no", "no"), ("unknown", "not disclosed")],
                        default="unknown",
                        help_text="Could the evaluator publish without the lab's approval?",
                        max_length=40,
                        verbose_name="free to publish",
                    ),
                ),
                (
                    "summary",
                    models.TextField(help_text="Two sentences at most, in our own words, of what the sources say."),
                ),
                (
                    "lowered_to",
                    models.CharField(
                        choices=[
                            ("as_cited", "as the citations give it"),
                            ("inferred", "inferred"),
                            ("disputed", "disputed"),
                        ],
                        default="as_cited",
                        help_text="How sure a record is; it follows from whose words are cited. An editor may lower it, with a reason; nobody can raise it.",
                        max_length=40,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "lowered_because",
                    models.TextField(
                        blank=True,
                        help_text="Needed when certainty is lowered. Shown on the page.",
                        verbose_name="reason for lowering it",
                    ),
                ),
                (
                    "is_distinct",
                    models.BooleanField(
                        default=False,
                        help_text="Tick it if another event has the same lab, model, evaluators, activity and timing, yet is another.",
                        verbose_name="distinct from events that look alike",
                    ),
                ),
            ],
            options={
                "verbose_name": "access event",
                "ordering": ("key",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "activity__in",
                                [
                                    "model_evaluation",
                                    "red_teaming",
                                    "safeguards_testing",
                                    "audit_or_review",
                                    "safety_research",
                                    "unknown",
                                ],
                            )
                        ),
                        name="accessevent_activity_is_a_choice",
                        violation_error_message="activity has to be one of: model_evaluation, red_teaming, safeguards_testing, audit_or_review, safety_research, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["granted", "refused", "confirmed_none", "not_needed", "unknown"])
                        ),
                        name="accessevent_outcome_is_a_choice",
                        violation_error_message="outcome has to be one of: granted, refused, confirmed_none, not_needed, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "timing__in",
                                [
                                    "during_training",
                                    "before_internal_deployment",
                                    "before_deployment",
                                    "after_deployment",
                                    "unknown",
                                ],
                            )
                        ),
                        name="accessevent_timing_is_a_choice",
                        violation_error_message="timing has to be one of: during_training, before_internal_deployment, before_deployment, after_deployment, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["direct", "at_lab", "code_run_by_lab", "unknown"])),
                        name="accessevent_mode_is_a_choice",
                        violation_error_message="mode has to be one of: direct, at_lab, code_run_by_lab, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "results__in",
                                [
                                    "evaluator_report",
                                    "evaluator_summary",
                                    "lab_detailed",
                                    "lab_summary",
                                    "none_published",
                                    "unknown",
                                ],
                            )
                        ),
                        name="accessevent_results_is_a_choice",
                        violation_error_message="results has to be one of: evaluator_report, evaluator_summary, lab_detailed, lab_summary, none_published, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("free_to_publish__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_free_to_publish_is_a_choice",
                        violation_error_message="free_to_publish has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mitigations_argued__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_mitigations_argued_is_a_choice",
                        violation_error_message="mitigations_argued has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lowered_to__in", ["as_cited", "inferred", "disputed"])),
                        name="accessevent_lowered_to_is_a_choice",
                        violation_error_message="lowered_to has to be one of: as_cited, inferred, disputed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("no_safety_filters__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_no_safety_filters_is_a_choice",
                        violation_error_message="no_safety_filters has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("helpful_only__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_helpful_only_is_a_choice",
                        violation_error_message="helpful_only has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fine_tuning__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_fine_tuning_is_a_choice",
                        violation_error_message="fine_tuning has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weights__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_weights_is_a_choice",
                        violation_error_message="weights has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("raw_reasoning__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_raw_reasoning_is_a_choice",
                        violation_error_message="raw_reasoning has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("internal_information__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_internal_information_is_a_choice",
                        violation_error_message="internal_information has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("final_version__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_final_version_is_a_choice",
                        violation_error_message="final_version has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lab_support__in", ["yes", "partial", "no", "unknown"])),
                        name="accessevent_lab_support_is_a_choice",
                        violation_error_message="lab_support has to be one of: yes, partial, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="accessevent_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="accessevent_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "domains__regex",
                                "^((autonomy|ai_rnd|cyber|bio|chem|nuclear|deception|persuasion|loss_of_control|safeguards|other)( (autonomy|ai_rnd|cyber|bio|chem|nuclear|deception|persuasion|loss_of_control|safeguards|other))*)?$",
                            )
                        ),
                        name="accessevent_domains_are_choices",
                        violation_error_message="domains may hold: autonomy, ai_rnd, cyber, bio, chem, nuclear, deception, persuasion, loss_of_control, safeguards, other.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("started_on", ""),
                                ("started_on_earliest__isnull", True),
                                ("started_on_latest__isnull", True),
                            ),
                            models.Q(
                                models.Q(("started_on", ""), _negated=True),
                                models.Q(
                                    ("started_on_earliest__isnull", True),
                                    ("started_on_latest__isnull", True),
                                    ("started_on_latest__gte", models.F("started_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="accessevent_started_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_on", ""), ("ended_on_earliest__isnull", True), ("ended_on_latest__isnull", True)
                            ),
                            models.Q(
                                models.Q(("ended_on", ""), _negated=True),
                                models.Q(
                                    ("ended_on_earliest__isnull", True),
                                    ("ended_on_latest__isnull", True),
                                    ("ended_on_latest__gte", models.F("ended_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="accessevent_ended_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_on_earliest__isnull", True),
                            ("ended_on_latest__isnull", True),
                            ("ended_on_latest__gte", models.F("started_on_earliest")),
                            _connector="OR",
                        ),
                        name="accessevent_started_on_before_ended_on",
                        violation_error_message="ended_on lies before started_on: check both dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("access_days__isnull", True),
                            models.Q(("access_days__gte", 1), ("access_days__lte", 3660)),
                            _connector="OR",
                        ),
                        name="accessevent_access_days_in_range",
                        violation_error_message="Days of access lie between 1 and 3660; empty: not disclosed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lowered_because", ""), ("lowered_to", "as_cited")),
                            models.Q(
                                models.Q(("lowered_to", "as_cited"), _negated=True),
                                models.Q(("lowered_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accessevent_lowering_has_a_reason",
                        violation_error_message="A lowered certainty needs a reason, and a reason needs a lowered certainty.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastParticipation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "lowered_to",
                    models.CharField(
                        choices=[
                            ("as_event", "as the event"),
                            ("reported", "reported"),
                            ("inferred", "inferred"),
                            ("disputed", "disputed"),
                        ],
                        default="as_event",
                        help_text="Lower it where the source is less sure of this evaluator than of the event.",
                        max_length=40,
                        verbose_name="certainty of this evaluator's part",
                    ),
                ),
                (
                    "lowered_because",
                    models.TextField(
                        blank=True,
                        help_text="Why it is lowered. Shown on the page.",
                        verbose_name="reason for lowering it",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.accessevent",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.evaluator",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical participation",
                "verbose_name_plural": "historical participations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="labs.accessevent",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="participations", to="labs.evaluator"
                    ),
                ),
                (
                    "lowered_to",
                    models.CharField(
                        choices=[
                            ("as_event", "as the event"),
                            ("reported", "reported"),
                            ("inferred", "inferred"),
                            ("disputed", "disputed"),
                        ],
                        default="as_event",
                        help_text="Lower it where the source is less sure of this evaluator than of the event.",
                        max_length=40,
                        verbose_name="certainty of this evaluator's part",
                    ),
                ),
                (
                    "lowered_because",
                    models.TextField(
                        blank=True,
                        help_text="Why it is lowered. Shown on the page.",
                        verbose_name="reason for lowering it",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "evaluator"),
                        name="participation_is_unique",
                        violation_error_message="This evaluator is named already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lowered_to__in", ["as_event", "reported", "inferred", "disputed"])),
                        name="participation_lowered_to_is_a_choice",
                        violation_error_message="lowered_to has to be one of: as_event, reported, inferred, disputed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lowered_because", ""),
                            models.Q(("lowered_to", "as_event"), _negated=True),
                            _connector="OR",
                        ),
                        name="participation_reason_needs_a_lowering",
                        violation_error_message="A reason needs a lowered certainty.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivenPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        help_text="Nobody: somebody on the server.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("counts_until", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["person", "counts_until"], name="given_to_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_by__isnull", True),
                            models.Q(("given_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="givenpassword_is_by_somebody_else",
                        violation_error_message="Nobody gives a password to themselves.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counts_until__isnull", True), ("counts_until__gt", models.F("given_at")), _connector="OR"
                        ),
                        name="givenpassword_counts_after_it_was_given",
                        violation_error_message="It counts for some time after it was given.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastSource",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("history_change_reason", models.TextField(null=True)),
                ("title", models.CharField(max_length=300)),
                ("publisher", models.CharField(help_text="As the document or its site names it.", max_length=200)),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "edition",
                    models.CharField(
                        blank=True,
                        help_text="Only where another source has the same address: which edition of the text this is, or whose part of it, such as “revision of 12 August 2026”.",
                        max_length=120,
                    ),
                ),
                (
                    "archived_url",
                    models.URLField(
                        blank=True,
                        help_text="Address of a copy that will not change, if there is one.",
                        max_length=500,
                        verbose_name="archived copy",
                    ),
                ),
                (
                    "read_in",
                    models.CharField(
                        choices=[
                            ("original", "as published"),
                            ("archived", "in an archived copy"),
                            ("copy", "in a copy elsewhere"),
                            ("quoted", "as quoted by somebody else"),
                        ],
                        default="original",
                        help_text="In what form we read it.",
                        max_length=40,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("lab_model_card", "system or model card"),
                            ("lab_policy", "lab policy"),
                            ("lab_statement", "lab statement"),
                            ("evaluator_report", "evaluator's report"),
                            ("evaluator_statement", "evaluator's statement"),
                            ("government", "government document"),
                            ("legal", "legal text"),
                            ("journalism", "journalism"),
                            ("analysis", "analysis"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        max_length=40,
                    ),
                ),
                (
                    "published_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="published",
                    ),
                ),
                (
                    "published_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of published_on",
                    ),
                ),
                (
                    "published_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of published_on",
                    ),
                ),
                (
                    "read_on",
                    models.DateField(
                        help_text="The day we read it: what it says is known to us from then on at the latest.",
                        verbose_name="read",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The lab whose own word this is. Empty with “evaluator” too: a government's or a third party's.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The evaluator whose own word this is.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.evaluator",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical source",
                "verbose_name_plural": "historical sources",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("title", models.CharField(max_length=300)),
                ("publisher", models.CharField(help_text="As the document or its site names it.", max_length=200)),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "edition",
                    models.CharField(
                        blank=True,
                        help_text="Only where another source has the same address: which edition of the text this is, or whose part of it, such as “revision of 12 August 2026”.",
                        max_length=120,
                    ),
                ),
                (
                    "archived_url",
                    models.URLField(
                        blank=True,
                        help_text="Address of a copy that will not change, if there is one.",
                        max_length=500,
                        verbose_name="archived copy",
                    ),
                ),
                (
                    "read_in",
                    models.CharField(
                        choices=[
                            ("original", "as published"),
                            ("archived", "in an archived copy"),
                            ("copy", "in a copy elsewhere"),
                            ("quoted", "as quoted by somebody else"),
                        ],
                        default="original",
                        help_text="In what form we read it.",
                        max_length=40,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("lab_model_card", "system or model card"),
                            ("lab_policy", "lab policy"),
                            ("lab_statement", "lab statement"),
                            ("evaluator_report", "evaluator's report"),
                            ("evaluator_statement", "evaluator's statement"),
                            ("government", "government document"),
                            ("legal", "legal text"),
                            ("journalism", "journalism"),
                            ("analysis", "analysis"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        max_length=40,
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        help_text="The lab whose own word this is. Empty with “evaluator” too: a government's or a third party's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="labs.lab",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        help_text="The evaluator whose own word this is.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="labs.evaluator",
                    ),
                ),
                (
                    "published_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="published",
                    ),
                ),
                (
                    "published_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of published_on",
                    ),
                ),
                (
                    "published_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of published_on",
                    ),
                ),
                (
                    "read_on",
                    models.DateField(
                        help_text="The day we read it: what it says is known to us from then on at the latest.",
                        verbose_name="read",
                    ),
                ),
            ],
            options={
                "ordering": ("title", "key"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("url", "edition"),
                        name="source_address_is_unique",
                        violation_error_message="Another source has this address. If this is another edition of the text, or the words of somebody else in it, say so under “edition”.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "lab_model_card",
                                    "lab_policy",
                                    "lab_statement",
                                    "evaluator_report",
                                    "evaluator_statement",
                                    "government",
                                    "legal",
                                    "journalism",
                                    "analysis",
                                    "unknown",
                                ],
                            )
                        ),
                        name="source_kind_is_a_choice",
                        violation_error_message="kind has to be one of: lab_model_card, lab_policy, lab_statement, evaluator_report, evaluator_statement, government, legal, journalism, analysis, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("read_in__in", ["original", "archived", "copy", "quoted"])),
                        name="source_read_in_is_a_choice",
                        violation_error_message="read_in has to be one of: original, archived, copy, quoted.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_on", ""),
                                ("published_on_earliest__isnull", True),
                                ("published_on_latest__isnull", True),
                            ),
                            models.Q(
                                models.Q(("published_on", ""), _negated=True),
                                models.Q(
                                    ("published_on_earliest__isnull", True),
                                    ("published_on_latest__isnull", True),
                                    ("published_on_latest__gte", models.F("published_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="source_published_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="source_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="source_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lab__isnull", True), ("evaluator__isnull", True), _connector="OR"),
                        name="source_has_one_owner",
                        violation_error_message="A source belongs to a lab or to an evaluator, not to both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_on_earliest__isnull", True),
                            ("read_on__gte", models.F("published_on_earliest")),
                            _connector="OR",
                        ),
                        name="source_published_before_read",
                        violation_error_message="It cannot have been read before it was published: check both dates.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastEvaluatorCitation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "quote",
                    models.TextField(
                        help_text="At most forty words, word for word as the copy that we read has them. The public page shows it."
                    ),
                ),
                (
                    "quote_check",
                    models.CharField(
                        choices=[
                            ("found", "found in the snapshot"),
                            ("doubtful", "perhaps in the snapshot"),
                            ("not_found", "not found in the snapshot"),
                            ("no_snapshot", "no snapshot"),
                        ],
                        default="no_snapshot",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "unfound_because",
                    models.TextField(
                        blank=True, editable=False, verbose_name="why it stands although it was not found"
                    ),
                ),
                (
                    "supports",
                    models.TextField(blank=True, default=list, help_text="What of this record the quote backs."),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.source",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.evaluator",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical evaluator citation",
                "verbose_name_plural": "historical evaluator citations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="EvaluatorCitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="labs.source"
                    ),
                ),
                (
                    "quote",
                    models.TextField(
                        help_text="At most forty words, word for word as the copy that we read has them. The public page shows it."
                    ),
                ),
                (
                    "quote_check",
                    models.CharField(
                        choices=[
                            ("found", "found in the snapshot"),
                            ("doubtful", "perhaps in the snapshot"),
                            ("not_found", "not found in the snapshot"),
                            ("no_snapshot", "no snapshot"),
                        ],
                        default="no_snapshot",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "unfound_because",
                    models.TextField(
                        blank=True, editable=False, verbose_name="why it stands although it was not found"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="citations", to="labs.evaluator"
                    ),
                ),
                (
                    "supports",
                    models.TextField(blank=True, default=list, help_text="What of this record the quote backs."),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "source", "quote"),
                        name="evaluatorcitation_is_unique",
                        violation_error_message="This quote from this source is cited already: tick the fields there.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote", ""), _negated=True),
                        name="evaluatorcitation_has_a_quote",
                        violation_error_message="A citation needs a quote.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote_check__in", ["found", "doubtful", "not_found", "no_snapshot"])),
                        name="evaluatorcitation_quote_check_is_a_choice",
                        violation_error_message="quote_check has to be one of: found, doubtful, not_found, no_snapshot.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "supports__regex",
                                "^((name|former_names|kind|country|note)( (name|former_names|kind|country|note))*)?$",
                            )
                        ),
                        name="evaluatorcitation_supports_are_choices",
                        violation_error_message="supports may hold: name, former_names, kind, country, note.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastAIModelCitation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "quote",
                    models.TextField(
                        help_text="At most forty words, word for word as the copy that we read has them. The public page shows it."
                    ),
                ),
                (
                    "quote_check",
                    models.CharField(
                        choices=[
                            ("found", "found in the snapshot"),
                            ("doubtful", "perhaps in the snapshot"),
                            ("not_found", "not found in the snapshot"),
                            ("no_snapshot", "no snapshot"),
                        ],
                        default="no_snapshot",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "unfound_because",
                    models.TextField(
                        blank=True, editable=False, verbose_name="why it stands although it was not found"
                    ),
                ),
                (
                    "supports",
                    models.TextField(blank=True, default=list, help_text="What of this record the quote backs."),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.source",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.aimodel",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical ai model citation",
                "verbose_name_plural": "historical ai model citations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="AIModelCitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="labs.source"
                    ),
                ),
                (
                    "quote",
                    models.TextField(
                        help_text="At most forty words, word for word as the copy that we read has them. The public page shows it."
                    ),
                ),
                (
                    "quote_check",
                    models.CharField(
                        choices=[
                            ("found", "found in the snapshot"),
                            ("doubtful", "perhaps in the snapshot"),
                            ("not_found", "not found in the snapshot"),
                            ("no_snapshot", "no snapshot"),
                        ],
                        default="no_snapshot",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "unfound_because",
                    models.TextField(
                        blank=True, editable=False, verbose_name="why it stands although it was not found"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="citations", to="labs.aimodel"
                    ),
                ),
                (
                    "supports",
                    models.TextField(blank=True, default=list, help_text="What of this record the quote backs."),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "source", "quote"),
                        name="aimodelcitation_is_unique",
                        violation_error_message="This quote from this source is cited already: tick the fields there.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote", ""), _negated=True),
                        name="aimodelcitation_has_a_quote",
                        violation_error_message="A citation needs a quote.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote_check__in", ["found", "doubtful", "not_found", "no_snapshot"])),
                        name="aimodelcitation_quote_check_is_a_choice",
                        violation_error_message="quote_check has to be one of: found, doubtful, not_found, no_snapshot.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "supports__regex",
                                "^((name|lab|released_on|release|frontier|variant_of)( (name|lab|released_on|release|frontier|variant_of))*)?$",
                            )
                        ),
                        name="aimodelcitation_supports_are_choices",
                        violation_error_message="supports may hold: name, lab, released_on, release, frontier, variant_of.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastAccessEventCitation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "quote",
                    models.TextField(
                        help_text="At most forty words, word for word as the copy that we read has them. The public page shows it."
                    ),
                ),
                (
                    "quote_check",
                    models.CharField(
                        choices=[
                            ("found", "found in the snapshot"),
                            ("doubtful", "perhaps in the snapshot"),
                            ("not_found", "not found in the snapshot"),
                            ("no_snapshot", "no snapshot"),
                        ],
                        default="no_snapshot",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "unfound_because",
                    models.TextField(
                        blank=True, editable=False, verbose_name="why it stands although it was not found"
                    ),
                ),
                (
                    "supports",
                    models.TextField(blank=True, default=list, help_text="What of this record the quote backs."),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.source",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.accessevent",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical access event citation",
                "verbose_name_plural": "historical access event citations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="AccessEventCitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="labs.source"
                    ),
                ),
                (
                    "quote",
                    models.TextField(
                        help_text="At most forty words, word for word as the copy that we read has them. The public page shows it."
                    ),
                ),
                (
                    "quote_check",
                    models.CharField(
                        choices=[
                            ("found", "found in the snapshot"),
                            ("doubtful", "perhaps in the snapshot"),
                            ("not_found", "not found in the snapshot"),
                            ("no_snapshot", "no snapshot"),
                        ],
                        default="no_snapshot",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "unfound_because",
                    models.TextField(
                        blank=True, editable=False, verbose_name="why it stands although it was not found"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="citations", to="labs.accessevent"
                    ),
                ),
                (
                    "supports",
                    models.TextField(blank=True, default=list, help_text="What of this record the quote backs."),
                ),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record", "source", "quote"),
                        name="accesseventcitation_is_unique",
                        violation_error_message="This quote from this source is cited already: tick the fields there.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote", ""), _negated=True),
                        name="accesseventcitation_has_a_quote",
                        violation_error_message="A citation needs a quote.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote_check__in", ["found", "doubtful", "not_found", "no_snapshot"])),
                        name="accesseventcitation_quote_check_is_a_choice",
                        violation_error_message="quote_check has to be one of: found, doubtful, not_found, no_snapshot.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "supports__regex",
                                "^((lab|model|evaluators|activity|outcome|timing|started_on|ended_on|access_days|domains|mode|access|access\\.no_safety_filters|access\\.helpful_only|access\\.fine_tuning|access\\.weights|access\\.raw_reasoning|access\\.internal_information|access\\.final_version|access\\.lab_support|mitigations_argued|results|free_to_publish|certainty|summary)( (lab|model|evaluators|activity|outcome|timing|started_on|ended_on|access_days|domains|mode|access|access\\.no_safety_filters|access\\.helpful_only|access\\.fine_tuning|access\\.weights|access\\.raw_reasoning|access\\.internal_information|access\\.final_version|access\\.lab_support|mitigations_argued|results|free_to_publish|certainty|summary))*)?$",
                            )
                        ),
                        name="accesseventcitation_supports_are_choices",
                        violation_error_message="supports may hold: lab, model, evaluators, activity, outcome, timing, started_on, ended_on, access_days, domains, mode, access, access.no_safety_filters, access.helpful_only, access.fine_tuning, access.weights, access.raw_reasoning, access.internal_information, access.final_version, access.lab_support, mitigations_argued, results, free_to_publish, certainty, summary.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="snapshots", to="labs.source"
                    ),
                ),
                ("text", models.TextField()),
                (
                    "sha256",
                    models.CharField(
                        help_text="Of the file as uploaded, or of the pasted text.",
                        max_length=64,
                        verbose_name="SHA-256",
                    ),
                ),
                (
                    "taken_on",
                    models.DateField(help_text="The day on which the source read like this.", verbose_name="taken on"),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, help_text="Empty: pasted.", max_length=255, verbose_name="file"),
                ),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-taken_on", "-pk"),
                "get_latest_by": ("taken_on", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "sha256", "taken_on"),
                        name="snapshot_is_unique",
                        violation_error_message="We hold this snapshot already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="snapshot_has_a_text",
                        violation_error_message="A snapshot needs a text.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastStatement",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "text",
                    models.CharField(
                        help_text="The sentence in our own words. The methodology page shows it.",
                        max_length=300,
                        verbose_name="statement",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True, help_text="Its topic in a few words, such as “cost of access”.", max_length=80
                    ),
                ),
                ("quote", models.TextField(help_text="Word for word as the source has it. The page shows it.")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.source",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical statement",
                "verbose_name_plural": "historical statements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=40,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last public change"),
                ),
                ("checked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="checked on")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_because",
                    models.TextField(blank=True, editable=False, verbose_name="why it was withdrawn"),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="The sentence in our own words. The methodology page shows it.",
                        max_length=300,
                        verbose_name="statement",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True, help_text="Its topic in a few words, such as “cost of access”.", max_length=80
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="labs.source"
                    ),
                ),
                ("quote", models.TextField(help_text="Word for word as the source has it. The page shows it.")),
                (
                    "related_events",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The pages of these access events show the statement.",
                        related_name="statements",
                        to="labs.accessevent",
                        verbose_name="events that bear on it",
                    ),
                ),
            ],
            options={
                "ordering": ("key",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="statement_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="statement_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), models.Q(("quote", ""), _negated=True)
                        ),
                        name="statement_has_a_text_and_a_quote",
                        violation_error_message="A statement needs its sentence and the words of its source.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastStatement_related_events",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.statement",
                    ),
                ),
                (
                    "accessevent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.accessevent",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to="labs.paststatement"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name": "PastStatement_related_events",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="DataVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="data_versions", to="labs.edition"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "checked_by",
                    models.CharField(
                        choices=[("editor", "an editor"), ("nobody", "nobody here")], default="nobody", max_length=40
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="What changed, where no accepted proposal says it.")),
                (
                    "stamp",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Tells apart versions of the same name in two databases."
                    ),
                ),
                ("marks", models.JSONField(default=dict)),
                ("lists", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ("-pk",),
                "get_latest_by": "pk",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "number"), name="dataversion_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("checked_by__in", ["editor", "nobody"])),
                        name="dataversion_checked_by_is_a_choice",
                        violation_error_message="checked_by has to be one of: editor, nobody.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("stamp", models.UUIDField(default=uuid.uuid4)),
                ("renewed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "follows",
                    models.JSONField(
                        default=list, help_text="Earlier stamps since which the histories tell what changed."
                    ),
                ),
                (
                    "indexed",
                    models.JSONField(
                        default=dict, help_text="Up to where in each history the index of the search goes."
                    ),
                ),
                (
                    "uncited",
                    models.JSONField(help_text="The kinds of which a public record has no citation.", null=True),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="stamp_has_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("object_id", models.PositiveBigIntegerField()),
                ("record_key", models.CharField(max_length=80)),
                ("record_name", models.CharField(max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("publish", "first publication"),
                            ("change", "change"),
                            ("withdraw", "withdrawal"),
                            ("merge", "merger"),
                            ("unmerge", "merger undone"),
                        ],
                        default="change",
                        max_length=40,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("in_review", "waiting for review"),
                            ("sent_back", "sent back"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                        ],
                        default="in_review",
                        max_length=40,
                    ),
                ),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                ("reason", models.TextField(help_text="Why it changes. Public with the change.", verbose_name="why")),
                ("reasons", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The edition of the records that it was entered with. Then nobody at the desk accepted it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="labs.edition",
                    ),
                ),
                (
                    "data_version",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The data version with which it became public.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="labs.dataversion",
                    ),
                ),
                (
                    "is_correction",
                    models.BooleanField(
                        default=False,
                        help_text="What was public was wrong. It is then listed under corrections, with the old words struck through.",
                        verbose_name="corrects an error of ours",
                    ),
                ),
                (
                    "moved",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="So that it can be undone (labs/actions/merger_logs.py). Not public.",
                        verbose_name="what a merger moved",
                    ),
                ),
                (
                    "batch",
                    models.CharField(
                        blank=True, db_index=True, help_text="What it came in with, such as a file.", max_length=120
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("writers", models.JSONField(blank=True, default=list, editable=False)),
                ("sent_at", models.DateTimeField(db_index=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("note", models.TextField(blank=True, help_text="Not public.", verbose_name="note to the author")),
            ],
            options={
                "ordering": ("-sent_at", "-pk"),
                "permissions": [
                    ("review_proposal", "Can accept, send back and reject proposals of others"),
                    ("merge_records", "Can propose to merge two records"),
                    ("lower_certainty", "Can lower the certainty of an access event"),
                ],
                "indexes": [models.Index(fields=["content_type", "object_id"], name="proposal_of_record")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["publish", "change", "withdraw", "merge", "unmerge"])),
                        name="proposal_kind_is_a_choice",
                        violation_error_message="kind has to be one of: publish, change, withdraw, merge, unmerge.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["in_review", "sent_back", "accepted", "rejected"])),
                        name="proposal_stage_is_a_choice",
                        violation_error_message="stage has to be one of: in_review, sent_back, accepted, rejected.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "accepted"), _negated=True),
                            ("decided_by__isnull", True),
                            models.Q(
                                django.db.models.lookups.GreaterThan(
                                    django.db.models.functions.text.StrIndex(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.comparison.Cast(
                                                        "writers", models.TextField()
                                                    ),
                                                    models.Value(" ", output_field=models.TextField()),
                                                    models.Value("", output_field=models.TextField()),
                                                ),
                                                models.Value("[", output_field=models.TextField()),
                                                models.Value(",", output_field=models.TextField()),
                                            ),
                                            models.Value("]", output_field=models.TextField()),
                                            models.Value(",", output_field=models.TextField()),
                                        ),
                                        django.db.models.functions.text.Concat(
                                            models.Value(",", output_field=models.TextField()),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("decided_by"), models.TextField()
                                            ),
                                            models.Value(",", output_field=models.TextField()),
                                            output_field=models.TextField(),
                                        ),
                                    ),
                                    0,
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="proposal_needs_a_second_person",
                        violation_error_message="Somebody who wrote no part of a proposal has to accept it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("author__isnull", True),
                            django.db.models.lookups.GreaterThan(
                                django.db.models.functions.text.StrIndex(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.comparison.Cast(
                                                    "writers", models.TextField()
                                                ),
                                                models.Value(" ", output_field=models.TextField()),
                                                models.Value("", output_field=models.TextField()),
                                            ),
                                            models.Value("[", output_field=models.TextField()),
                                            models.Value(",", output_field=models.TextField()),
                                        ),
                                        models.Value("]", output_field=models.TextField()),
                                        models.Value(",", output_field=models.TextField()),
                                    ),
                                    django.db.models.functions.text.Concat(
                                        models.Value(",", output_field=models.TextField()),
                                        django.db.models.functions.comparison.Cast(
                                            models.F("author"), models.TextField()
                                        ),
                                        models.Value(",", output_field=models.TextField()),
                                        output_field=models.TextField(),
                                    ),
                                ),
                                0,
                            ),
                            _connector="OR",
                        ),
                        name="proposal_author_is_a_writer",
                        violation_error_message="Whoever sends a proposal to review is one of its writers.",
                    ),
                    models.UniqueConstraint(
                        fields=("edition", "content_type", "record_key"), name="proposal_of_an_edition_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edition__isnull", True),
                            models.Q(("author__isnull", True), ("decided_by__isnull", True), ("stage", "accepted")),
                            _connector="OR",
                        ),
                        name="proposal_of_an_edition_names_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False), ("stage__in", ["in_review", "sent_back"]), _negated=True
                            ),
                            models.Q(
                                ("decided_at__isnull", True), ("stage__in", ["accepted", "rejected"]), _negated=True
                            ),
                        ),
                        name="proposal_is_decided_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), ("edition__isnull", False), _connector="OR"
                        ),
                        name="proposal_has_a_reason",
                        violation_error_message="Say why. It is public with the change.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="labs.proposal"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment", "note"),
                            ("sent_back", "sent back"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                        ],
                        default="comment",
                        max_length=40,
                    ),
                ),
                ("text", models.TextField(verbose_name="note")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("state", models.JSONField(blank=True, default=dict, editable=False)),
            ],
            options={
                "ordering": ("written_at", "pk"),
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["comment", "sent_back", "accepted", "rejected"])),
                        name="proposalnote_kind_is_a_choice",
                        violation_error_message="kind has to be one of: comment, sent_back, accepted, rejected.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("key", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=300)),
                ("object_id", models.PositiveBigIntegerField()),
            ],
            options={
                "verbose_name_plural": "aliases",
                "indexes": [models.Index(fields=["content_type", "object_id"], name="alias_of_record")],
                "constraints": [models.UniqueConstraint(fields=("content_type", "key"), name="alias_key_is_unique")],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signature",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="Shown in public as “checked by …”, with the role.", max_length=120),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("record", models.BigIntegerField()),
                ("part", models.BigIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=80)),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("name", "name"),
                            ("other_name", "other name"),
                            ("key", "address of its page"),
                            ("title", "title"),
                            ("activity", "what was done"),
                            ("promise", "words of the promise"),
                            ("quote", "quote"),
                            ("summary", "summary"),
                            ("arrangements", "standing arrangements"),
                            ("scope", "scope"),
                            ("question", "what we asked"),
                            ("answer", "the answer"),
                            ("framework", "framework"),
                            ("publisher", "publisher"),
                            ("address", "address"),
                        ],
                        default="name",
                        max_length=40,
                    ),
                ),
                ("known_from", models.DateField(null=True)),
                ("words", models.TextField()),
                ("tokens", models.TextField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "record", "field", "part"), name="searchtext_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "field__in",
                                [
                                    "name",
                                    "other_name",
                                    "key",
                                    "title",
                                    "activity",
                                    "promise",
                                    "quote",
                                    "summary",
                                    "arrangements",
                                    "scope",
                                    "question",
                                    "answer",
                                    "framework",
                                    "publisher",
                                    "address",
                                ],
                            )
                        ),
                        name="searchtext_field_is_a_choice",
                        violation_error_message="field has to be one of: name, other_name, key, title, activity, promise, quote, summary, arrangements, scope, question, answer, framework, publisher, address.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "accessevent",
            "evaluators",
            models.ManyToManyField(related_name="events", through="labs.Participation", to="labs.evaluator"),
        ),
        migrations.RunPython(make_index, drop_index),
    ]
