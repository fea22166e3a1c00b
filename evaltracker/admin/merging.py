"""The page on which somebody proposes to merge two records: which one stays, why, and what would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html

from evaltracker.admin.lookup import row_or_404
from evaltracker.admin.reviewed import public_url
from evaltracker.effects import Effect, effect_of
from labs.actions.merging import Merger, MovedReference, merge
from labs.actions.permissions import MERGE_RECORDS, require
from labs.actions.proposals import new_proposal
from labs.actions.review import propose_merger
from labs.admin.addresses import change_url, record_page
from labs.choices import ProposalKind
from labs.models import Proposal, Record
from labs.models.errors import sentences
from labs.models.registry import kind_of, record_kinds
from labs.models.states import state_of
from labs.queries.change_words import ChangeRow, change_rows

NO_REASON = "Say why the two records are one. The reason is public with the change."
_PREVIEW = "only a preview"


class MergerForm(forms.Form):
    """Which record stays, and why. A preview needs no reason, a proposal does."""

    winner = forms.ModelChoiceField(
        queryset=None,
        label="The record that stays",
        empty_label="Choose",
        help_text="Public records of the same kind, with their keys.",
        error_messages={
            "required": "Choose the record that stays.",
            "invalid_choice": "It does not exist or is not public. Choose one from the list.",
        },
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="How we know that the two are one. Public with the change; a proposal needs it.",
    )

    def __init__(self, data: Any, record: Record, *, is_proposed: bool) -> None:
        super().__init__(data)
        others = type(record)._default_manager.published().exclude(pk=record.pk)
        self.fields["winner"].queryset = others
        self.fields["winner"].label_from_instance = _with_key
        self.is_proposed = is_proposed

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if self.is_proposed and not reason:
            raise ValidationError(NO_REASON)
        return reason


def _with_key(record: Record) -> str:
    return f"{record} — {record.key}"


@dataclass(frozen=True, slots=True)
class MovedRecord:
    """A record that the merger would change, the address of its form, and everything that would move in it."""

    record: Record
    url: str
    moved: Sequence[MovedReference]


@dataclass(frozen=True, slots=True)
class MergerPreview:
    """What a merger would do. ``in_the_way`` says why it is not possible; then there is nothing else."""

    winner: Record
    merger: Merger | None = None
    effect: Effect | None = None
    lost: Sequence[ChangeRow] = ()  # fields in which the two differ: the loser's values are dropped
    in_the_way: Sequence[str] = ()

    @property
    def kinds(self) -> list[tuple[str, list[MovedRecord]]]:
        """What moves, by kind of record and by record."""
        return [(kind, _moved_records(references)) for kind, references in self.merger.by_kind] if self.merger else []

    @property
    def count(self) -> int:
        """How many records change, including the one that stays if something moves into it."""
        return sum(len(records) for _, records in self.kinds)


def _moved_records(references: Sequence[MovedReference]) -> list[MovedRecord]:
    by_record: dict[Record, list[MovedReference]] = {}
    for reference in references:
        by_record.setdefault(reference.record, []).append(reference)
    return [MovedRecord(record, change_url(record), moved) for record, moved in by_record.items()]


def merging_urls(site: admin.AdminSite) -> list[URLPattern]:
    """The page for every kind of record. It answers 404 for kinds that cannot be merged."""
    return [record_page(site, kind.model, "merge", merge_page, model=kind.model) for kind in record_kinds()]


def merge_page(request: HttpRequest, number: str, model: type[Record]) -> HttpResponse:
    """Choose the record that stays, preview the merger, and propose it."""
    require(request.user, MERGE_RECORDS)
    record = _mergeable_or_404(model, number)
    is_proposed = request.method == "POST" and "_propose" in request.POST
    form = MergerForm(request.POST or None, record, is_proposed=is_proposed)
    preview, problems = None, []
    if form.is_bound and form.is_valid():
        winner, reason = form.cleaned_data["winner"], form.cleaned_data["reason"]
        if is_proposed:
            try:
                return _propose(request, record, winner, reason)
            except ValidationError as error:
                problems = sentences(error, Proposal)
        preview = preview_of(record, winner, request.user)
    context = {
        **admin.site.each_context(request),
        "opts": model._meta,
        "title": f"Merge “{record}” into another record",
        "record": record,
        "change_url": change_url(record),
        "public_url": public_url(record),
        "waiting": Proposal.objects.of(record).open().filter(kind=ProposalKind.MERGE.value).first(),
        "form": form,
        "preview": preview,
        "problems": problems,
    }
    return TemplateResponse(request, "admin/merge.html", context)


def _mergeable_or_404(model: type[Record], number: str) -> Record:
    if not kind_of(model).is_mergeable:
        raise Http404("Records of this kind cannot be merged.")
    return row_or_404(model, number)


def _propose(request: HttpRequest, record: Record, winner: Record, reason: str) -> HttpResponse:
    proposal = propose_merger(loser=record, winner=winner, reason=reason, by=request.user)
    sentence = "The merger of “{}” into “{}” waits for a second person. Nothing moves until that person accepts it."
    messages.success(request, format_html(sentence, record, winner))
    return HttpResponseRedirect(change_url(proposal))


def preview_of(loser: Record, winner: Record, by: Any) -> MergerPreview:
    """What a merger would do. It is carried out in a transaction that is rolled back."""
    fields = {field.name for field in type(loser)._meta.concrete_fields}
    differences = change_rows(type(loser), state_of(loser), state_of(winner))
    try:
        with transaction.atomic():
            merger = merge(loser=loser, winner=winner, by=by, reason=_PREVIEW)
            transaction.set_rollback(True)
    except ValidationError as error:
        return MergerPreview(winner, in_the_way=error.messages)
    lost = [row for row in differences if row.field in fields]
    return MergerPreview(winner, merger, _effect_of_merger(loser, winner, by), lost)


def _effect_of_merger(loser: Record, winner: Record, by: Any) -> Effect:
    """The effect of a proposal that exists only while it is computed."""
    with transaction.atomic():
        proposal = new_proposal(loser, ProposalKind.MERGE, by, after={"into": winner.key}, reason=_PREVIEW)
        proposal.save()
        effect = effect_of([proposal])
        transaction.set_rollback(True)
    return effect
