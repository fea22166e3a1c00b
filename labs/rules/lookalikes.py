"""Whether two records look like one thing: letter case, blanks, hyphens, accents and what only tracks a reader folded.

A look-alike is a question to a person, never an answer: a new edition of a text may have the address of the old one.
Versions are kept apart: “GPT-5” and “gpt 5” look alike, “GPT-5” and “GPT-5.1” do not.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from labs.rules.vocabulary import Term

SHORTEST_SLIP = 8  # characters of a folded name in which one slip is looked for
SHORTEST_TEXT = 12  # characters of a folded title or quote that two records share by more than chance
NEAR = 0.6  # how much a suggestion has to be like what was typed: 1 is equal
_BEGINNING = 0.9  # what it counts to be like the beginning of a name
_COMPARED_CLOSELY = 30  # names with the most pieces in common with what was typed


class KnownBy(Term):
    """What sort of value a record is known by."""

    NAME = "name", "name"
    ADDRESS = "address", "address"
    EDITION = "edition", "edition", "Tells two texts with one address apart."
    TEXT = "text", "title or quote"
    TOGETHER = "together", "one of several", "Only all of them together tell that it is the same record."
    MAKER = "maker", "key of the lab", "The name of a release may begin with it."


class Likeness(Term):
    """In what two records look alike."""

    ADDRESS = "address", "the same address"
    NAME = "name", "the same name or key"
    SLIP = "slip", "almost the same name"
    TEXT = "text", "the same words"


@dataclass(frozen=True, slots=True)
class Known:
    """What one record is known by, as it was typed."""

    key: str
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    edition: str = ""
    maker: str = ""

    @classmethod
    def of(cls, key: str, values: Iterable[tuple[KnownBy, str]]) -> "Known":
        """The record with this key, from its values; empty ones are passed over."""
        by_sort: dict[KnownBy, list[str]] = {sort: [] for sort in KnownBy}
        for sort, value in values:
            if value:
                by_sort[sort].append(value)
        return cls(
            key,
            names=tuple(by_sort[KnownBy.NAME]),
            addresses=tuple(by_sort[KnownBy.ADDRESS]),
            texts=tuple(filter(None, (*by_sort[KnownBy.TEXT], " ".join(by_sort[KnownBy.TOGETHER])))),
            edition=" ".join(by_sort[KnownBy.EDITION]),
            maker=" ".join(by_sort[KnownBy.MAKER]),
        )


@dataclass(frozen=True, slots=True)
class Lookalike:
    """The key of a record that looks like another one, and in what."""

    key: str
    likenesses: tuple[Likeness, ...]

    @property
    def words(self) -> str:
        """“the same address, the same words”."""
        return ", ".join(each.label for each in self.likenesses)


# --- folding -------------------------------------------------------------------------------------------------------

_SIGNS = re.compile(r"(?P<before>\d?)[\W_]+(?=(?P<after>\d?))")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDINGS = re.compile(r"(?:[\s,]+(?:inc|ltd|llc|llp|plc|pbc|corp|corporation|limited|gmbh|ai)\b\.?)+$", re.IGNORECASE)


def folded_name(name: str) -> str:
    """A name or a key in small letters, without accents, blanks, hyphens and other signs; plus signs stay.

    Between two numbers any signs become a dot, so that versions stay apart, and ``gpt-5-1`` is “GPT-5.1”.
    """
    letters = name.casefold().replace("+", "plus")
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters)
        letters = "".join(each for each in letters if not unicodedata.combining(each))
    return _SIGNS.sub(_without_signs, letters)


def _without_signs(found: re.Match[str]) -> str:
    before, after = found["before"], found["after"]
    return f"{before}." if before and after else before


def folded_names(known: Known) -> set[str]:
    """The names and the key of a record, folded; each also without what stands in brackets, and without the ending of a
    company.
    """
    found = set()
    for name in (known.key, *known.names):
        plain = _IN_BRACKETS.sub("", name).strip() or name
        found |= {folded_name(each) for each in (name, plain, _ENDINGS.sub("", plain))}
    return {name for name in found if len(name) > 1}


def _with_maker(names: Iterable[str], maker: str) -> set[str]:
    """Folded names of a release with the lab in front of them, and those that begin with it without it."""
    maker = folded_name(maker)
    return {name.removeprefix(maker) if name.startswith(maker) else f"{maker}{name}" for name in names if maker}


_TRACKS = re.compile(
    r"utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|igsh(id)?|mc_[ce]id|mkt_tok|_ga|_gl|_hs.*|"
    r"hss_.*|ref|ref_src|ref_url|referrer|cmpid|ncid|spm|trk|guccounter|__twitter_impression",
    re.IGNORECASE,
)
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d+[a-z_]*/(?=https?:/)", re.IGNORECASE)
_FIRST_PAGE = re.compile(r"/(index|default)\.(html?|php|aspx?)$")


def folded_address(url: str) -> str:
    """An address without scheme, “www.”, usual port, slash at the end, fragment and parameters that track a reader; in
    small letters, its parameters in order. A copy in the Wayback Machine has the address of what it is a copy of.
    """
    url = _ARCHIVED.sub("", url.strip())
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no address, as “http://[”: then only the same text is the same
        return url.casefold()
    path = re.sub(r"/{2,}", "/", unquote(parts.path)).casefold()
    path = _FIRST_PAGE.sub("", path).rstrip("/")
    asked = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKS.fullmatch(pair[0]))
    place = parts.fragment if parts.fragment.startswith(("!", "/")) else ""  # pages of a site that is one page
    host = host.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    query = f"?{urlencode(asked).casefold()}" if asked else ""
    return f"{host}{path}{query}{f'#{place.casefold()}' if place else ''}"


def folded_text(text: str) -> str:
    """A title or a quote in small letters, without accents, blanks and signs."""
    return folded_name(text)


def _slips(name: str) -> set[str]:
    """The name, folded, and the name without each one of the letters of its longer words. Two names that share one of
    these differ by at most one letter that is missing, added, another or moved.

    A slip in a number is another version, and in a short word (“UK”, “US”) another thing.
    """
    folded = folded_name(name)
    if len(folded) < SHORTEST_SLIP:
        return set()
    places = [place for word in _LONG_WORD.finditer(name) for place in range(*word.span())]
    return {folded, *(folded_name(f"{name[:place]}{name[place + 1 :]}") for place in places)}


# --- looking up ----------------------------------------------------------------------------------------------------


class Lookalikes:
    """An index of what records of one kind are known by: built once, asked often.

    A look-up costs the same however many records there are.
    """

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._known: dict[str, Known] = {}
        self._by: dict[Likeness, defaultdict[str, dict[str, None]]] = {each: defaultdict(dict) for each in Likeness}
        # Folded names by three characters in a row; made when a nearest name is first asked for.
        self._by_piece: defaultdict[str, set[str]] | None = None
        self._near: dict[str, list[str]] = {}
        for each in known:
            self.add(each)

    def add(self, known: Known) -> None:
        """Add a record, such as the row of a file that was read before this one; it replaces one with the same key."""
        self._remove(known.key)
        self._known[known.key] = known
        for likeness, value in _marks(known):
            self._by[likeness][value][known.key] = None
        if self._by_piece is not None:
            self._add_pieces(self._by_piece, known)
            self._near.clear()

    @staticmethod
    def _add_pieces(by_piece: defaultdict[str, set[str]], known: Known) -> None:
        for name in folded_names(known):
            for piece in _pieces(name):
                by_piece[piece].add(name)

    def _remove(self, key: str) -> None:
        earlier = self._known.pop(key, None)
        for likeness, value in _marks(earlier) if earlier else ():
            self._by[likeness][value].pop(key, None)

    def known(self, key: str) -> Known:
        """What the record with this key is known by. Raises KeyError where there is none."""
        return self._known[key]

    def of(self, known: Known) -> list[Lookalike]:
        """The records that look like this one, those with most in common first. One with its key is itself.

        Two texts with one address do not look alike where this one says which edition it is, and the other is another.
        """
        found: defaultdict[str, dict[Likeness, None]] = defaultdict(dict)
        for likeness, value in _marks(known):
            for key in self._by[likeness].get(value, ()):
                is_other_edition = known.edition and known.edition != self._known[key].edition
                if key != known.key and not (likeness is Likeness.ADDRESS and is_other_edition):
                    found[key][likeness] = None
        for likenesses in found.values():
            if Likeness.NAME in likenesses:
                likenesses.pop(Likeness.SLIP, None)
        alike = [Lookalike(key, tuple(each for each in Likeness if each in found[key])) for key in found]
        return sorted(alike, key=lambda each: -len(each.likenesses))

    def called(self, text: str) -> list[str]:
        """The keys of the records that have this text as their key, name or address, folded: one if it is clear."""
        names = self._by[Likeness.NAME].get(folded_name(text), {})
        return [*dict.fromkeys([*names, *self._by[Likeness.ADDRESS].get(folded_address(text), {})])]

    def nearest(self, text: str, most: int = 1) -> list[str]:
        """The keys of the records whose key or name is most like the text, the nearest first; none where none is
        near.
        """
        if text not in self._near:
            self._near[text] = [*dict.fromkeys([*self.called(text), *self._find_nearest(folded_name(text))])]
        return self._near[text][:most]

    def _find_nearest(self, wanted: str) -> list[str]:
        if self._by_piece is None:
            self._by_piece = defaultdict(set)
            for known in self._known.values():
                self._add_pieces(self._by_piece, known)
        shared = Counter(name for piece in _pieces(wanted) for name in self._by_piece.get(piece, ()))
        matcher = SequenceMatcher(b=wanted, autojunk=False)
        ratios: dict[str, float] = {}
        for name, _ in shared.most_common(_COMPARED_CLOSELY):
            ratio = max(_ratio(matcher, name), _BEGINNING * _ratio(matcher, name[: len(wanted) + 1]))
            for key in self._by[Likeness.NAME][name] if ratio >= NEAR else ():
                ratios[key] = max(ratio, ratios.get(key, 0))
        return sorted(ratios, key=lambda key: (-ratios[key], key))


def _ratio(matcher: SequenceMatcher[str], name: str) -> float:
    matcher.set_seq1(name)
    return matcher.ratio()


@lru_cache(maxsize=5_000)  # the desk makes an index anew for each question, of records that seldom change
def _marks(known: Known) -> tuple[tuple[Likeness, str], ...]:
    """What the record shares with one that looks like it."""
    names = folded_names(known)
    slips = {slip for name in known.names for slip in _slips(name)}
    addresses = {folded_address(each) for each in known.addresses}
    texts = {folded_text(each) for each in known.texts}
    return (
        *((Likeness.NAME, name) for name in names | _with_maker(names, known.maker) - {""}),
        *((Likeness.SLIP, slip) for slip in slips),
        *((Likeness.ADDRESS, address) for address in addresses),
        *((Likeness.TEXT, text) for text in texts if len(text) >= SHORTEST_TEXT),
    )


def _pieces(name: str) -> set[str]:
    padded = f"  {name} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}
