"""The HTML of a quote: whose words it is, where they stand, and how it is cited.

A page has dozens of them, and a template takes ten times as long for one.
"""

from functools import lru_cache
from html import escape

from django.http import HttpRequest
from django.utils.safestring import SafeString

from labs.choices import QuoteCheck
from labs.models import Citation, Source
from labs.queries.editions import data_version
from labs.rules.citing import QuotedSource, footnote
from labs.web.citing import fixed, is_about, links_of_quote, quoted_source
from labs.web.parameters import kept_parameters, requested_day, with_kept


def quote_html(request: HttpRequest, citation: Citation, *, is_place: bool = False) -> SafeString:
    """One quote and who says so. ``is_place``: links lead here, so it stands once on the page.

    Several stand in ``<div class="citations">``.
    """
    source = citation.source
    title, url, about = escape(source.title), escape(source.url), bool(source.url) and is_about(source)
    published = source.published_on_label
    place = f' id="{citation.anchor}"' if is_place else ""
    stands_at = f' cite="{url}"' if url and not about else ""
    by = f", {escape(source.publisher)}" if source.publisher else ""
    on = f", {escape(published)}" if published else ""
    original = (
        f'<a class="citation__original" href="{url}" rel="external noopener"><span class="visually-hidden">{title}: '
        f"</span>{'the text that it is about' if about else 'original'} "
        f'<span aria-hidden="true">↗</span></a>'
        if url
        else ""
    )
    supported = ", ".join(map(escape, citation.supports_labels))
    supports = f'<span class="citation__supports">supports: {supported}</span>' if supported else ""
    because = citation.unfound_because if citation.quote_check == QuoteCheck.NOT_FOUND else ""
    unfound = (
        '<span class="citation__supports">not found in our snapshot of this source; an editor’s reason: '
        f"{escape(because)}</span>"
        if because
        else ""
    )
    return SafeString(f"""
<figure class="citation"{place}>
  <blockquote class="citation__quote"{stands_at}><p>{escape(citation.quote)}</p></blockquote>
  <figcaption class="citation__by">
    <span class="tag">{escape(source.quote_words)}</span>
    <cite><a href="{escape(with_kept(source.get_absolute_url(), request.GET))}">{title}</a></cite>{by}{on}
    {original}
    {supports}
    {unfound}
    {cite_html(request, citation)}
  </figcaption>
</figure>
""")


def cite_html(request: HttpRequest, citation: Citation) -> SafeString:
    """The footnote for one quote, and its source in other formats."""
    source, held_as = _quoted(request, citation.source)
    kept = tuple(kept_parameters(request.GET).items())
    return SafeString(_cite_html(source, citation.quote, kept).replace(_HELD_AS, escape(held_as)))


_HELD_AS = "\0"
"""Stands for the parameters by which an address is that of a day and a data version, which each version changes."""


@lru_cache(maxsize=500)
def _cite_html(source: QuotedSource, quote: str, kept: tuple[tuple[str, str], ...]) -> str:
    links = links_of_quote(source.key, quote, dict(kept))
    links_html = "".join(f'<a href="{escape(url)}" rel="nofollow" download>{escape(name)}</a> ' for name, url in links)
    return f"""<details class="disclosure cite" data-apart>
  <summary>Cite this quote</summary>
  <div class="cite__body">
    <p class="cite__text" data-copied>{escape(footnote(source, quote))}</p>
    <p class="cite__links"><button class="button button--quiet" type="button" data-copies hidden>Copy</button> \
{links_html}</p>
  </div>
</details>
"""


def _quoted(request: HttpRequest, source: Source) -> tuple[QuotedSource, str]:
    """The source as it is cited on this page, and what its address ends with; a page quotes few sources often."""
    known: dict[int, tuple[QuotedSource, str]] = request.__dict__.setdefault("quoted_sources", {})
    if source.pk not in known:
        held_as = fixed(requested_day(request.GET), data_version())
        known[source.pk] = quoted_source(source, _HELD_AS), held_as
    return known[source.pk]
