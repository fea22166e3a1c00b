"""Coded words with their meanings."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from labs.rules.glossary import Word
from labs.rules.vocabulary import Term
from labs.web.words import coded

register = template.Library()


@register.simple_tag(takes_context=True, name="coded")
def coded_word(context: Context, term: Term, label: str = "") -> SafeString:
    """``{% coded term %}``: the word, or the label in its place, as a link to its meaning (labs/web/words.py)."""
    request = context.get("request")
    return coded(term, label, request.GET if request is not None else None)


@register.simple_tag(takes_context=True)
def glossary_word(context: Context, name: str, label: str = "") -> SafeString:
    """``{% glossary_word "depth" "Depth of access" %}``: a word of the field as a link to its meaning."""
    return coded_word(context, Word(name), label)
