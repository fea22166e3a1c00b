"""How two texts differ: of a source in lines or sentences, of a field in words."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_IN_A_ROW = 40  # parts of one kind that are shown one after the other
MOST_SHOWN = 600
LONGEST_PART = 600  # characters of a part that are shown
CONTEXT = 2  # parts that are shown around what changed
LONGEST_LINE = 300  # longer ones are compared by sentences
_MOST_COMPARISONS = 10_000  # of one stretch, line by line; more would take too long
_MOST_COMPARISONS_IN_ALL = 300_000
_MOST_WORD_COMPARISONS = 1_000_000
_LEAST_IN_COMMON = 0.3  # of two texts, for their words to be compared one by one

PartKind = Literal["same", "added", "removed", "left_out"]
_Stretch = tuple[int, int, int, int]  # from, to in the old parts; from, to in the new ones


@dataclass(frozen=True, slots=True)
class TextPart:
    """A line or a sentence of one or both texts; “left_out” says how much is not shown at its place."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True)
class TextDifference:
    """What changed between two texts, in lines or sentences, with the lines around it."""

    parts: tuple[TextPart, ...]
    added: int  # how many, shown or not
    removed: int
    is_rough: bool  # a stretch was too long to compare line by line: it is shown as removed and added as a whole
    is_cut: bool  # some changes are not shown

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def text_difference(old: str, new: str) -> TextDifference:
    """How a newer text of a source differs from the one before, white space folded; limited in size and time."""
    before, after = _lines(old), _lines(new)
    changes, is_rough = _changes(before, after)
    parts = list(_told(changes, before, after))
    is_cut = len(parts) > MOST_SHOWN or any(part.kind == "left_out" and "more" in part.text for part in parts)
    return TextDifference(
        parts=tuple(parts[:MOST_SHOWN]),
        added=sum(stretch[3] - stretch[2] for stretch in changes),
        removed=sum(stretch[1] - stretch[0] for stretch in changes),
        is_rough=is_rough,
        is_cut=is_cut,
    )


def _lines(text: str) -> list[str]:
    """The lines of a text without unneeded white space; a long line is split into sentences."""
    lines: list[str] = []
    for line in text.splitlines():
        line = " ".join(line.split())
        if len(line) > LONGEST_LINE:
            lines += re.split(r"(?<=[.!?。！？]) ", line)
        elif line:
            lines.append(line)
    return lines


def _changes(before: Sequence[str], after: Sequence[str]) -> tuple[list[_Stretch], bool]:
    """The stretches that changed, and whether one was too long to compare line by line.

    Lines that occur once in each text divide long texts quickly; only what lies between them is compared in full.
    """
    changes: list[_Stretch] = []
    start, left, is_rough = (0, 0), _MOST_COMPARISONS_IN_ALL, False
    for here in [*_unique_matches(before, after), (len(before), len(after))]:
        stretch = _without_same_ends((start[0], here[0], start[1], here[1]), before, after)
        comparisons = (stretch[1] - stretch[0]) * (stretch[3] - stretch[2])
        if 0 < comparisons <= min(left, _MOST_COMPARISONS):
            left -= comparisons
            changes += _compared(stretch, before, after)
        elif stretch[0] < stretch[1] or stretch[2] < stretch[3]:
            is_rough = is_rough or comparisons > 0
            changes.append(stretch)
        start = (here[0] + 1, here[1] + 1)
    return changes, is_rough


def _unique_matches(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Where lines that occur once in each text are: the longest row of them that has the same order in both."""
    counts, others = Counter(before), Counter(after)
    places = {line: place for place, line in enumerate(after) if others[line] == 1}
    pairs = [(here, places[line]) for here, line in enumerate(before) if counts[line] == 1 and line in places]
    ends: list[int] = []  # for each length: where the best row ends in the new text
    rows: list[int] = []  # for each length: the number of its last pair
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1], rows[length : length + 1] = [place], [number]
        previous.append(rows[length - 1] if length else -1)
    found, number = [], rows[-1] if rows else -1
    while number >= 0:
        found.append(pairs[number])
        number = previous[number]
    return found[::-1]


def _without_same_ends(stretch: _Stretch, before: Sequence[str], after: Sequence[str]) -> _Stretch:
    start, end, other_start, other_end = stretch
    while start < end and other_start < other_end and before[start] == after[other_start]:
        start, other_start = start + 1, other_start + 1
    while start < end and other_start < other_end and before[end - 1] == after[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    return start, end, other_start, other_end


def _compared(stretch: _Stretch, before: Sequence[str], after: Sequence[str]) -> list[_Stretch]:
    start, end, other_start, other_end = stretch
    matcher = SequenceMatcher(None, before[start:end], after[other_start:other_end], autojunk=False)
    return [
        (start + i, start + j, other_start + k, other_start + m)
        for kind, i, j, k, m in matcher.get_opcodes()
        if kind != "equal"
    ]


def _told(changes: Sequence[_Stretch], before: Sequence[str], after: Sequence[str]) -> Iterator[TextPart]:
    """The changes with the lines around them."""
    shown = 0  # how much of the old text was yielded so far
    for number, (start, end, other_start, other_end) in enumerate(changes):
        first = max(shown, start - CONTEXT)
        if first > shown:
            yield TextPart("left_out", f"{_count(first - shown)} the same")
        yield from _row("same", before[first:start])
        yield from _row("removed", before[start:end])
        yield from _row("added", after[other_start:other_end])
        limit = changes[number + 1][0] if number + 1 < len(changes) else len(before)
        shown = min(end + CONTEXT, limit)
        yield from _row("same", before[end:shown])
    if changes and shown < len(before):
        yield TextPart("left_out", f"{_count(len(before) - shown)} the same")


def _row(kind: PartKind, lines: Sequence[str]) -> Iterator[TextPart]:
    for line in lines[:MOST_IN_A_ROW]:
        yield TextPart(kind, line if len(line) <= LONGEST_PART else f"{line[:LONGEST_PART]}…")
    if len(lines) > MOST_IN_A_ROW:
        yield TextPart("left_out", f"{_count(len(lines) - MOST_IN_A_ROW)} more {kind}")


def _count(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


@dataclass(frozen=True, slots=True)
class WordPart:
    """Words of one or both texts, with the blanks after them."""

    kind: Literal["same", "added", "removed"]
    text: str


def word_difference(old: str, new: str) -> tuple[WordPart, ...]:
    """Which words of a text changed; nothing where the texts are too long, or have too little in common, to tell."""
    before, after = (re.findall(r"\S+\s*", text) for text in (old, new))
    if len(before) * len(after) > _MOST_WORD_COMPARISONS:
        return ()
    bare = [[word.strip() for word in words] for words in (before, after)]
    matcher = SequenceMatcher(None, bare[0], bare[1], autojunk=False)
    if matcher.ratio() < _LEAST_IN_COMMON:
        return ()
    parts = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            parts.append(WordPart("same", "".join(after[k:m])))
            continue
        if i < j:
            parts.append(WordPart("removed", "".join(before[i:j])))
        if k < m:
            parts.append(WordPart("added", "".join(after[k:m])))
    return tuple(parts)
