"""Signing in when the session ended while somebody was typing: the form is shown again, and nothing is saved.

A form of the desk that a signed-out person sends leads to a page for signing in that holds what was typed. It goes to
the same address, so one request signs in and shows the form.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import resolve
from django.views.csrf import csrf_failure

from evaltracker.actions.refused_writes import NOT_TAKEN, is_busy, takes_no_writes
from evaltracker.admin.met import has_met
from evaltracker.admin.steps import open_step, step_page
from evaltracker.admin.throttle import locked_sentence
from evaltracker.admin.typed import KEPT, TOO_LARGE, Typed
from evaltracker.site import NOTHING_TYPED
from labs.queries.snapshots import one_snapshot

EXPIRED = "The page had been open since before you signed in again. Nothing is saved yet: below is what you typed."
NOT_SAVED = "You had been signed out. Nothing is saved yet: below is what you typed. Look at it and save it."
LOST_FILE = (
    "Choose your file again: the site stores no file of somebody who is signed out, and the page has no room for it."
)
BUSY = (
    "You are not signed in, because the records are being changed by something that takes long, such as an import. "
    "Nothing is wrong with your password: try again in a minute."
)
RETRY_AFTER = 60  # seconds


def keep_typed(view: Callable[..., HttpResponse], site: Any) -> Callable[..., HttpResponse]:
    """The view of a desk page, which keeps what a signed-out person sends."""

    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or (KEPT not in request.POST and site.has_permission(request)):
            return view(request, *args, **kwargs)
        is_back = KEPT in request.POST
        typed = Typed.read(request.POST[KEPT]) if is_back else Typed.sent(request)
        if not site.has_permission(request):
            if request.user.is_authenticated or not (typed.fields or typed.has_file):
                return view(request, *args, **kwargs)  # leads to the usual page for signing in
            form = AdminAuthenticationForm(request, request.POST if is_back else None, prefix="sign-in")
            request.keeps_typed = True  # type: ignore[attr-defined]
            try:
                if not patiently(_signs_in)(request, form):
                    return _sign_in_page(request, site, form, typed)
            except DatabaseError as error:
                if not (has_met(error) or takes_no_writes(error)):
                    raise
                _forget_sign_in(request)
                again = AdminAuthenticationForm(request, prefix="sign-in")
                page = _sign_in_page(request, site, again, typed, _why_not(error))
                page.status_code = HTTPStatus.SERVICE_UNAVAILABLE
                return page
            if step := open_step(request):
                return step_page(request, site, step, typed)
        return show_again(request, typed, view, args, kwargs)

    return keeping


def _why_not(error: Exception) -> str:
    return f"You are not signed in. {NOT_TAKEN}" if takes_no_writes(error) else BUSY


def _signs_in(request: HttpRequest, form: AdminAuthenticationForm) -> bool:
    """Whether a person signed in with a form. Asked again, it looks anew."""
    form.full_clean()
    if not form.is_valid():
        return False
    login(request, form.get_user())
    return True


def patiently(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, carried out once more where its writes meet others. A lock was waited for long enough already."""

    def trying(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except DatabaseError as error:
            if request.method != "POST" or not has_met(error) or is_busy(error):
                raise
        _forget_sign_in(request)
        return view(request, *args, **kwargs)

    return trying


def _forget_sign_in(request: HttpRequest) -> None:
    """Leave nobody signed in, and the session as it was stored: it cannot be saved now."""
    request.user = AnonymousUser()
    request.session = type(request.session)(request.COOKIES.get(settings.SESSION_COOKIE_NAME))


def sign_in(view: Callable[..., HttpResponse], site: Any) -> Callable[..., HttpResponse]:
    """The page for signing in: 503 with a sentence, and nothing else, where the database takes no writes."""

    def signing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return patiently(view)(request, *args, **kwargs)
        except DatabaseError as error:
            if request.method != "POST" or not (has_met(error) or takes_no_writes(error)):
                raise
            why = _why_not(error)
        _forget_sign_in(request)
        context = {**site.each_context(request), "title": "Not signed in", "sentence": why}
        response = render(request, "admin/locked_out.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_AFTER)
        return response

    return signing


def _sign_in_page(
    request: HttpRequest, site: Any, form: AdminAuthenticationForm, typed: Typed, why: str = ""
) -> HttpResponse:
    if getattr(request, "axes_locked_out", False):
        why = locked_sentence(request)
    if why:
        form.errors.clear()
    kept = typed.kept
    context = {
        **site.each_context(request),
        "title": "Sign in again",
        "form": form,
        "kept_name": KEPT,
        "kept": kept.text,
        "app_path": request.get_full_path(),
        "why": why,
        "lost": [TOO_LARGE] * (kept.fields != typed.fields) + [LOST_FILE] * kept.loses_file,
    }
    response = TemplateResponse(request, "admin/sign_in_again.html", context, status=HTTPStatus.FORBIDDEN)
    response.headers["Cache-Control"] = "no-store"
    return response


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose token is not that of the session.

    Signing in makes a new token, so a form of the desk that was open in another window has an old one. If it comes from
    this site, as its Origin says, it is shown again; anything else is refused as usual.
    """
    match = resolve(request.path_info)
    is_form = match.app_name == "admin" and getattr(match.func, "__name__", "") not in NOTHING_TYPED
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if not (is_form and is_ours and request.user.is_staff):
        return csrf_failure(request, reason)
    if step := open_step(request):
        typed = Typed.read(request.POST[KEPT]) if KEPT in request.POST else Typed.sent(request)
        return step_page(request, admin.site, step, typed)
    return show_again(request, Typed.sent(request), match.func, match.args, match.kwargs, EXPIRED)


def show_again(
    request: HttpRequest, typed: Typed, view: Any, args: Any, kwargs: Any, why: str = NOT_SAVED
) -> HttpResponse:
    """The page of a form with what was typed, and a sentence why. Saves nothing."""
    request.method, request.POST, request._files = "GET", typed.data, typed.uploads
    request.is_shown_again = True
    messages.warning(request, f"{why} {LOST_FILE}" if typed.loses_file else why)
    with one_snapshot(), transaction.atomic():  # waits for nobody who writes
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            response.render()
        transaction.set_rollback(True)  # the page only shows a form, whatever its view does
    is_elsewhere = isinstance(response, HttpResponseRedirect)
    return HttpResponseRedirect(request.get_full_path()) if is_elsewhere else response
