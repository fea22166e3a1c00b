"""The words of an enumeration, which stay the same for as long as the program runs."""

from collections.abc import Sequence
from functools import cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from labs.web.cells import with_names
from labs.web.words import Meaning

register = template.Library()


@register.simple_tag
def terms(caption: str, words: Sequence[Meaning]) -> SafeString:
    """``{% terms "How sure" certainties %}``: a table of words and what each means."""
    return _table(caption, tuple(words))


@cache
def _table(caption: str, words: tuple[Meaning, ...]) -> SafeString:
    rows = format_html_join(
        "\n", '<tr><th scope="row">{}</th><td>{}</td></tr>', ((word.label, word.explanation) for word in words)
    )
    table = format_html(
        '<table class="table"><caption><span class="caption">{}</span></caption><thead><tr><th scope="col">Word</th>'
        '<th scope="col">What it means</th></tr></thead><tbody>\n{}\n</tbody></table>\n',
        caption,
        rows,
    )
    return SafeString(with_names(table))
