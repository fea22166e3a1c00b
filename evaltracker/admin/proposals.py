"""Review: the list of proposals, and the screen on which a second person decides about them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from evaltracker.admin.reviewed import ReviewedProposal, public_url, reviewed_proposal, version_seen
from evaltracker.effects import effect_of
from labs.actions.batches import accept_all, order_for_review
from labs.actions.permissions import REVIEW_PROPOSAL, VIEW_PROPOSAL
from labs.actions.review import reject, send_back, take_back
from labs.admin.addresses import changelist_url, page_name
from labs.choices import ProposalKind, Stage
from labs.models import Proposal
from labs.models.registry import kind_by_slug, record_kinds
from labs.models.states import Keys
from labs.rules.numbers import as_number
from labs.web.parameters import BadParameters, ParameterProblem, address

TOGETHER_AT_MOST = 200
CHANGED_MEANWHILE = (
    "It has changed while you were reading. Below is what is proposed now. Look again, then decide. Nothing that you "
    "wrote is lost."
)
DECIDE = "Choose one of the buttons below."


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

    list_display = ("shown_record", "kind", "kind_of_record", "stage", "proposed_by", "sent_at", "batch")
    list_display_links = ("shown_record",)
    list_filter = (StageFilter, "kind", KindOfRecordFilter, ("batch", admin.AllValuesFieldListFilter))
    list_select_related = ("author", "content_type")
    list_per_page = 50
    search_fields = ("record_name", "record_key", "reason", "batch", "author__username", "author__last_name")
    search_help_text = "By record, key, reason, batch or author."
    actions = ("review_together",)

    def get_urls(self) -> list[URLPattern]:
        together = self.admin_site.admin_view(self.together_view)
        return [path("together/", together, name="labs_proposal_together"), *super().get_urls()]

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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Proposals", **(extra_context or {})})

    @admin.action(description="Review together")
    def review_together(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: TOGETHER_AT_MOST + 1])
        if len(chosen) > TOGETHER_AT_MOST:
            messages.error(request, f"You can review at most {TOGETHER_AT_MOST} proposals together. Choose fewer.")
            return None
        return HttpResponseRedirect(together_url(chosen))

    # --- the review screen ---------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The review screen of one proposal."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._review(request, self._proposals([object_id]))

    def together_view(self, request: HttpRequest) -> HttpResponse:
        """The review screen of several proposals, with one effect and one decision for all."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = list(dict.fromkeys(request.GET.getlist("id")))
        if not wanted or len(wanted) > TOGETHER_AT_MOST:
            problem = f"Choose up to {TOGETHER_AT_MOST} proposals."
            raise BadParameters([ParameterProblem("id", f"{len(wanted)} of them", problem, ["?id=1&id=2"])])
        return self._review(request, self._proposals(wanted))

    def _proposals(self, wanted: list[str]) -> list[Proposal]:
        numbers = [number for text in wanted if (number := as_number(text)) is not None]
        found = Proposal.objects.select_related("content_type", "author", "decided_by").in_bulk(numbers)
        if len(found) < len(wanted):
            raise Http404("There is no such proposal.")
        return order_for_review(found.values())

    def _review(self, request: HttpRequest, proposals: list[Proposal]) -> HttpResponse:
        problems: list[str] = []
        if request.method == "POST":
            try:
                decide(request, proposals)
            except ValidationError as error:
                problems = error.messages
                proposals = self._proposals([str(proposal.pk) for proposal in proposals])
            else:
                return HttpResponseRedirect(changelist_url(Proposal))
        keys, numbers = Keys(), {proposal.pk for proposal in proposals}
        shown = [reviewed_proposal(proposal, request.user, keys, numbers) for proposal in proposals]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": shown[0].heading if len(shown) == 1 else f"Review {len(shown)} proposals together",
            "shown": shown,
            "is_several": len(shown) > 1,
            "problems": problems,
            "note": request.POST.get("note", ""),
            "unfound_because": request.POST.get("unfound_because", ""),
            **_decision_context(request, shown),
        }
        return TemplateResponse(request, "admin/review.html", context)


