"""The names of the permissions that actions and the desk ask for, and the check itself."""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Model

REVIEW_PROPOSAL = "labs.review_proposal"
VIEW_PROPOSAL = "labs.view_proposal"
MERGE_RECORDS = "labs.merge_records"
ADD_SNAPSHOT = "labs.add_snapshot"
VIEW_SNAPSHOT = "labs.view_snapshot"


def permission_to(verb: str, model: type[Model]) -> str:
    """The name of Django's own permission to "add", "change", "delete" or "view" rows of a model."""
    return f"{model._meta.app_label}.{get_permission_codename(verb, model._meta)}"


def require(by: Any, permission: str) -> None:
    """Raise PermissionDenied unless the person has the permission."""
    if not by.has_perm(permission):
        raise PermissionDenied(f"This needs the permission {permission}.")
