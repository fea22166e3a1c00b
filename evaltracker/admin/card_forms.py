"""The forms of the screen on which a release is entered with its sources and access events."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from labs.actions.cards import EnteredQuote, free_key
from labs.admin.lookalikes import DISTINCT_FROM, Compared, Unanswered, answered_questions
from labs.admin.widgets import DayInput, EDTFInput, RecordSelect, RecordSelectMultiple
from labs.choices import ACCESS_ANSWERS, EventField
from labs.models import AccessEvent, AIModel, Evaluator, Record, Source
from labs.models.base import QUOTE_WORDS
from labs.models.fields import WebAddressInput
from labs.models.lookalikes import Question
from labs.models.registry import kind_of
from labs.models.states import state_of
from labs.rules.numbers import as_number

MOST_SOURCES = 10
MOST_EVENTS = 20
MOST_QUOTES = 30
QUOTE_HELP = f"Word for word as in the source, at most {QUOTE_WORDS} words."
LONG_TEXT = forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})


class FoldedForm:
    """A form of which the seldom used fields are shown folded, open where one of them has an error."""

    folded: Sequence[str] = ()

    @property
    def fields_folded(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.folded]

    @property
    def is_unfolded(self) -> bool:
        return any(field.errors for field in self.fields_folded)


def key_field(model: type[Record], made_from: str, help_text: str) -> forms.SlugField:
    """The key of a new record, made when it is saved unless one is typed. ``made_from`` is shown until then."""
    return forms.SlugField(
        required=False,
        max_length=model._meta.get_field("key").max_length,
        help_text=f"{help_text} Part of the page\u2019s address, and never changes once public.",
        widget=forms.TextInput(attrs={"class": "vTextField desk-key", "placeholder": made_from}),
    )


class ChosenOrNew(FoldedForm, forms.ModelForm):
    """Choose an existing record, or enter a new one. ``record`` is the one or the other, in a valid form."""

    key_from = ""
    lookalikes: Sequence[Compared] = ()  # those that the new one looks like, where the person has not said what it is
    questions: Sequence[Question] = ()  # those that the person answered: it is another one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.order_fields(["chosen", *self._meta.fields])
        words = self[self.key_from].value()
        attrs = self.fields["key"].widget.attrs
        attrs["data-key-from"] = self.add_prefix(self.key_from)
        if isinstance(words, str) and words:
            attrs["placeholder"] = free_key(self._meta.model, words)

    def full_clean(self) -> None:
        if self.is_bound and self.data.get(self.add_prefix("chosen")):
            # If a record is chosen, the fields of a new one may be half filled.
            for name in [name for name in self.fields if name != "chosen"]:
                self.fields[name].required = False
        super().full_clean()

    def _post_clean(self) -> None:
        if self.cleaned_data.get("chosen"):
            return
        super()._post_clean()
        if not self.errors:
            self._ask()

    @property
    def distinct_name(self) -> str:
        """The name of the boxes that say that it is another record."""
        return self.add_prefix(DISTINCT_FROM)

    def _ask(self) -> None:
        state = state_of(self.instance, dict.fromkeys(kind_of(self.instance).relations, ()))
        try:
            self.questions = answered_questions(self.instance, state, self.data.getlist(self.distinct_name))
        except Unanswered as error:
            self.lookalikes = error.compared
            self.add_error(None, error)

    @property
    def record(self) -> Any:
        """The chosen record, or else the new one, which is not saved."""
        return self.cleaned_data.get("chosen") or self.instance

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen or typed into it."""
        return not self.has_changed()


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
    url = WebAddressInput(label="Address", max_length=500, widget=forms.URLInput(attrs={"class": "vURLField"}))
    archived_url = WebAddressInput(
        label="Archived copy",
        max_length=500,
        required=False,
        help_text=Source._meta.get_field("archived_url").help_text,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    key = key_field(Source, "made from the title", "Empty: made from the title.")
    proposed = forms.CharField(required=False, widget=forms.HiddenInput)  # filled in from the lab's last release
    key_from = "title"
    folded = ("edition", "archived_url", "read_in", "key")

    class Meta:
        model = Source
        fields = (
            "title",
            "url",
            "publisher",
            "kind",
            "lab",
            "evaluator",
            "published_on",
            "read_on",
            "edition",
            "archived_url",
            "read_in",
            "key",
        )
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "publisher": forms.TextInput(attrs={"class": "vTextField"}),
            "edition": forms.TextInput(attrs={"class": "vTextField"}),
            "lab": RecordSelect(Source._meta.get_field("lab"), admin.site),
            "evaluator": RecordSelect(Source._meta.get_field("evaluator"), admin.site),
            "published_on": EDTFInput,
            "read_on": DayInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_on"].initial = timezone.localdate

    @property
    def name(self) -> str:
        """What it is called so far; empty where nothing was entered."""
        chosen = self.fields["chosen"].queryset.filter(pk=as_number(str(self["chosen"].value() or ""))).first()
        return str(chosen) if chosen else str(self["title"].value() or "").strip()


class ReleaseForm(ChosenOrNew):
    chosen = forms.ModelChoiceField(
        AIModel.objects.all(),
        required=False,
        label="An existing release",
        help_text="Search by name or lab. If you choose one, leave the fields below empty.",
        widget=RecordSelect(AccessEvent._meta.get_field("model"), admin.site),
    )
    key = key_field(AIModel, "made from the name", "Empty: made from the name.")
    key_from = "name"
    folded = ("variant_of", "key")

    class Meta:
        model = AIModel
        fields = ("lab", "name", "released_on", "release", "frontier", "variant_of", "key")
        widgets = {
            "lab": RecordSelect(AIModel._meta.get_field("lab"), admin.site),
            "variant_of": RecordSelect(AIModel._meta.get_field("variant_of"), admin.site),
            "name": forms.TextInput(attrs={"class": "vTextField"}),
            "released_on": EDTFInput,
        }

    @property
    def lab_number(self) -> int | None:
        """The primary key of the lab that was chosen, in a bound form."""
        return as_number(str(self["lab"].value() or ""))


class EventForm(FoldedForm, forms.ModelForm):
    """One access event of the release, which gives it its lab, release and, unless one is typed, its key."""

    evaluators = forms.ModelMultipleChoiceField(
        Evaluator.objects.all(),
        help_text="Who took part. If no source names anybody, choose the record for unnamed groups.",
        widget=RecordSelectMultiple(AccessEvent._meta.get_field("evaluators"), admin.site),
    )
    key = key_field(AccessEvent, "made from the release and evaluators", "Empty: made from release and evaluators.")
    proposed = forms.CharField(required=False, widget=forms.HiddenInput)  # filled in from the lab's last release
    folded = ("is_distinct", "key")

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
            "key",
        )
        widgets = {"summary": LONG_TEXT, "started_on": EDTFInput, "ended_on": EDTFInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)

    def _get_validation_exclusions(self) -> set[str]:
        # The evaluators are linked by a table of their own, which the action validates.
        return super()._get_validation_exclusions() | {"evaluators"}

    @property
    def chosen_evaluators(self) -> list[Evaluator]:
        """The evaluators that were chosen so far."""
        numbers = [as_number(str(value)) for value in self["evaluators"].value() or ()]
        return list(Evaluator.objects.filter(pk__in=[number for number in numbers if number is not None]))


