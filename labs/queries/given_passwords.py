"""What was decided while somebody else may have been acting as the person who decided."""

from django.db.models import Exists, OuterRef, QuerySet

from labs.models import GivenPassword, Proposal


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
