"""The filters of the site's own lists: the labs, and the public changes.

Do not change their names and values: people cite addresses that contain them.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from labs.choices import Country, ProposalKind
from labs.models import Lab
from labs.models.registry import kind_by_slug, kind_of, record_kinds
from labs.queries.changes import concerned
from labs.queries.editions import data_version, find_data_version
from labs.queries.kept import records
from labs.queries.labs import labs_by_key
from labs.queries.public_keys import current_key
from labs.queries.recorded_changes import RecordedChange, changes_by
from labs.web.facets import (
    DayFilter,
    Facet,
    FacetedFilterSet,
    Filter,
    KeyFacet,
    RecordSearch,
    TermFacet,
    TextSearch,
    text_field,
)
from labs.web.list_index import ListIndex


class LabFilter(FacetedFilterSet):
    q = RecordSearch(Lab, help_text="words in the name or another name")
    country = TermFacet(lambda lab: Country(lab.country), Country, label="Country", says_itself=True)

    @classmethod
    def rows_on(cls, _day: dt.date, _is_past: bool) -> Iterable[Lab]:
        return labs_by_key().values()


def _labs_of(change: RecordedChange) -> set[str]:
    return concerned(change, Lab)


class LabOfChangeFacet(KeyFacet):
    """A facet on the lab of the record that changed: the lab itself, its releases, events, promises, sources, replies.

    A record belongs to the lab that it has now. A lab that was merged into another is found under both keys.
    """

    def __init__(self, *, label: str) -> None:
        super().__init__(_labs_of, Lab, label=label)

    def keys_of(self, row: RecordedChange) -> Iterable[str]:
        return _labs_of(row)

    def resolved(self, value: str) -> str | None:
        return None if current_key(Lab, value) is None else value

    def found(self, index: ListIndex, value: Sequence[str]) -> int:
        return super().found(index, [key for each in value for key in (each, current_key(Lab, each) or each)])


def _refuse_what_names_no_record(text: str) -> None:
    slug, _, key = text.partition(":")
    if kind_by_slug(slug) is None or not key:
        kinds = ", ".join(kind.slug for kind in record_kinds())
        raise ValidationError(f"Write the kind of record, a colon and its key. The kinds are {kinds}.")


class OneRecord(Filter):
    """The changes of one record: ``access-event:gpt-4-metr``. A merged record keeps its own changes."""

    def __init__(self) -> None:
        help_text = "its kind and key, such as access-event:gpt-4-metr"
        super().__init__(lambda change: set(change.references), label="One record", help_text=help_text)

    def field(self) -> forms.Field:
        return text_field(self, max_length=200, validators=[_refuse_what_names_no_record])

    def found(self, index: ListIndex, value: str) -> int:
        return index.having(self.name, self.read).get(value, 0) if value else index.all


def _refuse_unknown_version(text: str) -> None:
    if find_data_version(text) is None:
        newest = data_version()
        sentence = f"The newest is {newest}; /data/versions/ lists all." if newest else "There is none yet."
        raise ValidationError(f"There is no such data version. {sentence}")


class OneVersion(Filter):
    """The changes with which a data version was made: ``2026.12.7``."""

    def __init__(self) -> None:
        super().__init__(lambda change: (change.data_version,), label="One data version", help_text="such as 2026.12.0")

    def field(self) -> forms.Field:
        return text_field(self, max_length=40, validators=[_refuse_unknown_version])

    def found(self, index: ListIndex, value: str) -> int:
        return index.having(self.name, self.read).get(value, 0) if value else index.all


def _texts_of_change(change: RecordedChange) -> Iterator[str]:
    """The words of a change, and all names of its record, which it may have got later."""
    yield from (change.record_name, change.record_key, change.reason, *change.reasons.values())
    record = records()[change.model].by_key.get(change.record_key)
    if record is not None and (other_names := kind_of(record).other_names):
        yield from (record.name, *(each.name for each in getattr(record, other_names).all()))


def _yes_or_no(value: bool) -> tuple[str]:
    return ("yes" if value else "no",)


class ChangeFilter(FacetedFilterSet):
    """The filters of the public changes."""

    are_in_order = True

    q = TextSearch(_texts_of_change, help_text="words in the record's name or in the reason")
    kind = Facet(
        lambda change: (kind_of(change.model).slug,),
        choices=[(kind.slug, kind.label) for kind in record_kinds()],
        label="Kind of record",
    )
    change = TermFacet(lambda change: change.kind, ProposalKind, label="Kind of change")
    correction = Facet(
        lambda change: _yes_or_no(change.is_correction),
        choices=[("yes", "yes"), ("no", "no")],
        label="Corrects an error of ours",
    )
    lab = LabOfChangeFacet(label="Lab")
    recorded_from = DayFilter(lambda change: timezone.localdate(change.made_at), is_from=True, label="Recorded from")
    recorded_to = DayFilter(lambda change: timezone.localdate(change.made_at), is_from=False, label="Recorded up to")
    record = OneRecord()
    version = OneVersion()

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[RecordedChange]:
        return changes_by(day)


class CorrectionFilter(ChangeFilter):
    """The same filters for the corrections, which are one kind of change."""

    change = None
    correction = None

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[RecordedChange]:
        return [change for change in changes_by(day) if change.is_correction]
