"""Reading help: a coded word is a link to the place of the methodology that says what it means, with its meaning.

Where it cannot be a link it is a ``<u>``, the element for a note that is drawn and not said; pages use that for nothing
else.
"""

from collections.abc import Hashable
from functools import lru_cache
from html import escape
from typing import Any, Protocol

from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from labs.models.addresses import page_path
from labs.web.parameters import with_kept


class Meaning(Protocol):
    """A word with its meaning: a Term, a level of depth, or a status of a promise."""

    @property
    def value(self) -> Any: ...
    @property
    def label(self) -> str: ...
    @property
    def explanation(self) -> str: ...


SECTIONS = {
    "words": "The words",
    "records": "What a record is",
    "certainty": "Who says so",
    "as-of": "What was known when",
    "releases": "Which releases count",
    "counts": "Which tests count",
    "depth": "How deep access went",
    "score": "The score",
    "weights": "Your own weights",
    "promises": "Promises, and what became of them",
    "watched": "Recorded, and not scored",
    "statements": "What was said about outside evaluation",
    "changes": "When the method changes",
}
"""The sections of the methodology as its page has them: anchor and heading, in order."""

PLACES = {
    "Answer": "records",
    "Evidence": "records",
    "Certainty": "certainty",
    "Owner": "certainty",
    "ReadIn": "certainty",
    "SourceKind": "certainty",
    "Frontier": "releases",
    "ReleaseKind": "releases",
    "ReleaseStanding": "releases",
    "Activity": "counts",
    "Count": "counts",
    "Outcome": "counts",
    "Timing": "counts",
    "Deeper": "depth",
    "Level": "depth",
    "Sufficiency": "depth",
    "Threat": "depth",
    "Criterion": "score",
    "Results": "score",
    "About": "promises",
    "CommitmentStanding": "promises",
    "DeadlineStatus": "promises",
    "Finding": "promises",
    "Firmness": "promises",
    "Letter": "promises",
    "Origin": "promises",
    "ReplyStanding": "promises",
    "StatedBy": "promises",
    "VerdictOutcome": "promises",
    "Binding": "watched",
    "Domain": "watched",
    "Mode": "watched",
    "EvaluatorKind": "words",
    "Word": "words",
}
"""The section of the methodology that has the words of an enumeration, by the name of its class."""


def place_of(term: Meaning) -> str:
    """The path of the place of the methodology that says what the word means; "" where there is no more to say."""
    section = PLACES.get(type(term).__name__)
    return f"{page_path('methodology')}#{section}" if section and term.explanation else ""


def meaning_of(term: Meaning) -> str:
    """The meaning of a word that has a place; on a second line, the section of the methodology that says more."""
    return f"{term.explanation}\nMethodology: {SECTIONS[PLACES[type(term).__name__]]}"


def coded(
    term: Meaning, label: str = "", parameters: dict[str, str] | None = None, *, is_held: bool = False
) -> SafeString:
    """The word, or ``label`` in its place, with its meaning; only escaped where there is no more to say.

    The script of the site shows the meaning on hover and focus; without it the browser shows the title. ``parameters``
    are those of the page, of which the link keeps what each link keeps. ``is_held``: it stands in a link, a button or
    a summary, where it cannot be a link: its meaning shows while what holds it has the focus.
    """
    place = "" if is_held or not place_of(term) else with_kept(place_of(term), parameters or {})
    return _coded(term, label, place)


def coded_on_page(request: HttpRequest, term: Meaning, label: str = "", *, is_held: bool = False) -> SafeString:
    """The same on the page of a request. Of one word the first is a link, the others have the meaning alone: else a
    page of many records would be some hundred stops for the keyboard.
    """
    linked = linked_words(request)
    word = type(term), term  # members of two enumerations can be equal
    is_held = is_held or word in linked
    if not is_held:
        linked.add(word)
    return coded(term, label, request.GET, is_held=is_held)


def linked_words(request: HttpRequest) -> set[Hashable]:
    """The words that the page has as links so far."""
    return request.__dict__.setdefault("linked_words", set())


@lru_cache(maxsize=2_000, typed=True)  # members of two enumerations can be equal
def _coded(term: Meaning, label: str, place: str) -> SafeString:
    text = label or term.label
    if not place_of(term):
        return conditional_escape(text)
    if not place:
        return format_html('<u title="{}">{}</u>', meaning_of(term), text)
    return format_html('<a class="word" href="{}" title="{}">{}</a>', place, meaning_of(term), text)


def badge_html(term: Meaning, word: SafeString, meaning: str = "") -> SafeString:
    """A status: a shape, and its word; behind it, what the word means."""
    return SafeString(f'<span class="badge badge--{escape(str(term.value))}">{word}</span>{meaning}\n')


@lru_cache(maxsize=2_000, typed=True)
def coded_again(term: Meaning, label: str = "", shape: str = "") -> SafeString:
    """The word once more in its column of a table: the script finds its meaning where it stood first. ``shape`` are the
    classes of a badge.

    A column says few words in many rows; each with its link would be some hundred stops for the keyboard.
    """
    text = label or term.label
    if not place_of(term):
        return conditional_escape(text)
    return format_html('<u class="{}">{}</u>', shape, text) if shape else format_html("<u>{}</u>", text)
