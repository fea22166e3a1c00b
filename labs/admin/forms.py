"""The form of a record: why it changes, and whether somebody else changed it meanwhile."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.datastructures import MultiValueDict

from labs.choices import RecordStatus
from labs.models import Proposal, Record
from labs.models.registry import kind_of
from labs.models.states import version_of

STALE = (
    "While you were editing, somebody else changed this record or proposed a change of it. Nothing of yours is lost: "
    "both versions stand beside each other above the form. Correct what is needed and save again."
)


def edit_version(record: Record) -> str:
    """Changes whenever the record, or what is proposed for it, does."""
    waiting = Proposal.objects.of(record).open().order_by("pk").values_list("pk", "sent_at")
    return hashlib.sha256(f"{version_of(record)} {list(waiting)}".encode()).hexdigest()[:16]


class RecordForm(forms.ModelForm):
    """The form of every kind of record. Of a public record it asks why: what is saved is a proposal then.

    ``save_error`` is what saving the valid form brought up; the admin sets it and shows the form again.
    """

    save_error: ValidationError | None = None
    prefilled: MultiValueDict | None = None
    is_stale = False

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why",
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 2}),
        help_text=Proposal._meta.get_field("reason").help_text,
    )
    is_correction = forms.BooleanField(
        label=str(Proposal._meta.get_field("is_correction").verbose_name).capitalize(),
        required=False,
        help_text=Proposal._meta.get_field("is_correction").help_text,
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(self.prefilled if data is None else data, *args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = edit_version(self.instance)
        if self.instance.status != RecordStatus.PUBLISHED:
            del self.fields["reason"], self.fields["is_correction"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.save_error:
            self.add_error(None, self.save_error)
        if self.instance.pk:
            self._check_version(cleaned.get("version"))
        return cleaned

    def _check_version(self, version: str | None) -> None:
        stored = type(self.instance)._default_manager.select_for_update().get(pk=self.instance.pk)
        now = edit_version(stored)
        if version != now:
            self.is_stale = True
            self.data = self.data.copy()
            self.data[self.add_prefix("version")] = now
            self.add_error(None, ValidationError(STALE, code="stale"))


def parts_of(form: forms.ModelForm, formsets: Iterable[forms.BaseInlineFormSet]) -> dict[str, list[Model]]:
    """What the forms say belongs to the record, by the names of ``RecordKind.relations``, without rows ticked off."""
    record: Record = form.instance
    lists = kind_of(record).lists
    stored = {name: list(getattr(record, name).all()) for name in lists} if record.pk else {}
    parts = {name: list(form.cleaned_data.get(name, stored.get(name, []))) for name in lists}
    for formset in formsets:
        gone = formset.deleted_forms if formset.is_bound and not any(formset.errors) else []
        parts[formset.fk.remote_field.get_accessor_name()] = [
            each.instance for each in formset.forms if each not in gone and (each.instance.pk or each.has_changed())
        ]
    return parts


def as_data(
    form: forms.ModelForm, formsets: Iterable[forms.BaseInlineFormSet], parts: dict[str, list[Any]], **extra: str
) -> MultiValueDict:
    """What a browser would send to make the record have the values of ``form`` and these parts.

    The forms are unbound and hold the stored rows; a stored row that is not among the parts is ticked for deletion.
    """
    data = MultiValueDict({name: [value] for name, value in extra.items()})
    for field in form:
        if field.name in kind_of(form.instance).lists:
            data.setlist(field.html_name, [str(row.pk) for row in parts[field.name]])
        elif field.name not in extra:
            put_value(data, field.html_name, field.value())
    for formset in formsets:
        _put_rows(data, formset, parts[formset.fk.remote_field.get_accessor_name()])
    return data


def _put_rows(data: MultiValueDict, formset: forms.BaseInlineFormSet, rows: list[Model]) -> None:
    kept = {row.pk: row for row in rows if row.pk}
    stored = [each.instance for each in formset.initial_forms]
    everything = [*(kept.get(row.pk, row) for row in stored), *(row for row in rows if not row.pk)]
    for name, value in {"TOTAL": len(everything), "INITIAL": len(stored), "MIN_NUM": 0, "MAX_NUM": 1000}.items():
        data[f"{formset.prefix}-{name}_FORMS"] = str(value)
    for place, row in enumerate(everything):
        prefix = formset.add_prefix(place)
        for field in formset.form(instance=row, prefix=prefix):
            put_value(data, field.html_name, field.value())
        data[f"{prefix}-{formset.model._meta.pk.name}"] = str(row.pk or "")
        data[f"{prefix}-{formset.fk.name}"] = str(formset.instance.pk)
        if row.pk and row.pk not in kept:
            data[f"{prefix}-DELETE"] = "on"


def put_value(data: MultiValueDict, name: str, value: Any) -> None:
    """Put into ``data`` what a browser would send for a field that shows ``value``."""
    if isinstance(value, list | tuple):
        data.setlist(name, [str(each) for each in value])
    elif value is True:
        data[name] = "on"
    elif value is not None and value is not False:
        data[name] = str(value)
