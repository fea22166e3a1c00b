"""The index of what the records of one kind are known by, and what a state makes a record known by.

What looks alike: labs/rules/lookalikes.py. What a kind is known by: ``RecordKind.known_by``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from labs.models.base import Record
from labs.models.distinctions import Distinction
from labs.models.proposals import Alias
from labs.models.registry import RecordKind, kind_of
from labs.rules.lookalikes import Known, KnownBy, Likeness, Lookalikes


@dataclass(frozen=True, slots=True)
class Question:
    """Is this record that one? ``answer`` is what a person said already; None as long as nobody did."""

    record: Record  # the one that it looks like
    likenesses: tuple[Likeness, ...]
    answer: Distinction | None

    @property
    def words(self) -> str:
        """“the same address, the same words”."""
        return ", ".join(each.label for each in self.likenesses)


class KnownRecords:
    """The index of each kind, read when it is first asked for; for several questions in one go."""

    def __init__(self) -> None:
        self._among: dict[type[Record], Lookalikes] = {}

    def among(self, model: type[Record]) -> Lookalikes:
        """The index of the records of a model."""
        if model not in self._among:
            self._among[model] = lookalikes_among(model)
        return self._among[model]


def questions_about(
    record: Record, state: Mapping[str, Any], known: KnownRecords | None = None, *, is_change: bool = False
) -> list[Question]:
    """The records that the record would look like in this state, with the answers that were given.

    Of a change of a public record only what it adds is asked: the rest is public already.
    """
    model = type(record)
    index = (known or KnownRecords()).among(model)
    found = index.of(known_by_state(model, record.key, state))
    if found and is_change:
        is_public = {each.key: set(each.likenesses) for each in index.of(index.known(record.key))}
        found = [each for each in found if not set(each.likenesses) <= is_public.get(each.key, set())]
    if not found:
        return []
    records = {each.key: each for each in model._default_manager.filter(key__in=[each.key for each in found])}
    answers = _answers(record) if record.pk else {}
    questions = []
    for each in found:
        answer = answers.get(records[each.key].pk)
        is_answered = answer is not None and set(each.likenesses) <= set(answer.likenesses)
        questions.append(Question(records[each.key], each.likenesses, answer if is_answered else None))
    return questions


def _answers(record: Record) -> dict[int, Distinction]:
    """What was said of a record, by the primary key of the other one."""
    said = Distinction.objects.filter(content_type=ContentType.objects.get_for_model(record)).select_related("said_by")
    found = said.filter(Q(one=record.pk) | Q(other=record.pk))
    return {each.other if each.one == record.pk else each.one: each for each in found}


def lookalikes_among(model: type[Record]) -> Lookalikes:
    """The index of all records of a model, whatever their status, with the keys and names of what was merged into them.

    It is read in one query for the records, one for each relation that holds names, and one for the merged ones.
    """
    kind = kind_of(model)
    values: defaultdict[str, list[tuple[KnownBy, str]]] = defaultdict(list)
    of_record = [path for path in kind.known_by if path.partition("__")[0] not in kind.parts]
    for key, *found in model._default_manager.order_by("pk").values_list("key", *of_record):
        values[key] += [(kind.known_by[path], value) for path, value in zip(of_record, found, strict=True)]
    for path in kind.known_by:
        if path not in of_record:
            relation, _, field = path.partition("__")
            part = kind.parts[relation]
            for key, value in part.objects.values_list(f"{part.record_field}__key", field):
                values[key].append((kind.known_by[path], value))
    for key, names in _merged(kind):
        values[key] += [(KnownBy.NAME, name) for name in names]
    return Lookalikes(Known.of(key, found) for key, found in values.items())


def _merged(kind: RecordKind) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The key of each record that another one was merged into, with what that one was called."""
    content_type = ContentType.objects.get_for_model(kind.model)
    merged = Alias.objects.filter(content_type=content_type) if kind.is_mergeable else Alias.objects.none()
    rows = list(merged.values_list("object_id", "key", "name"))
    keys = (
        dict(kind.model._default_manager.filter(pk__in={row[0] for row in rows}).values_list("pk", "key"))
        if rows
        else {}
    )
    for pk, key, name in rows:
        if pk in keys:
            yield keys[pk], ((key, name) if kind.other_names else (key,))


def known_by_state(model: type[Record], key: str, state: Mapping[str, Any]) -> Known:
    """What a record in this state (labs/models/states.py) would be known by."""
    return Known.of(key, _values(kind_of(model), state))


def _values(kind: RecordKind, state: Mapping[str, Any]) -> Iterator[tuple[KnownBy, str]]:
    for path, sort in kind.known_by.items():
        name, _, field = path.partition("__")
        if name in kind.parts:
            for row in state.get(name) or ():
                yield sort, row.get(field) or ""
        else:  # a field, or the key of a related record, which stands in the state under the name of the field
            yield sort, state.get(name) or ""
