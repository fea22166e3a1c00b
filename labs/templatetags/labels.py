"""Public words for values, as templates need them."""

from django import template

from labs.choices import ACCESS_ANSWERS

register = template.Library()


@register.filter
def question_label(question: str) -> str:
    """A question of the access profile by its public name."""
    return ACCESS_ANSWERS[question]
