"""The fields of the desk's own forms, written by a function: a system card has some hundred of them."""

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.defaultfilters import capfirst
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def card_field(context: Context, field: BoundField) -> SafeString:
    """A field with its label and help; with its errors where the context says ``is_refused``."""
    label, help_text = conditional_escape(capfirst(field.label)), conditional_escape(field.help_text)
    name, id_ = conditional_escape(field.name), conditional_escape(field.auto_id)
    errors = field.errors if context.get("is_refused") else None
    if field.use_fieldset:
        described = f' aria-describedby="{id_}_helptext"' if help_text else ""
        group, shown = " desk-card__group", f"<fieldset{described}><legend>{label}</legend>{field}</fieldset>"
    else:
        required = ' class="required"' if field.field.required else ""
        target = conditional_escape(field.id_for_label)
        group, shown = "", f'<label for="{target}"{required}>{label}:</label>{field}'
    helped = f'<div class="help" id="{id_}_helptext"><div>{help_text}</div></div>' if help_text else ""
    return SafeString(
        f'<div class="form-row field-{name}{" errors" if errors else ""}">\n'
        f"  {'' if errors is None else errors}\n"
        f'  <div class="flex-container{group}">\n'
        f"    \n    {shown}\n    \n"
        "  </div>\n"
        f"  {helped}\n"
        "</div>\n"
    )
