"""How sure it is that a lab made a commitment (methodology, section 1)."""

from commitments.choices import CommitmentField
from commitments.rules.facts import CommitmentFact
from labs.choices import Certainty
from labs.rules.facts import SourceFact

CARRYING_FIELDS = frozenset(
    field.value
    for field in (
        CommitmentField.QUOTE,
        CommitmentField.ABOUT,
        CommitmentField.LABS,
        CommitmentField.FIRMNESS,
    )
)
"""Only citations that support one of these fields count for a promise's certainty (methodology, section 1)."""


def commitment_certainty(commitment: CommitmentFact, lab: str) -> Certainty:
    """Documented where the lab, the counterparty or a government says so in its own words, else reported (section 1).

    Each lab that made it has its own answer: a source of one signatory documents it for that lab alone. Pass the
    commitment as known on a day (``commitments.rules.as_of``) to get its certainty on that day.
    """
    speaking = (
        citation.source for citation in commitment.citations if not CARRYING_FIELDS.isdisjoint(citation.supports)
    )
    if any(_speaks_for(commitment, lab, source) for source in speaking):
        return Certainty.DOCUMENTED
    return Certainty.REPORTED


def _speaks_for(commitment: CommitmentFact, lab: str, source: SourceFact) -> bool:
    if source.is_quoted:
        return False
    if source.is_government:
        return True
    if source.lab is not None and source.lab in (lab, commitment.counterparty_lab):
        return True
    return source.evaluator is not None and source.evaluator == commitment.counterparty
