"""The second factor: codes of a device (RFC 6238), or codes that the person wrote down for when it is lost."""

import time
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django_otp import verify_token
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from evaltracker.actions.audit import note, note_failure
from evaltracker.actions.passwords import give, write_to
from evaltracker.choices import AuditKind
from labs.actions.permissions import REVIEW_PROPOSAL, require

CHANGE_PEOPLE = "auth.change_user"
BACKUP_CODES = 10


def has_factor(person: Any) -> bool:
    """Whether a person has set a device up."""
    return TOTPDevice.objects.filter(user=person.pk, confirmed=True).exists()


def needs_factor(person: Any) -> bool:
    """Whether the desk opens to a person only with a second factor: to editors, administrators and superusers."""
    return settings.SECOND_FACTOR and (person.has_perm(REVIEW_PROPOSAL) or person.has_perm(CHANGE_PEOPLE))


def device_for(person: Any, code: str) -> Device | None:
    """The device whose code this may be: six digits are of the person's device, anything else is written down."""
    model = TOTPDevice if code.isdecimal() else StaticDevice
    return model.objects.filter(user=person.pk, confirmed=True).first()


def verified_device(person: Any, code: str) -> Device | None:
    """The device of the person that a code is of, which then holds no longer; None if it is of none.

    After each wrong code the device takes none for twice as long as before (django-otp).
    """
    device = device_for(person, code)
    found = verify_token(person, device.persistent_id, code) if device else None
    if found is None:
        note_failure(AuditKind.FAILED, whom=person, words="the second factor")
    return found


def new_device(person: Any, key: str) -> TOTPDevice:
    """A device with a secret key, unsaved."""
    return TOTPDevice(user=person, key=key, name="device", confirmed=True)


def shows(device: TOTPDevice, code: str) -> bool:
    """Whether the device shows this code now. Unlike its own check, it notes nothing."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    return code.isdecimal() and code.isascii() and totp.verify(int(code), device.tolerance)


@transaction.atomic
def enrol(*, person: Any, key: str, code: str) -> tuple[TOTPDevice, list[str]] | None:
    """Set up a device whose code proves that it has the key; with the codes to write down. None for a wrong code.

    The device and the codes that the person had no longer hold, and the person is written to.
    """
    device = new_device(person, key)
    if not shows(device, code):
        return None
    had_one = has_factor(person)
    _remove_devices(person)
    device.save()
    device.verify_token(code)  # so that it holds no longer
    codes = _new_codes(person)
    note(AuditKind.FACTOR_ENROLLED, by=person, whom=person, words="in place of another one" if had_one else "")
    _tell(person, "another device was set up" if had_one else "a device was set up")
    return device, codes


@transaction.atomic
def renew_codes(*, person: Any) -> list[str]:
    """New codes to write down, in place of those that the person had. Raises PermissionDenied without a device."""
    if not has_factor(person):
        raise PermissionDenied("Without a device there are no codes.")
    StaticDevice.objects.filter(user=person.pk).delete()
    note(AuditKind.FACTOR_CODES, by=person, whom=person)
    _tell(person, "the codes to write down were replaced")
    return _new_codes(person)


@transaction.atomic
def remove_factor(*, person: Any) -> None:
    """Take the person's own device away. Raises PermissionDenied for whoever signs in with one only."""
    if needs_factor(person) or not has_factor(person):
        raise PermissionDenied("Who decides about records or people keeps a second factor.")
    _remove_devices(person)
    note(AuditKind.FACTOR_REMOVED, by=person, whom=person)
    _tell(person, "it was removed: your password alone opens the desk")


@transaction.atomic
def reset_factor(*, person: Any, by: Any) -> None:
    """Take a lost device away. The person then chooses another password and sets another device up, as they are told.

    ``by`` is None on the server. Raises PermissionDenied for whoever may not change people, and for the person.
    """
    if by is not None:
        require(by, CHANGE_PEOPLE)
        if by.pk == person.pk or (person.is_superuser and not by.is_superuser):
            raise PermissionDenied("Another administrator resets it, and only a superuser that of a superuser.")
    _remove_devices(person)
    note(AuditKind.FACTOR_RESET, by=by, whom=person, words="" if by is not None else "on the server")
    give(person=person, by=by, what="second factor")


def _remove_devices(person: Any) -> None:
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=person.pk).delete()


def _new_codes(person: Any) -> list[str]:
    written = StaticDevice.objects.create(user=person, name="written down")
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=written, token=each) for each in codes)
    return codes


def _tell(person: Any, what: str) -> None:
    """Write to the person what became of their second factor: whoever did it had their password."""
    words = (
        f"Your second factor at the desk of {settings.SITE_URL}: {what}.\n\nIf that was not you, tell an administrator "
        "at once: somebody has your password.\n"
    )
    transaction.on_commit(partial(write_to, person, "your second factor changed", words))
