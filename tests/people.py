"""People at the desk, for tests."""

import itertools
from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import Group, User

_numbers = itertools.count(1)


def person(*roles: str, **changes: object) -> User:
    """Somebody at the desk in these roles: Researcher, Editor, Administrator."""
    user = User.objects.create_user(f"test-person-{next(_numbers)}", **{"is_staff": True} | changes)
    user.groups.set(_role(name) for name in roles)
    return user


def _role(name: str) -> Group:
    """A role as the migration makes it; a test with `transaction=True` empties the database of them."""
    if not Group.objects.exists():
        import_module("evaltracker.migrations.0002_groups").make_groups(apps, None)
    return Group.objects.get(name=name)


def researcher() -> User:
    """Somebody who enters data."""
    return person("Researcher")


def editor() -> User:
    """Somebody who may let proposals through as well."""
    return person("Editor")


def administrator() -> User:
    """Somebody who looks after people, and enters nothing."""
    return person("Administrator")
