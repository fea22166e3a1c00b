"""The page on which people look after their own second factor: set a device up, replace it, renew the codes, remove it.

Each takes the password, and a code where there is a device: whoever finds an open desk can do none of it.
"""

from typing import Any

import django_otp
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from evaltracker.actions.second_factor import (
    enrol,
    has_factor,
    needs_factor,
    new_device,
    remove_factor,
    renew_codes,
    shows,
)
from evaltracker.admin.factors import KEY, key_of, picture_of, read_code
from evaltracker.admin.steps import codes_page
from evaltracker.admin.typed import Typed

DO = "do"
CODE = {"autocomplete": "one-time-code", "class": "vTextField"}


class ByPassword(forms.Form):
    """The person's password; a wrong one counts as at the log-in."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "vTextField"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Raises ValidationError for a wrong one."""
        password = self.cleaned_data["password"]
        if authenticate(self.request, username=self.request.user.get_username(), password=password) is None:
            raise ValidationError("This is not your password.")
        return password


class ByCode(ByPassword):
    """The password, and a code of the device that the person has. A code is used up only where all else is right."""

    code = forms.CharField(
        label="Code of the device that you have",
        max_length=40,
        help_text="Or one of those that you wrote down.",
        widget=forms.TextInput(attrs=CODE),
    )

    def clean_code(self) -> str:
        """Raises ValidationError for a wrong one."""
        if not self.errors:
            read_code(self.request.user, self.cleaned_data["code"])
        return self.cleaned_data["code"]


class SetUp(ByPassword):
    """The password, and the first code of a device."""

    new_code = forms.CharField(
        label="Code that the new device shows",
        max_length=40,
        widget=forms.TextInput(attrs=CODE | {"inputmode": "numeric"}),
    )

    def clean_new_code(self) -> str:
        """Without blanks. Raises ValidationError for a wrong one."""
        code = "".join(self.cleaned_data["new_code"].split())
        if not self.errors and not shows(new_device(self.request.user, key_of(self.request)), code):
            raise ValidationError("This code is not right. Is the clock of your device right?")
        return code


class Replace(SetUp, ByCode):
    """The password, the first code of another device, and a code of the one that the person has."""

    field_order = ("password", "new_code", "code")


def own_factor_page(request: HttpRequest) -> HttpResponse:
    """What the signed-in person has, and the forms that change it."""
    has_one = has_factor(request.user)
    forms_now = _forms(request, has_one) if settings.SECOND_FACTOR else {}
    form = forms_now.get(request.POST.get(DO, ""))
    if request.method == "POST" and form is not None and form.is_valid():
        return _done(request, form)
    context = {
        **admin.site.each_context(request),
        **(picture_of(request) if forms_now else {}),
        "title": "Your second factor",
        "is_asked_for": settings.SECOND_FACTOR,
        "has_factor": has_one,
        "must_have": needs_factor(request.user),
        "forms": forms_now,
        "is_refused": True,
    }
    response = TemplateResponse(request, "admin/own_factor.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _forms(request: HttpRequest, has_one: bool) -> dict[str, Any]:
    """What the person may do, each with its form: the one that was sent with what was typed."""
    kinds: dict[str, type[ByPassword]] = {"set_up": SetUp}
    if has_one:
        kinds = {"replace": Replace, "renew": ByCode} | ({} if needs_factor(request.user) else {"remove": ByCode})
    sent = request.POST.get(DO) if request.method == "POST" else None
    return {name: kind(request, request.POST if sent == name else None, prefix=name) for name, kind in kinds.items()}


def _done(request: HttpRequest, form: ByPassword) -> HttpResponse:
    """Do what a valid form asks for."""
    if form.prefix == "remove":
        remove_factor(person=request.user)
        messages.success(request, "Your second factor is removed: your password alone opens the desk.")
        return HttpResponseRedirect(reverse("admin:own_factor"))
    if form.prefix == "renew":
        codes = renew_codes(person=request.user)
        return codes_page(request, admin.site, codes, Typed([], False), is_new_device=False)
    key = request.session.pop(KEY)
    enrolled = enrol(person=request.user, key=key, code=form.cleaned_data["new_code"])
    if enrolled is None:
        messages.error(request, "The code is too old by now. Try again with the new key.")
        return HttpResponseRedirect(reverse("admin:own_factor"))
    device, codes = enrolled
    django_otp.login(request, device)
    return codes_page(request, admin.site, codes, Typed([], False))
