"""Pieces of a page that are made once."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from types import NoneType

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

from labs.web.cells import with_names
from labs.web.parameters import kept_parameters
from labs.web.words import linked_words

register = template.Library()

MOST_KEPT = 1_000_000
"""So many characters of pieces a process keeps: of those last used."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What it says, and the coded words that it has as links, which the page then has no more (labs/web/words.py)."""

    text: SafeString
    linked: frozenset[Hashable]


class _Pieces:
    """Pieces by what they follow from, the last used at the end, and how many characters they have together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: OrderedDict[Hashable, _Piece] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> _Piece | None:
        with self._lock:
            if key in self._of:
                self._of.move_to_end(key)
            return self._of.get(key)

    def put(self, key: Hashable, piece: _Piece) -> None:
        with self._lock:
            if (before := self._of.pop(key, None)) is not None:
                self._size -= len(before.text)
            self._of[key] = piece
            self._size += len(piece.text)
            while self._size > MOST_KEPT:
                _, oldest = self._of.popitem(last=False)
                self._size -= len(oldest.text)

    def forget(self) -> None:
        """Drop all."""
        with self._lock:
            self._of.clear()
            self._size = 0


pieces = _Pieces()


class _Same:
    """An object, equal to nothing but itself. It lives as long as this does, so nothing else takes its place."""

    __slots__ = ("_object",)

    def __init__(self, of: object) -> None:
        self._object = of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._object is self._object

    def __hash__(self) -> int:
        return id(self._object)


class MadeOnce(template.Node):
    """What stands between the tags, made once for each process, the values, and what links keep of the address."""

    def __init__(self, nodelist: NodeList, values: Sequence[FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values

    def render(self, context: Context) -> SafeString:
        request = context.get("request")
        kept = tuple(kept_parameters(request.GET).items()) if request is not None else ()
        linked = linked_words(request) if request is not None else set()
        before = frozenset(linked)
        key = self, kept, before, *(_of_key(each.resolve(context, ignore_failures=True)) for each in self.values)
        found = pieces.get(key)
        if found is None:
            text = SafeString(with_names(self.nodelist.render(context)))
            found = _Piece(text, frozenset(linked - before))
            pieces.put(key, found)
        linked |= found.linked
        return found.text


def _of_key(value: object) -> Hashable:
    """Plain values, and tuples of them, are the same if they are equal, all others only if they are one."""
    if isinstance(value, tuple):
        return tuple(map(_of_key, value))
    return value if isinstance(value, _PLAIN) else _Same(value)


_PLAIN = (str, int, dt.date, NoneType)


@register.tag
def made_once(parser: Parser, token: Token) -> MadeOnce:
    """``{% made_once value … %}…{% endmade_once %}``: what follows from the code, the values, and the parameters that
    links keep. Nothing else that it says may depend on the request or the records: a value that stands for records is
    another object as soon as anything that it says has changed, as those that ``of_each`` makes are.
    """
    values = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    nodelist = parser.parse(("endmade_once",))
    parser.delete_first_token()
    return MadeOnce(nodelist, values)
