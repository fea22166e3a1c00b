"""The system-card screen: a source once, its release, and its access events with quotes that already point to it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from evaltracker.admin.card_forms import (
    MOST_EVENTS,
    QUOTES_AT_FIRST,
    EventForm,
    QuoteFormSet,
    ReleaseForm,
    SourceForm,
)
from evaltracker.admin.snapshots import SnapshotForm
from labs.actions.cards import CardRefused, EnteredCard, EnteredEvent, save_card
from labs.actions.permissions import permission_to
from labs.admin.addresses import changelist_url
from labs.admin.forms import put_value
from labs.models import AccessEvent, AIModel, Proposal, Source
from labs.models.errors import field_errors
from labs.rules.numbers import as_number

NEEDED = [permission_to("add", model) for model in (Source, AIModel, AccessEvent)]


@dataclass
class EventForms:
    """The form of one event with the forms of its quotes."""

    form: EventForm
    quotes: forms.BaseFormSet

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.quotes.is_valid()])

    @property
    def entered(self) -> EnteredEvent:
        """What was typed, once it is valid."""
        rows = [each.cleaned_data for each in self.quotes if each.cleaned_data.get("quote")]
        return EnteredEvent(
            self.form.instance,
            list(self.form.cleaned_data["evaluators"]),
            [(row["quote"], row["supports"]) for row in rows],
        )


class CardForms:
    """All forms of the screen. ``data`` is None for an empty one with one event."""

    def __init__(self, data: Any = None, files: Any = None) -> None:
        self.source = SourceForm(data, prefix="source")
        self.snapshot = SnapshotForm(data, files, prefix="snapshot", is_needed=False)
        self.release = ReleaseForm(data, prefix="release")
        self.events = [self._event(data, place) for place in range(self.count(data))]

    @staticmethod
    def count(data: Any) -> int:
        """How many events the browser sent; one where it says nothing that makes sense."""
        text = data.get("events", "1") if data is not None else "1"
        number = as_number(text)
        return 1 if number is None else min(number, MOST_EVENTS)

    @staticmethod
    def _event(data: Any, place: int) -> EventForms:
        quotes = QuoteFormSet(
            data, prefix=f"event-{place}-quotes", initial=[{}] * QUOTES_AT_FIRST if data is None else None
        )
        return EventForms(EventForm(data, prefix=f"event-{place}"), quotes)

    def is_valid(self) -> bool:
        results = [
            each.is_valid() for each in (self.source, self.snapshot, self.release, *self.events)
        ]  # each shows its errors
        return all(results)

    @property
    def media(self) -> forms.Media:
        """Scripts and styles that the fields need."""
        return sum((each.form.media for each in self.events), self.source.media + self.release.media)

    @property
    def entered(self) -> EnteredCard:
        """What was typed, once it is valid."""
        return EnteredCard(
            self.source.record,
            self.release.record,
            self.release.quotes,
            [each.entered for each in self.events],
            self.snapshot.entered,
        )

    def refuse(self, refusal: CardRefused) -> None:
        """Show what saving brought up where it belongs."""
        if refusal.where == "snapshot":
            self.snapshot.refuse(refusal.error)
            return
        forms_by_place = {"source": self.source, "release": self.release}
        form = forms_by_place.get(refusal.where) or self.events[int(refusal.where)].form
        for each in field_errors(refusal.error):
            form.add_error(each.field if each.field in form.fields else None, each.sentence)


def system_card(request: HttpRequest) -> HttpResponse:
    """Enter a system card on one screen. “Add an event”, “add a quote” and “take it out” work without JavaScript."""
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
    data = changed(request.POST) if request.method == "POST" else None
    card = CardForms(data, request.FILES if request.method == "POST" else None)
    is_saved = request.method == "POST" and ("_save" in request.POST or "_submit" in request.POST)
    if is_saved and card.is_valid():
        try:
            saved = save_card(card=card.entered, by=request.user, is_submitted="_submit" in request.POST)
        except CardRefused as refusal:
            card.refuse(refusal)
        else:
            return _done(request, len(saved))
    context = {
        **admin.site.each_context(request),
        "title": "Enter a system card",
        "card": card,
        "media": card.media,
        "is_refused": is_saved,
        "has_errors": is_saved,
        "may_add": len(card.events) < MOST_EVENTS,
    }
    return TemplateResponse(request, "admin/system_card.html", context)


def changed(data: Any) -> Any:
    """What the browser sent, with one event or quote more or less where its button was pressed."""
    data = data.copy()
    count = CardForms.count(data)
    data["events"] = str(count)
    if "_add_event" in data and count < MOST_EVENTS:
        data["events"] = str(count + 1)
        for bound in EventForm(prefix=f"event-{count}"):
            put_value(data, bound.html_name, bound.value())
        data[f"event-{count}-quotes-TOTAL_FORMS"] = str(QUOTES_AT_FIRST)
        data[f"event-{count}-quotes-INITIAL_FORMS"] = "0"
    for place in range(count):
        prefix = f"event-{place}-quotes-TOTAL_FORMS"
        quotes = as_number(data.get(prefix, ""))
        if f"_add_quote_{place}" in data and quotes is not None:
            data[prefix] = str(quotes + 1)
    if "_remove_event" in data and count:
        data["events"] = str(count - 1)
    return data


def _done(request: HttpRequest, count: int) -> HttpResponse:
    if "_submit" in request.POST:
        what = "1 record waits" if count == 1 else f"{count} records wait"
        messages.success(request, f"{what} for a second person, who can publish all of the card together.")
        return HttpResponseRedirect(changelist_url(Proposal))
    what = "1 draft is" if count == 1 else f"{count} drafts are"
    messages.success(request, f"{what} saved, and on this list under “Your drafts” until sent to review.")
    return HttpResponseRedirect(reverse("admin:index"))
