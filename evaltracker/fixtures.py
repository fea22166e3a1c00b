"""The curated records in fixtures/: which files, in which order, and whether they are there already."""

from django.apps import apps
from django.core.management import call_command

from labs.models.registry import kinds_by_rank

# Each file also holds the rows that belong to its records; a later file refers to earlier ones.
FIXTURES = ("editions", *(name for kind in kinds_by_rank() for name in kind.fixtures))


def has_records() -> bool:
    """Whether the database holds anything of labs or commitments, curated or entered."""
    models = [*apps.get_app_config("labs").get_models(), *apps.get_app_config("commitments").get_models()]
    return any(model._default_manager.exists() for model in models)


def load_records() -> None:
    """Load every fixture, all or none.

    Raises:
        django.core.management.CommandError: a file is missing.
    """
    call_command("loaddata", *FIXTURES, verbosity=0)
