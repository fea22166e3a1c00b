"""What all records share: a stable key, a status, EDTF bounds, citations and a history."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from labs.choices import QUOTES_TO_JUDGE, Owner, QuoteCheck, RecordStatus
from labs.models.addresses import page_path
from labs.models.compiled import Compiled, compiled
from labs.models.fields import SAID_ALIKE, CleanTextModel, EDTFBoundField, derive_bounds, is_one_of, term_field
from labs.rules.glossary import Word
from labs.rules.quotes import QuoteMatch

QUOTE_WORDS = 40
QUOTE_CHARACTERS = 600  # for scripts without spaces between words
NO_CITATION = "Cite at least one source, with the words that carry the claim."
RESERVED_KEYS = frozenset({"compare", "matrix", "verdicts", "feed"})


def _aliases() -> models.Manager:
    return apps.get_model("labs", "Alias").objects  # its module imports this one


@cache
def _aliases_query(alias: str) -> Compiled:
    """Aliases of an app, a model and a key: each new record asks for its own."""
    found = _aliases().using(alias).filter(content_type__app_label="", content_type__model="", key="")
    return compiled(found.values_list("pk"))


class DatedModel(CleanTextModel):
    """A model that derives its EDTF bounds from the text on validation."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        derive_bounds(self)
        super().clean_fields(exclude)

    def validate_constraints(self, exclude: Any = None) -> None:
        # A form leaves out the bounds, which nobody types; the constraints on them hold for what was typed.
        excluded = set(exclude or ())
        excluded -= {
            field.name
            for field in self._meta.concrete_fields
            if isinstance(field, EDTFBoundField) and field.of not in excluded
        }
        super().validate_constraints(excluded)


class RecordQuerySet(models.QuerySet):
    """Filters records by what is public. What was known on a day is asked of the kept records (``labs.queries``)."""

    def published(self) -> Self:
        """Records that a second person checked: the only ones for public pages, exports and scores."""
        return self.filter(status=RecordStatus.PUBLISHED.value)


class RecordManager(models.Manager.from_queryset(RecordQuerySet)):
    """Finds a record by its key, which is its natural key in fixtures."""

    def get_by_natural_key(self, key: str) -> "Record":
        return self.get(key=key)


class PastManager(HistoryManager):
    """The histories' manager. The class with the methods of their query set is made once, not for each saved row."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[models.QuerySet], class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


def history() -> HistoricalRecords:
    """Every saved state of a row, with when, who and why. Not public; accepted proposals are."""
    return HistoricalRecords(
        inherit=True,
        history_change_reason_field=models.TextField(null=True),
        custom_model_name="Past{}".format,
        history_manager=PastManager,
    )


class Record(DatedModel):
    """A record of the ledger. Its ``key`` is part of its address and never changes once published.

    The fields from ``status`` on say how it became public. Only the actions of review write them.
    """

    key = models.SlugField(
        max_length=80,
        unique=True,
        help_text="Part of the page's address, so it never changes: lower-case words joined by hyphens.",
    )
    status = term_field(RecordStatus, RecordStatus.DRAFT, editable=False, db_index=True)
    changed_at = models.DateTimeField("last public change", null=True, blank=True, editable=False)
    checked_on = models.DateField("checked on", null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    withdrawn_because = models.TextField("why it was withdrawn", blank=True, editable=False)

    history = history()
    objects = RecordManager()
    url_name: str  # of the record's page
    guarded: Mapping[str, str] = {}  # fields that need their own permission, by name

    class Meta:
        abstract = True

    def check_parts(self, parts: Mapping[str, Sequence[Any]]) -> None:
        """Raise ValidationError if these parts, by ``RecordKind.relations``, do not fit the record."""

    def clean(self) -> None:
        super().clean()
        if self.key in RESERVED_KEYS:
            raise ValidationError({"key": f"“{self.key}” is the address of another page. Choose another key."})
        if self._state.adding and (alias := self._alias_of_its_key()):
            sentence = f"“{self.key}” redirects to “{alias.record}” after a merger. Choose another key."
            raise ValidationError({"key": sentence})

    def _alias_of_its_key(self) -> Any:
        aliases = _aliases()
        found = _aliases_query(aliases.db).rows(self._meta.app_label, self._meta.model_name, self.key)
        return aliases.get(pk=found[0][0]) if found else None

    def natural_key(self) -> tuple[str]:
        return (self.key,)

    def __getstate__(self) -> dict[str, Any]:
        """As Django's; the copy of a kept row has all columns itself, so that it can be saved like any other."""
        state = super().__getstate__()
        return {**state.pop(SAID_ALIKE, {}), **state}

    @property
    def known_from(self) -> dt.date | None:
        """The day since which the public could know that there is such a thing (methodology, section 2).

        None where it needs no source.
        """
        return None

    def get_absolute_url(self) -> str:
        """The record's public page."""
        return page_path(self.url_name, self.key)


