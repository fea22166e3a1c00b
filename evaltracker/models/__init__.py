"""What the site itself keeps."""

from evaltracker.models.reports import ErrorReport

__all__ = ["ErrorReport"]
