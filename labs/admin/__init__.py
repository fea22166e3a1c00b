"""The admin of the facts: labs, releases, evaluators, access events, sources, statements."""

from labs.admin.events import AccessEventAdmin
from labs.admin.parties import EvaluatorAdmin, LabAdmin
from labs.admin.releases import AIModelAdmin
from labs.admin.sources import EditionAdmin, SourceAdmin
from labs.admin.statements import StatementAdmin

__all__ = [
    "AIModelAdmin",
    "AccessEventAdmin",
    "EditionAdmin",
    "EvaluatorAdmin",
    "LabAdmin",
    "SourceAdmin",
    "StatementAdmin",
]
