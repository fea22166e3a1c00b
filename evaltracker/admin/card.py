"""The screen on which a release is entered with its sources and its access events, all at once."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from evaltracker.admin.card_forms import (
    MOST_EVENTS,
    MOST_SOURCES,
    EventForm,
    QuoteForm,
    QuoteFormSet,
    ReleaseForm,
    SourceForm,
)
from evaltracker.admin.snapshots import SnapshotForm
from labs.actions.cards import (
    CardRefused,
    EnteredCard,
    EnteredEvent,
    EnteredQuote,
    EnteredSource,
    event_key_words,
    free_key,
    save_card,
)
from labs.actions.distinctions import say_distinct
from labs.actions.permissions import permission_to
from labs.admin.addresses import change_url, changelist_url
from labs.choices import EventField, ReleaseField
from labs.models import AccessEvent, AIModel, Proposal, Record, Source
from labs.models.errors import field_errors
from labs.queries.outlines import CardOutline, last_release_of, outline_of
from labs.rules.numbers import as_number

NEEDED = [permission_to("add", model) for model in (Source, AIModel, AccessEvent)]
QUOTES_AT_FIRST = 2
SAVED_ONCE = "cards saved"  # in the session: what the forms of saved cards sent as ``once``
MOST_ONCE = 20
NO_SOURCE = "Nothing is entered for this source."


@dataclass
class SourceForms:
    """The form of one source, and of a snapshot of its text."""

    form: SourceForm
    snapshot: SnapshotForm

    @classmethod
    def at(cls, place: int, data: QueryDict | None, files: Any, initial: Any = None) -> "SourceForms":
        prefix = f"source-{place}"
        sent = data if data is not None and f"{prefix}-kind" in data else None
        snapshot = SnapshotForm(sent, files if sent else None, prefix=f"{prefix}-snapshot", is_needed=False)
        snapshot.is_valid()  # reads a file, so that the page can keep it
        return cls(SourceForm(sent, prefix=prefix, initial=initial), snapshot)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered that would be lost if it were left out."""
        names = {"title", "url", "chosen"} if self.form["proposed"].value() else {*self.form.changed_data} - {"read_on"}
        is_typed = any(self.form[name].value() for name in names) or self.snapshot.is_filled
        return not (self.form.is_bound and is_typed)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.snapshot.is_valid()])


@dataclass
class EventForms:
    """The form of one event, and the forms of its quotes."""

    form: EventForm
    quotes: forms.BaseFormSet

    @classmethod
    def at(
        cls,
        place: int,
        data: QueryDict | None,
        sources: Sequence[str],
        initial: Any = None,
        quotes: Sequence[Any] = ({},) * QUOTES_AT_FIRST,
    ) -> "EventForms":
        prefix = f"event-{place}"
        sent = data if data is not None and f"{prefix}-activity" in data else None
        form = EventForm(sent, prefix=prefix, initial=initial)
        return cls(form, quote_forms(sent, f"{prefix}-quotes", sources, EventField, quotes))

    @property
    def is_blank(self) -> bool:
        """Whether it was proposed, and nothing was entered that would be lost if it were left out."""
        return bool(self.form["proposed"].value()) and not self.form["summary"].value() and not self.has_quotes

    @property
    def is_untouched(self) -> bool:
        """Whether it is as an empty screen has it."""
        return not self.form.is_bound or not (self.form.has_changed() or self.has_quotes)

    @property
    def has_quotes(self) -> bool:
        return any(quote["quote"].value() for quote in self.quotes)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.quotes.is_valid()])


def quote_forms(
    data: QueryDict | None, prefix: str, sources: Sequence[str], fields: Any, initial: Sequence[Any]
) -> forms.BaseFormSet:
    """The forms of the quotes of an event or of the release."""
    if data is not None:
        return QuoteFormSet(data, prefix=prefix, form_kwargs={"sources": sources, "fields_quoted": fields})
    rows = [{**row} for row in initial]
    return QuoteFormSet(prefix=prefix, initial=rows, form_kwargs={"sources": sources, "fields_quoted": fields})


