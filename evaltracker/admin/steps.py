"""What a person still has to do after the password before the desk opens: each step is a page in place of the one asked
for, at the same address, which also keeps what was typed (``evaltracker.admin.signing_in``).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

import django_otp
from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from evaltracker.actions.refused_writes import NOT_TAKEN, takes_no_writes
from evaltracker.actions.second_factor import has_factor, needs_factor
from evaltracker.admin.factors import KEY, CodeForm, EnrolForm, is_verified, key_of, picture_of
from evaltracker.admin.met import has_met
from evaltracker.admin.sessions import has_ended, mark_seen
from evaltracker.admin.throttle import know_browser
from evaltracker.admin.typed import KEPT, TOO_LARGE, Typed
from labs.models import GivenPassword
from labs.queries.given_passwords import open_given_password

STEP = "_step"
PREFIX = "step"
BUSY = "The records are being changed by something that takes long, such as an import. Try again in a minute."


@dataclass
class Step(ABC):
    """One thing that the signed-in person has to do now."""

    request: HttpRequest

    key = ""
    title = ""
    template = "admin/step.html"
    button = "Go on"

    @abstractmethod
    def form(self, data: Any = None) -> forms.Form:
        """The form of the step, empty or as sent."""

    @abstractmethod
    def take(self, form: Any) -> list[str] | None:
        """Do what a valid form asks for. Codes to be written down are shown before the desk."""

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
        return open_given_password(self.request.user)


class VerifyCode(Step):
    """The person has a second factor, and this session has not shown it."""

    key = "code"
    title = "Your second factor"

    def form(self, data: Any = None) -> forms.Form:
        return CodeForm(self.request.user, data, prefix=PREFIX)

    def take(self, form: Any) -> None:
        django_otp.login(self.request, form.device)

    def context(self) -> dict[str, Any]:
        return {
            "explanation": "Type the six digits that your device shows now, or one of the codes that you wrote down. "
            "Are both lost? Another administrator can reset it."
        }


class Enrol(Step):
    """The person needs a second factor and has none."""

    key = "enrol"
    title = "Set up a second factor"
    template = "admin/enrol_step.html"

    def form(self, data: Any = None) -> forms.Form:
        return EnrolForm(self.request.user, key_of(self.request), data, prefix=PREFIX)

    def take(self, form: Any) -> list[str]:
        del self.request.session[KEY]
        django_otp.login(self.request, form.device)
        return form.codes

    def context(self) -> dict[str, Any]:
        return picture_of(self.request) | {
            "explanation": "Editors and administrators sign in with a password and a code of a device, so that a "
            "stolen password is not enough."
        }


def open_step(request: HttpRequest) -> Step | None:
    """What the signed-in person has to do before the desk opens; None if nothing, and for a visitor."""
    if not (request.user.is_active and request.user.is_staff):
        return None
    if not hasattr(request, "_open_step"):
        request._open_step = next(_steps(request), None)  # type: ignore[attr-defined]
    return request._open_step  # type: ignore[attr-defined]


def _steps(request: HttpRequest) -> Any:
    is_enrolled = settings.SECOND_FACTOR and has_factor(request.user)
    if is_enrolled and not is_verified(request):
        yield VerifyCode(request)
    step = ChoosePassword(request)
    if step.given:
        yield step
    if not is_enrolled and needs_factor(request.user):
        yield Enrol(request)


def steps_first(view: Callable[..., HttpResponse], site: AdminSite, *, is_form: bool) -> Callable[..., HttpResponse]:
    """The view of a desk page, after the steps that are open."""

    def there(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and has_ended(request):
            logout(request)
        response = stepping(request, *args, **kwargs)
        if request.user.is_authenticated:
            mark_seen(request, response)
            if open_step(request) is None:
                know_browser(request, response)
        return response

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
        why, codes = "", None
        try:
            with transaction.atomic():
                is_taken = form.is_valid()
                codes = step.take(form) if is_taken else None
        except DatabaseError as error:
            if not has_met(error) and not takes_no_writes(error):
                raise
            is_taken, why = False, NOT_TAKEN if takes_no_writes(error) else BUSY
        if not is_taken:
            return step_page(request, site, step, typed, form, why)
        del request._open_step  # type: ignore[attr-defined]
        if codes is not None:
            return codes_page(request, site, codes, typed)
        following = open_step(request)
        if following is not None:
            return step_page(request, site, following, typed)
        if typed.fields or typed.has_file:
            from evaltracker.admin.signing_in import show_again

            return show_again(request, typed, view, args, kwargs)
        return HttpResponseRedirect(request.get_full_path())

    return there


def _typed(request: HttpRequest) -> Typed:
    if request.method != "POST":
        return Typed([], False)
    if KEPT in request.POST:
        return Typed.read(request.POST[KEPT])
    return Typed([], False) if STEP in request.POST else Typed.sent(request)


def step_page(
    request: HttpRequest, site: AdminSite, step: Step, typed: Typed, form: forms.Form | None = None, why: str = ""
) -> HttpResponse:
    """The page of a step. It holds what was typed into the form that the person sent, if any."""
    form = form or step.form()
    context = {
        **site.each_context(request),
        **_kept(request, typed),
        "title": step.title,
        "step": step,
        "step_name": STEP,
        "form": form,
        "why": why,
        "is_refused": True,
        **step.context(),
    }
    status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
    response = TemplateResponse(request, step.template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kept(request: HttpRequest, typed: Typed) -> dict[str, Any]:
    """What a page says and holds of what was typed."""
    kept = typed.kept
    return {
        "kept_name": KEPT if typed.fields or typed.has_file else "",
        "kept": kept.text,
        "lost": [TOO_LARGE] * (kept.fields != typed.fields),
        "app_path": request.get_full_path(),
    }


def codes_page(
    request: HttpRequest, site: AdminSite, codes: list[str], typed: Typed, *, is_new_device: bool = True
) -> HttpResponse:
    """The codes to write down, once, and the way on."""
    context = {
        **site.each_context(request),
        **_kept(request, typed),
        "title": "Write these codes down",
        "codes": codes,
        "is_new_device": is_new_device,
    }
    response = TemplateResponse(request, "admin/backup_codes.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
