"""How a record becomes public: proposals, the people who check them, and the keys of merged records."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Concat, Replace, StrIndex
from django.db.models.lookups import GreaterThan

from labs.choices import OPEN_STAGES, NoteKind, ProposalKind, Stage
from labs.models.base import Record
from labs.models.editions import Edition
from labs.models.fields import CleanTextModel, RecordIdField, is_one_of, term_field
from labs.models.versions import DataVersion


def _wrote(person: models.Expression) -> GreaterThan:
    """Whether a person, by their primary key, is among the writers of a proposal, in words of both databases.

    ``[1, 12]`` becomes ``,1,12,``, in which each number stands between two commas. No text here is a comma and a blank:
    Django reads the columns of a table of SQLite by parting its definition there.
    """
    listed: models.Expression = Cast("writers", models.TextField())
    for old, new in ((" ", ""), ("[", ","), ("]", ",")):
        listed = Replace(listed, _text(old), _text(new))
    number = Concat(_text(","), Cast(person, models.TextField()), _text(","), output_field=models.TextField())
    return GreaterThan(StrIndex(listed, number), 0)


def _text(value: str) -> models.Value:
    return models.Value(value, output_field=models.TextField())


class ProposalQuerySet(models.QuerySet):
    def get_by_natural_key(self, edition: str | None, app_label: str, model: str, key: str) -> "Proposal":
        """The change of a record that came with an edition."""
        content_type = ContentType.objects.get_by_natural_key(app_label, model)
        return self.get(edition__version=edition, content_type=content_type, record_key=key)

    def of(self, record: Record) -> "ProposalQuerySet":
        """The proposals on a record."""
        return self.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk)

    def open(self) -> "ProposalQuerySet":
        """Open proposals: nobody has decided them yet."""
        return self.filter(stage__in=[stage.value for stage in OPEN_STAGES])

    def not_made_by(self, person: int) -> "ProposalQuerySet":
        """What a person (a primary key) neither sent to review nor wrote a part of: they may decide about it."""
        return self.exclude(_wrote(models.Value(person)))

    def made_by(self, person: int) -> "ProposalQuerySet":
        """What a person (a primary key) sent to review or wrote a part of."""
        return self.filter(_wrote(models.Value(person)))

    def accepted(self) -> "ProposalQuerySet":
        """The public changes: proposals that a second person accepted."""
        return self.filter(stage=Stage.ACCEPTED.value)


FIRST_PUBLICATION = "First publication."
"""Stands for the reason of a publication for which nobody gave one."""


class Proposal(CleanTextModel):
    """What one person asks a second person to accept. Once accepted it is a public change and never changes again.

    A change that came with an edition of the records has that ``edition``, names nobody, counts as nobody's check, and
    gives the reasons that there are.

    ``before`` and ``after`` are states of the record (states.py). In an open proposal they are the state that it is
    based on and the state that it asks for; in an accepted one, what was public before and after. ``before`` is empty
    for a first publication. ``after`` is empty for a withdrawal and for an open first publication (which asks for the
    draft itself), ``{"into": key}`` for a merger, and ``{"again": key, "merger": number}`` where one is undone.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = RecordIdField()
    record = GenericForeignKey()
    record_key = models.CharField(max_length=80)
    record_name = models.CharField(max_length=300)
    kind = term_field(ProposalKind, ProposalKind.CHANGE)
    stage = term_field(Stage, Stage.IN_REVIEW)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.TextField("why", help_text="Why it changes. Public with the change.")
    reasons = models.JSONField(default=dict, blank=True, editable=False)  # why, by field or relation of the state
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="changes",
        help_text="The edition of the records that it was entered with. Then nobody at the desk accepted it.",
    )
    data_version = models.ForeignKey(
        DataVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="changes",
        help_text="The data version with which it became public.",
    )
    is_correction = models.BooleanField(
        "corrects an error of ours",
        default=False,
        help_text="What was public was wrong. It is then listed under corrections, with the old words struck through.",
    )
    moved = models.JSONField(
        "what a merger moved",
        default=dict,
        blank=True,
        editable=False,
        encoder=DjangoJSONEncoder,
        help_text="So that it can be undone (labs/actions/merger_logs.py). Not public.",
    )
    batch = models.CharField(
        max_length=120, blank=True, db_index=True, help_text="What it came in with, such as a file."
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The primary keys of all who wrote a part of what it asks for. None of them accepts it, which the database refuses.
    writers = models.JSONField(default=list, blank=True, editable=False)
    sent_at = models.DateTimeField(db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # The newest note that came with a decision; the whole thread is in ``notes``.
    note = models.TextField("note to the author", blank=True, help_text="Not public.")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-sent_at", "-pk")
        indexes = [models.Index(fields=["content_type", "object_id"], name="proposal_of_record")]
        permissions = [
            ("review_proposal", "Can accept, send back and reject proposals of others"),
            ("merge_records", "Can propose to merge two records"),
            ("lower_certainty", "Can lower the certainty of an access event"),
        ]
        constraints = [
            *is_one_of("proposal", kind=ProposalKind, stage=Stage),
            models.CheckConstraint(
                name="proposal_needs_a_second_person",
                condition=~Q(stage=Stage.ACCEPTED.value) | Q(decided_by__isnull=True) | ~Q(_wrote(F("decided_by"))),
                violation_error_message="Somebody who wrote no part of a proposal has to accept it.",
            ),
            models.CheckConstraint(
                name="proposal_author_is_a_writer",
                condition=Q(author__isnull=True) | Q(_wrote(F("author"))),
                violation_error_message="Whoever sends a proposal to review is one of its writers.",
            ),
            models.UniqueConstraint(
                fields=["edition", "content_type", "record_key"], name="proposal_of_an_edition_is_unique"
            ),
            models.CheckConstraint(
                name="proposal_of_an_edition_names_nobody",
                condition=Q(edition__isnull=True)
                | Q(stage=Stage.ACCEPTED.value, author__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="proposal_is_decided_on_a_day",
                condition=~Q(stage__in=[stage.value for stage in OPEN_STAGES], decided_at__isnull=False)
                & ~Q(stage__in=[Stage.ACCEPTED.value, Stage.REJECTED.value], decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="proposal_has_a_reason",
                condition=~Q(reason="") | Q(edition__isnull=False),
                violation_error_message="Say why. It is public with the change.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.record_name}"

    def natural_key(self) -> tuple[str | None, str, str, str]:
        version = self.edition.version if self.edition else None
        return (version, *self.content_type.natural_key(), self.record_key)

    @property
    def given_reason(self) -> str:
        """The reason that a person gave; empty for a publication without one."""
        is_default = self.kind == ProposalKind.PUBLISH and self.reason == FIRST_PUBLICATION
        return "" if is_default else self.reason

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.stage in OPEN_STAGES


class ProposalNote(CleanTextModel):
    """One note in the thread of a proposal, by an editor or its author. Never public.

    ``state`` is what was proposed when it was sent back, so that a reviewer sees what changed since.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="notes")
    kind = term_field(NoteKind, NoteKind.COMMENT)
    text = models.TextField("note")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField()
    state = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ("written_at", "pk")
        default_permissions = ()
        constraints = is_one_of("proposalnote", kind=NoteKind)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.written_at:%Y-%m-%d}"


class AliasManager(models.Manager):
    def get_by_natural_key(self, app_label: str, model: str, key: str) -> "Alias":
        return self.get(content_type=ContentType.objects.get_by_natural_key(app_label, model), key=key)


class Alias(models.Model):
    """The key and the name of a record that was merged into another. Its address redirects there."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=300)
    object_id = RecordIdField()
    record = GenericForeignKey()

    objects = AliasManager()

    class Meta:
        verbose_name_plural = "aliases"
        indexes = [models.Index(fields=["content_type", "object_id"], name="alias_of_record")]
        constraints = [models.UniqueConstraint(fields=["content_type", "key"], name="alias_key_is_unique")]

    def __str__(self) -> str:
        return self.key

    def natural_key(self) -> tuple[str, str, str]:
        return (*self.content_type.natural_key(), self.key)


class Signature(CleanTextModel):
    """The name that a person agreed to show as a checker of records. Without one, pages show the role only."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signature")
    name = models.CharField(max_length=120, help_text="Shown in public as “checked by …”, with the role.")

    def __str__(self) -> str:
        return self.name
