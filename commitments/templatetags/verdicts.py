"""Verdicts as lines."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from commitments.web.presenters import VerdictRow
from commitments.web.verdict_lines import verdict_html

register = template.Library()


@register.simple_tag(takes_context=True)
def verdict_line(context: Context, row: VerdictRow) -> SafeString:
    """``{% verdict_line row %}``: the verdict on one release and how it came about."""
    return verdict_html(context["request"], row)
