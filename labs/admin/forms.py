"""The form of a record: why it changes, and whether somebody else changed it in the meantime."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model

from labs.choices import RecordStatus
from labs.models import Proposal, Record
from labs.models.registry import kind_of
from labs.models.states import apply_state, version_of

STALE = (
    "While you were editing, somebody else changed this record or proposed a change of it. Nothing that you typed is "
    "lost: above the form you see both versions side by side. Correct what is needed and save again."
)


def edit_version(record: Record) -> str:
    """A digest that changes whenever the record changes, or what is proposed for it."""
    waiting = Proposal.objects.of(record).open().order_by("pk").values_list("pk", "sent_at")
    return hashlib.sha256(f"{version_of(record)} {list(waiting)}".encode()).hexdigest()[:16]


class VersionField(forms.CharField):
    """The version of the record that the person was shown.

    A form that is shown again after an error holds the version of now: whoever saves it has seen that one.
    """

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class RecordForm(forms.ModelForm):
    """The form of every kind of record. Of a public record it asks why: saving it makes a proposal.

    The admin sets attributes on the class that it makes for a request: ``proposal`` is the one that the person
    revises, ``why`` are values with which the reason starts, ``save_error`` is what saving the valid form brought up,
    and ``is_only_shown`` says that nothing will be saved, so nothing is locked.
    """

    proposal: Proposal | None = None
    why: Mapping[str, Any] = {}
    save_error: ValidationError | None = None
    is_only_shown = False
    is_stale = False

    version = VersionField(required=False)
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = edit_version(self.instance)
        if self.proposal and not self.is_bound:
            self.initial |= proposed_values(self.proposal)
        elif not self.is_bound:
            self.initial |= self.why
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
        rows = type(self.instance)._default_manager
        stored = (rows if self.is_only_shown else rows.select_for_update()).get(pk=self.instance.pk)
        if version != edit_version(stored):
            self.is_stale = True
            self.add_error(None, ValidationError(STALE, code="stale"))


def proposed_values(proposal: Proposal) -> dict[str, Any]:
    """Initial values for the form of the record: what an open proposal asks for, and why.

    Raises ValidationError where the proposal refers to a record that no longer exists.
    """
    record = proposal.content_type.model_class()._default_manager.get(pk=proposal.object_id)
    parts = apply_state(record, proposal.after)
    return {
        **forms.model_to_dict(record),
        **{name: parts[name] for name in kind_of(record).lists},
        "reason": proposal.reason,
        "is_correction": proposal.is_correction,
    }


def parts_of(form: forms.ModelForm, formsets: Iterable[forms.BaseInlineFormSet]) -> dict[str, list[Model]]:
    """What the forms say belongs to the record, by the names of ``RecordKind.relations``, without rows ticked off."""
    record: Record = form.instance
    lists = kind_of(record).lists
    stored = {name: list(getattr(record, name).all()) for name in lists} if record.pk else {}
    parts = {name: list(form.cleaned_data.get(name, stored.get(name, []))) for name in lists}
    for formset in formsets:
        deleted = formset.deleted_forms if formset.is_bound and not any(formset.errors) else []
        parts[formset.fk.remote_field.get_accessor_name()] = [
            row.instance for row in formset.forms if row not in deleted and (row.instance.pk or row.has_changed())
        ]
    return parts
