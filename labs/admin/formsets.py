"""The inline rows of a record."""

from collections.abc import Sequence
from typing import Any

from django.forms import BaseInlineFormSet, model_to_dict
from django.forms.formsets import DELETION_FIELD_NAME

from labs.models import Proposal, Record
from labs.models.base import NO_CITATION, check_citations
from labs.models.states import apply_state


class RecordFormSet(BaseInlineFormSet):
    """Inline rows of a record. With ``proposal`` an unbound formset shows the rows that the proposal asks for.

    Stored rows get the proposed values, or are ticked for deletion; new rows follow as extra forms. With ``like`` the
    rows of a new record start from those of another record, without its quotes.
    """

    proposed: Sequence[dict[str, Any]] = ()  # initial values, row by row

    def __init__(self, *args: Any, proposal: Proposal | None = None, like: Record | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposal and not self.is_bound:
            self._show(proposal)
        if like and not self.is_bound:
            rows = getattr(like, self.fk.remote_field.get_accessor_name()).all()
            self.proposed = [{**model_to_dict(row), "id": None, self.fk.name: None, "quote": ""} for row in rows]
            self.extra = max(len(self.proposed) - self.min_num, 0)

    def _show(self, proposal: Proposal) -> None:
        relation = self.fk.remote_field.get_accessor_name()
        rows = apply_state(self.instance, {name: rows for name, rows in proposal.after.items() if name == relation})[
            relation
        ]
        kept = {row.pk: row for row in rows if row.pk}
        new = [row for row in rows if not row.pk]
        stored = [
            model_to_dict(kept[row.pk]) if row.pk in kept else {DELETION_FIELD_NAME: True}
            for row in self.get_queryset()
        ]
        self.proposed = [*stored, *map(model_to_dict, new)]
        self.extra = len(new)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if index is not None and index < len(self.proposed):
            kwargs["initial"] = self.proposed[index]
        return kwargs


class CheckedFormSet(RecordFormSet):
    """Inline rows that are checked together with their record, once each row is valid by itself."""

    def check(self, rows: list[Any]) -> None:
        """Raise ValidationError if these rows, all that would be saved, do not go with `self.instance`."""

    def clean(self) -> None:
        super().clean()
        if not any(self.errors):
            kept = (form for form in self.forms if form not in self.deleted_forms)
            self.check([form.instance for form in kept if form.instance.pk or form.has_changed()])


class CitationFormSet(CheckedFormSet):
    """The citations of a record, at least one unless ``min_num`` says otherwise."""

    default_error_messages = {"too_few_forms": NO_CITATION}

    def check(self, rows: list[Any]) -> None:
        if self.min_num:
            check_citations(rows)
