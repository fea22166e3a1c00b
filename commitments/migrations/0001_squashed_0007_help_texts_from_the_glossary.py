"""All that the migrations before made, step by step, in one: a new database has this one in place of them.

A database that has had some of them goes on with the others; with all, it has had this one too. What they did to rows
that were there already is not repeated: there are none.
"""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # Also those of the first release that are no files any more.
    replaces = [
        ("commitments", "0002_desk"),
        ("commitments", "0003_publish_what_was_public"),
        ("commitments", "0001_commitments_and_replies"),
        ("commitments", "0001_initial"),
        ("commitments", "0002_wording"),
        ("commitments", "0003_doubtful_quotes"),
        ("commitments", "0004_fulfilled_without_a_due_day"),
        ("commitments", "0005_words"),
        ("commitments", "0006_nothing_found"),
        ("commitments", "0007_help_texts_from_the_glossary"),
    ]

    initial = True

    dependencies = [
        ("labs", "0004_doubtful_quotes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Commitment",
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
                    "title",
                    models.CharField(
                        help_text="In our own words; the public page has it as its heading.", max_length=200
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("statement", "statement"),
                            ("policy", "lab policy"),
                            ("joint_pledge", "joint pledge"),
                            ("agreement", "agreement"),
                            ("code_of_practice", "code of practice"),
                            ("law", "law"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Where it stands written.",
                        max_length=40,
                    ),
                ),
                (
                    "framework",
                    models.SlugField(
                        blank=True,
                        help_text="The document or series that it belongs to, such as rsp or seoul-2024.",
                        max_length=80,
                    ),
                ),
                (
                    "counterparty",
                    models.ForeignKey(
                        blank=True,
                        help_text="To whom it was made, if to an evaluator or a public body.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments_received",
                        to="labs.evaluator",
                    ),
                ),
                ("quote", models.TextField(help_text="The words themselves. The public page shows them first.")),
                (
                    "wording",
                    models.CharField(
                        choices=[
                            ("verbatim", "word for word"),
                            ("condensed", "condensed, not word for word"),
                            ("translated", "translated, not word for word"),
                        ],
                        default="verbatim",
                        help_text="Whether these are the words as they stand in the source.",
                        max_length=40,
                    ),
                ),
                (
                    "made_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="made",
                    ),
                ),
                (
                    "made_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of made_on",
                    ),
                ),
                (
                    "made_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of made_on",
                    ),
                ),
                (
                    "effective_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="in force from",
                    ),
                ),
                (
                    "effective_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of effective_on",
                    ),
                ),
                (
                    "effective_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of effective_on",
                    ),
                ),
                (
                    "due_on",
                    models.CharField(
                        blank=True,
                        help_text="Only for a promise to do one thing by a day.",
                        max_length=40,
                        verbose_name="due",
                    ),
                ),
                (
                    "due_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of due_on",
                    ),
                ),
                (
                    "due_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of due_on",
                    ),
                ),
                (
                    "ended_on",
                    models.CharField(
                        blank=True,
                        help_text="When it stopped being in force, if it did.",
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
                    "fulfilled_on",
                    models.CharField(
                        blank=True,
                        help_text="For a promise to do one thing: when it was done, with a citation that supports it.",
                        max_length=40,
                        verbose_name="fulfilled",
                    ),
                ),
                (
                    "fulfilled_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of fulfilled_on",
                    ),
                ),
                (
                    "fulfilled_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of fulfilled_on",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="The later promise that took its place.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("external_model_evaluation", "model evaluation by outsiders"),
                            ("external_red_teaming", "red-teaming by outsiders"),
                            ("government_access", "access for governments"),
                            ("third_party_audit", "audit by a third party"),
                            ("publishing_results", "publishing results"),
                            ("researcher_access", "access for researchers"),
                            ("other", "something else"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Its topic.",
                        max_length=40,
                    ),
                ),
                (
                    "firmness",
                    models.CharField(
                        choices=[
                            ("firm", "firm"),
                            ("conditional", "conditional"),
                            ("exploratory", "exploratory"),
                            ("mention", "mention"),
                            ("disputed", "disputed"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="How firmly it was promised, by its words alone.",
                        max_length=40,
                    ),
                ),
                (
                    "stated_by",
                    models.CharField(
                        choices=[
                            ("lab", "the lab itself"),
                            ("jointly", "jointly"),
                            ("other", "others"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Whose words they are. What others say that a lab promised counts for less.",
                        max_length=40,
                    ),
                ),
                (
                    "binding",
                    models.CharField(
                        choices=[
                            ("yes", "binding on deployment"),
                            ("no", "not binding on deployment"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="Did the lab say that it will not deploy unless an outside evaluation passes?",
                        max_length=40,
                    ),
                ),
                ("scope", models.TextField(blank=True, help_text="What it covers and leaves out, in our own words.")),
                (
                    "not_testable_because",
                    models.CharField(
                        blank=True,
                        help_text="Why it carries no requirement, as the end of “It is not testable because …”. Empty if it has one below.",
                        max_length=300,
                    ),
                ),
                (
                    "labs",
                    models.ManyToManyField(
                        blank=True, help_text="Who made it. None for a law.", related_name="commitments", to="labs.lab"
                    ),
                ),
            ],
            options={
                "ordering": ("made_on_earliest", "key"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "origin__in",
                                [
                                    "statement",
                                    "policy",
                                    "joint_pledge",
                                    "agreement",
                                    "code_of_practice",
                                    "law",
                                    "unknown",
                                ],
                            )
                        ),
                        name="commitment_origin_is_a_choice",
                        violation_error_message="origin has to be one of: statement, policy, joint_pledge, agreement, code_of_practice, law, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wording__in", ["verbatim", "condensed", "translated"])),
                        name="commitment_wording_is_a_choice",
                        violation_error_message="wording has to be one of: verbatim, condensed, translated.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "about__in",
                                [
                                    "external_model_evaluation",
                                    "external_red_teaming",
                                    "government_access",
                                    "third_party_audit",
                                    "publishing_results",
                                    "researcher_access",
                                    "other",
                                    "unknown",
                                ],
                            )
                        ),
                        name="commitment_about_is_a_choice",
                        violation_error_message="about has to be one of: external_model_evaluation, external_red_teaming, government_access, third_party_audit, publishing_results, researcher_access, other, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("firmness__in", ["firm", "conditional", "exploratory", "mention", "disputed", "unknown"])
                        ),
                        name="commitment_firmness_is_a_choice",
                        violation_error_message="firmness has to be one of: firm, conditional, exploratory, mention, disputed, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stated_by__in", ["lab", "jointly", "other", "unknown"])),
                        name="commitment_stated_by_is_a_choice",
                        violation_error_message="stated_by has to be one of: lab, jointly, other, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("binding__in", ["yes", "no", "unknown"])),
                        name="commitment_binding_is_a_choice",
                        violation_error_message="binding has to be one of: yes, no, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="commitment_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="commitment_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("made_on", ""), ("made_on_earliest__isnull", True), ("made_on_latest__isnull", True)
                            ),
                            models.Q(
                                models.Q(("made_on", ""), _negated=True),
                                models.Q(
                                    ("made_on_earliest__isnull", True),
                                    ("made_on_latest__isnull", True),
                                    ("made_on_latest__gte", models.F("made_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_made_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("effective_on", ""),
                                ("effective_on_earliest__isnull", True),
                                ("effective_on_latest__isnull", True),
                            ),
                            models.Q(
                                models.Q(("effective_on", ""), _negated=True),
                                models.Q(
                                    ("effective_on_earliest__isnull", True),
                                    ("effective_on_latest__isnull", True),
                                    ("effective_on_latest__gte", models.F("effective_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_effective_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_on", ""), ("due_on_earliest__isnull", True), ("due_on_latest__isnull", True)
                            ),
                            models.Q(
                                models.Q(("due_on", ""), _negated=True),
                                models.Q(
                                    ("due_on_earliest__isnull", True),
                                    ("due_on_latest__isnull", True),
                                    ("due_on_latest__gte", models.F("due_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_due_on_bounds",
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
                        name="commitment_ended_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("fulfilled_on", ""),
                                ("fulfilled_on_earliest__isnull", True),
                                ("fulfilled_on_latest__isnull", True),
                            ),
                            models.Q(
                                models.Q(("fulfilled_on", ""), _negated=True),
                                models.Q(
                                    ("fulfilled_on_earliest__isnull", True),
                                    ("fulfilled_on_latest__isnull", True),
                                    ("fulfilled_on_latest__gte", models.F("fulfilled_on_earliest")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_fulfilled_on_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_on_earliest__isnull", True),
                            ("effective_on_latest__isnull", True),
                            ("effective_on_latest__gte", models.F("made_on_earliest")),
                            _connector="OR",
                        ),
                        name="commitment_made_on_before_effective_on",
                        violation_error_message="effective_on lies before made_on: check both dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_on_earliest__isnull", True),
                            ("due_on_latest__isnull", True),
                            ("due_on_latest__gte", models.F("made_on_earliest")),
                            _connector="OR",
                        ),
                        name="commitment_made_on_before_due_on",
                        violation_error_message="due_on lies before made_on: check both dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_on_earliest__isnull", True),
                            ("ended_on_latest__isnull", True),
                            ("ended_on_latest__gte", models.F("made_on_earliest")),
                            _connector="OR",
                        ),
                        name="commitment_made_on_before_ended_on",
                        violation_error_message="ended_on lies before made_on: check both dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_on_earliest__isnull", True),
                            ("fulfilled_on_latest__isnull", True),
                            ("fulfilled_on_latest__gte", models.F("made_on_earliest")),
                            _connector="OR",
                        ),
                        name="commitment_made_on_before_fulfilled_on",
                        violation_error_message="fulfilled_on lies before made_on: check both dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote", ""), _negated=True),
                        name="commitment_has_a_quote",
                        violation_error_message="A commitment needs its words.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_by__isnull", True),
                            models.Q(("superseded_by", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="commitment_is_no_successor_of_itself",
                        violation_error_message="A commitment cannot supersede itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastCommitment",
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
                    "title",
                    models.CharField(
                        help_text="In our own words; the public page has it as its heading.", max_length=200
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("statement", "statement"),
                            ("policy", "lab policy"),
                            ("joint_pledge", "joint pledge"),
                            ("agreement", "agreement"),
                            ("code_of_practice", "code of practice"),
                            ("law", "law"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Where it stands written.",
                        max_length=40,
                    ),
                ),
                (
                    "framework",
                    models.SlugField(
                        blank=True,
                        help_text="The document or series that it belongs to, such as rsp or seoul-2024.",
                        max_length=80,
                    ),
                ),
                ("quote", models.TextField(help_text="The words themselves. The public page shows them first.")),
                (
                    "wording",
                    models.CharField(
                        choices=[
                            ("verbatim", "word for word"),
                            ("condensed", "condensed, not word for word"),
                            ("translated", "translated, not word for word"),
                        ],
                        default="verbatim",
                        help_text="Whether these are the words as they stand in the source.",
                        max_length=40,
                    ),
                ),
                (
                    "made_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="made",
                    ),
                ),
                (
                    "made_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of made_on",
                    ),
                ),
                (
                    "made_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of made_on",
                    ),
                ),
                (
                    "effective_on",
                    models.CharField(
                        blank=True,
                        help_text="As precise as the source, no more: 2023-03-14, 2024-05, 2023, 2023-40 (first half of 2023), 2024-02?, 2025~, 2023-01/2023-06. Empty: not disclosed.",
                        max_length=40,
                        verbose_name="in force from",
                    ),
                ),
                (
                    "effective_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of effective_on",
                    ),
                ),
                (
                    "effective_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of effective_on",
                    ),
                ),
                (
                    "due_on",
                    models.CharField(
                        blank=True,
                        help_text="Only for a promise to do one thing by a day.",
                        max_length=40,
                        verbose_name="due",
                    ),
                ),
                (
                    "due_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of due_on",
                    ),
                ),
                (
                    "due_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of due_on",
                    ),
                ),
                (
                    "ended_on",
                    models.CharField(
                        blank=True,
                        help_text="When it stopped being in force, if it did.",
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
                    "fulfilled_on",
                    models.CharField(
                        blank=True,
                        help_text="For a promise to do one thing: when it was done, with a citation that supports it.",
                        max_length=40,
                        verbose_name="fulfilled",
                    ),
                ),
                (
                    "fulfilled_on_earliest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="earliest possible day of fulfilled_on",
                    ),
                ),
                (
                    "fulfilled_on_latest",
                    models.DateField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="latest possible day of fulfilled_on",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("external_model_evaluation", "model evaluation by outsiders"),
                            ("external_red_teaming", "red-teaming by outsiders"),
                            ("government_access", "access for governments"),
                            ("third_party_audit", "audit by a third party"),
                            ("publishing_results", "publishing results"),
                            ("researcher_access", "access for researchers"),
                            ("other", "something else"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Its topic.",
                        max_length=40,
                    ),
                ),
                (
                    "firmness",
                    models.CharField(
                        choices=[
                            ("firm", "firm"),
                            ("conditional", "conditional"),
                            ("exploratory", "exploratory"),
                            ("mention", "mention"),
                            ("disputed", "disputed"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="How firmly it was promised, by its words alone.",
                        max_length=40,
                    ),
                ),
                (
                    "stated_by",
                    models.CharField(
                        choices=[
                            ("lab", "the lab itself"),
                            ("jointly", "jointly"),
                            ("other", "others"),
                            ("unknown", "not recorded"),
                        ],
                        default="unknown",
                        help_text="Whose words they are. What others say that a lab promised counts for less.",
                        max_length=40,
                    ),
                ),
                (
                    "binding",
                    models.CharField(
                        choices=[
                            ("yes", "binding on deployment"),
                            ("no", "not binding on deployment"),
                            ("unknown", "not disclosed"),
                        ],
                        default="unknown",
                        help_text="Did the lab say that it will not deploy unless an outside evaluation passes?",
                        max_length=40,
                    ),
                ),
                ("scope", models.TextField(blank=True, help_text="What it covers and leaves out, in our own words.")),
                (
                    "not_testable_because",
                    models.CharField(
                        blank=True,
                        help_text="Why it carries no requirement, as the end of “It is not testable because …”. Empty if it has one below.",
                        max_length=300,
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
                    "counterparty",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="To whom it was made, if to an evaluator or a public body.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.evaluator",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The later promise that took its place.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="commitments.commitment",
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
                "verbose_name": "historical commitment",
                "verbose_name_plural": "historical commitments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PastCommitment_labs",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="commitments.pastcommitment",
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name": "PastCommitment_labs",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PastRequirement",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "reading",
                    models.CharField(
                        choices=[("strict", "strict reading"), ("lenient", "lenient reading")], max_length=40
                    ),
                ),
                ("activities", models.TextField(blank=True, default=list, help_text="Any one of these keeps it.")),
                (
                    "evaluators",
                    models.CharField(
                        choices=[
                            ("any_outside", "anyone outside the lab"),
                            ("government", "a government body"),
                            ("named", "a named evaluator"),
                        ],
                        help_text="Who has to be let in.",
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
                        default="before_deployment",
                        help_text="When against the release.",
                        max_length=40,
                    ),
                ),
                (
                    "min_depth",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Level 1 to 5 of the methodology. Empty: no depth is asked for.",
                        null=True,
                        verbose_name="least depth",
                    ),
                ),
                (
                    "results_at_least",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("evaluator_report", "own report"),
                            ("evaluator_summary", "own summary"),
                            ("lab_detailed", "lab's detailed account"),
                            ("lab_summary", "lab's summary"),
                            ("none_published", "nothing published"),
                            ("unknown", "not disclosed"),
                        ],
                        help_text="The least publication asked for. Empty: none is.",
                        max_length=40,
                    ),
                ),
                (
                    "releases",
                    models.CharField(
                        choices=[("frontier", "frontier releases"), ("all", "all releases")],
                        default="frontier",
                        help_text="For which releases it holds.",
                        max_length=40,
                    ),
                ),
                (
                    "visible_in_public",
                    models.BooleanField(
                        default=True,
                        help_text="Would keeping it be visible in public? If not, silence is “cannot tell” and not “nothing found”.",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "named_evaluator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="With “a named evaluator” only: which.",
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
                "verbose_name": "historical requirement",
                "verbose_name_plural": "historical requirements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "reading",
                    models.CharField(
                        choices=[("strict", "strict reading"), ("lenient", "lenient reading")], max_length=40
                    ),
                ),
                ("activities", models.TextField(blank=True, default=list, help_text="Any one of these keeps it.")),
                (
                    "evaluators",
                    models.CharField(
                        choices=[
                            ("any_outside", "anyone outside the lab"),
                            ("government", "a government body"),
                            ("named", "a named evaluator"),
                        ],
                        help_text="Who has to be let in.",
                        max_length=40,
                    ),
                ),
                (
                    "named_evaluator",
                    models.ForeignKey(
                        blank=True,
                        help_text="With “a named evaluator” only: which.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="labs.evaluator",
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
                        default="before_deployment",
                        help_text="When against the release.",
                        max_length=40,
                    ),
                ),
                (
                    "min_depth",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Level 1 to 5 of the methodology. Empty: no depth is asked for.",
                        null=True,
                        verbose_name="least depth",
                    ),
                ),
                (
                    "results_at_least",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("evaluator_report", "own report"),
                            ("evaluator_summary", "own summary"),
                            ("lab_detailed", "lab's detailed account"),
                            ("lab_summary", "lab's summary"),
                            ("none_published", "nothing published"),
                            ("unknown", "not disclosed"),
                        ],
                        help_text="The least publication asked for. Empty: none is.",
                        max_length=40,
                    ),
                ),
                (
                    "releases",
                    models.CharField(
                        choices=[("frontier", "frontier releases"), ("all", "all releases")],
                        default="frontier",
                        help_text="For which releases it holds.",
                        max_length=40,
                    ),
                ),
                (
                    "visible_in_public",
                    models.BooleanField(
                        default=True,
                        help_text="Would keeping it be visible in public? If not, silence is “cannot tell” and not “nothing found”.",
                    ),
                ),
            ],
            options={
                "ordering": ("commitment", "-reading"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commitment", "reading"),
                        name="requirement_is_unique",
                        violation_error_message="A commitment has one requirement per reading.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reading__in", ["strict", "lenient"])),
                        name="requirement_reading_is_a_choice",
                        violation_error_message="reading has to be one of: strict, lenient.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("evaluators__in", ["any_outside", "government", "named"])),
                        name="requirement_evaluators_is_a_choice",
                        violation_error_message="evaluators has to be one of: any_outside, government, named.",
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
                        name="requirement_timing_is_a_choice",
                        violation_error_message="timing has to be one of: during_training, before_internal_deployment, before_deployment, after_deployment, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("releases__in", ["frontier", "all"])),
                        name="requirement_releases_is_a_choice",
                        violation_error_message="releases has to be one of: frontier, all.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("results_at_least", ""),
                            (
                                "results_at_least__in",
                                [
                                    "evaluator_report",
                                    "evaluator_summary",
                                    "lab_detailed",
                                    "lab_summary",
                                    "none_published",
                                    "unknown",
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="requirement_results_at_least_is_a_choice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "activities__regex",
                                "^((model_evaluation|red_teaming|safeguards_testing|audit_or_review|safety_research|unknown)( (model_evaluation|red_teaming|safeguards_testing|audit_or_review|safety_research|unknown))*)?$",
                            )
                        ),
                        name="requirement_activities_are_choices",
                        violation_error_message="activities may hold: model_evaluation, red_teaming, safeguards_testing, audit_or_review, safety_research, unknown.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("activities", ""), _negated=True),
                        name="requirement_asks_for_an_activity",
                        violation_error_message="Tick at least one activity.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("evaluators", "named"), ("named_evaluator__isnull", False)),
                            models.Q(
                                models.Q(("evaluators", "named"), _negated=True), ("named_evaluator__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="requirement_names_an_evaluator",
                        violation_error_message="Name an evaluator with “a named evaluator”, and only with it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("min_depth__isnull", True),
                            models.Q(("min_depth__gte", 1), ("min_depth__lte", 5)),
                            _connector="OR",
                        ),
                        name="requirement_min_depth_in_range",
                        violation_error_message="Depth is a level from 1 to 5; empty: none is asked for.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastCommitmentCitation",
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
                        to="commitments.commitment",
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
                "verbose_name": "historical commitment citation",
                "verbose_name_plural": "historical commitment citations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="CommitmentCitation",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="citations",
                        to="commitments.commitment",
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
                        name="commitmentcitation_is_unique",
                        violation_error_message="This quote from this source is cited already: tick the fields there.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote", ""), _negated=True),
                        name="commitmentcitation_has_a_quote",
                        violation_error_message="A citation needs a quote.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quote_check__in", ["found", "doubtful", "not_found", "no_snapshot"])),
                        name="commitmentcitation_quote_check_is_a_choice",
                        violation_error_message="quote_check has to be one of: found, doubtful, not_found, no_snapshot.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "supports__regex",
                                "^((quote|labs|counterparty|made_on|effective_on|due_on|ended_on|superseded_by|about|firmness|stated_by|scope|binding|fulfilled_on)( (quote|labs|counterparty|made_on|effective_on|due_on|ended_on|superseded_by|about|firmness|stated_by|scope|binding|fulfilled_on))*)?$",
                            )
                        ),
                        name="commitmentcitation_supports_are_choices",
                        violation_error_message="supports may hold: quote, labs, counterparty, made_on, effective_on, due_on, ended_on, superseded_by, about, firmness, stated_by, scope, binding, fulfilled_on.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastReply",
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
                    "question",
                    models.TextField(blank=True, help_text="What we asked. Empty: they wrote without being asked."),
                ),
                (
                    "asked_on",
                    models.DateField(
                        blank=True, help_text="The day on which we asked.", null=True, verbose_name="asked"
                    ),
                ),
                (
                    "answer_by",
                    models.DateField(
                        blank=True, help_text="The day by which we asked for one.", null=True, verbose_name="answer by"
                    ),
                ),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered")),
                (
                    "text",
                    models.TextField(blank=True, help_text="Verbatim. Empty: no answer yet.", verbose_name="answer"),
                ),
                (
                    "published_url",
                    models.URLField(
                        blank=True,
                        help_text="Empty: it was sent to us only.",
                        max_length=500,
                        verbose_name="where they published it",
                    ),
                ),
                (
                    "outcome",
                    models.TextField(
                        blank=True,
                        help_text="In our own words; “nothing, because …” is an answer too.",
                        verbose_name="what changed because of it",
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
                    "event",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.accessevent",
                        verbose_name="access event",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="What it is about: an access event, a commitment, or all that we say of a lab. Exactly one.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                        verbose_name="lab's page",
                    ),
                ),
                (
                    "by_lab",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Whose word it is: a lab or an evaluator. Exactly one.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="labs.lab",
                    ),
                ),
                (
                    "by_evaluator",
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
                "verbose_name": "historical reply",
                "verbose_name_plural": "historical replies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Reply",
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
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="labs.accessevent",
                        verbose_name="access event",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "lab",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it is about: an access event, a commitment, or all that we say of a lab. Exactly one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="labs.lab",
                        verbose_name="lab's page",
                    ),
                ),
                (
                    "by_lab",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose word it is: a lab or an evaluator. Exactly one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies_given",
                        to="labs.lab",
                    ),
                ),
                (
                    "by_evaluator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies_given",
                        to="labs.evaluator",
                    ),
                ),
                (
                    "question",
                    models.TextField(blank=True, help_text="What we asked. Empty: they wrote without being asked."),
                ),
                (
                    "asked_on",
                    models.DateField(
                        blank=True, help_text="The day on which we asked.", null=True, verbose_name="asked"
                    ),
                ),
                (
                    "answer_by",
                    models.DateField(
                        blank=True, help_text="The day by which we asked for one.", null=True, verbose_name="answer by"
                    ),
                ),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered")),
                (
                    "text",
                    models.TextField(blank=True, help_text="Verbatim. Empty: no answer yet.", verbose_name="answer"),
                ),
                (
                    "published_url",
                    models.URLField(
                        blank=True,
                        help_text="Empty: it was sent to us only.",
                        max_length=500,
                        verbose_name="where they published it",
                    ),
                ),
                (
                    "outcome",
                    models.TextField(
                        blank=True,
                        help_text="In our own words; “nothing, because …” is an answer too.",
                        verbose_name="what changed because of it",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "replies",
                "ordering": ("asked_on", "answered_on", "key"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "in_review", "published", "withdrawn"])),
                        name="reply_status_is_a_choice",
                        violation_error_message="status has to be one of: draft, in_review, published, withdrawn.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "withdrawn"), ("withdrawn_because", ""), _negated=True),
                        name="reply_withdrawn_has_a_reason",
                        violation_error_message="A withdrawal needs a reason, which the page then shows.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("commitment__isnull", True), ("event__isnull", False), ("lab__isnull", True)),
                            models.Q(("commitment__isnull", False), ("event__isnull", True), ("lab__isnull", True)),
                            models.Q(("commitment__isnull", True), ("event__isnull", True), ("lab__isnull", False)),
                            _connector="OR",
                        ),
                        name="reply_is_about_one_thing",
                        violation_error_message="Choose what it is about: an access event, a commitment or a lab, exactly one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by_evaluator__isnull", True), ("by_lab__isnull", False)),
                            models.Q(("by_evaluator__isnull", False), ("by_lab__isnull", True)),
                            _connector="OR",
                        ),
                        name="reply_is_by_one_side",
                        violation_error_message="Choose whose word it is: a lab or an evaluator, exactly one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_on__isnull", True), ("text", "")),
                            models.Q(models.Q(("text", ""), _negated=True), ("answered_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="reply_answer_has_a_day",
                        violation_error_message="An answer needs its day, and a day of an answer its words.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_on__isnull", False), ("answered_on__isnull", False), _connector="OR"
                        ),
                        name="reply_was_asked_or_given",
                        violation_error_message="Enter the day on which we asked, or the answer with its day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer_by__isnull", True), ("asked_on__isnull", True), ("question", "")),
                            models.Q(("asked_on__isnull", False), models.Q(("question", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reply_question_has_a_day",
                        violation_error_message="What we asked and by when an answer is due go with the day of asking.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer_by__isnull", True), ("answer_by__gte", models.F("asked_on")), _connector="OR"
                            ),
                            models.Q(
                                ("asked_on__isnull", True),
                                ("answered_on__isnull", True),
                                ("answered_on__gte", models.F("asked_on")),
                                _connector="OR",
                            ),
                        ),
                        name="reply_days_in_order",
                        violation_error_message="An answer, and the day by which it was due, cannot lie before the asking.",
                    ),
                ],
            },
        ),
    ]
