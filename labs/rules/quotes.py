"""Whether and how a quote stands in the text of its source.

docs/quotes.md says what is looked for, in which order, and what was measured.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise, product

from labs.choices import QuoteCheck, QuoteLook

PAGE_BREAK = "\n\f"
"""Stands between two pages of a text."""

LINE_END = "\xad"
"""Stands in a folded text where a line ends in a hyphen: the word may have it (“red-teaming”) or not (“evaluation”)."""

MOST_WORDS_LEFT_OUT = 50  # between two pieces of a quote
FEWEST_WORDS_IN_CAPITALS = 6
FEWEST_WORDS_WITH_BLANKS = 3
PAGES_OF_A_RUNNING_LINE = 3

_QUOTATION_MARKS = "\"'`´‘’‚‛“”„‟‹›«»′″‴‵‶‷ʹʺʻʼʽˈˊˋ˝׳״「」『』｢｣〝〞〟＂＇｀❛❜❝❞❮❯"
_INVISIBLE = "\0\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_CHARACTERS = str.maketrans(
    dict.fromkeys(_QUOTATION_MARKS, "'") | dict.fromkeys(_INVISIBLE, "") | {"\u2010": "-", "\u2011": "-"}
)
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISE = str.maketrans("0123456789+-−–", f"{_RAISED}⁺⁻⁻⁻")
_LOWER = str.maketrans(f"{_RAISED}⁺⁻", "0123456789+-")
_NOT_RAISED = re.compile(f"[^{_RAISED}⁺⁻]+")
_LONGEST_MARK = 40
_ONLY_DIGITS = re.compile(r"\s*[\[(]?\s*[-+−–]?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*[\])]?\s*", re.ASCII)
_INSIDE_GUILLEMETS = re.compile("(?<=[«‹])[\xa0\u202f]|[\xa0\u202f](?=[»›])")
_SOFT_HYPHEN = re.compile("\xad(?:[ \t\f]*\r?\n[ \t\f]*)?")
_HYPHEN_AT_LINE_END = re.compile(r"-[^\S\n]*\n[^\S\n]*")
_LEFT_OUT = re.compile(r"\[\s*\.{3,}\s*\]|\(\s*\.{3,}\s*\)|\.{3,}|\.(?: \.){2,}")
_UNPARTED_SCRIPTS = (("\u0e00", "\u10a0"), ("\u1780", "\u1800"), ("\u2e80", "\U0010ffff"))  # no spaces between words
_BETWEEN_PAGES = "\ufdd0"
MOST_BRACKETED_LETTERS = 3
_EDGE = 4  # lines of a page at its top and at its bottom that may recur
_MOST_CHARACTERS_LEFT_OUT = 600
_MOST_PLACES = 20_000  # that are tried for a quote with omissions
_BRACKETED_LETTER = re.compile(r"(?<!\w)\[([^\W\d_])\](?=\w)")
_DENIAL = re.compile(
    r"n't\b|\b(?:not|no|non|none|nor|neither|never|nobody|nothing|nowhere|without|cannot|un\w*able|unless|except\w*"
    r"|hardly|barely|scarcely|rarely|seldom|only|refus\w*|declin\w*|den(?:y|ied|ies|ying)|fail\w*|lack\w*"
    r"|prevent\w*|instead|rather"
    r"|nicht|kein\w*|nie|niemals|ohne|pas|jamais|sans|nunca|jamás|sin|niet|geen|zonder|não|sem|senza)\b"
    "|[不没沒無未非]|ない|ません"
)
_DENIALS_IN_WORDS = frozenset({"no", "non", "not", "never", "un"})
_SHORT_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a all am an and any are as at back be been but by can day do for form from get had has have he her "
        "here him his how i if in is it its let man may me men more my of off on one or our out over own put "
        "see set she so some than that the their them then there they thing this time to too under up us was "
        "way we well were what when where who will with you your",
    )
)
_PUNCTUATION = ".,;:!?()[]'"
_HYPHEN_FORMS = {"- ": f"(?:- |{LINE_END})", "-": f"[-{LINE_END}]", LINE_END: f"[-{LINE_END}]?"}
_NUMBER_BEFORE = re.compile(r"\d(?:[.,:/'⁄−\x15-]| ?– ?)$|(?<!\w)[−-]$")
_NUMBER_AFTER = re.compile(
    rf"[{_RAISED}⁺⁻]|(?:[.,:/'⁄−\x15-]| ?– ?)\d| (?:hundred|thousand|million|billion|trillion)\b"
)
_GROUP_OF_DIGITS = re.compile(r" \d{3}(?!\w)")
_DASH_BETWEEN_WORDS = re.compile(r" ?(?:[—―]|(?<!-)-{2,3}(?!-)) ?| [-–‒−] ")
_ONE_SIDED_DASH = re.compile(r"(?<=\w)(?: [–‒]|[–‒] )(?=\w)")
_OTHER_DASH = re.compile("(?<! )[–‒−]|[–‒−](?! )")
_AFTER_A_WORD = r"(?:(?<=[^\W\d_]{2})|(?<=[^\W\d_]{2}\))|(?<=[.,;:!?'%]))"
_MARK = re.compile(rf"{_AFTER_A_WORD} ?\[?[{_RAISED}]+(?:[,⁻] ?[{_RAISED}]+)*\]?")
_MARK_ON_THE_LINE = re.compile(r"(?<![\w-])([a-zß-öø-ÿ]{3,}[.,;:!?)']?)\d{1,2}(?![\w%-]|[.,]\d)")
_SYMBOL_MARK = re.compile(rf"{_AFTER_A_WORD}[*†‡§¶]+(?=[ .,;:!?')]|$)")
_REFERENCE = re.compile(rf"{_AFTER_A_WORD} ?\[\d{{1,3}}(?:[,-] ?\d{{1,3}})*\](?!\w)", re.ASCII)
_UNITS = frozenset({"nm", "mm", "cm", "dm", "km", "in", "ft", "yd", "mi"})
_TEX_CHARACTERS = {
    **dict(zip("\x0b\x0e\x0f", ("ff", "ffi", "ffl"), strict=True)),
    **dict(zip("\x1b\x1c\x1d\x1e\x1f", ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
    **dict(zip("\x10\x11\x12\x15\x16", "“”„–—", strict=True)),
}
_TEX_CHARACTER = re.compile(
    "[\x10-\x12\x15\x16]|(?<=[^\\W\\d_])[\x0b\x0e\x0f\x1b-\x1f]|[\x0b\x0e\x0f\x1b-\x1f](?=[^\\W\\d_])"
)


def raised(text: str) -> str:
    """The text with raised digits, if it is nothing but numbers: a mark of a footnote (“³”, “[³]”) or an exponent."""
    return text.translate(_RAISE) if len(text) <= _LONGEST_MARK and _ONLY_DIGITS.fullmatch(text) else text


def folded(text: str) -> str:
    """The text as quotes are compared: every run of white space is one space, every quotation mark is ``'``.

    Compatibility forms are folded too (a ligature is its letters), but a raised digit stays one: 10⁴ is not 104.
    Invisible characters and soft hyphens are gone. A hyphen between a letter and a small letter at a line's end becomes
    ``LINE_END``. Letters keep their case.
    """
    return _folded(_SOFT_HYPHEN.sub("", text))


def _folded(text: str) -> str:
    text = _INSIDE_GUILLEMETS.sub("", text).translate(_CHARACTERS)
    text = _NOT_RAISED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = text.translate(_CHARACTERS).replace("\r\n", "\n").replace("\r", "\n")
    text = _HYPHEN_AT_LINE_END.sub(_hyphen_at_line_end, text)
    return " ".join(re.sub("''+", "'", text).split())


def _hyphen_at_line_end(found: re.Match[str]) -> str:
    before, after = found.string[max(found.start() - 1, 0) : found.start()], found.string[found.end() : found.end() + 1]
    if before.isalpha() and after.isalpha() and after.islower():
        return LINE_END
    return "-" if before.isalnum() and after.isalnum() else found[0]


# --- what is looked for --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """How a quote was found. ``omitted`` is what the text has at each omission of the quote."""

    look: QuoteLook
    omitted: tuple[str, ...] = ()
    has_bracketed_letter: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether an editor has to look before it counts as found."""
        return bool(self.omitted) or self.look in _LATE_LOOKS

    @property
    def words(self) -> str:
        """“word for word”, “across a page break, with omissions” and so on."""
        said = [] if self.look is QuoteLook.WORD_FOR_WORD else [self.look.label]
        said += ["with a letter in brackets"] * self.has_bracketed_letter + ["with omissions"] * bool(self.omitted)
        return ", ".join(said) or self.look.label


