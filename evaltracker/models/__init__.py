"""What the site itself keeps."""

from evaltracker.models.audit import AuditEntry
from evaltracker.models.marks import TaskMark
from evaltracker.models.notices import NoticeChoice
from evaltracker.models.reports import ErrorReport

__all__ = ["AuditEntry", "ErrorReport", "NoticeChoice", "TaskMark"]
