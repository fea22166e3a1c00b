"""What a page says of itself to programs that show links to it."""

import json
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from evaltracker.web.canonical import canonical_url
from evaltracker.web.charts.alone import CARD_HEIGHT, CARD_WIDTH
from evaltracker.web.charts.figure import Figure
from evaltracker.web.charts.release_card import ReleaseCard
from evaltracker.web.structured import structured_data
from labs.web.blocks import block_html, block_words, words_of
from labs.web.parameters import absolute

register = template.Library()

WHAT_THIS_IS = (
    "The public record of who was let in to test each frontier AI model before release, how deeply, and what they "
    "could publish, beside what the lab had promised."
)
SHARED_IMAGE = "img/share.png"
"""The picture of the site beside a link to any of its pages: drawn from share.svg by ``make share-image``."""


@register.inclusion_tag("includes/_about.html", takes_context=True)
def about_page(context: Context) -> dict[str, Any]:
    """Its description, its one address, and both with its title and an image for whoever shares it (Open Graph).

    The description is the block ``description``, else the sentence that the page is cited with.
    """
    return {
        "title": block_words(context, "title") or block_words(context, "full_title"),
        "description": block_words(context, "description") or block_words(context, "cited") or WHAT_THIS_IS,
        "url": canonical_url(context["request"]),
        "image": _image(context.get("figure") or context.get("card")),
    }


def _image(shown: Any) -> dict[str, Any]:
    """The picture beside a link: that of the page's figure or release, else that of the site."""
    size = {"width": CARD_WIDTH, "height": CARD_HEIGHT}
    if isinstance(shown, Figure | ReleaseCard):
        return size | {"url": absolute(shown.card_url), "alt": shown.words}
    return size | {"url": absolute(static(SHARED_IMAGE)), "alt": f"EvalTracker. {WHAT_THIS_IS}"}


@register.simple_tag(takes_context=True)
def data_of_page(context: Context) -> str:
    """What the page and its data are, as JSON-LD. Browsers do not run a script element of this type: it is data, so the
    content security policy has no word on it.
    """
    standfirst = block_html(context, "standfirst")

    def description() -> str:
        return words_of(standfirst) or block_words(context, "description")

    found = structured_data(context["request"], description, block_html(context, "breadcrumb"))
    return format_html('<script type="application/ld+json">{}</script>', _as_json(found)) if found else ""


def _as_json(value: Any) -> SafeString:
    """The value as JSON that cannot end the element in which it stands."""
    text = json.dumps(value, ensure_ascii=False)
    return mark_safe(text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}))  # noqa: S308