class SourceText:
    """The text of a source, to look for quotes in. What a look needs is computed once, when it is needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def plain(self) -> str:
        return folded(self.text)

    @cached_property
    def by_page(self) -> str:
        """As ``plain``, with a character between two pages that no quote holds."""
        return folded(self.text.replace(PAGE_BREAK, f" {_BETWEEN_PAGES} "))

    @cached_property
    def with_plain_dashes(self) -> str:
        return _with_plain_dashes(self.plain)

    @cached_property
    def without_marks(self) -> str:
        return without_marks(self.with_plain_dashes)

    @cached_property
    def with_mark_digits(self) -> str:
        return _with_mark_digits(self.with_plain_dashes)

    @cached_property
    def with_soft_hyphens(self) -> str:
        return self._refolded(self.text)

    @cached_property
    def with_ligatures(self) -> str:
        return self._refolded(with_ligatures(self.text))

    @cached_property
    def without_running_lines(self) -> str:
        return self._refolded(with_ligatures(_without_running_lines(self.text)))

    @cached_property
    def without_marks_on_the_line(self) -> str:
        return _MARK_ON_THE_LINE.sub(r"\1", self.without_running_lines)

    @cached_property
    def in_capitals(self) -> str:
        return self.without_running_lines.upper()

    @cached_property
    def letters(self) -> tuple[str, str]:
        """The small letters of the text, with and without its running lines."""
        return _letters(self.with_ligatures), _letters(self.without_running_lines)

    def _refolded(self, text: str) -> str:
        return without_marks(_with_plain_dashes(_folded(_with_soft_hyphens_as_line_ends(text))))


def check(quote: str, text: SourceText | None) -> QuoteCheck:
    """What became of a quote; ``text`` is None where no snapshot of its source is held."""
    if text is None:
        return QuoteCheck.NO_SNAPSHOT
    return check_of(find(quote, text))


def check_of(match: QuoteMatch | None) -> QuoteCheck:
    """What is stored of how a quote was found; None says that it was not."""
    if match is None:
        return QuoteCheck.NOT_FOUND
    return QuoteCheck.DOUBTFUL if match.is_doubtful else QuoteCheck.FOUND


def find(quote: str, text: SourceText) -> QuoteMatch | None:
    """How a quote stands in a text: its words as a whole, no part of a longer word or number. None if it does not.

    Where it leaves words out (“…”, “[...]”), its pieces stand in the text in their order, with at most
    ``MOST_WORDS_LEFT_OUT`` words and no denial between them. A quote without a letter or a digit is not found. Each
    look is taken only where those before it found nothing, and reads the text more freely than they did.
    """
    words = folded(quote)
    if not any(each.isalnum() for each in words):
        return None
    match = _found(QuoteLook.WORD_FOR_WORD, words, text.plain)
    if match:
        return replace(match, look=QuoteLook.ACROSS_PAGES) if _is_split(words, text) else match
    if not _has_letters(words, text):  # a quick look before the slow ones
        return None
    dashed = _with_plain_dashes(words)
    unmarked = without_marks(dashed)
    ligatures = without_marks(_with_plain_dashes(folded(with_ligatures(quote))))
    return (
        _found(QuoteLook.OTHER_DASHES, dashed, text.with_plain_dashes)
        or _found(QuoteLook.WITHOUT_MARKS, unmarked, text.without_marks)
        or _found(QuoteLook.SOFT_HYPHENS, unmarked, text.with_soft_hyphens)
        or _found(QuoteLook.LIGATURES, ligatures, text.with_ligatures)
        or _found(QuoteLook.RUNNING_LINES, ligatures, text.without_running_lines)
        or _found(QuoteLook.MARK_DIGITS, dashed, text.with_mark_digits)
        or _found(QuoteLook.MARKS_ON_THE_LINE, ligatures, text.without_marks_on_the_line)
        or _found_in_capitals(ligatures, text)
        or _found_with_blanks(ligatures, text)
    )


def _has_letters(words: str, text: SourceText) -> bool:
    """Whether a text contains the letters of a quote in their order, whatever stands between them."""
    pieces = [_letters(piece) for piece in _LEFT_OUT.split(words)]
    return any(all(piece in letters for piece in pieces) for letters in text.letters)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.casefold())


def _is_split(words: str, text: SourceText) -> bool:
    """Whether no page contains the words as a whole."""
    if PAGE_BREAK not in text.text:
        return False
    match = _found(QuoteLook.WORD_FOR_WORD, words, text.by_page)
    return match is None or any(_BETWEEN_PAGES in each for each in match.omitted)


_LATE_LOOKS = (QuoteLook.MARK_DIGITS, QuoteLook.MARKS_ON_THE_LINE, QuoteLook.CAPITALS, QuoteLook.BLANKS)
_Spans = Callable[[str, str, int], Iterator[tuple[int, int]]]


def _found_in_capitals(words: str, text: SourceText, spans: _Spans | None = None) -> QuoteMatch | None:
    """Small capitals can come as capitals, or as both in one word."""
    if len(words.split()) < FEWEST_WORDS_IN_CAPITALS:
        return None
    return _found(QuoteLook.CAPITALS, words.upper(), text.in_capitals, spans)


def _found_with_blanks(words: str, text: SourceText) -> QuoteMatch | None:
    if len(words.split()) < FEWEST_WORDS_WITH_BLANKS:
        return None
    match = _found(QuoteLook.BLANKS, words, text.without_running_lines, _spans_with_blanks)
    if match is None and (match := _found_in_capitals(words, text, _spans_with_blanks)):
        return replace(match, look=QuoteLook.BLANKS)
    return match


def _found(look: QuoteLook, words: str, text: str, spans: _Spans | None = None) -> QuoteMatch | None:
    for form, each in product(_forms(words), [spans] if spans else [_spans, _spans_across_lines]):
        pieces = [piece for piece in map(_trimmed, _LEFT_OUT.split(form)) if piece]
        omitted = _omitted(pieces, text, each)
        if omitted is not None:
            shown = tuple(words.replace(LINE_END, "") for words in omitted)
            return QuoteMatch(look, shown, has_bracketed_letter=form != words)
    return None


def _forms(words: str) -> Iterator[str]:
    """The words, then with each letter in brackets (“[T]he”) as a small or a capital one without them."""
    yield words
    parts = _BRACKETED_LETTER.split(words, maxsplit=MOST_BRACKETED_LETTERS)
    if len(parts) > 1:
        for letters in product(*((each.lower(), each.upper()) for each in parts[1::2])):
            yield "".join(part + letter for part, letter in zip(parts[::2], [*letters, ""], strict=True))


def _trimmed(piece: str) -> str:
    """A piece without spaces and quotation marks at its ends; empty where it holds no letter or digit."""
    return piece.strip(" '") if any(each.isalnum() for each in piece) else ""


def _omitted(pieces: Sequence[str], text: str, spans: _Spans) -> list[str] | None:
    """What lies between the pieces where they stand in the text in their order; None if they do not."""
    dead_ends: set[tuple[int, int]] = set()
    tried = 0

    def after(number: int, end: int) -> list[str] | None:
        nonlocal tried
        if number == len(pieces):
            return []
        if (number, end) in dead_ends:
            return None
        for start, next_end in spans(pieces[number], text, end):
            tried += 1
            if tried > _MOST_PLACES:
                return None
            left_out = text[end:start]
            if number and not _may_be_left_out(left_out):
                break  # the next place would leave out this and more
            rest = after(number + 1, next_end)
            if rest is not None:
                is_omission = number and any(each.isalnum() or each == _BETWEEN_PAGES for each in left_out)
                return [left_out.strip(), *rest] if is_omission else rest
        dead_ends.add((number, end))
        return None

    return after(0, 0) if pieces else None


def _may_be_left_out(words: str) -> bool:
    if len(words) > _MOST_CHARACTERS_LEFT_OUT or len(words.split()) > MOST_WORDS_LEFT_OUT:
        return False
    return not _DENIAL.search(words.replace(LINE_END, "").lower())


# --- where a piece stands ------------------------------------------------------------------------------------------


def _spans(piece: str, text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where a piece begins and ends in a text from ``start`` on, wherever it parts no word."""
    place = text.find(piece, start)
    while place >= 0:
        if _is_whole(text, place, place + len(piece)):
            yield place, place + len(piece)
        place = text.find(piece, place + 1)


