"""How the admin saves a record: a draft as it is, a public record as a proposal that waits for a second person."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html

from labs.actions.merging import can_be_merged
from labs.actions.review import delete_draft, propose, revise, save_draft, submit
from labs.admin.addresses import changelist_url
from labs.admin.forms import RecordForm, as_data, edit_version, parts_of
from labs.choices import ProposalKind, RecordStatus
from labs.models import Proposal, Record
from labs.models.states import put, state_of
from labs.queries.change_words import ChangeRow, change_rows
from labs.queries.saves import past_of
from labs.rules.numbers import as_number

CHANGE_FIELDSET = "Your change"
SUBMIT = "_submit"
DESK_FIELDS = ("status",)


class DeskAdmin(admin.ModelAdmin):
    """Routes what is saved: drafts are saved, and sent to review if asked; a change of a public record is proposed.

    With ``?proposal=…`` the form shows what an open proposal asks for, and saving revises that proposal.
    """

    form = RecordForm

    # --- what the form is made of --------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Record | None = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if obj is not None and obj.status == RecordStatus.PUBLISHED:
            description = (
                "This record is public. What you save here goes to a second person first; until then the public sees "
                "what stands now."
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
        extra = {"save_error": getattr(request, "save_error", None), "prefilled": getattr(request, "prefilled", None)}
        return type(form.__name__, (form,), extra)

    def get_formset_kwargs(self, request: HttpRequest, obj: Record, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if prefilled := getattr(request, "prefilled", None):
            kwargs["data"] = prefilled
        return kwargs

    # --- what may be done ----------------------------------------------------------------------------------

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """What is or was public is withdrawn, never deleted."""
        is_public = obj is not None and obj.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN)
        return super().has_delete_permission(request, obj) and not is_public

    def get_view_on_site_url(self, obj: Record | None = None) -> str | None:
        """The public page, where there is one."""
        return None if obj is None or obj.status != RecordStatus.PUBLISHED else super().get_view_on_site_url(obj)

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        return (*super().get_list_display(request), *DESK_FIELDS)

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        return (*DESK_FIELDS, *super().get_list_filter(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """No patterns from the address: a database may choke on them."""
        return "regex" not in lookup and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As Django's; numbers that cannot be are refused instead of asked for."""
        if any(as_number(each) is None for each in request.POST.getlist("_selected_action")):
            raise BadRequest("What is chosen is no record.")
        try:
            return super().changelist_view(request, extra_context)
        except OverflowError as error:
            raise BadRequest("A number in the address is too large.") from error

    # --- saving --------------------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """As Django's; what only saving brings up is shown above the form, with all that was typed."""
        if "_saveasnew" in request.POST:
            raise BadRequest("A record is not saved as another one.")
        try:
            proposal = self.revised(request, object_id) if object_id else None
            if request.method == "GET" and proposal:
                request.prefilled = self._prefilled(request, proposal)
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            request.save_error = ValidationError(error.messages)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def revised(self, request: HttpRequest, object_id: str) -> Proposal | None:
        """The open proposal that the address asks to revise; 404 where it is not one of this record."""
        if "proposal" not in request.GET:
            return None
        record = self.get_object(request, object_id)
        changes = Proposal.objects.of(record).open().filter(kind=ProposalKind.CHANGE.value) if record else None
        proposal = changes.filter(pk=as_number(request.GET["proposal"])).first() if changes is not None else None
        if proposal is None:
            raise Http404("There is no open proposal of that number on this record.")
        return proposal

    def _prefilled(self, request: HttpRequest, proposal: Proposal) -> Any:
        record = self.get_object(request, str(proposal.object_id))
        version = edit_version(record)
        parts = put(record, proposal.after)
        form = self.get_form(request, record, change=True)(instance=record)
        formsets, _ = self._create_formsets(request, record, change=True)
        correction = {"is_correction": "on"} if proposal.is_correction else {}
        return as_data(form, formsets, parts, version=version, reason=proposal.reason, **correction)

    def save_model(self, request: HttpRequest, obj: Record, form: ModelForm, change: bool) -> None:
        """Nothing yet: a record is saved together with its parts, in ``save_related``."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: list[BaseInlineFormSet], change: bool
    ) -> None:
        record, parts = form.instance, parts_of(form, formsets)
        for formset in formsets:  # what Django's change message reads
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if record.status != RecordStatus.PUBLISHED:
            save_draft(record=record, parts=parts, by=request.user)
            if SUBMIT in request.POST:
                submit(record=record, by=request.user)
            return
        state, proposal = state_of(record, parts), self.revised(request, str(record.pk))
        why = {"reason": form.cleaned_data["reason"], "is_correction": form.cleaned_data["is_correction"]}
        stored = type(record)._default_manager.get(pk=record.pk)
        request.proposed = (
            revise(proposal=proposal, state=state, by=request.user, **why)
            if proposal
            else propose(record=stored, state=state, by=request.user, **why)
        )

    def response_add(self, request: HttpRequest, obj: Record, post_url_continue: str | None = None) -> HttpResponse:
        return self._after(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Record) -> HttpResponse:
        return self._after(request, obj) or super().response_change(request, obj)

    def _after(self, request: HttpRequest, record: Record) -> HttpResponse | None:
        if hasattr(request, "proposed"):
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
        """Every saved state of the record, who saved it and why; Django's own log knows less."""
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
            "past": past_of(record),
        }
        return TemplateResponse(request, "admin/record_history.html", context)

    # --- what the page shows -------------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        record = context.get("original")
        form = context["adminform"].form
        context |= {"desk": None, "versions": [], "submit_name": SUBMIT, "change_fieldset": CHANGE_FIELDSET}
        if record is not None:
            stored = type(record)._default_manager.get(pk=record.pk)
            context["desk"] = {
                "status": RecordStatus(stored.status),
                "record": stored,
                "is_public": stored.status == RecordStatus.PUBLISHED,
                "proposals": list(Proposal.objects.of(stored).open()),
                "may_edit": self.has_change_permission(request, stored),
                "is_revision": "proposal" in request.GET,
                "can_be_merged": can_be_merged(stored),
            }
            if getattr(form, "is_stale", False):
                formsets = [inline.formset for inline in context["inline_admin_formsets"]]
                context["versions"] = versions(stored, form, formsets)
        return super().render_change_form(request, context, *args, **kwargs)


def versions(stored: Record, form: ModelForm, formsets: list[BaseInlineFormSet]) -> list[dict[str, Any]]:
    """Both versions of a record that two people edited: what stands or waits now → what was typed, difference by
    difference, once for the record itself and once for each open proposal that is not the typed one.
    """
    mine = state_of(form.instance, parts_of(form, formsets))
    rows: list[dict[str, Any]] = [
        {"title": "As it stands now", "rows": change_rows(type(stored), state_of(stored), mine)}
    ]
    for proposal in Proposal.objects.of(stored).open().filter(kind=ProposalKind.CHANGE.value):
        found: list[ChangeRow] = change_rows(type(stored), proposal.after, mine)
        rows.append({"title": f"As proposed on {proposal.sent_at:%d %B %Y, %H:%M}: {proposal.reason}", "rows": found})
    return rows
