"""People at the desk, for tests."""

import itertools

from django.contrib.auth.models import Permission, User

_numbers = itertools.count(1)


def person(*permissions: str) -> User:
    """Somebody at the desk who may do anything with records, and what these permissions name (“labs.merge_records”)."""
    user = User.objects.create_user(f"test-person-{next(_numbers)}", is_staff=True)
    ours = Permission.objects.filter(content_type__app_label__in=["labs", "commitments"])
    user.user_permissions.set(
        ours.exclude(codename__in=["review_proposal", "merge_records", "lower_certainty"]).exclude(
            codename__in=["add_proposal", "change_proposal", "delete_proposal"]
        )
    )
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return User.objects.get(pk=user.pk)  # without the permissions that Django has looked up already


def researcher() -> User:
    """Somebody who enters data."""
    return person()


def editor() -> User:
    """Somebody who may let proposals through as well."""
    return person("labs.review_proposal", "labs.lower_certainty", "labs.merge_records")
