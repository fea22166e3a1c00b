"""Reading help: a coded word is a link to the place of the methodology that says what it means, with its meaning."""

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from labs.rules.vocabulary import Term
from labs.web.parameters import with_kept

PLACES = {
    "Answer": "records",
    "Evidence": "records",
    "Certainty": "certainty",
    "ReleaseStanding": "releases",
    "Activity": "counts",
    "Count": "counts",
    "Outcome": "counts",
    "Timing": "counts",
    "Sufficiency": "depth",
    "Criterion": "score",
    "DeadlineStatus": "promises",
    "Finding": "promises",
    "Firmness": "promises",
    "VerdictOutcome": "promises",
    "Word": "words",
}
"""The section of the methodology that has the words of an enumeration, by the name of its class."""


def coded(term: Term, label: str = "", parameters: dict[str, str] | None = None) -> SafeString:
    """The word, or ``label`` in its place, with its meaning; only escaped where there is no more to say.

    The script of the site shows the meaning on hover and focus; without it the browser shows the title. ``parameters``
    are those of the page, of which the link keeps what each link keeps.
    """
    text = label or term.label
    place = PLACES.get(type(term).__name__)
    if place is None or not term.explanation:
        return conditional_escape(text)
    url = with_kept(f"{reverse('methodology')}#{place}", parameters or {})
    return format_html('<a class="word" href="{}" title="{}">{}</a>', url, term.explanation, text)