@lru_cache(maxsize=8)  # of the texts of one source that quotes are being looked for in
def _text_without_hyphens(text: str) -> str:
    return _without_hyphens(text)


def _without_hyphens(text: str) -> str:
    return text.replace("- ", "").replace("-", "").replace(LINE_END, "")


def _spans_across_lines(piece: str, text: str, start: int) -> Iterator[tuple[int, int]]:
    """As ``_spans``, where a hyphen at a line's end may belong to a word or not."""
    if LINE_END not in text and LINE_END not in piece:
        return
    if _without_hyphens(piece) not in _text_without_hyphens(text):  # a quick look before the slow one
        return
    pattern = re.compile(f"{LINE_END}?".join(_HYPHEN_FORMS.get(token, re.escape(token)) for token in _tokens(piece)))
    for found in pattern.finditer(text, start):
        if _is_whole(text, *found.span()):
            yield found.span()


def _spans_with_blanks(piece: str, text: str, start: int) -> Iterator[tuple[int, int]]:
    """As ``_spans_across_lines``, with a blank between any two characters of a word; all blanks of the piece stay.

    A blank may not part a word into words: “notable” is not “not able”, nor “together” “to get her”.
    """
    if _without_blanks(piece) not in _text_without_blanks(text):
        return
    pattern = re.compile(
        "".join(
            _HYPHEN_FORMS.get(token, re.escape(token)) + ("" if " " in token + following else f"[ {LINE_END}]?")
            for token, following in pairwise([*_tokens(piece), " "])
        )
    )
    for found in pattern.finditer(text, start):
        if _is_whole(text, *found.span()) and not _has_word_parted_into_words(piece, found[0]):
            yield found.span()


