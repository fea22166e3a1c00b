"""What the CSV downloads of the facts hold: the published columns, each named here (never "all fields")."""

from typing import Any

from labs.choices import (
    ACCESS_ANSWERS,
    Country,
    EvaluatorKind,
    EventLowering,
    Frontier,
    LinkLowering,
    Owner,
    ReleaseKind,
    SourceKind,
)
from labs.queries import EventAsOf, ReleaseAsOf, citations_as_of
from labs.rules.csv_cells import line
from labs.rules.depth import Threat
from labs.web.streaming import Column, attribute, changed_at, citations_column, edtf, term

AS_OF = Column("as_of", lambda row: row.day)


def _known(name: str, read: Any) -> tuple[Column, Column]:
    """The value and the label of an enumeration that a rule or the day decides."""
    return Column(name, lambda row: read(row).value), Column(f"{name}_label", lambda row: read(row).label)


def _dated(name: str, label: str) -> tuple[Column, Column, Column]:
    """An EDTF date of an event, empty where it was not known on the day."""

    def value(suffix: str) -> Any:
        return lambda row: getattr(row.record, f"{name}{suffix}") if getattr(row, label) else None

    return (
        Column(name, value("")),
        Column(f"{name}_earliest", value("_earliest")),
        Column(f"{name}_latest", value("_latest")),
    )


def _lowerings(row: EventAsOf) -> list[str]:
    """How each evaluator's part is lowered, in their order; none where no part is."""
    values = [LinkLowering(part.lowered_to).value for part in row.record.participations.all()]
    return values if any(value != LinkLowering.AS_EVENT for value in values) else []


def _answer(question: str) -> tuple[Column, Column]:
    return _known(question, lambda row: row.fact.access[question])


ACCESS_EVENT_COLUMNS: tuple[Column, ...] = (
    attribute("record", "key", name="key"),
    attribute("record", "lab", "key", name="lab"),
    attribute("record", "lab", "name", name="lab_name"),
    attribute("record", "model", "key", name="model"),
    attribute("record", "model", "name", name="model_name"),
    *(
        attribute("record", "model", f"released_on{end}", name=f"released_on{end}")
        for end in ("", "_earliest", "_latest")
    ),
    Column("evaluators", lambda row: [part.evaluator.key for part in row.parts]),
    Column("evaluator_names", lambda row: [part.evaluator.name for part in row.parts]),
    Column("evaluator_certainties", lambda row: [part.certainty.value for part in row.parts]),
    *_known("activity", lambda row: row.fact.activity),
    *_known("outcome", lambda row: row.fact.outcome),
    *_known("timing", lambda row: row.fact.timing),
    *_known("timing_by_rule", lambda row: row.weighed.timing),
    *_known("mode", lambda row: row.mode),
    *_dated("started_on", "started_label"),
    *_dated("ended_on", "ended_label"),
    Column("access_days", lambda row: row.fact.access_days),
    Column("domains", lambda row: [domain.value for domain in row.domains]),
    Column("domain_labels", lambda row: [domain.label for domain in row.domains]),
    *(column for question in ACCESS_ANSWERS for column in _answer(question)),
    *_known("mitigations_argued", lambda row: row.fact.mitigations_argued),
    *_known("results", lambda row: row.fact.results),
    *_known("free_to_publish", lambda row: row.free_to_publish),
    *_known("certainty", lambda row: row.weighed.certainty),
    Column("certainty_lowered_because", lambda row: row.record.lowered_because),
    Column("depth_low", lambda row: row.weighed.depth.low.value),
    Column("depth_high", lambda row: row.weighed.depth.high.value),
    Column("counts", lambda row: row.weighed.count.value),
    Column("counts_because", lambda row: [reason.value for reason in row.weighed.reasons]),
    Column("is_distinct", lambda row: row.record.is_distinct),
    Column("sources", lambda row: list(dict.fromkeys(citation.source.key for citation in row.citations))),
    Column("summary", lambda row: row.record.summary),
    AS_OF,
    Column("evaluator_lowerings", _lowerings),
    Column("lowered_to", lambda row: EventLowering(row.record.lowered_to).value),
    citations_column(lambda row: row.citations),
    changed_at("record"),
)


