"""The audit log at the desk and who has whose password, and what Django and django-axes tell for it.

The house has no signals of its own. Django's are the only place where a log-in, a form, a command and a shell meet.
"""

from collections.abc import Iterable
from typing import Any

from axes.signals import user_locked_out
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from simple_history.models import HistoricalRecords

from evaltracker.actions.audit import note, note_failure
from evaltracker.actions.passwords import give
from evaltracker.admin.sessions import begin
from evaltracker.choices import AuditKind
from evaltracker.models import AuditEntry
from labs.actions.given_passwords import choose_password

WATCHED = {"is_active": AuditKind.ACTIVE, "is_staff": AuditKind.STAFF, "is_superuser": AuditKind.SUPERUSER}
CHANGES = {"post_add": "gained", "post_remove": "lost", "pre_clear": "lost"}


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """The log, to be read by administrators and changed by nobody."""

    list_display = ("at", "kind", "by", "whom", "words")
    list_filter = ("kind", "at")
    list_select_related = ("by", "whom")
    search_fields = ("by__username", "whom__username")
    search_help_text = "The user name of a person."

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False


def acting() -> Any:
    """Who is signed in where this happens; None on the server, and for a visitor."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(request, "user", None)
    return user if getattr(user, "is_authenticated", False) else None


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    begin(request)
    note(AuditKind.SIGNED_IN, by=user, whom=user)


@receiver(user_logged_out)
def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        note(AuditKind.SIGNED_OUT, by=user, whom=user)


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], **_: Any) -> None:
    whom = _named(credentials)
    note_failure(AuditKind.FAILED, whom=whom, words="" if whom else "a name that nobody has")


@receiver(user_locked_out)
def _locked(request: HttpRequest, **_: Any) -> None:
    whom = _named(request.axes_credentials)  # type: ignore[attr-defined]
    note_failure(AuditKind.LOCKED, whom=whom, words="" if whom else "a name that nobody has")


def _named(credentials: dict[str, Any] | None) -> User | None:
    name = (credentials or {}).get("username") or ""
    return None if "\0" in name else User.objects.filter(username=name).first()


@receiver(pre_save, sender=User)
def _remember(instance: User, raw: bool, update_fields: Iterable[str] | None, **_: Any) -> None:
    """Look at what is stored, where a save may change what somebody may do."""
    instance._stored = None  # type: ignore[attr-defined]
    may_change = update_fields is None or {"password", *WATCHED} & set(update_fields)
    if not raw and may_change and instance.pk is not None:
        instance._stored = User.objects.filter(pk=instance.pk).values("password", *WATCHED).first()  # type: ignore


@receiver(post_save, sender=User)
def _saved(instance: User, created: bool, raw: bool, update_fields: Iterable[str] | None, **_: Any) -> None:
    if raw:
        return
    by, stored = acting(), instance._stored  # type: ignore[attr-defined]
    if created:
        note(AuditKind.ENTERED, by=by, whom=instance, words="a superuser" if instance.is_superuser else "")
        if by is not None and instance.has_usable_password():
            give(person=instance, by=by)
        return
    if stored is None:
        return
    is_renewed = instance._password is None and update_fields and set(update_fields) == {"password"}
    if stored["password"] != instance.password and not is_renewed:  # a renewed hash is of the same password
        note(AuditKind.PASSWORD, by=by, whom=instance, words=_whose(by, instance))
        if by is not None and by.pk == instance.pk:
            choose_password(person=instance)
        elif instance.has_usable_password():
            give(person=instance, by=by)
    for field, kind in WATCHED.items():
        if (now := getattr(instance, field)) != stored[field]:
            note(kind, by=by, whom=instance, words="yes" if now else "no")


def _whose(by: Any, person: User) -> str:
    if not person.has_usable_password():
        return "none any more"
    if by is None:
        return "on the server"
    return "their own" if by.pk == person.pk else "by somebody else"


def _given(instance: Any, action: str, reverse: bool, model: Any, pk_set: set[int] | None, **_: Any) -> None:
    """Tell which roles or permissions a person, or which permissions a role, gained or lost."""
    if action not in CHANGES:
        return
    if reverse:  # group.user_set.add(person)
        people = model.objects.filter(pk__in=pk_set) if pk_set is not None else _all_of(instance, model)
        for each in people:
            _note_given(each, [instance], action)
        return
    given = model.objects.filter(pk__in=pk_set) if pk_set is not None else _all_of(instance, model)
    if given := list(given):
        _note_given(instance, given, action)


def _all_of(instance: Any, model: Any) -> Any:
    """What a clear takes away."""
    names = {User: "user_set", Group: "groups" if isinstance(instance, User) else "group_set"}
    name = names.get(model) or ("user_permissions" if isinstance(instance, User) else "permissions")
    return getattr(instance, name).all()


def _note_given(owner: User | Group, given: list[Any], action: str) -> None:
    kind = AuditKind.ROLES if isinstance(given[0], Group) else AuditKind.PERMISSIONS
    names = ", ".join(each.codename if isinstance(each, Permission) else each.name for each in given)
    words, whom = f"{CHANGES[action]} {names}", owner
    if isinstance(owner, Group):
        words, whom = f"the role {owner.name} {words}", None  # type: ignore[assignment]
    note(kind, by=acting(), whom=whom, words=words)


for _through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
    m2m_changed.connect(_given, sender=_through)
