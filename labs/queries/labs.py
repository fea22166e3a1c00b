"""Labs."""

from django.db.models import QuerySet

from labs.models import Lab


def labs_listed() -> QuerySet[Lab]:
    """All published labs with the other names that they go by. A lab needs no source, so it is there on each day."""
    return Lab.objects.published().prefetch_related("other_names")
