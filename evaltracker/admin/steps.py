"""What a person still has to do after the password before the desk opens: each step is a page in place of the one asked
for, at the same address, which also keeps what was typed (``evaltracker.admin.signing_in``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from evaltracker.admin.met import has_met
from evaltracker.admin.typed import KEPT, TOO_LARGE, Typed
from labs.models import GivenPassword

STEP = "_step"
PREFIX = "step"
BUSY = "The records are being changed by something that takes long, such as an import. Try again in a minute."


@dataclass
class Step:
    """One thing that the signed-in person has to do now."""

    request: HttpRequest

    key = ""
    title = ""
    template = "admin/step.html"
    button = "Go on"

    def form(self, data: Any = None) -> forms.Form:
        """The form of the step, empty or as sent."""
        raise NotImplementedError

    def take(self, form: Any) -> HttpResponse | None:
        """Do what a valid form asks for. A response is shown before the desk. Raises ValidationError."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What its template shows."""
        return {}


class OwnPasswordForm(SetPasswordForm):
    """A new password, which is not the one that the person was given."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        password = self.cleaned_data.get("new_password1")
        if password and self.user.check_password(password):
            raise ValidationError("This is the password that you were given. Choose another one.")
        return cleaned


class ChoosePassword(Step):
    """The person's password, or second factor, was set by somebody else."""

    key = "password"
    title = "Choose a password of your own"
    button = "Set my password"

    def form(self, data: Any = None) -> forms.Form:
        return OwnPasswordForm(self.request.user, data, prefix=PREFIX)

    def take(self, form: Any) -> None:
        form.save()
        update_session_auth_hash(self.request, self.request.user)

    def context(self) -> dict[str, Any]:
        given = self.given
        return {
            "explanation": "Somebody else set your password, or reset your second factor, and could act as you. So "
            "choose a password that only you know. What is accepted in your name until 14 days from now is marked, and "
            "“For you” lists it.",
            "given": given,
        }

    @cached_property
    def given(self) -> GivenPassword | None:
        """The newest one that the person was given."""
        given = GivenPassword.objects.open().filter(person=self.request.user.pk)
        return given.select_related("given_by").order_by("-given_at").first()


def open_step(request: HttpRequest) -> Step | None:
    """What the signed-in person has to do before the desk opens; None if nothing, and for a visitor."""
    if not (request.user.is_active and request.user.is_staff):
        return None
    if not hasattr(request, "_open_step"):
        request._open_step = next(_steps(request), None)  # type: ignore[attr-defined]
    return request._open_step  # type: ignore[attr-defined]


def _steps(request: HttpRequest) -> Any:
    step = ChoosePassword(request)
    if step.given:
        yield step


def steps_first(view: Callable[..., HttpResponse], site: AdminSite, *, is_form: bool) -> Callable[..., HttpResponse]:
    """The view of a desk page, after the steps that are open."""

    def stepping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = open_step(request)
        if step is None:
            return view(request, *args, **kwargs)
        if getattr(view, "__name__", "") == "logout":
            return site.logout(request)
        typed = _typed(request) if is_form else Typed([], False)
        if request.method != "POST" or request.POST.get(STEP) != step.key:
            return step_page(request, site, step, typed)
        form = step.form(request.POST)
        why, shown = "", None
        try:
            with transaction.atomic():
                is_taken = form.is_valid()
                shown = step.take(form) if is_taken else None
        except ValidationError as error:
            is_taken, why = False, " ".join(error.messages)
        except DatabaseError as error:
            if not has_met(error):
                raise
            is_taken, why = False, BUSY
        if not is_taken:
            return step_page(request, site, step, typed, form, why)
        del request._open_step  # type: ignore[attr-defined]
        if shown is not None:
            return shown
        following = open_step(request)
        if following is not None:
            return step_page(request, site, following, typed)
        if typed.fields or typed.has_file:
            from evaltracker.admin.signing_in import show_again

            return show_again(request, typed, view, args, kwargs)
        return HttpResponseRedirect(request.get_full_path())

    return stepping


def _typed(request: HttpRequest) -> Typed:
    if request.method != "POST":
        return Typed([], False)
    return Typed.read(request.POST[KEPT]) if KEPT in request.POST else Typed.sent(request)


def step_page(
    request: HttpRequest, site: AdminSite, step: Step, typed: Typed, form: forms.Form | None = None, why: str = ""
) -> HttpResponse:
    """The page of a step. It holds what was typed into the form that the person sent, if any."""
    form = form or step.form()
    is_typed = bool(typed.fields or typed.has_file)
    kept = Typed([], typed.has_file) if typed.is_too_large else typed
    context = {
        **site.each_context(request),
        "title": step.title,
        "step": step,
        "step_name": STEP,
        "form": form,
        "why": why,
        "kept_name": KEPT if is_typed else "",
        "kept": kept.text,
        "lost": [TOO_LARGE] * typed.is_too_large,
        "app_path": request.get_full_path(),
        "is_refused": True,
        **step.context(),
    }
    status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
    response = TemplateResponse(request, step.template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
