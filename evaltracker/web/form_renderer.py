"""The fields of forms, written by functions in place of Django's templates.

A page of the desk has hundreds of fields and options, for each of which Django renders two or three templates. A
function here gives the same text as Django's template of that name; Django renders all others.
"""

from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template import Context
from django.template.base import render_value_in_context
from django.template.defaultfilters import stringformat
from django.utils.html import conditional_escape

_PLAIN = Context()


def _shown(value: Any) -> str:
    """As ``{{ value }}``: numbers and days in the format of the language, and all but safe text escaped."""
    return escape(value) if type(value) is str else render_value_in_context(value, _PLAIN)


def _text(value: Any) -> str:
    """As ``{{ value|stringformat:"s" }}``: numbers as Python writes them, and all but safe text escaped."""
    return escape(value) if type(value) is str else conditional_escape(stringformat(value, "s"))


def _attributes(attrs: dict[str, Any] | None) -> str:
    """Each attribute: of True the name alone, of False nothing."""
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_text(value)}"'
        for name, value in (attrs or {}).items()
        if value is not False
    )


def _input(widget: dict[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return (
        f'<input type="{_shown(widget["type"])}" name="{_shown(widget["name"])}"{value}{_attributes(widget["attrs"])}>'
    )


def _textarea(widget: dict[str, Any]) -> str:
    text = _shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_shown(widget["name"])}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


def _select(widget: dict[str, Any]) -> str:
    written = [f'<select name="{_shown(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            written.append(f'\n  <optgroup label="{_shown(group)}">')
        written += [f"\n  {OPTIONS[option['template_name']](option)}" for option in options]
        if group:
            written.append("\n  </optgroup>")
    return "".join([*written, "\n</select>"])


def _option(option: dict[str, Any]) -> str:
    value, attrs, label = _text(option["value"]), _attributes(option["attrs"]), _shown(option["label"])
    return f'<option value="{value}"{attrs}>{label}</option>\n'


def _boxes(widget: dict[str, Any]) -> str:
    """Boxes to tick, or radio buttons."""
    id_, classes = widget["attrs"].get("id"), widget["attrs"].get("class")
    written = ["<div", f' id="{_shown(id_)}"' if id_ else "", f' class="{_shown(classes)}"' if classes else "", ">"]
    for group, options, _ in widget["optgroups"]:
        if group:
            written.append(f"\n  <div><label>{_shown(group)}</label>")
        written += [f"<div>\n    {OPTIONS[option['template_name']](option)}</div>" for option in options]
        if group:
            written.append("\n  </div>")
    return "".join([*written, "\n</div>"])


def _box(option: dict[str, Any]) -> str:
    box = f"{_input(option)}\n"
    if option["wrap_label"]:
        id_ = option["attrs"].get("id")
        target = f' for="{_shown(id_)}"' if id_ else ""
        box = f"<label{target}>{box} {_shown(option['label'])}</label>"
    return f"{box}\n\n"


def _label(context: dict[str, Any]) -> str:
    tag, label = _shown(context["tag"]), _shown(context["label"])
    return f"<{tag}{_attributes(context['attrs'])}>{label}</{tag}>" if context["use_tag"] else label


def _errors(context: dict[str, Any]) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    id_ = f' id="{_shown(errors.field_id)}_error"' if errors.field_id else ""
    items = "".join(f"<li>{_shown(error)}</li>" for error in errors)
    return f'<ul class="{_shown(context["error_class"])}"{id_}>{items}</ul>'


OPTIONS = {
    "django/forms/widgets/select_option.html": _option,
    "django/forms/widgets/checkbox_option.html": _box,
    "django/forms/widgets/radio_option.html": _box,
}
_INPUTS = (
    *("checkbox", "color", "date", "datetime", "email", "file", "hidden", "input"),
    *("number", "password", "search", "tel", "text", "time", "url"),
)
WIDGETS = {
    **{f"django/forms/widgets/{name}.html": _input for name in _INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/checkbox_select.html": _boxes,
    "django/forms/widgets/radio.html": _boxes,
    "admin/widgets/radio.html": _boxes,
}
OTHERS = {
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _errors,
    "django/forms/errors/list/ul.html": _errors,
}


def _has_known_options(widget: dict[str, Any]) -> bool:
    """Whether no option has a template of its own."""
    groups = widget.get("optgroups", ())
    return all(option["template_name"] in OPTIONS for _, options, _ in groups for option in options)


class FormRenderer(DjangoTemplates):
    """Django's renderer, which asks the functions first."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name in WIDGETS and _has_known_options(context["widget"]):
            return WIDGETS[template_name](context["widget"]).strip()
        if template_name in OTHERS:
            return OTHERS[template_name](context).strip()
        return super().render(template_name, context, request)