def _evaluators(row: ReleaseAsOf, is_strict: bool) -> list[str]:
    events = row.assessment.strict if is_strict else row.assessment.counted
    return list(dict.fromkeys(part.evaluator for event in events for part in event.event.participations))


def _deep_enough(row: ReleaseAsOf, threat: Threat) -> str | None:
    adequacy = row.assessment.adequacy(threat)
    return adequacy.answer.value if adequacy else None


def _citations_of_record(row: Any) -> list[Any]:
    return citations_as_of(row.record.citations.all(), row.day)


def _searches(row: ReleaseAsOf) -> str:
    """What we had searched for by the day and not found, one search in each line."""
    known = [each for each in row.record.searches.all() if each.searched_on <= row.day]
    return "\n".join(line(each.searched_on.isoformat(), each.where) for each in known)


CITATIONS_READ = ("citations__source__lab", "citations__source__evaluator")
"""What the column of citations reads of a record besides the record itself."""
AI_MODEL_READ = (*CITATIONS_READ, "searches")

AI_MODEL_COLUMNS: tuple[Column, ...] = (
    attribute("record", "key", name="key"),
    attribute("record", "name", name="name"),
    attribute("record", "lab", "key", name="lab"),
    attribute("record", "lab", "name", name="lab_name"),
    *(attribute("record", f"released_on{end}", name=f"released_on{end}") for end in ("", "_earliest", "_latest")),
    *_known("release", lambda row: ReleaseKind(row.record.release)),
    *_known("frontier", lambda row: Frontier(row.record.frontier)),
    attribute("record", "variant_of", "key", name="variant_of"),
    Column("events", lambda row: len(row.events)),
    Column("evaluated_low", lambda row: int(bool(row.assessment.strict))),
    Column("evaluated_high", lambda row: int(bool(row.assessment.counted))),
    Column("evaluators_low", lambda row: _evaluators(row, True)),
    Column("evaluators_high", lambda row: _evaluators(row, False)),
    Column("depth_low", lambda row: row.assessment.depth.low.value),
    Column("depth_high", lambda row: row.assessment.depth.high.value),
    Column("deeper_than_users", lambda row: row.assessment.is_deeper_than_users),
    *(Column(f"deep_enough_{threat.value}", lambda row, threat=threat: _deep_enough(row, threat)) for threat in Threat),
    AS_OF,
    Column("searches", _searches),
    citations_column(_citations_of_record),
    changed_at("record"),
)

EVALUATOR_COLUMNS: tuple[Column, ...] = (
    attribute("record", "key", name="key"),
    attribute("record", "name", name="name"),
    Column("former_names", lambda row: [former.name for former in row.record.former_names.all()]),
    Column("former_names_used", lambda row: [former.used for former in row.record.former_names.all()]),
    *_known("kind", lambda row: EvaluatorKind(row.record.kind)),
    *_known("country", lambda row: Country(row.record.country)),
    attribute("record", "website", name="website"),
    attribute("record", "lab", "key", name="lab"),
    attribute("record", "event_count", name="events"),
    attribute("record", "evaluation_count", name="model_evaluations"),
    Column("labs_tested", lambda row: [lab.key for lab in row.labs]),
    attribute("record", "note", name="standing_arrangements"),
    AS_OF,
    citations_column(_citations_of_record),
    changed_at("record"),
)

SOURCE_COLUMNS: tuple[Column, ...] = (
    attribute("key"),
    attribute("title"),
    attribute("publisher"),
    attribute("url"),
    attribute("archived_url"),
    *edtf("published_on"),
    attribute("read_on"),
    *term("kind", SourceKind),
    attribute("lab", "key", name="lab"),
    attribute("evaluator", "key", name="evaluator"),
    *term("owner", Owner),
    attribute("quote_count", name="quotes"),
    changed_at(),
)

LAB_COLUMNS: tuple[Column, ...] = (
    attribute("key"),
    attribute("name"),
    *term("country", Country),
    attribute("website"),
    Column("other_names", lambda lab: [other.name for other in lab.other_names.all()]),
    changed_at(),
)
"""What is recorded of a lab itself. Its figures are in the table of scorecards."""
