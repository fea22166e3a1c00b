"""Who may be behind a person, because they set that person's password; and how a person is alone again."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from labs.models import GivenPassword
from labs.models.given_passwords import COUNTS_FOR


def give_password(*, person: Any, by: Any) -> GivenPassword:
    """Note that somebody else (None: on the server) set a person's password, or took their second factor away."""
    return GivenPassword.objects.create(person=person, given_by=by)


def choose_password(*, person: Any) -> None:
    """Note that a person has a password of their own choice."""
    person.given_passwords.open().update(counts_until=timezone.now() + COUNTS_FOR)


def standing_behind(person: Any) -> frozenset[int]:
    """The primary keys of the person and of all who may be acting as them, also one behind the other."""
    found, new = {person.pk}, {person.pk}
    while new:
        given = GivenPassword.objects.counting(timezone.now()).filter(person__in=new)
        new = {pk for pk in given.values_list("given_by", flat=True) if pk is not None} - found
        found |= new
    return frozenset(found)


def refuse_same_person(person: Any, writers: Iterable[int], words: str, behind: frozenset[int] | None = None) -> None:
    """Raise ValidationError where a person wrote what is to be checked, with the words, or may be who wrote it.

    ``behind`` is what ``standing_behind`` says of the person, where that was read already.
    """
    writers = frozenset(writers)
    if person.pk in writers:
        raise ValidationError(words, code="same_person")
    if writers & (standing_behind(person) if behind is None else behind):
        raise ValidationError(GIVEN, code="given_password")


GIVEN = (
    "Whoever wrote a part of it set your password, or reset your second factor, not long ago, so a third person has to "
    "check it."
)
