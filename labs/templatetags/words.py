"""Coded words with their meanings."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from labs.rules.glossary import Word
from labs.web.words import Meaning, coded

register = template.Library()


@register.simple_tag(takes_context=True, name="coded")
def coded_word(context: Context, term: Meaning, label: str = "", *, is_held: bool = False) -> SafeString:
    """``{% coded term %}``: the word, or the label in its place, as a link to its meaning (labs/web/words.py).

    ``{% coded term is_held=True %}`` stands in a link, a button or a summary. Of one word the first on a page is a
    link, the others have the meaning alone: else a page of many records would be some hundred stops for the keyboard.
    """
    request = context.get("request")
    if request is None:
        return coded(term, label, is_held=is_held)
    linked = request.__dict__.setdefault("linked_words", set())
    word = type(term), term  # members of two enumerations can be equal
    is_held = is_held or word in linked
    if not is_held:
        linked.add(word)
    return coded(term, label, request.GET, is_held=is_held)


@register.simple_tag(takes_context=True)
def glossary_word(context: Context, name: str, label: str = "") -> SafeString:
    """``{% glossary_word "depth" "Depth of access" %}``: a word of the field as a link to its meaning."""
    return coded_word(context, Word(name), label)
