"""The page on which ticked records get the same values in one go."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from labs.actions.permissions import permission_to
from labs.actions.together import Changed, change_each
from labs.admin.addresses import changelist_url
from labs.models import Proposal, Record
from labs.models.states import fields_of
from labs.queries.change_words import field_label
from labs.rules.numbers import as_number
from labs.web.parameters import BadParameters, ParameterProblem, address

TOGETHER_AT_MOST = 200
LEAVE = "leave as it is"


def fields_together(model: type[Record], person: Any) -> list[models.Field]:
    """The fields that records can share a value of and this person may change: no relation, nothing unique, no list."""
    return [
        field
        for field in fields_of(model)
        if isinstance(field, models.CharField | models.TextField | models.DateField | models.BooleanField)
        and not field.is_relation
        and not field.unique
        and field.name not in ("name", "title", "url")
        and (field.name not in model.guarded or person.has_perm(model.guarded[field.name]))
    ]


class TogetherForm(forms.Form):
    """A value for each field, each of which may be left as it is; and why."""

    reason = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Public with each change of a public record.",
    )
    batch = forms.CharField(
        label="Name of the batch",
        max_length=Proposal._meta.get_field("batch").max_length,
        help_text="The changes of public records are reviewed together under this name.",
    )

    def __init__(self, data: Any, fields: Sequence[models.Field]) -> None:
        super().__init__(data)
        for field in fields:
            choices = [(str(value), label) for value, label in field.flatchoices if value != ""]
            if isinstance(field, models.BooleanField):
                choices = [("True", "yes"), ("False", "no")]
            self.fields[f"value-{field.name}"] = (
                forms.ChoiceField(choices=[("", LEAVE), *choices], required=False)
                if choices
                else forms.CharField(required=False, widget=forms.TextInput(attrs={"placeholder": LEAVE}))
            )
            self.fields[f"value-{field.name}"].label = field_label(field.model, field.name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.state:
            raise forms.ValidationError("Give at least one field a value.")
        return cleaned

    @property
    def state(self) -> dict[str, Any]:
        """The values that were given, by field."""
        return {
            name.removeprefix("value-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("value-") and value != ""
        }


def together_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The form for the records in the address. Raises PermissionDenied, and BadParameters for none or too many."""
    model = model_admin.model
    if not request.user.has_perm(permission_to("change", model)):
        raise PermissionDenied
    numbers = {number for text in request.GET.getlist("id") if (number := as_number(text)) is not None}
    records = list(model._default_manager.filter(pk__in=numbers).order_by("key")) if numbers else []
    if not records or len(numbers) > TOGETHER_AT_MOST:
        problem = f"Tick up to {TOGETHER_AT_MOST} rows of the list."
        raise BadParameters([ParameterProblem("id", f"{len(numbers)} of them", problem, ["?id=1&id=2"])])
    form = TogetherForm(request.POST or None, fields_together(model, request.user))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "batch")}
        changed = change_each(records=records, state=form.state, by=request.user, **given)
        _tell(request, changed)
        batch = address(reverse("admin:labs_proposal_batch"), {}, name=given["batch"])
        return HttpResponseRedirect(batch if changed.proposed else changelist_url(model))
    count, noun = len(records), model._meta.verbose_name if len(records) == 1 else model._meta.verbose_name_plural
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model._meta,
        "title": f"Edit {count} {noun} together",
        "records": records,
        "form": form,
        "is_refused": True,
    }
    return TemplateResponse(request, "admin/together.html", context)


def _tell(request: HttpRequest, changed: Changed) -> None:
    done = [
        f"{len(rows)} {words}"
        for rows, words in ((changed.proposed, "sent to review"), (changed.saved, "saved as drafts"))
        if rows
    ]
    sentence = f"{', '.join(done)}." if done else "Nothing was changed."
    if not changed.refused:
        messages.success(request, sentence)
        return
    reasons = format_html_join("", "<li>{}: {}</li>", ((row, " ".join(found)) for row, found in changed.refused))
    rest = f"{sentence} {len(changed.refused)} stayed as they are:"
    messages.warning(request, format_html("{}<ul>{}</ul>", rest, reasons))