def _has_word_parted_into_words(piece: str, found: str) -> bool:
    fragments = found.split()[::-1]
    for word in map(_without_blanks, piece.split()):
        parts: list[str] = []
        while fragments and len(_without_blanks("".join(parts))) < len(word):
            parts.append(fragments.pop())
        parts = [part.strip(_PUNCTUATION).lower() for part in parts]
        if len(parts) > 1 and (_DENIALS_IN_WORDS.intersection(parts) or _SHORT_WORDS.issuperset(parts)):
            return True
    return False


def _tokens(piece: str) -> list[str]:
    return re.findall(f"- |-|{LINE_END}|.", piece)


@lru_cache(maxsize=2)
def _text_without_blanks(text: str) -> str:
    return _without_blanks(text)


def _without_blanks(text: str) -> str:
    return _without_hyphens(text).replace(" ", "")


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text parts no word and no number at its ends.

    “able to test” is not said by “unable to test”, nor “10 days” by “110 days”. A number after a letter is no part of
    the word: it may be that of a footnote.
    """
    starts_inside = start > 0 and (
        _parts_word(text[start - 1], text[start]) or _starts_in_number(text[max(start - 5, 0) : start], text[start:end])
    )
    ends_inside = end < len(text) and (
        _parts_word(text[end - 1], text[end])
        or (text[end - 1].isdigit() and _ends_in_number(text[max(end - 4, start) : end], text[end : end + 12]))
    )
    return not starts_inside and not ends_inside


def _starts_in_number(before: str, words: str) -> bool:
    """Whether a number begins before: “5 days” is not said by “1.5 days”, “3–5 days” or “−5 days”."""
    if not words[0].isdigit():
        return False
    is_group = _GROUP_OF_DIGITS.match(f" {words[:4]}") and re.search(r"(?<!\w)\d{1,3} $", before)
    return bool(_NUMBER_BEFORE.search(before) or is_group)


def _ends_in_number(words: str, after: str) -> bool:
    """Whether a number goes on: “up to 10” is not said by “up to 10,000”, “10 000” or “10 million”, “Nova 9” by “9.5”.

    A dot or a comma may close a sentence. A letter makes another name of it: “GPT-4” is not “GPT-4o”.
    """
    is_group = _GROUP_OF_DIGITS.match(after) and re.search(r"(?<!\d)\d{1,3}$", words)
    return _sort_of(after[0]) == "letter" or bool(_NUMBER_AFTER.match(after) or is_group)


def _parts_word(one: str, other: str) -> bool:
    return _sort_of(one) == _sort_of(other) != ""


def _sort_of(character: str) -> str:
    if any(first <= character <= last for first, last in _UNPARTED_SCRIPTS):
        return ""
    if character.isalpha() or character == LINE_END or unicodedata.combining(character):
        return "letter"
    return "digit" if character.isdigit() else ""


# --- what a look makes of a text -----------------------------------------------------------------------------------


def _with_plain_dashes(text: str) -> str:
    """A folded text in which every dash between words is “ – ”, every dash within a word or a range a hyphen."""
    return _OTHER_DASH.sub("-", _ONE_SIDED_DASH.sub("-", _DASH_BETWEEN_WORDS.sub(" – ", text)))


def without_marks(text: str) -> str:
    """A folded text without the marks of footnotes. An exponent stays: a mark follows a word or what closes one."""
    return _REFERENCE.sub("", _SYMBOL_MARK.sub("", _MARK.sub(_left_out_mark, text)))


def _left_out_mark(found: re.Match[str]) -> str:
    if _is_exponent(found):
        return found[0]
    return " " if found.string[found.end() : found.end() + 1].isalnum() else ""


def _with_mark_digits(text: str) -> str:
    """A folded text in which the marks of footnotes are digits, as somebody copies them."""
    return _MARK.sub(lambda found: found[0] if _is_exponent(found) else found[0].translate(_LOWER), text)


def _is_exponent(mark: re.Match[str]) -> bool:
    word = re.search(r"[^\W\d_]*$", mark.string[max(mark.start() - 4, 0) : mark.start()])
    return word is not None and word[0] in _UNITS


def _with_soft_hyphens_as_line_ends(text: str) -> str:
    """Some programs write every hyphen as a soft one."""
    return re.sub(r"\xad(?=\w)", "-\n", text).replace("\xad", "-")


def with_ligatures(text: str) -> str:
    """A text with the ligatures, dashes and quotation marks that TeX fonts have in place of control characters."""
    return _TEX_CHARACTER.sub(lambda found: _TEX_CHARACTERS[found[0]], text)


def _without_running_lines(text: str) -> str:
    """A text without the first and last lines of its pages that recur on others, whatever their numbers."""
    pages = [page.split("\n") for page in text.split(PAGE_BREAK)]
    edges = [{_running(line) for line in [*page[:_EDGE], *page[-_EDGE:]]} for page in pages]
    counts = Counter(line for lines in edges for line in lines)
    recurring = {line for line, count in counts.items() if count >= PAGES_OF_A_RUNNING_LINE} | {""}
    if recurring == {""}:
        return text
    return PAGE_BREAK.join("\n".join(_without_edges(page, recurring)) for page in pages)


def _running(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _without_edges(page: list[str], recurring: set[str]) -> list[str]:
    start, end = 0, len(page)
    while start < min(end, _EDGE) and _running(page[start]) in recurring:
        start += 1
    while end > max(start, len(page) - _EDGE) and _running(page[end - 1]) in recurring:
        end -= 1
    return page[start:end]
