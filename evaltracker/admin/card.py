"""The system-card screen: one source, its release, and its access events with quotes from that source."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from evaltracker.admin.card_forms import (
    MOST_EVENTS,
    EventForm,
    QuoteFormSet,
    ReleaseForm,
    SourceForm,
)
from evaltracker.admin.snapshots import SnapshotForm
from labs.actions.cards import CardRefused, EnteredCard, EnteredEvent, save_card
from labs.actions.permissions import permission_to
from labs.admin.addresses import changelist_url
from labs.models import AccessEvent, AIModel, Proposal, Source
from labs.models.errors import field_errors
from labs.rules.numbers import as_number

NEEDED = [permission_to("add", model) for model in (Source, AIModel, AccessEvent)]


@dataclass
class EventForms:
    """The form of one event, and the forms of its quotes."""

    form: EventForm
    quotes: forms.BaseFormSet

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.quotes.is_valid()])

    @property
    def entered(self) -> EnteredEvent:
        """What was typed, in valid forms."""
        rows = [quote.cleaned_data for quote in self.quotes if quote.cleaned_data.get("quote")]
        return EnteredEvent(
            self.form.instance,
            list(self.form.cleaned_data["evaluators"]),
            [(row["quote"], row["supports"]) for row in rows],
        )


class CardForms:
    """All forms of the screen, with one event more or fewer if that button was pressed.

    ``data`` is None for an empty screen with one event.
    """

    def __init__(self, data: QueryDict | None = None, files: Any = None) -> None:
        self.source = SourceForm(data, prefix="source")
        self.snapshot = SnapshotForm(data, files, prefix="snapshot", is_needed=False)
        self.release = ReleaseForm(data, prefix="release")
        self.events = [self._event(data, place) for place in range(events_sent(data))]
        if data and "_add_event" in data and len(self.events) < MOST_EVENTS:
            self.events.append(self._event(None, len(self.events)))
        if data and "_remove_event" in data:
            self.events = self.events[:-1]

    @staticmethod
    def _event(data: QueryDict | None, place: int) -> EventForms:
        prefix = f"event-{place}"
        return EventForms(EventForm(data, prefix=prefix), QuoteFormSet(data, prefix=f"{prefix}-quotes"))

    def is_valid(self) -> bool:
        results = [form.is_valid() for form in (self.source, self.snapshot, self.release, *self.events)]
        return all(results)  # every form is validated, so that each shows its errors

    @property
    def media(self) -> forms.Media:
        """Scripts and styles that the fields need."""
        return sum((event.form.media for event in self.events), self.source.media + self.release.media)

    @property
    def entered(self) -> EnteredCard:
        """What was typed, in valid forms."""
        return EnteredCard(
            self.source.record,
            self.release.record,
            self.release.quotes,
            [event.entered for event in self.events],
            self.snapshot.entered,
        )

    def refuse(self, refusal: CardRefused) -> None:
        """Show an error that only saving brought up at the form that it concerns."""
        if refusal.where == "snapshot":
            self.snapshot.refuse(refusal.error)
            return
        forms_by_place = {"source": self.source, "release": self.release}
        form = forms_by_place.get(refusal.where) or self.events[int(refusal.where)].form
        for found in field_errors(refusal.error):
            form.add_error(found.field if found.field in form.fields else None, found.sentence)


def system_card_page(request: HttpRequest) -> HttpResponse:
    """Enter a system card on one screen. The buttons that add or remove an event or a quote work without JavaScript."""
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
    card = CardForms(with_added_quote(request.POST), request.FILES) if request.POST else CardForms()
    is_saved = request.method == "POST" and ("_save" in request.POST or "_submit" in request.POST)
    if is_saved and card.is_valid():
        try:
            saved = save_card(card=card.entered, by=request.user, is_submitted="_submit" in request.POST)
        except CardRefused as refusal:
            card.refuse(refusal)
        else:
            return _redirect_when_saved(request, len(saved))
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


def events_sent(data: QueryDict | None) -> int:
    """How many events the browser sent; 1 if the number makes no sense."""
    number = as_number(data.get("events", "1")) if data is not None else 1
    return 1 if number is None else min(number, MOST_EVENTS)


def with_added_quote(data: QueryDict) -> QueryDict:
    """What the browser sent, with one more quote in the event whose “Add a quote” was pressed."""
    data = data.copy()
    for place in range(events_sent(data)):
        total = f"event-{place}-quotes-TOTAL_FORMS"
        quotes = as_number(data.get(total, ""))
        if f"_add_quote_{place}" in data and quotes is not None:
            data[total] = str(quotes + 1)
    return data


def _redirect_when_saved(request: HttpRequest, count: int) -> HttpResponse:
    if "_submit" in request.POST:
        what = "1 record waits" if count == 1 else f"{count} records wait"
        messages.success(request, f"{what} for a second person, who can publish the whole card at once.")
        return HttpResponseRedirect(changelist_url(Proposal))
    what = "1 draft is" if count == 1 else f"{count} drafts are"
    messages.success(request, f"{what} saved. Until you send them to review, they are listed here under “Your drafts”.")
    return HttpResponseRedirect(reverse("admin:index"))
