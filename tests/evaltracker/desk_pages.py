"""A person's browser at the desk, for tests of who may do what."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labs.models import Record
from tests.admin_forms import form_data

WRITES = ("INSERT", "UPDATE", "DELETE")


def desk_of(user: User) -> Client:
    """The browser of somebody who is signed in."""
    client = Client()
    client.force_login(user)
    return client


def root() -> User:
    """The superuser."""
    return User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)[0]


def url_of(record: Any, name: str = "change") -> str:
    """A page of a record at the desk."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{name}", args=[record.pk])


def list_of(record: Any, name: str = "changelist") -> str:
    """A page of the kind of a record at the desk."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{name}")


@contextmanager
def nothing_is_written() -> Iterator[None]:
    """Fail if a statement changes anything but sessions."""
    with CaptureQueriesContext(connection) as queries:
        yield
    written = [each["sql"] for each in queries if each["sql"].startswith(WRITES) and "session" not in each["sql"]]
    assert written == []


def as_new(response: HttpResponse, record: Record) -> dict[str, Any]:
    """What the add form would send to make a record like the one on the page."""
    data = form_data(response) | {"key": record.key, "_save": "1"}
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        data[f"{formset.prefix}-INITIAL_FORMS"] = 0
        for row in formset.forms:
            data.pop(row.add_prefix("id"), None)
            data.pop(row.add_prefix(formset.fk.name), None)
    return data
