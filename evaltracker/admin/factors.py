"""The second factor at the desk: its two steps after the password, and its reset by another administrator."""

from base64 import b32encode
from typing import Any

import django_otp
import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from evaltracker.actions.second_factor import (
    CHANGE_PEOPLE,
    device_for,
    enrol,
    has_factor,
    new_device,
    reset_factor,
    verified_device,
)
from labs.admin.addresses import change_url

# Their pages would show the secret keys.
admin.site.unregister(TOTPDevice)
admin.site.unregister(StaticDevice)

KEY = "factor_key"


def is_verified(request: HttpRequest) -> bool:
    """Whether this session has shown a code of a device that the person still has."""
    device = Device.from_persistent_id(request.session.get(django_otp.DEVICE_ID_SESSION_KEY) or "")
    return device is not None and device.user_id == request.user.pk and device.confirmed


def read_code(person: Any, typed: str) -> Device:
    """The device of the person that a code is of, which then holds no longer.

    Raises ValidationError for a wrong code, with how long no other is taken.
    """
    code = "".join(typed.split()).lower()
    device = device_for(person, code)
    is_allowed, why = device.verify_is_allowed() if device else (True, None)
    if not is_allowed:
        until = why["locked_until"].strftime("%H:%M:%S")
        raise ValidationError(f"After wrong codes the desk waits. It takes another one from {until} (UTC) on.")
    found = verified_device(person, code)
    if found is None:
        raise ValidationError("This code is not right, or was used already. Wait for the next one of your device.")
    return found


class CodeForm(forms.Form):
    """A code of the person's device, or one that they wrote down."""

    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "class": "vTextField"}),
    )

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_code(self) -> str:
        """As typed. Raises ValidationError for a wrong code."""
        self.device = read_code(self.person, self.cleaned_data["code"])
        return self.cleaned_data["code"]


class EnrolForm(forms.Form):
    """The first code of a new device."""

    code = forms.CharField(
        label="Code that it shows",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "vTextField"}),
    )

    def __init__(self, person: Any, key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.key = person, key

    def clean_code(self) -> str:
        """Without blanks. Raises ValidationError for a wrong code."""
        code = "".join(self.cleaned_data["code"].split())
        enrolled = enrol(person=self.person, key=self.key, code=code)
        if enrolled is None:
            raise ValidationError("This code is not right. Is the clock of your device right?")
        self.device, self.codes = enrolled
        return code


def key_of(request: HttpRequest) -> str:
    """The secret key that this session offers to a new device."""
    if KEY not in request.session:
        request.session[KEY] = random_hex(20)
    return request.session[KEY]


def picture_of(request: HttpRequest) -> dict[str, Any]:
    """The key for a device, as a picture to be scanned and as text to be typed."""
    device = new_device(request.user, key_of(request))
    text = b32encode(device.bin_key).decode()
    svg = segno.make(device.config_url, micro=False).svg_inline(
        scale=4, border=4, light="#fff", title="The key as a picture"
    )
    drawn = mark_safe(svg)  # noqa: S308 - segno's own
    return {"qr": drawn, "key": " ".join(text[place : place + 4] for place in range(0, len(text), 4))}


def reset_factor_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Reset the second factor of another person, whose device is lost."""
    if not request.user.has_perm(CHANGE_PEOPLE):
        raise PermissionDenied
    person = get_object_or_404(User, pk=pk)
    if person.pk == request.user.pk or (person.is_superuser and not request.user.is_superuser):
        raise PermissionDenied
    if request.method == "POST":
        reset_factor(person=person, by=request.user)
        messages.success(request, "The second factor is reset. At the next log-in the person sets up another device.")
        return HttpResponseRedirect(change_url(person))
    context = {
        **admin.site.each_context(request),
        "title": f"Reset the second factor of {person.get_username()}",
        "person": person,
        "person_url": change_url(person),
        "has_factor": has_factor(person),
    }
    return TemplateResponse(request, "admin/reset_factor.html", context)