class CardForms:
    """All forms of the screen. ``data`` is None for an empty screen, with one source and one event.

    A button that adds something is a submit: the same forms are shown again with what it adds, and the focus there.
    """

    def __init__(self, data: QueryDict | None = None, files: Any = None, like: AIModel | None = None) -> None:
        if data is not None:
            data, like = after_button(data)
        self.has_no_last = like is None and pressed_button(data) == "_as_last"
        outline = outline_of(like) if like else None
        self.sources = [SourceForms.at(place, data, files) for place in range(number_of("sources", data))]
        if outline and all(source.is_blank for source in self.sources):
            proposed = [{**row, "proposed": "1"} for row in outline.sources[:MOST_SOURCES]]
            self.sources = [
                SourceForms.at(place, None, None, row) for place, row in enumerate(proposed)
            ] or self.sources
        names = [source.form.name for source in self.sources]
        self._make_release(data, names, outline)
        self.events = [EventForms.at(place, data, names) for place in range(number_of("events", data))]
        if outline and all(event.is_untouched for event in self.events):
            self.events = [
                EventForms.at(place, None, names, {**row.values, "proposed": "1"}, row.quotes or [{}])
                for place, row in enumerate(outline.events)
            ] or self.events
        self._show_keys()
        self._focus(data, is_filled=outline is not None)

    def _make_release(self, data: QueryDict | None, names: Sequence[str], outline: CardOutline | None) -> None:
        if data is None or "release-release" not in data:
            self.release = ReleaseForm(prefix="release", initial=outline.release if outline else None)
            quotes = outline.release_quotes if outline else []
            self.release_quotes = quote_forms(None, "release-quotes", names, ReleaseField, quotes or [{}])
            return
        self.release = ReleaseForm(data, prefix="release")
        self.release_quotes = quote_forms(data, "release-quotes", names, ReleaseField, [])
        is_untouched = not any(row["quote"].value() or row["supports"].value() for row in self.release_quotes)
        if outline and outline.release_quotes and is_untouched:
            self.release_quotes = quote_forms(None, "release-quotes", names, ReleaseField, outline.release_quotes)

    def _show_keys(self) -> None:
        """Show the key that each event would get, where it can be known already."""
        release = str(self.release["key"].value() or "") or self.release.fields["key"].widget.attrs["placeholder"]
        chosen = AIModel.objects.filter(pk=as_number(str(self.release["chosen"].value() or ""))).first()
        if not chosen and not self.release["name"].value():
            return
        for event in self.events:
            evaluators = event.form.chosen_evaluators
            if evaluators:
                words = event_key_words(chosen.key if chosen else release, evaluators)
                event.form.fields["key"].widget.attrs["placeholder"] = free_key(AccessEvent, words)

    def _focus(self, data: QueryDict | None, *, is_filled: bool) -> None:
        """Put the focus where the person goes on."""
        pressed = pressed_button(data)
        form, field = self.release, "name" if is_filled else "lab"
        if pressed == "_add_source":
            form, field = self.sources[-1].form, "title"
        elif pressed == "_add_event" or pressed.startswith("_duplicate_event_"):
            form, field = self.events[-1].form, "evaluators"
        elif pressed == "_add_release_quote":
            form, field = self.release_quotes.forms[-1], "quote"
        elif pressed.startswith("_add_quote_"):
            form, field = self.events[int(pressed.rpartition("_")[2])].quotes.forms[-1], "quote"
        elif pressed == "_remove_source":
            form, field = self.sources[-1].form, "title"
        elif pressed == "_remove_event" and self.events:
            form, field = self.events[-1].form, "summary"
        self._focused = form.fields[field].widget.attrs
        self._focused["autofocus"] = True

    def focus_on_error(self) -> None:
        """Put the focus on the first field with an error, in the order of the page."""
        pairs = [(self.release, self.release_quotes), *((source.form, [source.snapshot]) for source in self.sources)]
        pairs += [(event.form, event.quotes) for event in self.used_events]
        for form in (each for first, others in pairs for each in (first, *others)):
            for field in form.visible_fields():
                if field.errors:
                    del self._focused["autofocus"]
                    field.field.widget.attrs["autofocus"] = True
                    return

    @property
    def used_sources(self) -> list[SourceForms]:
        """The sources that are saved: the first, and others unless nothing was entered."""
        return [source for place, source in enumerate(self.sources) if place == 0 or not source.is_blank]

    @property
    def used_events(self) -> list[EventForms]:
        return [event for event in self.events if not event.is_blank]

    def is_valid(self) -> bool:
        parts = (*self.used_sources, self.release, self.release_quotes, *self.used_events)
        results = [part.is_valid() for part in parts]  # every form is validated, so that each shows its errors
        is_valid = all(results)
        used = [part.form for part in (*self.used_sources, *self.used_events)]
        for part in (*self.sources, *self.events):
            if part.form not in used:
                part.form.errors.clear()  # what is left out has nothing to correct
        for quotes in (self.release_quotes, *(event.quotes for event in self.used_events)):
            for row in quotes:
                is_valid &= not row.is_valid() or self._has_its_source(row)
        return is_valid

    def _has_its_source(self, row: QuoteForm) -> bool:
        if row.entered is None or self.sources[row.entered.source] in self.used_sources:
            return True
        row.add_error("source", NO_SOURCE)
        return False

    @property
    def media(self) -> forms.Media:
        """Scripts and styles that the fields need, whether or not an event is shown yet."""
        return sum([EventForm().media, self.release.media], SourceForm().media)

    @property
    def entered(self) -> EnteredCard:
        """What was typed, in valid forms."""
        used = self.used_sources
        return EnteredCard(
            [EnteredSource(source.form.record, source.snapshot.entered) for source in used],
            self.release.record,
            self._entered_quotes(self.release_quotes) if self.release.record.pk is None else (),
            [
                EnteredEvent(
                    event.form.instance,
                    list(event.form.cleaned_data["evaluators"]),
                    self._entered_quotes(event.quotes),
                )
                for event in self.used_events
            ],
        )

    def _entered_quotes(self, quotes: Iterable[QuoteForm]) -> list[EnteredQuote]:
        """The quotes, each with the place of its source among those that are saved."""
        used = self.used_sources
        rows = [row.entered for row in quotes]
        return [EnteredQuote(used.index(self.sources[row.source]), row.quote, row.supports) for row in rows if row]

    def refuse(self, refusal: CardRefused) -> None:
        """Show an error that only saving brought up at the form that it concerns."""
        match refusal.part:
            case "snapshot":
                self.used_sources[refusal.place].snapshot.refuse(refusal.error)
                return
            case "source":
                form: forms.BaseForm = self.used_sources[refusal.place].form
            case "event":
                form = self.used_events[refusal.place].form
            case _:
                form = self.release
        for found in field_errors(refusal.error):
            form.add_error(found.field if found.field in form.fields else None, found.sentence)


