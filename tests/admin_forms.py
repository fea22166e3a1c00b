"""What a browser would send from a form of the admin."""

from typing import Any

from django.http import HttpResponse


def form_data(response: HttpResponse) -> dict[str, Any]:
    """The values of all fields of an add or change form, as the page has them."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[field.html_name] = value
    return data


def add_row(data: dict[str, Any], prefix: str, **values: Any) -> None:
    """Fill in one more row of an inline, as a person does with its “Add another” button."""
    place = int(data[f"{prefix}-TOTAL_FORMS"])
    data[f"{prefix}-TOTAL_FORMS"] = place + 1
    for name, value in values.items():
        data[f"{prefix}-{place}-{name}"] = value


def messages_on(response: HttpResponse) -> str:
    """All error messages of the form; empty where it was saved."""
    if response.context is None or "adminform" not in response.context:
        return ""
    errors = [str(error) for error in response.context["errors"]]
    return " ".join(errors)
