"""How a page and its quotes are cited."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from labs.models import Citation, Source
from labs.rules.citing import Cited
from labs.web.blocks import block_html
from labs.web.citing import (
    FORMATS,
    is_about,
    links_of_page,
    pack_of_page,
    page_reference,
)
from labs.web.quotes import cite_html, quote_html

register = template.Library()


@register.inclusion_tag("includes/_cite.html", takes_context=True)
def cite_this(context: Context, kind: str = Cited.PAGE.value) -> dict[str, Any]:
    """The box "Cite this page": what the blocks ``title`` and ``cited`` of the template say of it. ``kind`` is what is
    cited, a page or a data set.

    It leaves the reference on the request, where the page's citation in other formats finds it.
    """
    request, permalink = context["request"], context["site"].permalink
    title = block_html(context, "title") or block_html(context, "full_title")
    sentence = block_html(context, "cited")
    reference = page_reference(permalink, title=title, sentence=sentence, kind=Cited(kind))
    request.cited = reference
    return {"reference": reference, "links": links_of_page(reference.url), "permalink": permalink}


@register.simple_tag(takes_context=True)
def cited_as(context: Context, ending: str) -> str:
    """What ``cite_this`` says, further down on the same page, in the format of a file with this ending."""
    _, _, write = FORMATS[ending]
    return write([context["request"].cited]).rstrip()


@register.simple_tag(takes_context=True)
def suggested_citation(context: Context) -> str:
    """How the page asks to be cited, in a line for its printed foot; "" where the page has no ``cite_this``."""
    reference = getattr(context.get("request"), "cited", None)
    return reference.text.removeprefix(reference.sentence).strip() if reference else ""


@register.simple_tag(takes_context=True)
def quote(context: Context, citation: Citation, *, is_place: bool = False) -> SafeString:
    """``{% quote citation %}``: the quote and who says so; with ``is_place=True`` links lead to it."""
    return quote_html(context["request"], citation, is_place=is_place)


@register.simple_tag(takes_context=True)
def cite_quote(context: Context, citation: Citation) -> SafeString:
    """The footnote for one quote, and its source in other formats."""
    return cite_html(context["request"], citation)


@register.filter
def is_about_its_address(source: Source) -> bool:
    """Whether its words are about the text at its address, and stand elsewhere."""
    return is_about(source)


@register.simple_tag(takes_context=True)
def pack_url(context: Context) -> str:
    """The address of this page's report pack, for the day and the data version of its permalink."""
    return pack_of_page(context["site"].permalink["url"])