def _decision_context(request: HttpRequest, shown: list[ReviewedProposal]) -> dict[str, Any]:
    """What the screen needs for the decision: the effect, the buttons, or the reasons why there are none."""
    proposals = [reviewed.proposal for reviewed in shown]
    effect = effect_of(proposals) if all(proposal.is_open for proposal in proposals) else None
    free = [reviewed.proposal.pk for reviewed in shown if not reviewed.barred]
    can_be_accepted = effect is not None and effect.is_known
    offered = shown[0].decisions if len(shown) == 1 else ("accept",)
    buttons = [decision for decision in offered if decision != "accept" or can_be_accepted]
    return {
        "effect": effect,
        "seen": version_seen(proposals),
        "buttons": buttons if len(free) == len(shown) else [],
        "barred": [reviewed for reviewed in shown if reviewed.barred],
        "is_own": len(shown) == 1 and proposals[0].is_open and proposals[0].author_id == request.user.pk,
        "without_barred_url": together_url(free) if free and len(free) < len(shown) else "",
        "together_url": _publish_together_url(shown),
        "quotes_need_a_reason": any(reviewed.quotes_need_a_reason for reviewed in shown),
    }


def _publish_together_url(shown: list[ReviewedProposal]) -> str:
    """The screen with these proposals and those that would publish what they refer to; empty if there are none."""
    here = [reviewed.proposal.pk for reviewed in shown]
    needed = [proposal.pk for reviewed in shown for proposal in reviewed.publish_together]
    others = [number for number in needed if number not in here]
    return together_url(dict.fromkeys([*here, *others])) if others else ""


def together_url(numbers: Iterable[int]) -> str:
    """The screen on which these proposals are reviewed together; for a single one its own screen."""
    chosen = list(numbers)
    if len(chosen) == 1:
        return reverse(f"admin:{page_name(Proposal, 'change')}", args=chosen)
    return address(reverse("admin:labs_proposal_together"), {}, id=[str(number) for number in chosen])


def name_of_person(person: Any) -> str:
    """The name of a person at the desk; empty for None."""
    return "" if person is None else person.get_full_name() or person.get_username()


@transaction.atomic
def decide(request: HttpRequest, proposals: list[Proposal]) -> None:
    """Carry out the decision in the form, and tell the person what was done.

    Raises PermissionDenied, and ValidationError if it cannot be done or if something changed since the person read it.
    """
    if request.POST.get("decision") == "take_back" and len(proposals) == 1:
        _tell(request, take_back(proposal=proposals[0], by=request.user))
        return
    if not request.user.has_perm(REVIEW_PROPOSAL):
        raise PermissionDenied
    _lock(proposals)
    current = list(
        Proposal.objects.select_related("content_type").filter(pk__in=[proposal.pk for proposal in proposals])
    )
    if closed := [proposal for proposal in current if not proposal.is_open]:
        raise ValidationError([f"{proposal}: it is already {Stage(proposal.stage).label}." for proposal in closed])
    if request.POST.get("seen") != version_seen(current):
        raise ValidationError(CHANGED_MEANWHILE)
    note = _typed(request, "note")
    match request.POST.get("decision"), len(current):
        case "accept", _:
            why = _typed(request, "unfound_because")
            done = accept_all(proposals=current, by=request.user, note=note.strip(), unfound_because=why)
        case "send_back", 1:
            done = [_decide_about(send_back, current[0], request, note)]
        case "reject", 1:
            done = [_decide_about(reject, current[0], request, note)]
        case _:
            raise ValidationError(DECIDE)
    for proposal in done:
        _tell(request, Proposal.objects.get(pk=proposal.pk))


def _typed(request: HttpRequest, name: str) -> str:
    """What was typed into a field, without the null character, which PostgreSQL cannot store."""
    return request.POST.get(name, "").replace("\0", "")


def _decide_about(action: Any, proposal: Proposal, request: HttpRequest, note: str) -> Proposal:
    if barred := reviewed_proposal(proposal, request.user).barred:
        raise ValidationError(barred)
    return action(proposal=proposal, by=request.user, note=note)


def _lock(proposals: Iterable[Proposal]) -> None:
    """Lock the records, so that nobody changes them before the decision; first of all, as their forms do."""
    for proposal in order_for_review(proposals):
        proposal.content_type.model_class()._default_manager.select_for_update().filter(pk=proposal.object_id).first()


def _tell(request: HttpRequest, proposal: Proposal) -> None:
    model = proposal.content_type.model_class()
    record = model._default_manager.filter(key=proposal.after.get("into", proposal.record_key)).first()
    if proposal.stage != Stage.ACCEPTED:
        stage = capfirst(Stage(proposal.stage).label)
        messages.success(request, format_html("{}: “{}”.", stage, proposal.record_name))
        return
    done = {ProposalKind.WITHDRAW: "withdrawn", ProposalKind.MERGE: "merged"}.get(
        ProposalKind(proposal.kind), "public as proposed"
    )
    url = public_url(record) if record else ""
    link = format_html(' <a href="{}">See its public page</a>', url) if url else ""
    messages.success(request, format_html("Accepted: “{}” is {}.{}", proposal.record_name, done, link))
