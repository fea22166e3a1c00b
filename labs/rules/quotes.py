"""Whether a text contains a quote, and how two texts of a source differ."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from labs.choices import QuoteCheck

LINE_END = "\xad"
"""Marks in a folded text where a line ends in a hyphen. The word may have it (“red-teaming”) or not (“evaluation”)."""

_QUOTATION_MARKS = "\"'`´‘’‚‛“”„‟‹›«»′″‴‵‶‷ʹʺʻʼʽˈˊˋ˝׳״「」『』｢｣〝〞〟＂＇｀❛❜❝❞❮❯"
_INVISIBLE = "\0\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_CHARACTERS = str.maketrans(
    dict.fromkeys(_QUOTATION_MARKS, "'") | dict.fromkeys(_INVISIBLE, "") | {"\u2010": "-", "\u2011": "-"}
)
_INSIDE_GUILLEMETS = re.compile("(?<=[«‹])[\xa0\u202f]|[\xa0\u202f](?=[»›])")
_SOFT_HYPHEN = re.compile("\xad(?:[ \t\f]*\r?\n[ \t\f]*)?")
_HYPHEN_AT_LINE_END = re.compile(r"-[^\S\n]*\n[^\S\n]*")
_LEFT_OUT = re.compile(r"\[\s*\.{3,}\s*\]|\(\s*\.{3,}\s*\)|\.{3,}|\.(?: \.){2,}")
_UNPARTED_SCRIPTS = (("\u0e00", "\u10a0"), ("\u1780", "\u1800"), ("\u2e80", "\U0010ffff"))  # no spaces between words


def folded(text: str) -> str:
    """The text as quotes are compared: all white space is single spaces, all quotation marks are ``'``.

    Compatibility forms are folded too (a ligature becomes its letters). Invisible characters and soft hyphens are
    removed. A hyphen between a letter and a small letter at the end of a line becomes ``LINE_END``. Letters keep their
    case.
    """
    text = _SOFT_HYPHEN.sub("", _INSIDE_GUILLEMETS.sub("", text)).translate(_CHARACTERS)
    text = unicodedata.normalize("NFKC", text).translate(_CHARACTERS).replace("\r\n", "\n").replace("\r", "\n")
    text = _HYPHEN_AT_LINE_END.sub(_hyphen_at_line_end, text)
    return " ".join(re.sub("''+", "'", text).split())


def _hyphen_at_line_end(found: re.Match[str]) -> str:
    before, after = found.string[max(found.start() - 1, 0) : found.start()], found.string[found.end() : found.end() + 1]
    if before.isalpha() and after.isalpha() and after.islower():
        return LINE_END
    return "-" if before.isalnum() and after.isalnum() else found[0]


def check(quote: str, folded_text: str | None) -> QuoteCheck:
    """The result for a quote; ``folded_text`` is None where we have no snapshot of its source."""
    if folded_text is None:
        return QuoteCheck.NO_SNAPSHOT
    return QuoteCheck.FOUND if is_found(quote, folded_text) else QuoteCheck.NOT_FOUND


def is_found(quote: str, folded_text: str) -> bool:
    """Whether a folded text contains a quote: its words as a whole, not as part of a longer word.

    Where the quote leaves words out (“…”, “[...]”), the text contains its pieces in their order. A quote without a
    letter or a digit is not found.
    """
    words = folded(quote)
    pieces = [piece for piece in (_trimmed(each) for each in _LEFT_OUT.split(words)) if piece]
    if not pieces:
        return False
    if _stand_in_order(pieces, folded_text, _find):
        return True
    if LINE_END not in folded_text and LINE_END not in words:
        return False
    text = _text_without_hyphens(folded_text)  # a quick check before the slow one
    if not all(_without_hyphens(piece) in text for piece in pieces):
        return False
    return _stand_in_order(pieces, folded_text, _find_across_lines)


def _trimmed(piece: str) -> str:
    """A piece without spaces and quotation marks at its ends; empty where it has no letter or digit."""
    return piece.strip(" '") if any(each.isalnum() for each in piece) else ""


@lru_cache(maxsize=2)  # for the text in which quotes are looked up now, and the one before it
def _text_without_hyphens(text: str) -> str:
    return _without_hyphens(text)


def _without_hyphens(text: str) -> str:
    return text.replace("- ", "").replace("-", "").replace(LINE_END, "")


def _stand_in_order(pieces: Sequence[str], text: str, find: Callable[[str, str, int], int]) -> bool:
    """Whether each piece comes after the one before it; ``find`` returns where it ends, or -1."""
    end = 0
    for piece in pieces:
        end = find(piece, text, end)
        if end < 0:
            return False
    return True


def _find(piece: str, text: str, start: int) -> int:
    place = text.find(piece, start)
    while place >= 0:
        if _is_whole(text, place, place + len(piece)):
            return place + len(piece)
        place = text.find(piece, place + 1)
    return -1


def _find_across_lines(piece: str, text: str, start: int) -> int:
    """Like ``_find``, where a hyphen at the end of a line may belong to a word or not."""
    forms = {"- ": f"(?:- |{LINE_END})", "-": f"[-{LINE_END}]", LINE_END: f"[-{LINE_END}]?"}
    tokens = re.findall(f"- |-|{LINE_END}|.", piece)
    pattern = re.compile(f"{LINE_END}?".join(forms.get(token, re.escape(token)) for token in tokens))
    for found in pattern.finditer(text, start):
        if _is_whole(text, *found.span()):
            return found.end()
    return -1


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a part of the text cuts no word and no number at its ends.

    “unable to test” does not contain “able to test”, nor “110 days” “10 days”. A number after a letter is not part of
    the word: it may be that of a footnote.
    """
    starts_inside = start > 0 and (
        _parts_word(text[start - 1], text[start]) or _parts_number(text[max(start - 2, 0) : start], text[start])
    )
    ends_inside = end < len(text) and _parts_word(text[end - 1], text[end])
    return not starts_inside and not ends_inside


def _parts_number(before: str, first: str) -> bool:
    """Whether a number begins before: “1.5 days” does not contain “5 days”. At the end a dot may close a sentence."""
    return first.isdigit() and before[-1] in ".," and before[-2:-1].isdigit()


def _parts_word(one: str, other: str) -> bool:
    return _sort_of(one) == _sort_of(other) != ""


def _sort_of(character: str) -> str:
    if any(first <= character <= last for first, last in _UNPARTED_SCRIPTS):
        return ""
    if character.isalpha() or character == LINE_END or unicodedata.combining(character):
        return "letter"
    return "digit" if character.isdigit() else ""


# --- how two texts differ ------------------------------------------------------------------------------------------

MOST_IN_A_ROW = 40  # parts of one kind that are shown one after the other
MOST_SHOWN = 600
LONGEST_PART = 600  # characters of a part that are shown
CONTEXT = 2  # parts that are shown around what changed
LONGEST_LINE = 300  # longer ones are compared by sentences
_MOST_COMPARISONS = 10_000  # of one stretch, line by line; more would take too long
_MOST_COMPARISONS_IN_ALL = 300_000

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
