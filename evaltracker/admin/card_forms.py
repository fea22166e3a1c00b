"""The forms of the system-card screen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from labs.admin.widgets import RecordSelect, RecordSelectMultiple
from labs.choices import ACCESS_ANSWERS, EventField, ReleaseField
from labs.models import AccessEvent, AIModel, Evaluator, Source
from labs.models.base import QUOTE_WORDS

MOST_EVENTS = 20
QUOTES_AT_FIRST = 3
QUOTE_HELP = f"Word for word as in the card, at most {QUOTE_WORDS} words."


class ChosenOrNew(forms.ModelForm):
    """Choose an existing record, or enter a new one. ``record`` is the one or the other, in a valid form."""

    chosen_help = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.order_fields(["chosen", *self._meta.fields])

    def full_clean(self) -> None:
        if self.is_bound and self.data.get(self.add_prefix("chosen")):
            # If a record is chosen, the fields of a new one may be half filled.
            for name in [name for name in self.fields if name != "chosen"]:
                self.fields[name].required = False
        super().full_clean()

    def _post_clean(self) -> None:
        if not self.cleaned_data.get("chosen"):
            super()._post_clean()

    @property
    def record(self) -> Any:
        """The chosen record, or else the new one, which is not saved."""
        return self.cleaned_data.get("chosen") or self.instance


class SourceForm(ChosenOrNew):
    chosen = forms.ModelChoiceField(
        Source.objects.all(),
        required=False,
        label="An existing source",
        help_text="Search by title, publisher or address. If you choose one, leave the fields below empty.",
        widget=RecordSelect(
            AccessEvent._meta.get_field("citations").related_model._meta.get_field("source"), admin.site
        ),
    )

    url = forms.URLField(
        label="Address", assume_scheme="https", max_length=500, widget=forms.URLInput(attrs={"class": "vURLField"})
    )
    archived_url = forms.URLField(
        label="Archived copy",
        assume_scheme="https",
        max_length=500,
        required=False,
        help_text=Source._meta.get_field("archived_url").help_text,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )

    class Meta:
        model = Source
        fields = (
            "title",
            "publisher",
            "url",
            "edition",
            "archived_url",
            "kind",
            "lab",
            "evaluator",
            "published_on",
            "read_on",
            "read_in",
        )
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "publisher": forms.TextInput(attrs={"class": "vTextField"}),
            "edition": forms.TextInput(attrs={"class": "vTextField"}),
            "lab": RecordSelect(Source._meta.get_field("lab"), admin.site),
            "evaluator": RecordSelect(Source._meta.get_field("evaluator"), admin.site),
            "read_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class ReleaseForm(ChosenOrNew):
    chosen = forms.ModelChoiceField(
        AIModel.objects.all(),
        required=False,
        label="An existing release",
        help_text="Search by name or lab. If you choose one, leave the fields below empty.",
        widget=RecordSelect(AccessEvent._meta.get_field("model"), admin.site),
    )
    quote = forms.CharField(
        required=False,
        label="Quote for the new release",
        help_text=f"What the card says about its release. {QUOTE_HELP}",
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )
    supports = forms.MultipleChoiceField(
        choices=ReleaseField.choices(),
        required=False,
        label="That quote supports",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = AIModel
        fields = ("lab", "name", "released_on", "release", "frontier", "variant_of")
        widgets = {
            "lab": RecordSelect(AIModel._meta.get_field("lab"), admin.site),
            "variant_of": RecordSelect(AIModel._meta.get_field("variant_of"), admin.site),
            "name": forms.TextInput(attrs={"class": "vTextField"}),
        }

    @property
    def quotes(self) -> list[tuple[str, list[str]]]:
        """The quote for a new release and the fields that it supports, as a list of at most one."""
        quote = self.cleaned_data.get("quote")
        return [(quote, self.cleaned_data.get("supports", []))] if quote else []


class EventForm(forms.ModelForm):
    """One access event of the card, which gives it its lab, release, key and source."""

    evaluators = forms.ModelMultipleChoiceField(
        Evaluator.objects.all(),
        help_text="Who took part. If the card names nobody, choose the record for unnamed groups.",
        widget=RecordSelectMultiple(AccessEvent._meta.get_field("evaluators"), admin.site),
    )

    class Meta:
        model = AccessEvent
        fields = (
            "evaluators",
            "activity",
            "outcome",
            "timing",
            "mode",
            "started_on",
            "ended_on",
            "access_days",
            "domains",
            *ACCESS_ANSWERS,
            "mitigations_argued",
            "results",
            "free_to_publish",
            "summary",
            "is_distinct",
        )
        widgets = {"summary": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)

    def _get_validation_exclusions(self) -> set[str]:
        # The evaluators are linked by a table of their own, which the action validates.
        return super()._get_validation_exclusions() | {"evaluators"}


class QuoteForm(forms.Form):
    """One quote from the card about an event, and the fields that it supports."""

    quote = forms.CharField(
        required=False, help_text=QUOTE_HELP, widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})
    )
    supports = forms.MultipleChoiceField(
        choices=EventField.choices(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("supports") and not cleaned.get("quote"):
            raise ValidationError("Enter the quote that supports the ticked fields, or untick them.")
        return cleaned


QuoteFormSet = forms.formset_factory(QuoteForm, extra=QUOTES_AT_FIRST, max_num=30, absolute_max=30)