class PartManager(models.Manager):
    """Finds a part (a citation, a name …) by its natural key."""

    def get_by_natural_key(self, *values: Any) -> models.Model:
        names, lookups = (self.model.record_field, *self.model.identity), {}
        for name, value in zip(names, values, strict=True):
            lookups[f"{name}__key" if isinstance(self.model._meta.get_field(name), models.ForeignKey) else name] = value
        return self.get(**lookups)


class Part(DatedModel):
    """A row that belongs to a record.

    ``record_field`` names the field that points to the record, ``identity`` the fields that no two parts of one record
    share: parts that are the same in them are the same part.
    """

    history = history()
    objects = PartManager()
    record_field: str
    identity: tuple[str, ...]

    class Meta:
        abstract = True

    @property
    def whole(self) -> Record:
        """The record that this is a part of."""
        return getattr(self, self.record_field)

    def natural_key(self) -> tuple[Any, ...]:
        values = (getattr(self, name) for name in (self.record_field, *self.identity))
        return tuple(value.key if isinstance(value, Record) else value for value in values)


def desk_constraints(model: str) -> list[models.CheckConstraint]:
    """The constraints on the status, for every kind of record."""
    return [
        *is_one_of(model, status=RecordStatus),
        models.CheckConstraint(
            name=f"{model}_withdrawn_has_a_reason",
            condition=~Q(status=RecordStatus.WITHDRAWN.value, withdrawn_because=""),
            violation_error_message="A withdrawal needs a reason, which the page then shows.",
        ),
    ]


class Citation(Part):
    """A source, a short verbatim quote, and the fields of the record that the quote supports (methodology, section 1).

    Concrete tables add ``record`` and ``supports``. A source that is cited cannot be deleted.
    """

    source = models.ForeignKey("labs.Source", on_delete=models.PROTECT, related_name="%(class)ss")
    quote = models.TextField(help_text=f"{Word.QUOTE.explanation} The public page shows it.")
    quote_check = term_field(QuoteCheck, QuoteCheck.NO_SNAPSHOT, editable=False)
    unfound_because = models.TextField("why it stands although it was not found", blank=True, editable=False)
    quote_match: QuoteMatch | None = None  # how it was found, when it was last checked in this process; not stored

    objects = PartManager()
    record_field = "record"
    identity = ("source", "quote")

    class Meta:
        abstract = True
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["record", "source", "quote"],
                name="%(class)s_is_unique",
                violation_error_message="This quote from this source is cited already: tick the fields there.",
            ),
            models.CheckConstraint(
                name="%(class)s_has_a_quote",
                condition=~models.Q(quote=""),
                violation_error_message="A citation needs a quote.",
            ),
            *is_one_of("%(class)s", quote_check=QuoteCheck),
        ]

    def __str__(self) -> str:
        return f"{self.source}: “{self.quote}”"

    @property
    def anchor(self) -> str:
        """Its place on the page of its record, the same in every copy of the data."""
        return f"quote-{hashlib.sha256(f'{self.source.key} {self.quote}'.encode()).hexdigest()[:10]}"

    @property
    def needs_a_word(self) -> bool:
        """Whether an editor has yet to say why the quote stands: it was not found, or is doubtful."""
        return self.quote_check in QUOTES_TO_JUDGE and not self.unfound_because

    def clean(self) -> None:
        super().clean()
        if problem := quote_problem(self.quote):
            raise ValidationError({"quote": problem})

    @property
    def owner(self) -> Owner:
        """Who says so."""
        return self.source.owner

    @property
    def supports_labels(self) -> list[str]:
        """The public names of the supported fields."""
        terms = self._meta.get_field("supports").terms
        return [terms(value).label for value in self.supports]


def quote_problem(quote: str) -> str:
    """What is wrong with the length of a quote; empty where nothing is."""
    if (words := len(quote.split())) > QUOTE_WORDS:
        return f"The quote has {words} words; at most {QUOTE_WORDS} are allowed. Keep the part that carries the claim."
    if len(quote) > QUOTE_CHARACTERS:
        return (
            f"The quote has {len(quote)} characters; at most {QUOTE_CHARACTERS} are allowed. "
            "Keep the part that carries the claim."
        )
    return ""


def first_public(citations: Iterable[Citation]) -> dt.date | None:
    """The day on which the first of the cited sources was surely public (methodology, section 2); None without any."""
    return min((each.source.public_on for each in citations), default=None)


def check_citations(citations: Collection[Citation]) -> None:
    """Releases, events and commitments need at least one citation (methodology, section 1).

    Raises ValidationError.
    """
    if not citations:
        raise ValidationError(NO_CITATION, code="no_citation")
