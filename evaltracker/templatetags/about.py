"""What a page says of itself to programs that show links to it."""

from typing import Any

from django import template
from django.template import Context

from evaltracker.web.canonical import canonical_url
from labs.web.blocks import block_words

register = template.Library()

WHAT_THIS_IS = (
    "The public record of who was let in to test each frontier AI model before release, how deeply, and what they "
    "could publish, beside what the lab had promised."
)


@register.inclusion_tag("includes/_about.html", takes_context=True)
def about_page(context: Context) -> dict[str, Any]:
    """Its description, its one address, and both with its title for whoever shares it (Open Graph).

    The description is the block ``description``, else the sentence that the page is cited with.
    """
    return {
        "title": block_words(context, "title") or block_words(context, "full_title"),
        "description": block_words(context, "description") or block_words(context, "cited") or WHAT_THIS_IS,
        "url": canonical_url(context["request"]),
    }
