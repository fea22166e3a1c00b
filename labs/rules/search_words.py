"""What people type is what people mean: the words of a search, and where they stand in a text.

Texts and searches are folded alike. Letter case, accents, full-width letters, ligatures, soft hyphens, the marks of
footnotes and the kind of a quotation mark, apostrophe or hyphen do not matter, nor do the marks of thousands. What is
left are words of letters and digits; a number keeps its dot, so that “GPT-5.1” is not “GPT-51”.

- A word of three letters or more also finds longer words that begin with it (“safeguard”, “safeguards”), and so does
  the last word of a search, which may not be written to its end; a number goes on to no other digit. Any other word
  stands as a whole.
- Where one word ends and the next begins does not matter much: “red-teaming”, “red teaming” and “redteaming” find each
  other, and so do “gpt5” and “GPT-5”. “gpt4o” is not “GPT-4 on”, though.
- What is joined by hyphens, dots or slashes stands together. What is in quotation marks does too, as whole words.
- Small words (“the”, “of”) are passed over, except in quotation marks, in a sentence, or where nothing else is typed.
- A whole question of which no record has all words is asked again without its small words (``keyword_searches``).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from labs.rules.lookalikes import folded_address
from labs.rules.quotes import LINE_END, folded, with_ligatures, without_marks

MOST_CHARACTERS = 700  # of a search: a quote of ours has at most 600
MOST_WORDS = 60  # of a search, each part of a word with hyphens counted: a quote of ours has at most 40
WORDS_ANYWHERE = 6  # so many may stand in several texts of a record; a longer search is a sentence, and stands in one
SMALL_WORDS = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)
QUESTION_WORDS = SMALL_WORDS.union(
    ("about", "any", "anybody", "anyone", "anything", "are", "be", "been", "being", "can", "could", "did"),
    ("do", "does", "doing", "ever", "everybody", "everyone", "had", "has", "have", "he", "her", "his", "how"),
    ("i", "if", "into", "is", "it", "its", "let", "lets", "many", "me", "much", "my", "nobody", "not", "our"),
    ("ours", "she", "should", "so", "some", "somebody", "someone", "tell", "than", "that", "their", "them"),
    ("then", "there", "these", "they", "this", "those", "was", "we", "were", "what", "when", "where"),
    ("whether", "which", "who", "whom", "whose", "why", "will", "would", "you", "your"),
)
"""What a question has beside the things that it is about."""
_ASKING = frozenset().union(
    ("anybody", "anyone", "did", "does", "how", "let", "lets", "nobody", "whether", "what", "when", "where"),
    ("which", "who", "whom", "whose", "why"),
)
_FIRST_OF_A_QUESTION = frozenset(
    ["are", "can", "could", "do", "had", "has", "have", "is", "should", "was", "were", "will", "would"]
)
TOPIC_WORDS = frozenset().union(
    ("access", "accessed", "after", "before", "deep", "deeply", "depth", "early", "evaluate", "evaluated"),
    ("evaluating", "evaluation", "evaluations", "evaluator", "evaluators", "external", "externally", "give"),
    ("given", "gave", "independent", "independently", "keep", "kept", "model", "models", "outside", "outsider"),
    ("outsiders", "promise", "promised", "promises", "really", "release", "released", "releases", "test"),
    ("tested", "tester", "testers", "testing", "tests", "true"),
)
"""What a question has that all records are about."""
FEWEST_LETTERS = 3  # of a word that also finds longer words, and of what two words may have to be put together for
LONGEST_TOKEN = 60  # characters of a word in the index; a longer one is looked for by its beginning

_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[,'’\u00a0\u2009\u202f]\d{3})+(?!\d)")
_MARK_OF_THOUSANDS = re.compile(r"[,'’\u00a0\u2009\u202f]")
_RAISED = str.maketrans(dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", " "))
_MAY_HAVE_MARKS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻*†‡§¶[]")
_MARK_AFTER_STOP = re.compile(r"(?<!\w)([^\W\d_]{3,}[.,;:!?)]'?)\d{1,2}(?![\w%-]|[.,]\d)")
_POSSESSIVE = re.compile(r"(?<=\w)'s(?!\w)")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_PLUS = re.compile(r"(?<=\w)\+")
_UNPARTED = re.compile("([\u0e00-\u109f\u1780-\u17ff\u2e80-\ua95f\uf900-\ufaff\U00020000-\U0003ffff])")
_WORD = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+)*")
_HYPHEN_AND_BLANK = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011] +(?=[a-z])")  # the end of a line, pasted into one
_PHRASE_MARKS = re.compile('["“”„‟«»＂]')
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_PIECE = re.compile(r"\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)|[^\W_]+(?:(?:(?<=\d)[.'’](?=\d)|['’])[^\W_]+)*\+*")


class SearchError(ValueError):
    """A search that is too long. ``allowed`` says what is not."""

    allowed = f"at most {MOST_CHARACTERS} characters and {MOST_WORDS} words"


# --- folding -------------------------------------------------------------------------------------------------------


def folded_words(text: str) -> str:
    """The words of a text as they are looked for, with a blank between two: “gpt 4o by openai”."""
    return " ".join(_words(_plain(text)))


def folded_url(url: str) -> str:
    """The words of an address, without what does not tell two pages apart (labs/rules/lookalikes.py)."""
    return folded_words(folded_address(url))


def index_tokens(words: str) -> str:
    """What an index holds of folded words: each word, and each two neighbours as one, without repetition."""
    each = words.split()
    both = {one + other for one, other in pairwise(each)}
    return " ".join(sorted({token[:LONGEST_TOKEN] for token in both.union(each)}))


def _plain(text: str) -> str:
    """The text in small plain letters, with its signs."""
    text = _THOUSANDS.sub(lambda found: _MARK_OF_THOUSANDS.sub("", found[0]), text)
    text = _without_marks(text).replace(LINE_END, "").translate(_RAISED).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in text if not unicodedata.combining(each)).casefold()
        text = _UNPARTED.sub(r" \1 ", text)
    text = _APOSTROPHE.sub("", _POSSESSIVE.sub("", text))
    return _PLUS.sub(" plus", text)


def _without_marks(text: str) -> str:
    """The text as quotes are compared, without the marks of footnotes."""
    text = folded(with_ligatures(text))
    if _MAY_HAVE_MARKS.search(text):
        text = without_marks(text)
    return _MARK_AFTER_STOP.sub(r"\1", text)


def _words(plain: str) -> list[str]:
    return _WORD.findall(plain)


# --- what is looked for --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """One word of a search, or what it joins: ``parts`` are “gpt” and “4o” of “GPT-4o”.

    ``is_prefix``: it also finds longer words that begin with it.
    """

    parts: tuple[str, ...]
    is_prefix: bool

    @cached_property
    def compact(self) -> str:
        """Its parts as one."""
        return "".join(self.parts)

    @cached_property
    def quick(self) -> str:
        """What stands in a text, with a blank before and after it, that surely has the word."""
        parts = " ".join(self.parts)
        return f" {parts}" if self.is_prefix and not parts[-1].isdigit() else f" {parts} "

    @cached_property
    def short_forms(self) -> tuple[str, ...]:
        """All other forms of a word of two letters, which a text soon has by chance; empty for any other word."""
        is_short = len(self.parts) == 1 and len(self.compact) == 2 and not self.is_prefix
        return (f" {self.compact[0]} {self.compact[1]} ",) if is_short else ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Where the word stands in such a text, however it is parted there."""
        last = len(self.parts) - 1
        forms = [" ?".join(self._part(part, is_last=place == last) for place, part in enumerate(self.parts))]
        if last == 1:
            forms += _parted(self.compact, self._end)
        return re.compile(f"(?<= )(?:{'|'.join(forms)})")

    @property
    def _end(self) -> str:
        """What follows the word, as a pattern."""
        if not self.is_prefix:
            return "(?= )"
        return r"(?!\d)" if self.compact[-1].isdigit() else ""

    def _part(self, part: str, *, is_last: bool) -> str:
        """A part as it is, or between two blanks parted into two."""
        end = self._end if is_last else ""
        parted = (f"(?<= ){form}" for form in _parted(part, end if is_last else "(?= )"))
        return f"(?:{'|'.join([re.escape(part) + end, *parted])})"

    @property
    def in_index(self) -> list["All"]:
        """What an index holds of every text that has the word: of one of these, each part in one of its forms."""
        found: list[All] = [((Token.of(self.compact, self.is_prefix),),)]
        if len(self.parts) > 2:
            places = range(len(self.parts))
            longest = sorted(places, key=lambda place: -len(self.parts[place]))[:WORDS_ANYWHERE]
            found.append(tuple(self._around(place) for place in sorted(longest)))
        return found

    def _around(self, place: int) -> "Any":
        """A part alone, or as one with a neighbour."""
        starts_and_ends = ((place, place + 1), (place - 1, place + 1), (place, place + 2))
        runs = [(start, end) for start, end in starts_and_ends if start >= 0 and end <= len(self.parts)]
        return tuple(
            Token.of("".join(self.parts[start:end]), self.is_prefix and end == len(self.parts)) for start, end in runs
        )