def system_card_page(request: HttpRequest) -> HttpResponse:
    """Enter a release on one screen. The buttons that add, fill in or remove work without JavaScript.

    ``?like=3`` starts from what repeats of the release with that number.
    """
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
    if request.POST:
        card = CardForms(request.POST, request.FILES)
    else:
        card = CardForms(like=AIModel.objects.filter(pk=as_number(request.GET.get("like", ""))).first())
    if request.POST.get("once") in request.session.get(SAVED_ONCE, []):
        messages.info(request, "This was saved already, and is not saved twice.")
        return HttpResponseRedirect(reverse("admin:own_drafts"))
    is_saved = request.method == "POST" and ("_save" in request.POST or "_submit" in request.POST)
    if is_saved and card.is_valid():
        try:
            saved = _save(request, card)
        except CardRefused as refusal:
            card.refuse(refusal)
        else:
            request.session[SAVED_ONCE] = [*request.session.get(SAVED_ONCE, []), request.POST.get("once")][-MOST_ONCE:]
            return _redirect_when_saved(request, saved)
    if is_saved:
        card.focus_on_error()
    context = {
        **admin.site.each_context(request),
        "title": "Enter a release",
        "card": card,
        "media": card.media,
        "is_refused": is_saved,
        "once": request.POST.get("once") or secrets.token_urlsafe(12),
        "may_add": len(card.events) < MOST_EVENTS,
        "may_add_source": len(card.sources) < MOST_SOURCES,
    }
    return TemplateResponse(request, "admin/system_card.html", context)


