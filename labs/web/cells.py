"""The name of its column on each cell of a table, for the narrow pages on which rows become cards."""

import re

_START, _END = '<table class="table"', "</table>"
_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_HEADER = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<(tr|td|th)\b([^>]*)>")
_NAMED = ' data-in="'
_COLUMNS = re.compile(r'colspan="(\d+)"')
_NOT_THE_NAME = re.compile(r'<span class="visually-hidden".*?</span>|<[^>]+>', re.DOTALL)


def with_names(page: str) -> str:
    """The page with ``data-in`` on each cell below a header: the words of that header, which the style sheet shows
    beside the value where there is no room for columns; of a row's head, the title of the card, above it.

    Tables that have the names already stay as they are, and so do matrices: they scroll.
    """
    parts, end = [], 0
    while (start := page.find(_START, end)) >= 0 and (close := page.find(_END, start)) >= 0:
        parts += [page[end:start], _named(page[start : close + len(_END)])]
        end = close + len(_END)
    return "".join([*parts, page[end:]])


def _named(table: str) -> str:
    if _NAMED in table or (head := _HEAD.search(table)) is None:
        return table
    names: list[str] = []
    for attributes, inner in _HEADER.findall(head[0]):
        name = " ".join(_NOT_THE_NAME.sub("", inner).split()).replace('"', "&quot;")
        names += [name] * _columns(attributes)
    place = 0

    def named(tag: re.Match[str]) -> str:
        nonlocal place
        element, attributes = tag.groups()
        if element == "tr":
            place = 0
            return tag[0]
        here, width = place, _columns(attributes)
        place += width
        if width > 1 or here >= len(names) or not names[here]:
            return tag[0]
        return f'<{element}{attributes} data-in="{names[here]}">'

    return table[: head.end()] + _CELL.sub(named, table[head.end() :])


def _columns(attributes: str) -> int:
    found = _COLUMNS.search(attributes)
    return int(found[1]) if found else 1
