"""How the admin saves a record: a draft directly, a change of a public record as a proposal to a second person."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm, model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from labs.actions.distinctions import say_distinct
from labs.actions.merging import can_be_merged
from labs.actions.review import delete_draft, propose, revise, save_draft, submit
from labs.admin.addresses import change_url, changelist_url, page_name
from labs.admin.forms import RecordForm, parts_of
from labs.admin.lookalikes import DISTINCT_FROM, answered_questions
from labs.admin.shown_again import ShowsAgain, is_shown_again
from labs.admin.together import TOGETHER_AT_MOST, together_page
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal, Record
from labs.models.states import state_of
from labs.queries.change_words import change_rows
from labs.queries.saves import saves_of
from labs.rules.numbers import as_number
from labs.web.parameters import address

CHANGE_FIELDSET = "Your change"
SUBMIT = "_submit"
STATUS_FIELDS = ("status",)


class ProposingAdmin(ShowsAgain, admin.ModelAdmin):
    """Saves drafts, and sends them to review if asked; saves a change of a public record as a proposal.

    With ``?proposal=…`` the form shows what an open proposal asks for, and saving revises that proposal. With
    ``?like=…`` the form of a new record starts from what another record says.
    """

    form = RecordForm
    actions = ("edit_together",)

    # --- many at once --------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        together = self.admin_site.admin_view(partial(together_page, self))
        return [path("together/", together, name=page_name(self.model, "together")), *super().get_urls()]

    @admin.action(description="Edit together", permissions=["change"])
    def edit_together(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        numbers = queryset.order_by("pk").values_list("pk", flat=True)
        chosen = [str(number) for number in numbers[: TOGETHER_AT_MOST + 1]]
        if len(chosen) > TOGETHER_AT_MOST:
            messages.error(request, f"You can edit at most {TOGETHER_AT_MOST} records together. Choose fewer.")
            return None
        return HttpResponseRedirect(address(reverse(f"admin:{page_name(self.model, 'together')}"), {}, id=chosen))

    # --- what the form is made of --------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Record | None = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if obj is not None and obj.status == RecordStatus.PUBLISHED:
            description = (
                "This record is public. What you save goes to a second person first. Until that person accepts it, the "
                "public page stays as it is."
            )
            fields = {"fields": ("reason", "is_correction"), "description": description}
            fieldsets.append((CHANGE_FIELDSET, fields))
        name, first = fieldsets[0]
        fieldsets[0] = (name, {**first, "fields": (*first["fields"], "version")})
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Record | None = None) -> Sequence[str]:
        fixed = ("key",) if obj else ()
        guarded = [name for name, permission in self.model.guarded.items() if not request.user.has_perm(permission)]
        return (*super().get_readonly_fields(request, obj), *fixed, *guarded)

    def get_form(self, request: HttpRequest, obj: Record | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        extra = {
            "save_error": getattr(request, "save_error", None),
            "is_only_shown": is_shown_again(request),
            "proposal": self.revised_proposal(request, obj),
            "why": self.admin_site.why(request),
        }
        return type(form.__name__, (form,), extra)

    def get_formset_kwargs(self, request: HttpRequest, obj: Record, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" not in kwargs and (proposal := self.revised_proposal(request, obj)):
            kwargs["proposal"] = proposal
        if "data" not in kwargs and obj.pk is None and (original := self.duplicated(request)):
            kwargs["like"] = original
        return kwargs

    def duplicated(self, request: HttpRequest) -> Record | None:
        """The record from which the address asks a new one to start: ``?like=3``."""
        return self.model._default_manager.filter(pk=as_number(request.GET.get("like", ""))).first()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """As Django's; with ``like``, what that record says, but for its key and name."""
        initial = super().get_changeform_initial_data(request)
        original = self.duplicated(request)
        if original is None:
            return initial
        own = {"key", "is_distinct", *self.get_prepopulated_fields(request).get("key", ())}
        return {name: value for name, value in model_to_dict(original).items() if name not in own} | initial

    # --- what may be done ----------------------------------------------------------------------------------

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """A record that is or was public is withdrawn, never deleted."""
        is_public = obj is not None and obj.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN)
        return super().has_delete_permission(request, obj) and not is_public

    def get_view_on_site_url(self, obj: Record | None = None) -> str | None:
        """The public page, where there is one."""
        return None if obj is None or obj.status != RecordStatus.PUBLISHED else super().get_view_on_site_url(obj)

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        return (*super().get_list_display(request), *STATUS_FIELDS)

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        return (*STATUS_FIELDS, *super().get_list_filter(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """As Django's, without regular expressions from the address: some of them fail in the database."""
        return "regex" not in lookup and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As Django's; refuses numbers that no record can have before they reach the database."""
        if any(as_number(number) is None for number in request.POST.getlist("_selected_action")):
            raise BadRequest("A chosen row is not a record.")
        try:
            return super().changelist_view(request, extra_context)
        except OverflowError as error:
            raise BadRequest("A number in the address is too large.") from error

    # --- saving --------------------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """As Django's; an error that only saving brings up is shown above the form, which keeps all that was typed.

        Django's view has no step that shows the form again after `save_related`, so it runs twice then: the error
        travels on the request, and the second form has it among its own.
        """
        if "_saveasnew" in request.POST:
            raise BadRequest("A record is not saved as another one.")
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            if request.method != "POST":  # the proposal refers to a record that no longer exists
                messages.error(request, " ".join(error.messages))
                return HttpResponseRedirect(change_url(Proposal.objects.get(pk=request.GET["proposal"])))
            request.save_error = ValidationError(error.messages)
            request.lookalikes = getattr(error, "compared", ())
            return super().changeform_view(request, object_id, form_url, extra_context)

    def revised_proposal(self, request: HttpRequest, record: Record | None) -> Proposal | None:
        """The open proposal that the address asks to revise. Raises Http404 where it is not one of this record."""
        if record is None or record.pk is None or "proposal" not in request.GET:
            return None
        changes = Proposal.objects.of(record).open().filter(kind=ProposalKind.CHANGE.value)
        proposal = changes.filter(pk=as_number(request.GET["proposal"])).first()
        if proposal is None:
            raise Http404("There is no open proposal of that number on this record.")
        return proposal

    def save_model(self, request: HttpRequest, obj: Record, form: ModelForm, change: bool) -> None:
        """Do nothing yet: ``save_related`` saves the record together with its parts."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: list[BaseInlineFormSet], change: bool
    ) -> None:
        record, parts = form.instance, parts_of(form, formsets)
        others = answered_questions(record, state_of(record, parts), request.POST.getlist(DISTINCT_FROM))
        self._save(request, form, record, parts)
        say_distinct(record=record, questions=others, by=request.user)

    def _save(self, request: HttpRequest, form: ModelForm, record: Record, parts: dict[str, list[Any]]) -> None:
        if record.status != RecordStatus.PUBLISHED:
            save_draft(record=record, parts=parts, by=request.user)
            if SUBMIT in request.POST:
                submit(record=record, by=request.user)
            return
        state = state_of(record, parts)
        why = {"reason": form.cleaned_data["reason"], "is_correction": form.cleaned_data["is_correction"]}
        if form.proposal:
            proposal = revise(proposal=form.proposal, state=state, by=request.user, **why)
        else:
            stored = type(record)._default_manager.get(pk=record.pk)
            proposal = propose(record=stored, state=state, by=request.user, **why)
        self.admin_site.proposed(request, proposal)

    def construct_change_message(
        self, request: HttpRequest, form: ModelForm, formsets: list[BaseInlineFormSet], add: bool = False
    ) -> Any:
        """As Django's, without the inline rows: formsets know what they saved, and the actions save these."""
        return super().construct_change_message(request, form, [], add)

    def response_add(self, request: HttpRequest, obj: Record, post_url_continue: str | None = None) -> HttpResponse:
        return self._response_after_review(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Record) -> HttpResponse:
        return self._response_after_review(request, obj) or super().response_change(request, obj)

    def _response_after_review(self, request: HttpRequest, record: Record) -> HttpResponse | None:
        """Back to the list where something was sent to review; None where a draft was saved."""
        if record.status == RecordStatus.PUBLISHED:
            sentence = "Your change of “{}” waits for a second person. The public sees it once it is accepted."
        elif SUBMIT in request.POST:
            sentence = "“{}” waits for a second person, who publishes it."
        else:
            return None
        messages.success(request, format_html(sentence, record))
        return HttpResponseRedirect(changelist_url(self.model))

    def delete_model(self, request: HttpRequest, obj: Record) -> None:
        delete_draft(record=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for record in queryset:
            delete_draft(record=record, by=request.user)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Every saved state of the record, with who saved it and why. Django's own log does not have the states."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404("There is no such record.")
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of “{record}”",
            "object": record,
            "opts": self.opts,
            "past": saves_of(record),
        }
        return TemplateResponse(request, "admin/record_history.html", context)

    # --- what the page shows -------------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        record = context.get("original")
        form = context["adminform"].form
        context["lookalikes"] = getattr(request, "lookalikes", ())
        context |= {"review": None, "versions": [], "submit_name": SUBMIT, "change_fieldset": CHANGE_FIELDSET}
        if record is not None:
            stored = type(record)._default_manager.get(pk=record.pk)
            context["review"] = {
                "status": RecordStatus(stored.status),
                "record": stored,
                "is_public": stored.status == RecordStatus.PUBLISHED,
                "proposals": list(Proposal.objects.of(stored).open()),
                "may_edit": self.has_change_permission(request, stored),
                "is_revision": form.proposal is not None,
                "can_be_merged": can_be_merged(stored),
            }
            if getattr(form, "is_stale", False):
                formsets = [inline.formset for inline in context["inline_admin_formsets"]]
                context["versions"] = versions(stored, form, formsets)
        return super().render_change_form(request, context, *args, **kwargs)


def versions(stored: Record, form: ModelForm, formsets: list[BaseInlineFormSet]) -> list[dict[str, Any]]:
    """The versions of a record that two people edited, each with its differences from what was typed.

    The first version is the record as it is stored; then follows one for each open proposal of a change.
    """
    typed = state_of(form.instance, parts_of(form, formsets))
    others = [("As it is now", state_of(stored))]
    for proposal in Proposal.objects.of(stored).open().filter(kind=ProposalKind.CHANGE.value):
        others.append((f"As proposed on {proposal.sent_at:%d %B %Y, %H:%M}: {proposal.reason}", proposal.after))
    return [{"title": title, "rows": change_rows(type(stored), state, typed)} for title, state in others]
