"""The name under which a person agrees to be shown in public."""

from typing import Any

from labs.actions.versions import in_turn, renew_stamp
from labs.models import Signature


@in_turn
def set_public_name(*, person: Any, name: str) -> None:
    """Show the person under this name from now on; by their role only where it is empty."""
    if name:
        Signature.objects.update_or_create(person=person, defaults={"name": name})
    else:
        Signature.objects.filter(person=person).delete()
    renew_stamp()
