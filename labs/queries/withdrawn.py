"""Withdrawn records as they were public last: what was typed into them since is a draft like any other."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal, Record
from labs.models.registry import kinds_by_rank
from labs.models.states import Keys, State, apply_state
from labs.queries.kept import kept, past_version, records
from labs.queries.rows import Rows


def as_public(model: type[Record], pk: int) -> Record | None:
    """The record as the public knows it; None where it was never public or is gone."""
    record = records()[model].by_pk.get(pk)
    if record is None or record.status == RecordStatus.PUBLISHED:
        return record
    return _withdrawn()[model].get(pk)


def public_by_key(model: type[Record], key: str) -> Record | None:
    """The same by its key."""
    record = records()[model].all_by_key.get(key)
    return None if record is None else as_public(model, record.pk)


@kept(most=1)
def _withdrawn() -> Mapping[type[Record], Mapping[int, Record]]:
    accepted = Proposal.objects.accepted().filter(kind=ProposalKind.WITHDRAW.value)
    if (past := past_version()) is not None:
        accepted = accepted.filter(data_version__lte=past)
    found: dict[type[Record], dict[int, Record]] = {}
    known = _Known(found)
    for kind in kinds_by_rank():
        found[kind.model] = {}
        gone = [record for record in records()[kind.model].all if record.status == RecordStatus.WITHDRAWN]
        if not gone:
            continue
        those = accepted.filter(content_type=ContentType.objects.get_for_model(kind.model)).order_by("decided_at", "pk")
        was = dict(those.values_list("object_id", "before"))  # the last one counts
        for record in gone:
            found[kind.model][record.pk] = _with_state(record, was.get(record.pk, {}), known)
    return found


class _Known(Keys):
    """Records by their keys as the public knows them."""

    def __init__(self, withdrawn: Mapping[type[Record], Mapping[int, Record]]) -> None:
        super().__init__()
        self._withdrawn = withdrawn

    def get(self, model: type[Record], key: Any) -> Record:
        if (public := records()[model].by_key.get(key)) is not None:
            return public
        withdrawn = (record for record in self._withdrawn.get(model, {}).values() if record.key == key)
        return next(withdrawn, None) or super().get(model, key)


def _with_state(record: Record, state: State, known: Keys) -> Record:
    """A copy of a kept record that says what a state says, also in its lists and parts."""
    number, record = record.pk, copy(record)
    record._state = copy(record._state)
    record._state.fields_cache = dict(record._state.fields_cache)
    record.pk = None  # its parts are new ones: those that are kept belong to all
    try:
        parts = apply_state(record, state, known)
    except ValidationError:  # it refers to a record that is gone
        parts = {}
    record.pk = number
    if state:
        cached = {relation: Rows(rows) for relation, rows in parts.items()}
        record._prefetched_objects_cache = dict(getattr(record, "_prefetched_objects_cache", {})) | cached
    return record
