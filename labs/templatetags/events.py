"""Access events as lines."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from labs.queries import EventAsOf
from labs.web.event_lines import event_html, event_quotes_html

register = template.Library()


@register.simple_tag(takes_context=True)
def event_line(context: Context, event: EventAsOf, *, with_model: bool = False) -> SafeString:
    """``{% event_line event %}``: an access event in a ledger; ``with_model=True``: it leads with the release."""
    return event_html(context["request"], event, with_model=with_model)


@register.simple_tag(takes_context=True)
def event_quotes(context: Context, event: EventAsOf, *, is_open: bool = False) -> SafeString:
    """``{% event_quotes event %}``: what sources answer of how it was done, and its quotes."""
    return event_quotes_html(context["request"], event, is_open=is_open)
