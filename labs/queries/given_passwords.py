"""What was decided while somebody else may have been acting as the person who decided."""

from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from labs.models import GivenPassword, Proposal
from labs.models.compiled import CompiledRows, compiled_rows


def decided_with_given_password() -> QuerySet[Proposal]:
    """The public changes that were accepted with a password which somebody else had set, or soon after."""
    given = GivenPassword.objects.counting(OuterRef("decided_at")).filter(person=OuterRef("decided_by"))
    return Proposal.objects.accepted().filter(Exists(given))


def given_password_of(proposal: Proposal) -> GivenPassword | None:
    """The newest given password with which a change was accepted; None if there was none."""
    if proposal.decided_by_id is None or proposal.decided_at is None:
        return None
    given = GivenPassword.objects.counting(proposal.decided_at).filter(person=proposal.decided_by_id)
    return given.select_related("given_by").order_by("-given_at").first()


def open_given_password(person: Any) -> GivenPassword | None:
    """The newest given password after which a person has not chosen one of their own, with who gave it."""
    return next(iter(_open_query(GivenPassword.objects.db).instances(person.pk)), None)


@cache
def _open_query(alias: str) -> CompiledRows[GivenPassword]:
    given = GivenPassword.objects.using(alias).open().filter(person=0).order_by("-given_at")
    return compiled_rows(given, "given_by")
