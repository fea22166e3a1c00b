"""What a page says, line by line, without what is about the page: to compare two states of it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

APART = "data-apart"
"""The attribute of an element that is about how the record is kept (its history, the permalink), not of the record."""

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_LEFT_OUT = {"script", "style", "nav", "form", "aside", "select", "button"}
_OF_WORDS = {"span", "time", "tspan"}
"""Inline elements that hold whole words: many of them stand on a line of their own."""
_INLINE = _OF_WORDS | {
    *("a", "abbr", "b", "bdi", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp"),
    *("small", "strong", "sub", "sup", "u", "var", "wbr"),
}
_CELLS = {"td", "th"}
BETWEEN_CELLS = " · "

# The borders of inline elements, until the line ends and it is known what stands on both sides.
_START, _END, _BORDER_OF_WORDS = "\ue000", "\ue001", "\ue002"
_BORDERS = re.compile(f"[{_START}{_END}{_BORDER_OF_WORDS}]+")
_BEFORE_A_BLANK = re.compile(r"[\w.,;:!?%)\]”’…]")
_AFTER_A_BLANK = re.compile(r"[\w(\[“‘+]")


@dataclass
class PageText(HTMLParser):
    """The lines of ``<main>``; those of an element with ``data-apart`` are in ``all_lines`` alone.

    ``paths`` are the paths within the site to which it leads: of the records that it speaks of.
    """

    lines: list[str] = field(default_factory=list)
    all_lines: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, bool, bool]] = []  # the element, whether it is left out, whether it stands apart
        self._words: list[str] = []
        self._is_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "main":
            self._is_main = True
        self._part(tag, _START)
        if tag in _VOID:
            return
        _, is_left_out, is_apart = self._open[-1] if self._open else ("", False, False)
        self._open.append((tag, is_left_out or tag in _LEFT_OUT, is_apart or APART in given))
        href = given.get("href") or ""
        if self._is_main and tag == "a" and href.startswith("/"):
            self.paths.add(href.partition("?")[0].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        self._part(tag, _END)
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "main":
            self._is_main = False

    def handle_data(self, data: str) -> None:
        if self._is_main and not (self._open and self._open[-1][1]):
            self._words.append(_BORDERS.sub("", data))

    def _part(self, tag: str, border: str) -> None:
        """End the line at the border of an element; within a row of a table, only part its cells."""
        if tag in _INLINE:
            self._words.append(_BORDER_OF_WORDS if tag in _OF_WORDS else "" if tag in _VOID else border)
        elif any(each == "tr" for each, _, _ in self._open) and tag != "tr":
            self._words.append(BETWEEN_CELLS if tag in _CELLS else " ")
        else:
            self._end_line()

    def _end_line(self) -> None:
        words = " ".join(_BORDERS.sub(_between, "".join(self._words)).split())
        line = re.sub(r"(?:· )+·", "·", words).strip("· ")
        self._words = []
        if not line:
            return
        self.all_lines.append(line)
        if not (self._open and self._open[-1][2]):
            self.lines.append(line)


def _between(borders: re.Match[str]) -> str:
    """A blank where elements part two words, as a copy from a browser has them: at a border of one that holds whole
    words, and between two elements. Letters that are only marked in a word (“<mark>GPT</mark>-4”) stay in it.
    """
    line, start, end = borders.string, borders.start(), borders.end()
    before, after = line[max(start - 1, 0) : start], line[end : end + 1]
    parts = _BORDER_OF_WORDS in borders[0] or f"{_END}{_START}" in borders[0]
    return " " if parts and _BEFORE_A_BLANK.match(before) and _AFTER_A_BLANK.match(after) else ""


def page_text(html: str) -> PageText:
    """What this page says."""
    text = PageText()
    text.feed(html)
    text.close()
    return text
