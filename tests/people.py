"""People at the desk, for tests."""

import itertools

from django.contrib.auth.models import Group, User

_numbers = itertools.count(1)


def person(*roles: str, **changes: object) -> User:
    """Somebody at the desk with these roles: Researcher, Editor, Administrator."""
    user = User.objects.create_user(f"test-person-{next(_numbers)}", **{"is_staff": True} | changes)
    user.groups.set(Group.objects.get(name=name) for name in roles)
    return user


def researcher() -> User:
    """Somebody who enters data."""
    return person("Researcher")


def editor() -> User:
    """Somebody who may also accept proposals."""
    return person("Editor")


def administrator() -> User:
    """Somebody who manages people and enters nothing."""
    return person("Administrator")