@transaction.atomic
def _save(request: HttpRequest, card: CardForms) -> list[Record]:
    """Save the card, and what the person said of records that look like its own. Raises CardRefused."""
    saved = save_card(card=card.entered, by=request.user, is_submitted="_submit" in request.POST)
    for form in (*(source.form for source in card.used_sources), card.release):
        say_distinct(record=form.record, questions=form.questions, by=request.user)
    return saved


MOST = {"sources": MOST_SOURCES, "events": MOST_EVENTS}


def number_of(what: str, data: QueryDict | None) -> int:
    """How many sources or events there are; 1 if the number makes no sense. There is always a source."""
    number = as_number(data.get(what, "1")) if data is not None else 1
    return max(1 if number is None else min(number, MOST[what]), 1 if what == "sources" else 0)


BUTTONS = ("_add_", "_remove_", "_duplicate_event_", "_as_last")


def pressed_button(data: QueryDict | None) -> str:
    """The name of the button that was pressed, if it is one that only changes the screen."""
    return next((name for name in data or () if name.startswith(BUTTONS)), "")


def after_button(data: QueryDict) -> tuple[QueryDict, AIModel | None]:
    """What the browser sent, as the pressed button changes it, and the release that it asks to start from."""
    data, pressed = data.copy(), pressed_button(data)
    events, sources = number_of("events", data), number_of("sources", data)
    data["events"], data["sources"] = str(events), str(sources)
    place = as_number(pressed.rpartition("_")[2])
    match pressed.rpartition("_")[0] if place is not None else pressed:
        case "_add_source":
            data["sources"] = str(min(sources + 1, MOST_SOURCES))
        case "_remove_source":
            data["sources"] = str(max(sources - 1, 1))
        case "_add_event":
            data["events"] = str(min(events + 1, MOST_EVENTS))
        case "_remove_event":
            data["events"] = str(max(events - 1, 0))
        case "_add_release_quote":
            _add_row(data, "release-quotes")
        case "_add_quote" if place is not None and place < events:
            _add_row(data, f"event-{place}-quotes")
        case "_duplicate_event" if place is not None and place < events < MOST_EVENTS:
            for name in [name for name in data if name.startswith(f"event-{place}-")]:
                data.setlist(name.replace(f"event-{place}-", f"event-{events}-", 1), data.getlist(name))
            data[f"event-{events}-key"] = ""
            data["events"] = str(events + 1)
        case "_as_last":
            last = last_release_of(as_number(data.get("release-lab", "")))
            for name in ("release", "frontier"):
                if last and data.get(f"release-{name}", "unknown") == "unknown":
                    data[f"release-{name}"] = getattr(last, name)
            return data, last
        case _:
            for name in [name for name in data if name.startswith(BUTTONS)]:
                del data[name]  # nothing that this screen has
    return data, None


def _add_row(data: QueryDict, prefix: str) -> None:
    rows = as_number(data.get(f"{prefix}-TOTAL_FORMS", ""))
    if rows is not None:
        data[f"{prefix}-TOTAL_FORMS"] = str(rows + 1)


def _redirect_when_saved(request: HttpRequest, saved: Sequence[Record]) -> HttpResponse:
    names = format_html_join(
        "; ", '<a href="{}">{} {}</a>', ((change_url(row), capfirst(row._meta.verbose_name), row.key) for row in saved)
    )
    if "_submit" in request.POST:
        what = "1 record waits" if len(saved) == 1 else f"{len(saved)} records wait"
        sentence = f"{what} for a second person, who can publish them at once"
    else:
        what = "1 draft is" if len(saved) == 1 else f"{len(saved)} drafts are"
        sentence = f"{what} saved. Send them to review together, below"
    messages.success(request, format_html("{}: {}.", sentence, names) if saved else "There was nothing new to save.")
    return HttpResponseRedirect(changelist_url(Proposal) if "_submit" in request.POST else reverse("admin:own_drafts"))
