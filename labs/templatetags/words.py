"""Coded words with their meanings."""

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from labs.rules.glossary import Word
from labs.web.words import Meaning, badge_html, coded, coded_on_page

register = template.Library()


@register.simple_tag(takes_context=True, name="coded")
def coded_word(context: Context, term: Meaning, label: str = "", *, is_held: bool = False) -> SafeString:
    """``{% coded term %}``: the word, or the label in its place, as a link to its meaning (labs/web/words.py).

    ``{% coded term is_held=True %}`` stands in a link, a button or a summary.
    """
    request = context.get("request")
    if request is None:
        return coded(term, label, is_held=is_held)
    return coded_on_page(request, term, label, is_held=is_held)


@register.simple_tag(takes_context=True)
def badge(context: Context, term: Meaning, *, plain: bool = False, explain: bool = False) -> SafeString:
    """``{% badge term %}``: a status, as a shape, a word and what the word means; ``plain=True``: no link, for what
    stands in a link, a button or a summary; ``explain=True``: the meaning stands beside it.
    """
    if not explain:
        return badge_html(term, coded_word(context, term, is_held=plain))
    meaning = format_html(' <span class="badge__explanation">{}</span>', term.explanation) if term.explanation else ""
    return badge_html(term, conditional_escape(term.label), meaning)


@register.simple_tag(takes_context=True)
def glossary_word(context: Context, name: str, label: str = "") -> SafeString:
    """``{% glossary_word "depth" "Depth of access" %}``: a word of the field as a link to its meaning."""
    return coded_word(context, Word(name), label)
