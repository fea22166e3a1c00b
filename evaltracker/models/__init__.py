"""What the site itself keeps."""

from evaltracker.models.marks import TaskMark
from evaltracker.models.reports import ErrorReport

__all__ = ["ErrorReport", "TaskMark"]