def _parted(word: str, end: str) -> list[str]:
    """A word parted in two, as patterns: “gpt4” is in “gpt 4o”, but “gpt4o” is not in “gpt 4 on”."""
    found = []
    for place in range(1, len(word)):
        before, after = word[:place], word[place:]
        is_long = after.isdigit() or len(after) >= FEWEST_LETTERS
        found.append(f"{re.escape(before)} {re.escape(after)}{end if is_long else '(?= )'}")
    return found


@dataclass(frozen=True, slots=True)
class Token:
    """What an index is asked for: a word, or all words that begin with it."""

    text: str
    is_prefix: bool

    @classmethod
    def of(cls, text: str, is_prefix: bool) -> "Token":
        """The token for words of this text; a very long one by its beginning."""
        return cls(text[:LONGEST_TOKEN], is_prefix or len(text) >= LONGEST_TOKEN)


Any = tuple[Token, ...]
"""One of these tokens."""
All = tuple[Any, ...]
"""Each of these."""


@dataclass(frozen=True)
class TypedSearch:
    """What somebody typed into a search, read: at least one word."""

    typed: str
    words: tuple[Word, ...]
    joined: tuple[tuple[int, Word], ...]  # each two plain neighbours as one word, and the place of the first

    @property
    def is_sentence(self) -> bool:
        """Whether all words have to stand in one text."""
        return len(self.words) > WORDS_ANYWHERE

    @property
    def all_words(self) -> int:
        """The mask of all words: one bit each."""
        return (1 << len(self.words)) - 1

    @cached_property
    def compact(self) -> str:
        """All of it as one word."""
        return "".join(word.compact for word in self.words)

    @cached_property
    def _looked_for(self) -> list[tuple[int, str, tuple[str, ...], str, Word]]:
        return [(1 << place, word.quick, word.short_forms, word.compact, word) for place, word in enumerate(self.words)]

    @cached_property
    def _looked_for_joined(self) -> list[tuple[int, str]]:
        return [(3 << place, f" {word.compact}{'' if word.is_prefix else ' '}") for place, word in self.joined]

    @property
    def in_index(self) -> list[list[All]]:
        """For each word, what an index holds of every text that has it: one of these."""
        found = [word.in_index for word in self.words]
        for place, word in self.joined:
            found[place] += word.in_index
            found[place + 1] += word.in_index
        return found

    def words_in(self, text: str) -> int:
        """Which words stand in a folded text: one bit each, the first word the lowest."""
        padded, joined, mask = f" {text} ", "", 0
        for bit, quick, short_forms, compact, word in self._looked_for:
            if quick in padded:
                mask |= bit
            elif short_forms:
                if any(form in padded for form in short_forms):
                    mask |= bit
            else:
                joined = joined or text.replace(" ", "")
                if compact in joined and word.pattern.search(padded):
                    mask |= bit
        if mask != self.all_words:
            for bits, quick in self._looked_for_joined:
                if quick in padded:
                    mask |= bits
        return mask

    def rarest_in(self, texts: Sequence[str]) -> "TypedSearch":
        """A search for the one of the words that stands in the fewest of these texts."""
        counts = [sum(word.quick in f" {text} " for text in texts) for word in self.words]
        rarest = min(range(len(counts)), key=counts.__getitem__)
        joined = tuple((0, word) for place, word in self.joined if rarest in (place, place + 1))
        return TypedSearch(self.typed, (self.words[rarest],), joined)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words stand in a folded text, from the first character of each to the last of the word there."""
        padded, found = f" {text} ", []
        joined = (re.compile(f"(?<= ){re.escape(word.compact)}") for _, word in self.joined)
        for pattern in [*(word.pattern for word in self.words), *joined]:
            for match in pattern.finditer(padded):
                end = padded.index(" ", match.end()) if padded[match.end()] != " " else match.end()
                found.append((match.start() - 1, end - 1))
        return sorted(found)


def read_search(typed: str) -> TypedSearch | None:
    """The search for what was typed; None where it has no letter and no digit. Raises SearchError if it is too long."""
    if len(typed) > MOST_CHARACTERS:
        raise SearchError(f"It has {len(typed)} characters.")
    words = [*_typed_words(typed)]
    if (count := sum(len(word.parts) for word, _ in words)) > MOST_WORDS:
        raise SearchError(f"It has {count} words.")
    if not words:
        return None
    telling = [(word, place) for word, place in words if not word.is_prefix or word.compact not in SMALL_WORDS]
    if 0 < len(telling) <= WORDS_ANYWHERE:
        words = telling
    last = words[-1][0]
    joined = (
        (number, _ended(Word((one.compact + other.compact,), is_prefix=True), is_last=other is last))
        for number, ((one, place), (other, next_place)) in enumerate(pairwise(words))
        if one.is_prefix and other.is_prefix and next_place == place + 1
    )
    return TypedSearch(typed, tuple(_ended(word, is_last=word is last) for word, _ in words), tuple(joined))


def keyword_searches(typed: str) -> list[str]:
    """What to search for where no record has all words of a question, the first that finds something: without the
    words that only make it a question, then without those too that all records are about.

    “Google test Gemini 3”, then “Google Gemini 3”, of “Did Google let anyone test Gemini 3?”. Empty for what is no
    question, and where nothing can be left out, or nothing would be left. What is in quotation marks stays as it is.
    """
    if not _is_question(typed):
        return []
    searches = [_without(typed, words) for words in (QUESTION_WORDS, QUESTION_WORDS | TOPIC_WORDS)]
    return list(dict.fromkeys(each for each in searches if each and each != _without(typed, frozenset())))


def _is_question(typed: str) -> bool:
    words = [word for segment in _segments(typed)[::2] for word in _words(_plain(segment))]
    asks = not _ASKING.isdisjoint(words) or typed.rstrip().endswith("?")
    return asks or bool(words and words[0] in _FIRST_OF_A_QUESTION)


def _without(typed: str, words: frozenset[str]) -> str:
    kept = []
    for number, segment in enumerate(_segments(typed)):
        if number % 2:
            kept.append(f'"{segment}"')
        else:
            chunks = (chunk.strip("?!.,;:()") for chunk in segment.split())
            kept += [chunk for chunk in chunks if chunk and not words.issuperset(_words(_plain(chunk)))]
    return " ".join(kept)


def _typed_words(typed: str) -> Iterator[tuple[Word, int]]:
    """The words with their places. A phrase is one, which finds no longer words; between two segments is a gap."""
    place = 0
    for number, segment in enumerate(_segments(typed)):
        is_phrase = number % 2 == 1
        place += 1
        for chunk in [segment] if is_phrase else _chunks(segment):
            if parts := _words(_plain(chunk)):
                yield Word(tuple(parts), is_prefix=not is_phrase), place
                place += 1


def _segments(typed: str) -> list[str]:
    """What is outside and inside of quotation marks, in turns; a mark without a second one is none."""
    segments = _PHRASE_MARKS.split(typed)
    return segments if len(segments) % 2 else [*segments[:-2], " ".join(segments[-2:])]


def _chunks(text: str) -> Iterator[str]:
    """What stands between blanks. An address is looked for without what does not tell two pages apart."""
    text = _THOUSANDS.sub(lambda found: _MARK_OF_THOUSANDS.sub("", found[0]), text)
    text = _HYPHEN_AND_BLANK.sub("-", _without_marks(text))
    for chunk in text.split():
        yield folded_address(chunk) if _ADDRESS.fullmatch(chunk) else chunk


def _ended(word: Word, *, is_last: bool) -> Word:
    """The word, which finds longer ones if it may: it is not of a phrase, and is the last or long enough."""
    last = word.parts[-1]
    may_go_on = len(last) >= FEWEST_LETTERS and last.isalpha()
    return Word(
        word.parts, word.is_prefix and (may_go_on or (is_last and (len(word.compact) > 1 or word.compact.isdigit())))
    )


# --- what is shown -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, which is one that was looked for or not."""

    text: str
    is_found: bool


