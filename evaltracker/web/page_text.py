"""What a page says, line by line, without what is about the page: to compare two states of it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

APART = "data-apart"
"""The attribute of an element that is about how the record is kept (its history, the permalink), not of the record."""

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_LEFT_OUT = {"script", "style", "nav", "form", "aside", "select", "button"}
_INLINE = {"a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "q", "small", "span", "strong", "time", "tspan"}
_CELLS = {"td", "th"}


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
        self._part(tag)
        if tag in _VOID:
            return
        _, is_left_out, is_apart = self._open[-1] if self._open else ("", False, False)
        self._open.append((tag, is_left_out or tag in _LEFT_OUT, is_apart or APART in given))
        href = given.get("href") or ""
        if self._is_main and tag == "a" and href.startswith("/"):
            self.paths.add(href.partition("?")[0].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "main":
            self._is_main = False

    def handle_data(self, data: str) -> None:
        if self._is_main and not (self._open and self._open[-1][1]):
            self._words.append(data)

    def _part(self, tag: str) -> None:
        """End the line at the border of an element; within a row of a table, only part its cells."""
        if any(each == "tr" for each, _, _ in self._open) and tag != "tr":
            self._words.append(" · " if tag in _CELLS else "" if tag in _INLINE else " ")
        elif tag not in _INLINE:
            self._end_line()

    def _end_line(self) -> None:
        words = " ".join("".join(self._words).split())
        line = re.sub(r"(?:· )+·", "·", words).strip("· ")
        self._words = []
        if not line:
            return
        self.all_lines.append(line)
        if not (self._open and self._open[-1][2]):
            self.lines.append(line)


def page_text(html: str) -> PageText:
    """What this page says."""
    text = PageText()
    text.feed(html)
    text.close()
    return text
