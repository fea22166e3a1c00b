"""What the site itself keeps."""

from evaltracker.models.marks import TaskMark
from evaltracker.models.notices import NoticeChoice
from evaltracker.models.reports import ErrorReport

__all__ = ["ErrorReport", "NoticeChoice", "TaskMark"]
