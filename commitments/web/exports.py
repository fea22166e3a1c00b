"""What the CSV downloads of the commitments hold: the published columns, each named here (never "all fields")."""

from typing import Any

from commitments.choices import About, Firmness, Origin, Reading, StatedBy
from commitments.queries import CommitmentAsOf
from commitments.rules.facts import RequirementFact
from labs.choices import Activity
from labs.rules.ranges import CRITERION_PLACES, printed
from labs.rules.vocabulary import Term
from labs.web.streaming import Column, attribute, changed_at, citations_column


def _term(name: str, terms: type[Term]) -> tuple[Column, Column]:
    """The value and the label of an enumeration that stands while the commitment is visible."""
    return (
        Column(name, lambda row: terms(getattr(row.record, name)).value),
        Column(f"{name}_label", lambda row: terms(getattr(row.record, name)).label),
    )


def _dated(name: str, is_known: str = "") -> tuple[Column, Column, Column]:
    """The text and the bounds of an EDTF date, empty where the named property says that it was not known."""

    def value(end: str) -> Any:
        return lambda row: getattr(row.record, f"{name}{end}") if not is_known or getattr(row, is_known) else None

    return (
        Column(name, value("")),
        Column(f"{name}_earliest", value("_earliest")),
        Column(f"{name}_latest", value("_latest")),
    )


def _requirement(reading: Reading) -> tuple[Column, ...]:
    """What one reading asks for; all empty where the commitment does not carry it."""

    def column(name: str, value: Any) -> Column:
        def read(row: CommitmentAsOf) -> Any:
            requirement: RequirementFact | None = getattr(row.fact, reading.value)
            return None if requirement is None else value(requirement)

        return Column(f"{reading.value}_{name}", read)

    return (
        column("activities", lambda asked: [each.value for each in Activity if each in asked.activities]),
        column("evaluators", lambda asked: asked.evaluators.value),
        column("named_evaluator", lambda asked: asked.named_evaluator),
        column("timing", lambda asked: asked.timing.value),
        column("min_depth", lambda asked: asked.min_depth),
        column("results_at_least", lambda asked: asked.results_at_least and asked.results_at_least.value),
        column("releases", lambda asked: asked.releases.value),
        column("visible_in_public", lambda asked: asked.visible_in_public),
    )


COMMITMENT_COLUMNS: tuple[Column, ...] = (
    attribute("record", "key", name="key"),
    attribute("record", "title", name="title"),
    *_term("origin", Origin),
    Column("labs", lambda row: [lab.key for lab in row.labs]),
    Column("lab_names", lambda row: [lab.name for lab in row.labs]),
    Column("lab_certainties", lambda row: [part.certainty.value for part in row.parts]),
    attribute("record", "framework", name="framework"),
    attribute("record", "counterparty", "key", name="counterparty"),
    attribute("record", "counterparty", "name", name="counterparty_name"),
    attribute("record", "quote", name="quote"),
    *_dated("made_on"),
    *_dated("effective_on"),
    *_dated("due_on"),
    *_dated("ended_on", is_known="has_ended"),
    *_dated("fulfilled_on", is_known="is_fulfilled"),
    Column("in_force", lambda row: row.is_in_force),
    Column("in_force_from", lambda row: row.tenure and row.tenure.start),
    Column("in_force_until", lambda row: row.end),
    attribute("successor", "key", name="superseded_by"),
    *_term("about", About),
    *_term("firmness", Firmness),
    *_term("stated_by", StatedBy),
    attribute("scope"),
    Column("binding", lambda row: row.binding.value),
    Column("binding_label", lambda row: row.binding.label),
    Column("testable", lambda row: row.is_testable),
    attribute("record", "not_testable_because", name="not_testable_because"),
    *_requirement(Reading.STRICT),
    *_requirement(Reading.LENIENT),
    Column("deadline", lambda row: row.deadline and row.deadline.status.value),
    Column("deadline_days", lambda row: row.deadline and row.deadline.days),
    Column("sources", lambda row: list(dict.fromkeys(citation.source.key for citation in row.citations))),
    Column("as_of", lambda row: row.day),
    citations_column(lambda row: row.citations),
    changed_at("record"),
)


def _value(end: str) -> Any:
    """One end of a verdict's value; empty where the pair is left out of the mean."""
    return lambda row: printed(getattr(row.value, end), CRITERION_PLACES) if row.value else None


VERDICT_COLUMNS: tuple[Column, ...] = (
    Column("lab", lambda row: row.lab),
    Column("commitment", lambda row: row.commitment.key),
    Column("model", lambda row: row.release.key),
    Column("verdict_strict", lambda row: row.strict.outcome.value),
    Column("verdict_lenient", lambda row: row.lenient.outcome.value),
    Column("value_low", _value("low")),
    Column("value_high", _value("high")),
)

REPLY_COLUMNS: tuple[Column, ...] = (
    attribute("record", "key", name="key"),
    attribute("record", "event", "key", name="event"),
    attribute("record", "commitment", "key", name="commitment"),
    attribute("record", "lab", "key", name="lab"),
    attribute("record", "by_lab", "key", name="by_lab"),
    attribute("record", "by_evaluator", "key", name="by_evaluator"),
    attribute("question"),
    attribute("record", "asked_on", name="asked_on"),
    attribute("record", "answer_by", name="answer_by"),
    attribute("answered_on"),
    Column("standing", lambda row: row.standing.value),
    Column("standing_label", lambda row: row.standing.label),
    attribute("text", name="answer"),
    attribute("published_url"),
    attribute("outcome"),
    Column("as_of", lambda row: row.day),
    changed_at("record"),
)
