"""Pieces of a page that are made once."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

from labs.web.cells import with_names
from labs.web.parameters import kept_parameters

register = template.Library()

MOST_KEPT = 2_000_000
"""So many characters of pieces a process keeps: of those last used."""


class _Pieces:
    """Pieces by what they follow from, the last used at the end, and how many characters they have together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: OrderedDict[Hashable, SafeString] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> SafeString | None:
        with self._lock:
            if key in self._of:
                self._of.move_to_end(key)
            return self._of.get(key)

    def put(self, key: Hashable, piece: SafeString) -> None:
        with self._lock:
            self._size += len(piece) - len(self._of.pop(key, ""))
            self._of[key] = piece
            while self._size > MOST_KEPT:
                _, oldest = self._of.popitem(last=False)
                self._size -= len(oldest)

    def forget(self) -> None:
        """Drop all."""
        with self._lock:
            self._of.clear()
            self._size = 0


pieces = _Pieces()


class MadeOnce(template.Node):
    """What stands between the tags, made once for each process, the values, and what links keep of the address."""

    def __init__(self, nodelist: NodeList, values: Sequence[FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values

    def render(self, context: Context) -> SafeString:
        request = context.get("request")
        kept = tuple(kept_parameters(request.GET).items()) if request is not None else ()
        key = self, kept, *(each.resolve(context, ignore_failures=True) for each in self.values)
        found = pieces.get(key)
        if found is None:
            found = SafeString(with_names(self.nodelist.render(context)))
            pieces.put(key, found)
        return found


@register.tag
def made_once(parser: Parser, token: Token) -> MadeOnce:
    """``{% made_once value … %}…{% endmade_once %}``: what follows from the code, the values, which can be hashed, and
    the parameters that links keep. Nothing else that it says may depend on the request or the records.
    """
    values = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    nodelist = parser.parse(("endmade_once",))
    parser.delete_first_token()
    return MadeOnce(nodelist, values)
