"""What was read and weighed once for a state of the records, and is kept in the process until its stamp rises.

Everything the public sees is a function of the address, the records, the code and, without ``as_of``, today. So the
records are read once for each stamp (``records``), and a function marked with ``kept`` is called once for each stamp
and arguments. There is no timer: each request asks for the stamp once, in one small query, and what was kept for an
older one is dropped. What is kept is shared between requests and never changed.

``at_version`` lets everything inside read the records as they were at an older data version.
"""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from labs.models import DataVersion, Record, Stamp, Version
from labs.queries.records import Records
from labs.queries.rows import Pin, pinned
from labs.queries.snapshots import is_public_snapshot, one_snapshot, public_snapshot

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_Item = TypeVar("_Item")
_Record = TypeVar("_Record", bound=Record)


class Store:
    """The records of one state, and what was computed from them; with ``past``, those of an older data version.

    ``before`` is the store of an older state: what did not change since is taken from there.
    """

    def __init__(self, version: Version, past: DataVersion | None = None, before: "Store | None" = None) -> None:
        self.version, self.past = version, past
        self._records: Records | None = None
        self._before = before if before is None or before.is_read else before._before
        self._earlier: dict[tuple[Callable[..., Any], Any], Any] = {}
        self._alone: dict[Callable[[], Any], Any] = {}
        self._results: dict[Callable[..., Any], OrderedDict[Any, Any]] = {}
        self._lock = threading.RLock()

    @property
    def records(self) -> Records:
        """The records, read when they are first asked for."""
        with self._lock:
            if self._records is not None:
                return self._records
            if self.past is not None:
                with collector_paused():
                    self._records = Records(self.past)  # never changes
                return self._records
            with collector_paused():
                version, found = _of_one_state(self.version, lambda: Records(before=_last_read(self._before)))
            of = self if version == self.version else _instead_of(self, version)
            of._records = found
            if self._before is not None and found.follows_on:
                of._earlier = self._before._to_renew()
            of._before = self._before = None
            return found

    @property
    def is_read(self) -> bool:
        """Whether the records were read."""
        return self._records is not None

    def held(self) -> Records | None:
        """The records, if they were read already."""
        return self._records

    def _to_renew(self) -> dict[tuple[Callable[..., Any], Any], Any]:
        """The results that those of the next state may be made from."""
        return {
            (function, arguments): result
            for function, results in list(self._results.items())
            if function in _renewed
            for arguments, result in list(results.items())
        }

    def earlier(self, function: Callable[..., Any], arguments: Any) -> Any:
        """What the function gave for the arguments in the state before; None where that is not at hand. Only once."""
        _ = self.records
        return self._earlier.pop((function, arguments), None)

    def alone(self, read: Callable[[], _Result]) -> _Result:
        """What a function reads of this state by itself, once."""
        with self._lock:
            if read not in self._alone:
                version, found = _of_one_state(self.version, read)
                of = self if version == self.version else _instead_of(self, version)
                of._alone[read] = found
                return found
            return self._alone[read]

    def result(self, function: Callable[..., Any], arguments: Any, most: int, compute: Callable[[], Any]) -> Any:
        """What the function gives for the arguments; computed where it is not kept. Keeps the ``most`` last used."""
        with self._lock:
            results = self._results.setdefault(function, OrderedDict())
            if arguments in results:
                results.move_to_end(arguments)
                return results[arguments]
            with _pinned(self) as pin, collector_paused():
                result = compute()
                if pin.store is self:  # else it is made of newer records
                    results[arguments] = result
            while len(results) > most:
                results.popitem(last=False)
            return result

    def at_hand(self, function: Callable[..., Any]) -> list[Any]:
        """What the function gave for the arguments that are kept, those last used first."""
        with self._lock:
            return [*reversed(self._results.get(function, OrderedDict()).values())]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let Python's collector of cycles rest while much is made that stays: it would look through all of it again and
    again, which takes as long as the making.
    """
    global _pauses
    with _lock:
        _pauses += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _pauses -= 1
            if not _pauses:
                gc.enable()


def _of_one_state(version: Version, read: Callable[[], _Result]) -> tuple[Version, _Result]:
    """What is read in one snapshot, and of which version it is: of this one, unless that rose meanwhile.

    In a transaction of somebody else, which may see what is written meanwhile, it is read until it goes together. The
    version of a public request was read in the snapshot of that request.
    """
    if is_public_snapshot():
        return version, read()
    while True:
        with one_snapshot():
            found, now = read(), version_now()
        if now == version:
            return version, found
        version = now


def _last_read(store: Store | None) -> Records | None:
    """The records of a store, if their stamp is the store's own: else they were read within a transaction."""
    records = store.held() if store is not None else None
    return records if store is not None and records is not None and records.stamp == store.version.stamp else None


