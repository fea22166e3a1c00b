"""Review: the list of proposals, and the screen on which a second person decides about them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from evaltracker.admin.batches import (
    CHANGED_MEANWHILE,
    batch_of,
    batch_url,
    decide_several,
    lock_records,
    review_batch_url,
    review_of_several,
    tell,
)
from evaltracker.admin.reviewed import (
    ReviewedProposal,
    name_of_person,
    public_url,
    reviewed_proposal,
    version_seen,
)
from evaltracker.effects import effect_of
from labs.actions.batches import name_batch, order_for_review
from labs.actions.permissions import REVIEW_PROPOSAL, VIEW_PROPOSAL, permission_to
from labs.actions.review import accept, comment, reject, send_back, take_back
from labs.actions.together import propose_undoing
from labs.admin.addresses import change_url, changelist_url, page_name
from labs.choices import ProposalKind, Stage
from labs.models import Proposal
from labs.models.registry import kind_by_slug, record_kinds
from labs.queries.changes import is_called
from labs.rules.numbers import as_number
from labs.rules.text import one_line
from labs.web.parameters import BadParameters, ParameterProblem, address, refuse_unknown

TOGETHER_AT_MOST = 100
COMMENT, UNDO = "comment", "undo"
DECIDE = "Choose one of the buttons below."


class BatchActionForm(ActionForm):
    """What to do with the ticked rows, and the name of the batch that they become."""

    batch = forms.CharField(required=False, label="Name of the batch", max_length=120)


class StageFilter(admin.SimpleListFilter):
    """Filters by stage. Without a choice it shows what waits for review."""

    title = "stage"
    parameter_name = "stage"
    ALL = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.value, stage.label) for stage in Stage if stage != Stage.IN_REVIEW] + [(self.ALL, "all")]

    def choices(self, changelist: Any) -> Iterable[dict[str, Any]]:
        waiting, *others = super().choices(changelist)
        yield {**waiting, "display": Stage.IN_REVIEW.label}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset if self.value() == self.ALL else queryset.filter(stage=self.value() or Stage.IN_REVIEW.value)


class KindOfRecordFilter(admin.SimpleListFilter):
    title = "kind of record"
    parameter_name = "record"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.slug, kind.label) for kind in record_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind = kind_by_slug(self.value() or "")
        return queryset.filter(content_type=ContentType.objects.get_for_model(kind.model)) if kind else queryset


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    """The list of proposals, and the review screen of one or several. Proposals cannot be edited here."""

    list_display = ("shown_record", "kind", "kind_of_record", "stage", "proposed_by", "sent_at", "shown_batch")
    list_display_links = ("shown_record",)
    list_filter = (StageFilter, "kind", KindOfRecordFilter, ("batch", admin.AllValuesFieldListFilter))
    list_select_related = ("author", "content_type")
    list_per_page = 50
    search_fields = ("record_name", "record_key", "reason", "batch", "author__username", "author__last_name")
    search_help_text = "By record, key, reason, batch or author."
    actions = ("review_together", "name_as_batch")
    action_form = BatchActionForm

    def get_urls(self) -> list[URLPattern]:
        together = self.admin_site.admin_view(self.together_view)
        batch = self.admin_site.admin_view(self.batch_view)
        return [
            path("together/", together, name="labs_proposal_together"),
            path("batch/", batch, name="labs_proposal_batch"),
            *super().get_urls(),
        ]

    # --- who may do what -----------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        """People who work on records see all proposals; people who only look after accounts do not."""
        return request.user.has_perm(VIEW_PROPOSAL)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """As Django's, and by the other names of records too."""
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        return (found | queryset.filter(is_called(search_term)) if search_term else found), may_have_duplicates

    # --- the list ------------------------------------------------------------------------------------------

    @admin.display(description="record", ordering="record_name")
    def shown_record(self, proposal: Proposal) -> str:
        return proposal.record_name

    @admin.display(description="kind of record", ordering="content_type__model")
    def kind_of_record(self, proposal: Proposal) -> str:
        return str(proposal.content_type.model_class()._meta.verbose_name)

    @admin.display(description="proposed by", ordering="author__username", empty_value="not known")
    def proposed_by(self, proposal: Proposal) -> str | None:
        return name_of_person(proposal.author) or None

    @admin.display(description="batch", ordering="batch")
    def shown_batch(self, proposal: Proposal) -> str:
        return format_html('<a href="{}">{}</a>', batch_url(proposal.batch), proposal.batch) if proposal.batch else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Proposals", **(extra_context or {})})

    @admin.action(description="Review together")
    def review_together(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: TOGETHER_AT_MOST + 1])
        if len(chosen) > TOGETHER_AT_MOST:
            messages.error(request, f"You can review at most {TOGETHER_AT_MOST} proposals together. Choose fewer.")
            return None
        return HttpResponseRedirect(together_url(chosen))

    @admin.action(description="Make them a batch of this name")
    def name_as_batch(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        name = request.POST.get("batch", "")
        try:
            name_batch(proposals=queryset, name=name, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return None
        return HttpResponseRedirect(batch_url(one_line(name).strip()))

    # --- a batch -------------------------------------------------------------------------------------------

    def batch_view(self, request: HttpRequest) -> HttpResponse:
        """The page of a batch: progress, authors, and its records by release. A form renames it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        refuse_unknown(request.GET, ["name"])
        batch = batch_of(request.GET.get("name", ""))
        if batch is None:
            raise Http404("There is no such batch.")
        if request.method == "POST":
            try:
                name_batch(proposals=batch.proposals, name=request.POST.get("name", ""), by=request.user)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                return HttpResponseRedirect(batch_url(batch.name))
            return HttpResponseRedirect(batch_url(one_line(request.POST["name"]).strip()))
        authors = {proposal.author_id for proposal in batch.proposals}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Batch “{batch.name}”",
            "batch": batch,
            "review_url": review_batch_url(batch.name) if batch.waiting else "",
            "may_rename": request.user.has_perm(REVIEW_PROPOSAL) or authors == {request.user.pk},
            "longest_name": Proposal._meta.get_field("batch").max_length,
        }
        return TemplateResponse(request, "admin/batch.html", context)

    # --- the review screen ---------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The review screen of one proposal."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._review(request, *self._proposals([object_id]))

    def together_view(self, request: HttpRequest) -> HttpResponse:
        """The review screen of several proposals, or of what waits of a batch: a decision about each."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        name = request.GET.get("batch", "")
        if name:
            return self._review_batch(request, name)
        wanted = list(dict.fromkeys(request.GET.getlist("id")))
        if not wanted or len(wanted) > TOGETHER_AT_MOST:
            problem = f"Choose up to {TOGETHER_AT_MOST} proposals."
            raise BadParameters([ParameterProblem("id", f"{len(wanted)} of them", problem, ["?id=1&id=2"])])
        proposals = self._proposals(wanted)
        if len(proposals) == 1:
            return self._review(request, *proposals)
        return self._review_several(request, proposals, f"Review {len(proposals)} proposals together")

    def _review_batch(self, request: HttpRequest, name: str) -> HttpResponse:
        """What waits of a batch, at most as many as a person can review together."""
        if (batch := batch_of(name)) is None:
            raise Http404("There is no such batch.")
        waiting = order_for_review(batch.waiting)
        if not waiting:
            return HttpResponseRedirect(batch_url(name))
        proposals = self._proposals([str(proposal.pk) for proposal in waiting[:TOGETHER_AT_MOST]])
        title = f"Review “{name}”: {len(proposals)} {'record' if len(proposals) == 1 else 'records'}"
        return self._review_several(request, proposals, title, batch=name, left=len(waiting) - len(proposals))

    def _review_several(self, request: HttpRequest, proposals: list[Proposal], title: str, **more: Any) -> HttpResponse:
        problems: list[str] = []
        if request.method == "POST":
            try:
                decided = decide_several(request, proposals)
            except ValidationError as error:
                problems = error.messages
            else:
                tell(request, decided, proposals)
                numbers = [str(proposal.pk) for proposal in proposals]
                proposals = [each for each in self._proposals(numbers) if each.stage == Stage.IN_REVIEW]
                if not decided.refused or not proposals:
                    batch = more.get("batch", "")
                    return HttpResponseRedirect(batch_url(batch) if batch else changelist_url(Proposal))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "problems": problems,
            "note": request.POST.get("note", ""),
            "unfound_because": request.POST.get("unfound_because", ""),
            **review_of_several(request, proposals),
            **more,
        }
        return TemplateResponse(request, "admin/review_several.html", context)

    def _proposals(self, wanted: list[str]) -> list[Proposal]:
        numbers = [number for text in wanted if (number := as_number(text)) is not None]
        proposals = Proposal.objects.select_related("content_type", "author", "decided_by")
        found = proposals.prefetch_related("notes__author", "reports").in_bulk(numbers)
        if len(found) < len(wanted):
            raise Http404("There is no such proposal.")
        return order_for_review(found.values())

    def _review(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        problems: list[str] = []
        if request.method == "POST":
            try:
                undoing = undo(request, proposal) if request.POST.get("decision") == UNDO else None
                if undoing is None:
                    decide(request, proposal)
            except ValidationError as error:
                problems = error.messages
                (proposal,) = self._proposals([str(proposal.pk)])
            else:
                if undoing is not None:
                    return HttpResponseRedirect(change_url(undoing))
                is_note = request.POST.get("decision") == COMMENT
                return HttpResponseRedirect(change_url(proposal, "thread") if is_note else changelist_url(Proposal))
        reviewed = reviewed_proposal(proposal, request.user)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": reviewed.heading,
            "reviewed": reviewed,
            "problems": problems,
            "note": request.POST.get("note", ""),
            "comment": request.POST.get("comment", ""),
            "undo_because": request.POST.get("undo_because", ""),
            "unfound_because": request.POST.get("unfound_because", ""),
            **_decision_context(request, reviewed),
        }
        return TemplateResponse(request, "admin/review.html", context)


def _decision_context(request: HttpRequest, reviewed: ReviewedProposal) -> dict[str, Any]:
    """What the screen needs for the decision: the effect, the buttons, or the reasons why there are none."""
    proposal = reviewed.proposal
    effect = effect_of([proposal]) if proposal.is_open else None
    can_be_accepted = effect is not None and effect.is_known
    buttons = [decision for decision in reviewed.decisions if decision != "accept" or can_be_accepted]
    return {
        "effect": effect,
        "seen": version_seen([proposal]),
        "buttons": [] if reviewed.barred else buttons,
        "may_undo": proposal.stage == Stage.ACCEPTED
        and proposal.kind != ProposalKind.MERGE
        and request.user.has_perm(permission_to("change", proposal.content_type.model_class())),
        "is_own": proposal.is_open and proposal.author_id == request.user.pk,
        "together_url": _publish_together_url(reviewed),
        "quotes_need_a_reason": reviewed.quotes_need_a_reason,
    }


def _publish_together_url(reviewed: ReviewedProposal) -> str:
    """The screen with a proposal and those that would publish what it refers to; empty if there are none."""
    needed = [proposal.pk for proposal in reviewed.publish_together]
    return together_url(dict.fromkeys([reviewed.proposal.pk, *needed])) if needed else ""


def together_url(numbers: Iterable[int]) -> str:
    """The screen on which these proposals are reviewed together; for a single one its own screen."""
    chosen = list(numbers)
    if len(chosen) == 1:
        return reverse(f"admin:{page_name(Proposal, 'change')}", args=chosen)
    return address(reverse("admin:labs_proposal_together"), {}, id=[str(number) for number in chosen])


@transaction.atomic
def decide(request: HttpRequest, proposal: Proposal) -> None:
    """Carry out the decision in the form, and tell the person what was done.

    Raises PermissionDenied, and ValidationError if it cannot be done or if something changed since the person read it.
    """
    if request.POST.get("decision") == COMMENT:
        comment(proposal=proposal, by=request.user, text=_typed(request, "comment"))
        messages.success(request, "Your note is in the thread.")
        return
    if request.POST.get("decision") == "take_back":
        _tell(request, take_back(proposal=proposal, by=request.user))
        return
    if not request.user.has_perm(REVIEW_PROPOSAL):
        raise PermissionDenied
    lock_records([proposal])
    proposal = Proposal.objects.select_related("content_type").get(pk=proposal.pk)
    if not proposal.is_open:
        raise ValidationError(f"{proposal}: it is already {Stage(proposal.stage).label}.")
    if request.POST.get("seen") != version_seen([proposal]):
        raise ValidationError(CHANGED_MEANWHILE)
    note = _typed(request, "note")
    match request.POST.get("decision"):
        case "accept":
            why = _typed(request, "unfound_because")
            accept(proposal=proposal, by=request.user, note=note.strip(), unfound_because=why)
        case "send_back":
            _decide_about(send_back, proposal, request, note)
        case "reject":
            _decide_about(reject, proposal, request, note)
        case _:
            raise ValidationError(DECIDE)
    _tell(request, Proposal.objects.get(pk=proposal.pk))


def undo(request: HttpRequest, proposal: Proposal) -> Proposal:
    """Propose to take back what an accepted proposal did, and tell the person."""
    undoing = propose_undoing(proposal=proposal, reason=_typed(request, "undo_because").strip(), by=request.user)
    messages.success(request, "This proposal takes it back. It waits for a second person.")
    return undoing


def _typed(request: HttpRequest, name: str) -> str:
    """What was typed into a field, without the null character, which PostgreSQL cannot store."""
    return request.POST.get(name, "").replace("\0", "")


def _decide_about(action: Any, proposal: Proposal, request: HttpRequest, note: str) -> Proposal:
    if barred := reviewed_proposal(proposal, request.user).barred:
        raise ValidationError(barred)
    return action(proposal=proposal, by=request.user, note=note)


def _tell(request: HttpRequest, proposal: Proposal) -> None:
    model = proposal.content_type.model_class()
    record = model._default_manager.filter(key=proposal.after.get("into", proposal.record_key)).first()
    if proposal.stage != Stage.ACCEPTED:
        stage = capfirst(Stage(proposal.stage).label)
        messages.success(request, format_html("{}: “{}”.", stage, proposal.record_name))
        return
    done = {ProposalKind.WITHDRAW: "withdrawn", ProposalKind.MERGE: "merged", ProposalKind.UNMERGE: "parted"}.get(
        ProposalKind(proposal.kind), "public as proposed"
    )
    url = public_url(record) if record else ""
    link = format_html(' <a href="{}">See its public page</a>', url) if url else ""
    messages.success(request, format_html("Accepted: “{}” is {}.{}", proposal.record_name, done, link))
