"""Every record with its parts, read from the database at once; a page that needs a record finds it here.

The usual ``event.lab`` and ``event.citations.all()`` answer from memory (``labs.queries.rows``). Who has the records of
one version reads those of the next by what the histories have gained.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar, cast

from django.contrib.auth import get_user_model
from django.db import connections, models

from labs.choices import RecordStatus
from labs.models import DataVersion, Edition, Record, Stamp
from labs.models.base import Part
from labs.models.compiled import Compiled, CompiledRows, compiled, compiled_rows
from labs.models.marks import Marks, changed_since
from labs.models.registry import list_name, list_pairs, listed_relations, tables_with_history
from labs.queries.rows import (
    Line,
    Rows,
    Table,
    in_peoples_order,
    keys_in_order,
    order_columns,
    padded,
    read_all,
    read_some,
)

_Record = TypeVar("_Record", bound=Record)
_Model = type[models.Model]
_Pairs = Mapping[str, Sequence[tuple[int, int]]]
_RowsOfRelation = dict[int, Rows]

MOST_CHANGED = 2_000
"""After a change of more rows than this, all are read."""


class RecordsOfKind(Generic[_Record]):
    """The records of one kind in their usual order: ``all`` of them, and the ``published``, which pages show.

    ``by_pk`` are all records, of any status, by primary key. Versions share it where no record of the kind changed.
    """

    def __init__(self, by_pk: Mapping[int, _Record]) -> None:
        self.by_pk = by_pk
        self.all: tuple[_Record, ...] = tuple(by_pk.values())
        published = tuple(row for row in self.all if row.status == RecordStatus.PUBLISHED)
        self.published = self.all if len(published) == len(self.all) else published

    @cached_property
    def published_by_pk(self) -> Mapping[int, _Record]:
        """The public records by primary key."""
        return self.by_pk if self.published is self.all else {row.pk: row for row in self.published}

    @cached_property
    def checked_count(self) -> int:
        """How many of the public records a second person has checked."""
        return sum(record.checked_on is not None for record in self.published)

    @cached_property
    def by_key(self) -> Mapping[str, _Record]:
        """The public records by key."""
        return {record.key: record for record in self.published}

    @cached_property
    def all_by_key(self) -> Mapping[str, _Record]:
        """All records, of any status, by key."""
        return self.by_key if self.published is self.all else {record.key: record for record in self.all}


@dataclass(frozen=True, slots=True)
class _Changes:
    """What changed since the version before: of each model the rows that were saved or deleted, by primary key; and
    ``wholes``, the records that these were or are parts of.
    """

    rows: Mapping[_Model, Collection[int]]
    wholes: Mapping[_Model, Collection[int]]


class Records:
    """All records as they stood when this was made; ``records[Lab]`` are the labs. Nobody changes them.

    With a ``past`` data version, as they stood when it was the newest. ``version`` is the data version that they are
    of; None where no edition gives it a name. ``editions`` are those of then, the newest first.

    With ``before``, the records of an older state, only what changed since is read, where the histories tell that; all
    other rows are the same objects.
    """

    def __init__(self, past: DataVersion | None = None, before: "Records | None" = None) -> None:
        self.version = past or newest_version()
        self.stamp, self.marks, self._follows = _state_now() if past is None else ("", {}, ())
        self.rows: dict[_Model, Mapping[int, models.Model]] = {}
        self.related: dict[_Model, dict[str, _RowsOfRelation]] = {}
        self._changes: _Changes | None = None
        if before is None or before.stamp not in self._follows or not self._follow(before):
            self._read_all(past)
        self.line.add(self)

    def __getitem__(self, model: type[_Record]) -> RecordsOfKind[_Record]:
        return self._of_kind[model]

    @property
    def follows_on(self) -> bool:
        """Whether only what changed was read, so that the rest is shared with the version before."""
        return self._changes is not None

    @cached_property
    def touched(self) -> Mapping[_Model, Collection[int]]:
        """The rows, by primary key, that changed since the version before, or of which something did that they say.

        That is a part of theirs, or whatever a row or a part of it refers to, by however many steps. Nothing else that
        is read from a record and its parts alone has changed.
        """
        assert self._changes is not None
        return self._touched_by(self._changes.rows, self._changes.wholes)

    def touched_since(self, stamp: str, marks: Marks) -> Mapping[_Model, Collection[int]] | None:
        """The same since any earlier stamp, up to whose ``marks`` the histories went.

        None where the histories do not tell it, where too much changed, and for the records of an older version.
        """
        if stamp != self.stamp and stamp not in self._follows:
            return None
        changed = changed_since(marks, self.marks)
        return self._touched_by(changed) if sum(map(len, changed.values())) < MOST_CHANGED else None

    def _touched_by(self, *changed: Mapping[_Model, Collection[int]]) -> Mapping[_Model, Collection[int]]:
        found: dict[_Model, set[int]] = {model: set() for model in self._tables}
        waiting = [(model, pk) for each in changed for model in each for pk in each[model]]
        while waiting:
            model, pk = waiting.pop()
            if pk in found[model]:
                continue
            found[model].add(pk)
            row = self.rows[model].get(pk)
            if isinstance(row, Part):
                waiting.append((self._tables[model].references[row.record_field][1], _whole_of(row)))
            for relation, rows in self.related[model].items():
                if relation not in _own_lists(model):
                    waiting += [(type(each), each.pk) for each in rows.get(pk, ())]
        return found

    def _read_all(self, past: DataVersion | None) -> None:
        self.line = Line()
        self._tables = _tables(self.line)
        numbers: dict[int, int] = {}
        for model in tables_with_history():
            table = self._tables.get(model) or Table(self.line, model, model._default_manager.db, {})
            self.rows[model] = read_all(table, past, numbers)
        self._read_editions()
        self._read_people({row.checked_by_id for row in self._records() if row.checked_by_id})
        self.related = {model: {} for model in self._tables}
        for model, table in self._tables.items():
            for relation, referring, column in _relations(model, self._tables):
                found: dict[int, list[models.Model]] = defaultdict(list)
                for row in self.rows[referring].values():
                    found[row.__dict__[column]].append(row)
                self.related[model][relation] = _as_rows(found)
                if not relation.startswith("+"):
                    table.relations.add(relation)
        self._pairs = (
            _pairs_now() if past is None else {name: list(map(tuple, past.lists[name])) for name in past.lists}
        )
        for each in listed_relations():
            self._relate_list(each)
            self._tables[each.model].relations.add(each.name)
            self._tables[each.related_model].relations.add(each.remote_field.get_accessor_name())
        self._of_kind = {model: RecordsOfKind(self._rows_of(model)) for model in self._tables if _is_record(model)}

    def _changed_since(self, before: "Records") -> dict[_Model, set[int]] | None:
        """The rows of each table that may have changed; None where they are too many."""
        found: dict[_Model, set[int]] = {}
        for model in tables_with_history():
            label = model._meta.label_lower
            if self.marks.get(label, 0) > before.marks.get(label, 0):
                found[model] = _saved_since(model, before.marks.get(label, 0))
        # What is sent to review, or back, leaves no row in the history (labs/actions/proposals.py).
        for model, pk, status in _not_public():
            row = cast(Record | None, before.rows[model].get(pk))
            if row is None or row.status != status:
                found.setdefault(model, set()).add(pk)
        return found if sum(map(len, found.values())) < MOST_CHANGED else None

    def _follow(self, before: "Records") -> bool:
        """Read what changed, and share all else with the state before; False where the histories do not tell it."""
        changed = self._changed_since(before)
        if changed is None:
            return False
        self.line, self._tables = before.line, before._tables
        self.rows, self.related = dict(before.rows), dict(before.related)
        numbers: dict[int, int] = {}
        wholes: dict[_Model, set[int]] = defaultdict(set)
        for model, keys in changed.items():
            table = self._tables.get(model) or Table(self.line, model, model._default_manager.db, {})
            renewed = _renewed(table, before.rows[model], read_some(table, keys, numbers), keys)
            if renewed is None:
                return False
            self.rows[model] = renewed
        for model, keys in changed.items():
            if model in self._tables:
                self._relate(before, model, keys, wholes)
        self._read_editions()
        self._read_people({*before.rows[get_user_model()], *self._checkers(changed)})
        self._pairs = _pairs_now()
        rows = {model: set(keys) for model, keys in changed.items() if model in self._tables}
        for each in listed_relations():
            name = list_name(each)
            if self._pairs[name] != before._pairs[name] or changed.keys() & {each.model, each.related_model}:
                self._relate_list(each)
            for owner, other in {*self._pairs[name]} ^ {*before._pairs[name]}:
                rows.setdefault(each.model, set()).add(owner)
                rows.setdefault(each.related_model, set()).add(other)
        self._of_kind = {
            model: RecordsOfKind(self._rows_of(model)) if model in changed else before._of_kind[model]
            for model in before._of_kind
        }
        self._changes = _Changes(rows, wholes)
        return True

    def _relate(
        self, before: "Records", model: _Model, changed: Collection[int], wholes: dict[_Model, set[int]]
    ) -> None:
        """Give those rows to which changed rows of a model refer, or referred, the rows that refer to them now."""
        old, new = before.rows[model], self.rows[model]
        rows = [row for each in (old, new) for pk in changed if (row := each.get(pk)) is not None]
        places = {pk: place for place, pk in enumerate(new)} if changed else {}
        for target, relation, column in _referred(model, self._tables):
            relations = dict(self.related[target])
            of_relation = dict(relations[relation])
            for pk in {row.__dict__[column] for row in rows} - {None}:
                kept = [row for row in of_relation.get(pk, ()) if row.pk not in changed]
                added = [new[each] for each in changed if each in new and new[each].__dict__[column] == pk]
                together = sorted([*kept, *added], key=lambda row: places[row.pk])
                if together:
                    of_relation[pk] = Rows(together)
                else:
                    of_relation.pop(pk, None)
            relations[relation] = of_relation
            self.related[target] = relations
        if issubclass(model, Part):
            whole = self._tables[model].references[model.record_field][1]
            wholes[whole].update(_whole_of(row) for row in rows)

    def _relate_list(self, of: models.ManyToManyField) -> None:
        """Give every row its list of others (the labs that made a commitment), and the others theirs."""
        owners, others = self.rows[of.model], self.rows[of.related_model]
        known = [pair for pair in self._pairs.get(list_name(of), ()) if pair[0] in owners and pair[1] in others]
        listed: dict[int, list[models.Model]] = defaultdict(list)
        listing: dict[int, list[models.Model]] = defaultdict(list)
        places = {pk: place for place, pk in enumerate(others)}
        for owner, other in sorted(known, key=lambda pair: places[pair[1]]):
            listed[owner].append(others[other])
            listing[other].append(owners[owner])
        for model, name, found in (
            (of.model, of.name, listed),
            (of.related_model, of.remote_field.get_accessor_name(), listing),
        ):
            self.related[model] = {**self.related[model], name: _as_rows(found)}

    def _read_editions(self) -> None:
        self.editions = tuple(cast(Mapping[int, Edition], self.rows[Edition]).values())

    def _read_people(self, keys: Collection[int]) -> None:
        """Who last checked a record, with the name that the person agreed to, if any."""
        self.rows[get_user_model()] = _people(keys)

    def _records(self) -> Iterable[Record]:
        return (cast(Record, row) for model in self._tables if _is_record(model) for row in self.rows[model].values())

    def _rows_of(self, model: _Model) -> Mapping[int, Record]:
        return cast(Mapping[int, Record], self.rows[model])

    def _checkers(self, changed: Mapping[_Model, Collection[int]]) -> set[int]:
        rows = (self.rows[model].get(pk) for model in changed if _is_record(model) for pk in changed[model])
        return {row.checked_by_id for row in rows if isinstance(row, Record) and row.checked_by_id}


def newest_version() -> DataVersion | None:
    """The newest data version, without the marks that it is read by; None where no edition gives one a name."""
    return next(iter(_newest_version_query(DataVersion._default_manager.db).instances()), None)


@cache
def _newest_version_query(alias: str) -> CompiledRows[DataVersion]:
    return compiled_rows(DataVersion.objects.using(alias)[:1], "edition", without=VERSION_READ_BY)


VERSION_READ_BY = ("marks", "lists")
"""What a data version keeps to read the records by: the longest columns there are."""


def _state_now() -> tuple[str, Mapping[str, int], Collection[str]]:
    """The stamp, up to where in each history it goes, and the stamps since which the histories tell what changed."""
    for stamp, indexed, follows in _state_query(Stamp._default_manager.db).rows():
        return str(stamp), indexed, follows
    return "", {}, ()


@cache
def _state_query(alias: str) -> Compiled:
    return compiled(Stamp.objects.using(alias).values_list("stamp", "indexed", "follows"))


def _people(keys: Collection[int]) -> Mapping[int, models.Model]:
    """The people with these primary keys, each with the signature, if any."""
    alias = get_user_model()._default_manager.db
    found = (each for some in padded(keys) for each in _people_query(alias, len(some)).instances(*some))
    return {person.pk: person for person in found}


@cache
def _people_query(alias: str, count: int) -> CompiledRows[Any]:
    people = get_user_model()._default_manager.using(alias).filter(pk__in=range(1, count + 1)).order_by()
    return compiled_rows(people, "signature")


def _tables(line: Line) -> dict[_Model, Table]:
    """The tables of records and their parts."""
    found = [model for model in tables_with_history() if model is not Edition]
    targets = {*found, get_user_model()}
    return {
        model: Table(
            line,
            model,
            model._default_manager.db,
            {
                column.name: (column.attname, column.related_model)
                for column in model._meta.concrete_fields
                if column.is_relation and column.related_model in targets
            },
        )
        for model in found
    }


def _relations(model: _Model, tables: Collection[_Model]) -> Iterable[tuple[str, _Model, str]]:
    """Each relation by which rows refer to those of a model: its name, whose rows, and their column."""
    for relation in model._meta.get_fields(include_hidden=True):
        is_reference = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if is_reference and relation.related_model in tables:
            yield _name_of(relation.field), relation.related_model, relation.field.attname


def _referred(model: _Model, tables: Mapping[_Model, Table]) -> Iterable[tuple[_Model, str, str]]:
    """Each relation by which rows of a model refer to others: of which model those are, its name, and the column."""
    for column in model._meta.concrete_fields:
        if column.is_relation and column.related_model in tables:
            yield column.related_model, _name_of(column), column.attname


def _name_of(column: models.Field) -> str:
    """The name by which a row finds those that refer to it in a column; one that no row has, if it finds none."""
    relation = column.remote_field
    return f"+{column}" if relation.hidden else relation.get_accessor_name()


def _own_lists(model: _Model) -> Collection[str]:
    return {each.name for each in model._meta.many_to_many}


def _whole_of(row: Any) -> int:
    return row.__dict__[type(row)._meta.get_field(row.record_field).attname]


def _is_record(model: _Model) -> bool:
    return issubclass(model, Record)


def _not_public() -> Iterable[tuple[_Model, int, str]]:
    """The records that are not published, with their status. One query for all kinds."""
    kinds = {model._meta.label_lower: model for model in tables_with_history() if _is_record(model)}
    sql, parameters = _not_public_query(Edition._default_manager.db)
    return [(kinds[label], pk, status) for label, pk, status in _fetched(sql, parameters)]


@cache
def _not_public_query(alias: str) -> tuple[str, tuple[Any, ...]]:
    hidden = [each.value for each in RecordStatus if each is not RecordStatus.PUBLISHED]
    found = [
        model._default_manager.using(alias)
        .order_by()
        .filter(status__in=hidden)
        .values(table=models.Value(model._meta.label_lower, output_field=models.CharField()))
        .values_list("table", "pk", "status")
        for model in tables_with_history()
        if _is_record(model)
    ]
    sql, parameters = found[0].union(*found[1:], all=True).query.get_compiler(alias).as_sql()
    return sql, tuple(parameters)


def _saved_since(model: _Model, mark: int) -> set[int]:
    """The rows that were saved or deleted since a number in the history of their table; of very many, only some."""
    return {pk for (pk,) in _fetched(_saves_query(model, Edition._default_manager.db), (mark,))}


@cache
def _saves_query(model: _Model, alias: str) -> str:
    saves = model.history.model._base_manager.using(alias).order_by().filter(history_id__gt=0).values_list("id")
    sql, _ = saves[:MOST_CHANGED].query.get_compiler(alias).as_sql()
    return sql


def _fetched(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query that was compiled once for all versions."""
    with connections[Edition._default_manager.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _pairs_now() -> _Pairs:
    return {list_name(each): list_pairs(each) for each in listed_relations()}


def _renewed(
    table: Table, before: Mapping[int, models.Model], fresh: Mapping[int, models.Model], changed: Collection[int]
) -> Mapping[int, models.Model] | None:
    """All rows of a table, with those that changed in their new state, in their usual order.

    None where the table has others, or lacks some, so that somebody wrote past the histories.
    """
    columns = order_columns(table.model)

    def stands_elsewhere(pk: int) -> bool:
        if (pk in before) != (pk in fresh):
            return True
        return pk in fresh and any(before[pk].__dict__[name] != fresh[pk].__dict__[name] for name in columns)

    if not any(map(stands_elsewhere, changed)):
        return {**before, **fresh}
    rows = {**{pk: row for pk, row in before.items() if pk not in changed}, **fresh}
    order = keys_in_order(table.model, table.alias)
    if rows.keys() != set(order):
        return None
    return in_peoples_order(table.model, {pk: rows[pk] for pk in order})


def _as_rows(found: Mapping[int, Sequence[models.Model]]) -> _RowsOfRelation:
    return {pk: Rows(each) for pk, each in found.items() if pk is not None}
