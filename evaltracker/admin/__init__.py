"""The desk's pages that need both facts and promises: review, worklist, merging, reports of error, people."""

from evaltracker.admin.audit import AuditEntryAdmin
from evaltracker.admin.people import PersonAdmin, RoleAdmin
from evaltracker.admin.proposals import ProposalAdmin
from evaltracker.admin.reports import ErrorReportAdmin

__all__ = ["AuditEntryAdmin", "ErrorReportAdmin", "PersonAdmin", "ProposalAdmin", "RoleAdmin"]
