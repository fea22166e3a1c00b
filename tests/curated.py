"""The curated records as plain facts, straight from the fixture files, without a database."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commitments.choices import (
    About,
    Binding,
    Firmness,
    Origin,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
    Wording,
)
from commitments.rules.facts import CommitmentFact, RequirementFact
from commitments.rules.ledger import Ledger, ledger_as_of
from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Domain,
    EventLowering,
    Frontier,
    LinkLowering,
    Outcome,
    Owner,
    ReadIn,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
)
from labs.rules.dates import Span
from labs.rules.facts import CitationFact, EventFact, ParticipationFact, ReleaseFact, SourceFact

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Curated:
    """All records as facts. ``names`` maps each lab's key to its name; ``complete_to`` is one day for all."""

    names: dict[str, str]
    releases: tuple[ReleaseFact, ...]
    events: tuple[EventFact, ...]
    commitments: tuple[CommitmentFact, ...]
    complete_to: dt.date

    def ledger(self, day: dt.date) -> Ledger:
        """What was known about them on the day."""
        return ledger_as_of(day, self.releases, self.events, self.commitments, self.complete_to)


def fixture_rows() -> dict[str, list[dict[str, Any]]]:
    """The fields of every row of the fixture files, by the name of their model."""
    rows = defaultdict(list)
    for path in sorted(FIXTURES.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            rows[row["model"]].append(row["fields"])
    return dict(rows)


def curated(rows: Rows) -> Curated:
    """The rows as facts."""
    evaluators = {row["key"]: row for row in rows["labs.evaluator"]}
    sources = {row["key"]: _source(row) for row in rows["labs.source"]}
    parts = _grouped(rows["labs.participation"], "event")
    event_citations = _grouped(rows["labs.accesseventcitation"], "record")
    requirements = _grouped(rows["commitments.requirement"], "commitment")
    commitment_citations = _grouped(rows["commitments.commitmentcitation"], "record")
    return Curated(
        complete_to=min(dt.date.fromisoformat(row["complete_to"]) for row in rows["labs.lab"]),
        names={row["key"]: row["name"] for row in rows["labs.lab"]},
        releases=tuple(map(_release, rows["labs.aimodel"])),
        events=tuple(
            _event(
                row,
                tuple(_participation(part, evaluators[part["evaluator"][0]]) for part in parts[row["key"]]),
                _citations(event_citations[row["key"]], sources),
            )
            for row in rows["labs.accessevent"]
        ),
        commitments=tuple(
            _commitment(
                row,
                {each["reading"]: _requirement(each) for each in requirements[row["key"]]},
                _citations(commitment_citations[row["key"]], sources),
                evaluators,
            )
            for row in rows["commitments.commitment"]
        ),
    )


def _grouped(rows: Sequence[Row], owner: str) -> defaultdict[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[owner][0]].append(row)
    return groups


def _key(reference: Sequence[str] | None) -> str | None:
    return reference[0] if reference else None


def _span(row: Row, name: str) -> Span:
    ends = (row[f"{name}_earliest"], row[f"{name}_latest"])
    return Span(*(dt.date.fromisoformat(end) if end else None for end in ends))


def _source(row: Row) -> SourceFact:
    is_government = row["kind"] == SourceKind.GOVERNMENT
    if row["lab"]:
        owner = Owner.LAB
    elif row["evaluator"]:
        owner = Owner.EVALUATOR
    else:
        owner = Owner.GOVERNMENT if is_government else Owner.THIRD_PARTY
    return SourceFact(
        key=row["key"],
        owner=owner,
        lab=_key(row["lab"]),
        evaluator=_key(row["evaluator"]),
        is_government=is_government,
        published=_span(row, "published_on"),
        read_on=dt.date.fromisoformat(row["read_on"]),
        is_model_card=row["kind"] == SourceKind.LAB_MODEL_CARD,
        is_quoted=row["read_in"] == ReadIn.QUOTED,
    )


def _citations(rows: Sequence[Row], sources: Mapping[str, SourceFact]) -> tuple[CitationFact, ...]:
    return tuple(CitationFact(sources[row["source"][0]], frozenset(row["supports"].split())) for row in rows)


def _release(row: Row) -> ReleaseFact:
    return ReleaseFact(
        key=row["key"],
        lab=row["lab"][0],
        name=row["name"],
        released=_span(row, "released_on"),
        kind=ReleaseKind(row["release"]),
        frontier=Frontier(row["frontier"]),
        variant_of=_key(row["variant_of"]),
    )


def _participation(row: Row, evaluator: Row) -> ParticipationFact:
    return ParticipationFact(
        evaluator=evaluator["key"],
        is_government=evaluator["kind"] == "government",
        lab=_key(evaluator["lab"]),
        lowering=LinkLowering(row["lowered_to"]),
    )


def _event(row: Row, participations: tuple[ParticipationFact, ...], citations: tuple[CitationFact, ...]) -> EventFact:
    return EventFact(
        key=row["key"],
        lab=row["lab"][0],
        model=_key(row["model"]),
        participations=participations,
        activity=Activity(row["activity"]),
        outcome=Outcome(row["outcome"]),
        timing=Timing(row["timing"]),
        access_days=row["access_days"],
        domains=frozenset(map(Domain, row["domains"].split())),
        access={question: Answer(row[question]) for question in ACCESS_ANSWERS},
        mitigations_argued=Answer(row["mitigations_argued"]),
        results=Results(row["results"]),
        lowering=EventLowering(row["lowered_to"]),
        citations=citations,
        started=_span(row, "started_on"),
        ended=_span(row, "ended_on"),
    )


def _requirement(row: Row) -> RequirementFact:
    return RequirementFact(
        activities=frozenset(map(Activity, row["activities"].split())),
        evaluators=RequiredEvaluators(row["evaluators"]),
        visible_in_public=row["visible_in_public"],
        named_evaluator=_key(row["named_evaluator"]),
        timing=Timing(row["timing"]),
        min_depth=row["min_depth"],
        results_at_least=Results(row["results_at_least"]) if row["results_at_least"] else None,
        releases=RequiredReleases(row["releases"]),
    )


def _commitment(
    row: Row,
    readings: Mapping[str, RequirementFact],
    citations: tuple[CitationFact, ...],
    evaluators: Mapping[str, Row],
) -> CommitmentFact:
    counterparty = _key(row["counterparty"])
    return CommitmentFact(
        key=row["key"],
        labs=tuple(lab for (lab,) in row["labs"]),
        origin=Origin(row["origin"]),
        about=About(row["about"]),
        firmness=Firmness(row["firmness"]),
        stated_by=StatedBy(row["stated_by"]),
        counterparty=counterparty,
        made=_span(row, "made_on"),
        effective=_span(row, "effective_on"),
        due=_span(row, "due_on"),
        ended=_span(row, "ended_on"),
        superseded_by=_key(row["superseded_by"]),
        strict=readings.get("strict"),
        lenient=readings.get("lenient"),
        not_testable_because=row["not_testable_because"],
        citations=citations,
        binding=Binding(row["binding"]),
        wording=Wording(row["wording"]),
        fulfilled=_span(row, "fulfilled_on"),
        counterparty_lab=_key(evaluators[counterparty]["lab"]) if counterparty else None,
    )