EXCERPT = 240  # characters of a long text round what was found


def marked(text: str, search: TypedSearch, most: int = 0) -> tuple[Piece, ...]:
    """The text in pieces, those that were looked for marked; with ``most``, about so many characters round them."""
    spans = _marked_spans(text, search)
    start, end = 0, len(text)
    if most and len(text) > most:
        first = spans[0][0] if spans else 0
        start = max(0, min(first - most // 3, len(text) - most))
        start = start and text.rfind(" ", 0, start + 1) + 1
        end = start + most
        end = len(text) if end >= len(text) else max(text.rfind(" ", start, end), start + most // 2)
    pieces, place = [], start
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        pieces += [Piece(text[place:first], False), Piece(text[first:last], True)]
        place = last
    pieces.append(Piece(text[place:end], False))
    if start:
        pieces.insert(0, Piece("… ", False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return tuple(piece for piece in pieces if piece.text)


def unmarked(text: str, search: TypedSearch, most: int = 0) -> tuple[Piece, ...]:
    """The same text where nobody sees marks: they are looked for only to choose what of a longer text is shown."""
    return marked(text, search, most) if most and len(text) > most else (Piece(text, False),)


def _marked_spans(text: str, search: TypedSearch) -> list[tuple[int, int]]:
    """Where the words stand in a text as it is, without overlap."""
    places: list[tuple[int, int]] = []  # of each folded word
    words: list[str] = []
    for piece in _PIECE.finditer(text):
        for word in _words_in_piece(piece[0]):
            words.append(word)
            places.append(piece.span())
    starts, place = {}, 0
    for number, word in enumerate(words):
        starts[place] = number
        place += len(word) + 1
    ends = {start + len(words[number]): number for start, number in starts.items()}
    spans = [(places[starts[start]][0], places[ends[end]][1]) for start, end in search.spans(" ".join(words))]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=8192)  # a file of all that was found has most of them hundreds of times
def _words_in_piece(piece: str) -> tuple[str, ...]:
    return tuple(_words(_plain(piece)))


# --- how well it fits ----------------------------------------------------------------------------------------------


def fit(text: str, search: TypedSearch) -> int:
    """How well a folded text that has all words fits the search.

    0: it is the same; 1: it begins with it, and goes on with another word; 2: its first words go on; 3: it only has it.
    """
    whole, asked = "", search.compact
    for word in text.split():
        whole += word
        if len(whole) >= len(asked):
            break
    if whole == asked:
        return 0 if len(asked) == len(text.replace(" ", "")) else 1
    return 2 if whole.startswith(asked) else 3