class _Pin(Pin):
    """The store that everything within one request reads from."""

    __slots__ = ("store",)

    def __init__(self, store: Store | None = None) -> None:
        super().__init__()
        self.store = store

    def held(self) -> Records | None:
        return self.store.held() if self.store is not None else None


_pin: ContextVar[_Pin | None] = pinned  # type: ignore[assignment]  # nobody else sets one
_lock = threading.RLock()
_newest: Store | None = None
_pauses = 0  # how many are in collector_paused(), in all threads
_past: OrderedDict[str, Store] = OrderedDict()
_renewed: set[Callable[..., Any]] = set()
PAST_KEPT = 2
"""How many older data versions stay in the process: each takes as much memory as the newest."""


def kept(most: int) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Mark a function of the records: it is called once for each stamp and arguments, which must be hashable.

    The results for the ``most`` last used arguments are kept. The function reads records from ``records()`` alone.
    """

    def decorate(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        @wraps(function)
        def kept_function(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
            arguments = (args, tuple(sorted(kwargs.items())))
            return store().result(function, arguments, most, lambda: function(*args, **kwargs))

        return kept_function

    return decorate


def renewed(
    most: int,
) -> Callable[[Callable[Concatenate[_Result | None, _Arguments], _Result]], Callable[_Arguments, _Result]]:
    """As ``kept``, for a function that makes its result from that of the state before, which it is given first.

    That is None where it is not at hand. ``records().touched`` tells what changed since; a function that is not given
    None may ask for it.
    """

    def decorate(function: Callable[Concatenate[_Result | None, _Arguments], _Result]) -> Callable[_Arguments, _Result]:
        _renewed.add(function)

        @wraps(function)
        def renewed_function(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
            arguments = (args, tuple(sorted(kwargs.items())))
            of = store()
            return of.result(
                function, arguments, most, lambda: function(store().earlier(function, arguments), *args, **kwargs)
            )

        return renewed_function

    return decorate


def alone(of_records: Callable[[], _Result]) -> Callable[[Callable[[], _Result]], Callable[[], _Result]]:
    """Mark a function that reads a little of a state by itself, in a query or two, so that a page that needs nothing
    else reads no record. It is called once for each stamp.

    Where the records are read already, or are those of an older data version, ``of_records`` says the same of them.
    """

    def decorate(read: Callable[[], _Result]) -> Callable[[], _Result]:
        @wraps(read)
        def read_alone() -> _Result:
            of = store()
            return of_records() if of.is_read or of.past is not None else of.alone(read)

        return read_alone

    return decorate


def of_each(
    model: type[_Record],
    function: Callable[[_Record], _Item],
    rows: Mapping[int, _Record],
    earlier: Mapping[int, _Item] | None,
) -> Mapping[int, _Item]:
    """What the function says of each record, by primary key; taken from ``earlier`` for those that no change touched.

    For a ``renewed`` function. It reads nothing but the record, its parts and what these refer to.
    """
    if earlier is None:
        return {pk: function(row) for pk, row in rows.items()}
    touched = records().touched[model]
    if list(earlier) == list(rows):  # they stand where they stood, so nobody looks at each
        return {**earlier, **{pk: function(rows[pk]) for pk in touched if pk in rows}} if touched else earlier
    return {pk: earlier[pk] if pk in earlier and pk not in touched else function(row) for pk, row in rows.items()}


class MadeWhenAsked(Mapping[str, _Item], Generic[_Record, _Item]):
    """What a function says of each record, by key: made when it is first asked for, and then kept.

    For the result of a ``kept`` function of which a page may need one value alone. The function reads nothing but what
    it was given when the mapping was made: records may be of another state when it is called.
    """

    def __init__(self, by_key: Mapping[str, _Record], function: Callable[[_Record], _Item]) -> None:
        self._by_key, self._function = by_key, function
        self._made: dict[str, _Item] = {}

    def __getitem__(self, key: str) -> _Item:
        try:
            return self._made[key]
        except KeyError:
            return self._made.setdefault(key, self._function(self._by_key[key]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key


def at_hand(function: Callable[..., _Result]) -> list[_Result]:
    """What a function that is marked here gave for any arguments in this state and is kept, the last used first."""
    return store().at_hand(function.__wrapped__)  # type: ignore[attr-defined]  # wraps() sets it


def records() -> Records:
    """All records, as they are in the database now or, within a request, as they were when it first asked."""
    return store().records


def past_version() -> DataVersion | None:
    """The older data version that records are read of (``at_version``); None where they are the newest."""
    return store().past


@contextmanager
def _pinned(found: Store) -> Iterator[_Pin]:
    """Let all inside read from a store, unless they read from one already."""
    if (pin := _pin.get()) is not None:
        yield pin
        return
    pin = _Pin(found)
    token = _pin.set(pin)
    try:
        yield pin
    finally:
        _pin.reset(token)


def _instead_of(older: Store, version: Version) -> Store:
    """The store of a version that rose before the records of the older one were read, for all who still read it.

    The older one stays what it is: somebody may read it within a snapshot of that version.
    """
    global _newest
    newer = Store(version, before=older)
    with _lock:
        if _newest is older:
            _newest = newer
    if (pin := _pin.get()) is not None and pin.store is older:
        pin.store = newer
    return newer


def store() -> Store:
    """The store of the newest records; within ``one_version`` always the same."""
    pin = _pin.get()
    if pin is None:
        return _current_store()
    if pin.store is None:
        pin.store = _current_store()
    return pin.store


@contextmanager
def one_version(known: Version | None = None) -> Iterator[None]:
    """Let all that reads records inside, such as one request or command, see one state of them and ask for it once.

    Where the stamp in the database is ``known`` already, nobody asks for it.
    """
    if _pin.get() is not None:
        yield
        return
    token = _pin.set(_Pin(_store_of(known) if known is not None else None))
    try:
        yield
    finally:
        _pin.reset(token)


@contextmanager
def public_state() -> Iterator[Version]:
    """One snapshot of the database for a public request, and all records of that state; yields its version."""
    with public_snapshot():
        token = _pin.set(_Pin())
        try:
            yield store().version
        finally:
            _pin.reset(token)


def within_version(items: Iterable[_Item]) -> Iterator[_Item]:
    """The items, each made with the records of this moment: for an answer that is streamed after its request."""
    return _within(_Pin(store()), iter(items))


def _within(pin: _Pin, iterator: Iterator[_Item]) -> Iterator[_Item]:
    while True:
        token = _pin.set(pin)
        try:
            item = next(iterator)
        except StopIteration:
            return
        finally:
            _pin.reset(token)
        yield item


@contextmanager
def uncommitted() -> Iterator[None]:
    """Let all that reads records inside see the database as it is now, and keep nothing of it.

    For a preview: it looks at changes within a transaction that is rolled back.
    """
    token = _pin.set(_Pin(Store(version_now())))
    try:
        yield
    finally:
        _pin.reset(token)


@contextmanager
def at_version(past: DataVersion | None) -> Iterator[None]:
    """Let all that reads records inside see them as they were at a data version; with None, as outside.

    The last used few of such states stay in the process.
    """
    token = _pin.set(_Pin(store() if past is None else _past_store(past)))
    try:
        yield
    finally:
        _pin.reset(token)


def _past_store(past: DataVersion) -> Store:
    stamp = str(past.stamp)
    with _lock:
        kept_store = _past.setdefault(stamp, Store(Version(past.number, stamp, past.made_at), past))
        _past.move_to_end(stamp)
        while len(_past) > PAST_KEPT:
            _past.popitem(last=False)
        return kept_store


def forget() -> None:
    """Drop all that is kept in this process."""
    global _newest
    with _lock:
        _newest = None
        _past.clear()


def version_now() -> Version:
    """The stamp in the database."""
    return Stamp.objects.current()


def newest_number() -> int:
    """The number of the newest state that this process has kept anything of; 0 where it has kept nothing."""
    newest = _newest
    return newest.version.number if newest is not None else 0


def is_newest(version: Version) -> bool:
    """Whether the records in the database are still of this state. One query."""
    return version_now() == version


def _current_store() -> Store:
    return _store_of(version_now())


def _store_of(version: Version) -> Store:
    global _newest
    newest = _newest
    if newest is not None and newest.version == version:
        return newest
    with _lock:
        if _newest is None or _newest.version != version:
            _newest = Store(version, before=_newest)
        return _newest
