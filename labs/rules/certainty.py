"""How sure a record is. It follows from who says so; nobody types it in (methodology, section 1)."""

from labs.choices import Certainty, EventField, EventLowering, LinkLowering
from labs.rules.facts import CitationFact, EventFact, ParticipationFact, SourceFact

_SILENT = (
    EventField.LAB,
    EventField.MODEL,
    EventField.SUMMARY,
    EventField.MITIGATIONS_ARGUED,
    EventField.CERTAINTY,
)

SPEAKING_FIELDS = frozenset(field.value for field in EventField if field not in _SILENT)
"""The fields that say who, what, when, how deep or with what result: a citation confirms an event only if it supports
one of them (methodology, section 1).
"""

DOCUMENTED = frozenset({Certainty.CONFIRMED, Certainty.DOCUMENTED})
"""The certainties that the rules call documented: by one side or by both."""

_STRENGTH = (
    Certainty.CONFIRMED,
    Certainty.DOCUMENTED,
    Certainty.REPORTED,
    Certainty.INFERRED,
    Certainty.DISPUTED,
)
_EVENT_CAP = {
    EventLowering.AS_CITED: Certainty.CONFIRMED,
    EventLowering.INFERRED: Certainty.INFERRED,
    EventLowering.DISPUTED: Certainty.DISPUTED,
}
_LINK_CAP = {
    LinkLowering.AS_EVENT: Certainty.CONFIRMED,
    LinkLowering.REPORTED: Certainty.REPORTED,
    LinkLowering.INFERRED: Certainty.INFERRED,
    LinkLowering.DISPUTED: Certainty.DISPUTED,
}


def event_certainty(event: EventFact) -> Certainty:
    """How sure the event is: by its citations, lowered where an editor lowered it (methodology, section 1).

    Pass the event as known on a day (``labs.rules.as_of``) to get its certainty on that day.
    """
    return weaker(_cited_certainty(event), _EVENT_CAP[event.lowering])


def link_certainty(certainty: Certainty, participation: ParticipationFact) -> Certainty:
    """How sure one evaluator's part is: the weaker of the event's certainty and the link's (section 1)."""
    return weaker(certainty, _LINK_CAP[participation.lowering])


def weaker(one: Certainty, other: Certainty) -> Certainty:
    """The less sure of two."""
    return max(one, other, key=_STRENGTH.index)


def stronger(one: Certainty, other: Certainty) -> Certainty:
    """The surer of two."""
    return min(one, other, key=_STRENGTH.index)


def is_documented(certainty: Certainty) -> bool:
    """Whether a record of this certainty may count in a low figure (methodology, section 4)."""
    return certainty in DOCUMENTED


def is_outside(event: EventFact, participation: ParticipationFact) -> bool:
    """Whether this evaluator is somebody other than the lab. An evaluator may be another lab (sections 1 and 4)."""
    return participation.lab is None or participation.lab != event.lab


def is_of_lab(event: EventFact, source: SourceFact) -> bool:
    """Whether it has the words of the lab that gave access; what somebody else quotes of them is not (section 1)."""
    return not source.is_quoted and source.lab is not None and source.lab == event.lab


def is_of_evaluator(event: EventFact, source: SourceFact) -> bool:
    """Whether it has the words of an evaluator of the event; what somebody else quotes of them is not (section 1).

    A lab's sources speak for that lab as an evaluator. A source of kind government speaks for any government evaluator
    that took part. The lab that gave access does not count a second time as its own evaluator.
    """
    if source.is_quoted:
        return False
    for part in event.participations:
        if not is_outside(event, part):
            continue
        if source.evaluator is not None and source.evaluator == part.evaluator:
            return True
        if source.lab is not None and source.lab == part.lab:
            return True
        if source.is_government and part.is_government:
            return True
    return False


def _cited_certainty(event: EventFact) -> Certainty:
    speaking = [citation.source for citation in event.citations if _supports_a_speaking_field(citation)]
    lab = any(is_of_lab(event, source) for source in speaking)
    evaluator = any(is_of_evaluator(event, source) for source in speaking)
    if lab and evaluator:
        return Certainty.CONFIRMED
    if lab or evaluator:
        return Certainty.DOCUMENTED
    return Certainty.REPORTED


def _supports_a_speaking_field(citation: CitationFact) -> bool:
    return not SPEAKING_FIELDS.isdisjoint(citation.supports)