class QuoteForm(FoldedForm, forms.Form):
    """One quote from a source of the card, and the fields that it supports.

    ``proposed`` holds the ticks that came with a form that was filled in: without a quote they say nothing.
    """

    source = forms.TypedChoiceField(required=False, coerce=int, empty_value=0, label="From")
    quote = forms.CharField(required=False, help_text=QUOTE_HELP, widget=LONG_TEXT)
    supports = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    proposed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, sources: Sequence[str] = ("",), fields_quoted: Any = EventField, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = [f"Source {place}{f': {name[:60]}' if name else ''}" for place, name in enumerate(sources, start=1)]
        self.fields["source"].choices = list(enumerate(names))
        self.fields["source"].initial = 0
        if len(sources) == 1:
            self.fields["source"].widget = forms.HiddenInput()
        self.fields["supports"].choices = fields_quoted.choices()
        if self.initial.get("supports"):
            self.initial["proposed"] = " ".join(self.initial["supports"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ticked = cleaned.get("supports") or []
        if ticked and not cleaned.get("quote") and set(ticked) != set(cleaned.get("proposed", "").split()):
            raise ValidationError("Enter the quote that supports the ticked fields, or untick them.")
        return cleaned

    @property
    def entered(self) -> EnteredQuote | None:
        """What was typed, in a valid form; None without a quote."""
        cleaned = self.cleaned_data
        quote = cleaned.get("quote")
        return EnteredQuote(cleaned.get("source") or 0, quote, cleaned["supports"]) if quote else None


QuoteFormSet = forms.formset_factory(QuoteForm, extra=0, max_num=MOST_QUOTES, absolute_max=MOST_QUOTES)
