"""The facts: labs, their releases, evaluators, sources, access events and the quotes that carry them."""

from labs.models.base import Citation, Record
from labs.models.distinctions import Distinction
from labs.models.editions import Edition
from labs.models.events import AccessEvent, AccessEventCitation, Participation
from labs.models.given_passwords import GivenPassword
from labs.models.kinds import KINDS
from labs.models.parties import Evaluator, EvaluatorCitation, EvaluatorName, Lab, LabName
from labs.models.proposals import Alias, Proposal, ProposalNote, Signature
from labs.models.registry import register
from labs.models.releases import AIModel, AIModelCitation, AIModelName, Search
from labs.models.search import SearchText
from labs.models.sources import Snapshot, Source
from labs.models.statements import Statement
from labs.models.versions import DataVersion, Stamp, Version

__all__ = [
    "AIModel",
    "AIModelCitation",
    "AIModelName",
    "AccessEvent",
    "AccessEventCitation",
    "Alias",
    "Citation",
    "DataVersion",
    "Distinction",
    "Edition",
    "Evaluator",
    "EvaluatorCitation",
    "EvaluatorName",
    "GivenPassword",
    "Lab",
    "LabName",
    "Participation",
    "Proposal",
    "ProposalNote",
    "Record",
    "Search",
    "SearchText",
    "Signature",
    "Snapshot",
    "Source",
    "Stamp",
    "Statement",
    "Version",
]

register(*KINDS)
