"""The tables of what was recorded: the records and all that belongs to them.

An import of the package (``manage.py load_package``) reads exactly these back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from commitments.choices import (
    About,
    Binding,
    CommitmentField,
    Firmness,
    Origin,
    Reading,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
    Wording,
)
from commitments.models import DEEPEST_LEVEL, Commitment, Reply
from evaltracker.web.package.contents import Package, PartRow, Shown
from evaltracker.web.package.words import SAME
from labs.choices import (
    ACCESS_ANSWERS,
    Activity,
    Answer,
    Country,
    Domain,
    EvaluatorField,
    EvaluatorKind,
    EventField,
    EventLowering,
    Found,
    Frontier,
    LinkLowering,
    Mode,
    Outcome,
    ReadIn,
    ReleaseField,
    ReleaseKind,
    Results,
    SourceKind,
    Timing,
    YesNo,
)
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Record, Source, Statement
from labs.models.events import MOST_DAYS
from labs.rules import dates
from labs.rules.table_schema import Kind, Table, TableField
from labs.rules.vocabulary import Term


@dataclass(frozen=True, slots=True)
class Stored(TableField):
    """A column that an import reads back: ``attribute`` is the name of the field of the model."""

    attribute: str = ""


NOT_KNOWN = "no source that we read says"
NONE_RECORDED = "none is recorded"

Read = Callable[[str], Callable[[Any], Any]]
"""What reads a field of the rows."""


def _of_record(name: str) -> Callable[[Shown], Any]:
    return lambda row: row.value(name)


def _of_part(name: str) -> Callable[[PartRow], Any]:
    def read(row: PartRow) -> Any:
        value = getattr(row.part, name)
        return None if value == "" else value

    return read


def stored(
    kind: Kind, name: str, description: str, attribute: str = "", *, read: Read = _of_record, **more: Any
) -> Stored:
    """A column of a record, or with ``read=_of_part`` of a part."""
    attribute = attribute or name
    return Stored(name, kind, description, read(attribute), attribute=attribute, **more)


def text(name: str, description: str, attribute: str = "", **more: Any) -> Stored:
    return stored(Kind.TEXT, name, description, attribute, **more)


def term(name: str, terms: type[Term], description: str, attribute: str = "", **more: Any) -> Stored:
    return stored(Kind.TERM, name, description, attribute, terms=terms, **more)


def yes_no(name: str, description: str, attribute: str = "", read: Read = _of_record) -> Stored:
    attribute = attribute or name
    read_answer = read(attribute)

    def word(row: Any) -> str:
        return YesNo.of(read_answer(row)).value

    return Stored(name, Kind.TERM, description, word, terms=YesNo, attribute=attribute)


def day(name: str, description: str, attribute: str = "", **more: Any) -> Stored:
    return stored(Kind.DAY, name, description, attribute, **more)


def address(name: str, description: str, attribute: str = "", **more: Any) -> Stored:
    return stored(Kind.ADDRESS, name, description, attribute, **more)


def refers(name: str, to: str, description: str, attribute: str = "", empty: str = "") -> Stored:
    """The key of another record."""
    attribute = attribute or name
    return Stored(name, Kind.KEY, description, lambda row: row.key_of(attribute), empty, refers=to, attribute=attribute)


def part_refers(name: str, to: str, description: str, empty: str = "") -> Stored:
    """The key of a record to which a part refers."""
    return Stored(name, Kind.KEY, description, lambda row: row.key_of(name), empty, refers=to, attribute=name)


def edtf(name: str, description: str, empty: str, read: Read = _of_record) -> tuple[TableField, ...]:
    """The four columns of an EDTF date: as the source gives it, its earliest and its latest possible day, in words."""

    as_written = read(name)

    def words(row: Any) -> str | None:
        written = as_written(row)
        return dates.dated(written) if written else None

    def bound(end: str) -> Callable[[Any], Any]:
        read_day = read(f"{name}_{end}")
        return lambda row: read_day(row) if as_written(row) else None

    return (
        Stored(name, Kind.EDTF, description, as_written, empty, attribute=name),
        *(
            TableField(
                f"{name}_{end}",
                Kind.DAY,
                f"The {end} possible day of {name}.",
                bound(end),
                f"{name} is empty, or open at that end",
            )
            for end in ("earliest", "latest")
        ),
        TableField(f"{name}_label", Kind.TEXT, f"The value of {name} in words.", words, f"{name} is empty"),
    )


KEY = Stored(
    "key", Kind.KEY, "The key of the record: its name in addresses, which never changes.", lambda row: row.record.key
)
CHANGED_AT = Stored(
    "changed_at",
    Kind.MOMENT,
    SAME,
    lambda row: row.value("changed_at"),
    "it never did since it was entered with an edition",
    attribute="changed_at",
)
NAME = text("name", SAME)
COUNTRY = term("country", Country, SAME)
WEBSITE = address("website", SAME, empty=NONE_RECORDED)
POSITION = TableField(
    "position", Kind.COUNT, "The place of the row among those of its record, from 1.", lambda row: row.position, least=1
)


def of_kind(model: type[Record]) -> Callable[[Package], list[Shown]]:
    return lambda package: package.shown(model)


def parts_of(model: type[Record], relation: str) -> Callable[[Package], Iterator[PartRow]]:
    return lambda package: package.parts(model, relation)


def owner(name: str, to: str) -> TableField:
    """The record to which a part belongs."""
    return TableField(
        name,
        Kind.KEY,
        SAME,
        lambda row: row.owner.record.key,
        refers=to,
    )


def listed_of(model: type[Record], relation: str) -> Callable[[Package], Iterator[tuple[Shown, str]]]:
    """The rows of a list of records, or of terms: the record that has it, and the key or value."""

    def rows(package: Package) -> Iterator[tuple[Shown, str]]:
        for shown in package.shown(model):
            if relation in shown.hidden:
                continue
            found = getattr(shown.record, relation)
            if isinstance(found, list | tuple):
                yield from ((shown, value) for value in found)
            else:
                yield from ((shown, key) for key in sorted(each.key for each in found.all() if package.has(each)))

    return rows


LABS = Table(
    "labs",
    "Labs",
    "Every organisation that makes AI models or made a promise about them.",
    ("key",),
    (
        KEY,
        NAME,
        COUNTRY,
        WEBSITE,
        day(
            "complete_to",
            SAME,
            empty="the day of the newest edition holds",
        ),
        CHANGED_AT,
    ),
    of_kind(Lab),
)
LAB_NAMES = Table(
    "lab_names",
    "Other names of labs",
    "Other and former names of labs, one in each row.",
    ("lab", "position"),
    (
        owner("lab", "labs"),
        POSITION,
        text("other_name", SAME, "name", read=_of_part),
    ),
    parts_of(Lab, "other_names"),
)
EVALUATORS = Table(
    "evaluators",
    "Evaluators",
    "Every body outside a lab that tested models, or was promised that it may.",
    ("key",),
    (
        KEY,
        NAME,
        term("evaluator_kind", EvaluatorKind, SAME, "kind"),
        COUNTRY,
        WEBSITE,
        refers(
            "same_as_lab",
            "labs",
            SAME,
            "lab",
            empty="it is no lab on record",
        ),
        text(
            "standing_arrangements",
            SAME,
            "note",
            empty=NONE_RECORDED,
        ),
        CHANGED_AT,
    ),
    of_kind(Evaluator),
)
EVALUATOR_NAMES = Table(
    "evaluator_names",
    "Former names of evaluators",
    "Earlier names of evaluators, one in each row, with the time when each was in use.",
    ("evaluator", "position"),
    (
        owner("evaluator", "evaluators"),
        POSITION,
        text("former_name", SAME, "name", read=_of_part),
        *edtf("used", "When it used the earlier name; one end may be open.", "no source says when", read=_of_part),
    ),
    parts_of(Evaluator, "former_names"),
)
MODELS = Table(
    "models",
    "Releases",
    "Every release of an AI model, counted in figures or not.",
    ("key",),
    (
        KEY,
        refers("lab", "labs", SAME),
        NAME,
        *edtf("released_on", SAME, NOT_KNOWN),
        term("release", ReleaseKind, SAME),
        term("frontier", Frontier, SAME),
        refers("variant_of", "models", SAME, empty="it is no variant"),
        CHANGED_AT,
    ),
    of_kind(AIModel),
)
MODEL_NAMES = Table(
    "model_names",
    "Other names of releases",
    "What a release was called before, or what sources call it, one name in each row.",
    ("model", "position"),
    (
        owner("model", "models"),
        POSITION,
        text("other_name", SAME, "name", read=_of_part),
    ),
    parts_of(AIModel, "other_names"),
)
SEARCHES = Table(
    "searches",
    "Searches",
    "Our searches for access events of a release. One that found nothing is no evidence that none took place.",
    ("model", "position"),
    (
        owner("model", "models"),
        POSITION,
        day("searched_on", SAME, read=_of_part),
        term("found", Found, SAME, read=_of_part),
        text("searched_where", SAME, "where", read=_of_part),
        text("search_note", SAME, "note", read=_of_part, empty="there is none"),
    ),
    parts_of(AIModel, "searches"),
)
ACCESS_EVENTS = Table(
    "access_events",
    "Access events",
    "Every occasion on which outsiders got access to a model, or did not, as sources tell it.",
    ("key",),
    (
        KEY,
        refers("lab", "labs", SAME),
        refers("model", "models", SAME, empty="no source names a single release"),
        term("activity", Activity, SAME),
        term("outcome", Outcome, SAME),
        term("timing", Timing, SAME),
        term("mode", Mode, SAME),
        *edtf("started_on", SAME, NOT_KNOWN),
        *edtf("ended_on", SAME, NOT_KNOWN),
        stored(
            Kind.COUNT,
            "access_days",
            SAME,
            empty=NOT_KNOWN,
            least=1,
            most=MOST_DAYS,
        ),
        *(term(question, Answer, SAME) for question in ACCESS_ANSWERS),
        term(
            "mitigations_argued",
            Answer,
            SAME,
        ),
        term("results", Results, SAME),
        term("free_to_publish", Answer, SAME),
        text(
            "summary",
            SAME,
            empty="the package is as of a day on which some of its sources had yet to come out",
        ),
        term("lowered_to", EventLowering, SAME),
        text(
            "certainty_lowered_because",
            SAME,
            "lowered_because",
            empty="we did not",
        ),
        yes_no("is_distinct", SAME),
        CHANGED_AT,
    ),
    of_kind(AccessEvent),
)
EVENT_EVALUATORS = Table(
    "event_evaluators",
    "Evaluators of access events",
    "Who took part in an access event, or was refused, one in each row.",
    ("event", "position"),
    (
        owner("event", "access_events"),
        POSITION,
        part_refers("evaluator", "evaluators", SAME),
        term(
            "part_lowered_to",
            LinkLowering,
            SAME,
            "lowered_to",
            read=_of_part,
        ),
        text(
            "part_lowered_because",
            SAME,
            "lowered_because",
            read=_of_part,
            empty="no reason is recorded",
        ),
    ),
    parts_of(AccessEvent, "participations"),
)
EVENT_DOMAINS = Table(
    "event_domains",
    "Risk domains of access events",
    "The risk domains that were tested, one in each row. An event without a row here: no source names any.",
    ("event", "domain"),
    (
        TableField(
            "event",
            Kind.KEY,
            SAME,
            lambda row: row[0].record.key,
            refers="access_events",
        ),
        Stored(
            "domain",
            Kind.TERM,
            SAME,
            lambda row: row[1],
            terms=Domain,
            attribute="domains",
        ),
    ),
    listed_of(AccessEvent, "domains"),
)
SOURCES = Table(
    "sources",
    "Sources",
    "Every public document that records cite.",
    ("key",),
    (
        KEY,
        text("title", SAME),
        text("publisher", SAME),
        address("url", SAME),
        text(
            "text_edition",
            SAME,
            "edition",
            empty="no other source has its address",
        ),
        address("archived_url", SAME, empty=NONE_RECORDED),
        term("read_in", ReadIn, SAME),
        term("source_kind", SourceKind, SAME, "kind"),
        refers("owner_lab", "labs", SAME, "lab", empty="it is no lab's"),
        refers(
            "owner_evaluator",
            "evaluators",
            SAME,
            "evaluator",
            empty="it is no evaluator's",
        ),
        *edtf("published_on", SAME, "it bears no date"),
        day("read_on", SAME),
        CHANGED_AT,
    ),
    of_kind(Source),
)
STATEMENTS = Table(
    "statements",
    "Statements",
    "What sources say of outside evaluation in general. No rule reads them.",
    ("key",),
    (
        KEY,
        text("statement", SAME, "text"),
        text("statement_about", SAME, "about", empty="none is named"),
        refers("source", "sources", SAME),
        text("quote", SAME),
        CHANGED_AT,
    ),
    of_kind(Statement),
)
STATEMENT_EVENTS = Table(
    "statement_events",
    "Access events that bear on statements",
    "The access events that bear on a statement, one in each row.",
    ("statement_key", "event"),
    (
        TableField(
            "statement_key",
            Kind.KEY,
            "The statement that the row is about: its key.",
            lambda row: row[0].record.key,
            refers="statements",
        ),
        Stored(
            "event",
            Kind.KEY,
            SAME,
            lambda row: row[1],
            refers="access_events",
            attribute="related_events",
        ),
    ),
    listed_of(Statement, "related_events"),
)
COMMITMENTS = Table(
    "commitments",
    "Commitments",
    "What labs said, or laws say, will be done. A law names no labs.",
    ("key",),
    (
        KEY,
        text("title", SAME),
        term("origin", Origin, SAME),
        text("framework", SAME, empty="it belongs to none on record"),
        refers(
            "counterparty",
            "evaluators",
            SAME,
            empty="it names none",
        ),
        text(
            "commitment_words",
            SAME,
            "quote",
        ),
        term("wording", Wording, SAME),
        *edtf("made_on", SAME, NOT_KNOWN),
        *edtf(
            "effective_on",
            SAME,
            "it holds from the day on which it was made",
        ),
        *edtf("due_on", SAME, "it is no promise to do one thing by a day"),
        *edtf("ended_on", SAME, "it has not ended as far as is known"),
        *edtf("fulfilled_on", SAME, "no source says that it was"),
        refers(
            "superseded_by",
            "commitments",
            SAME,
            empty="none did as far as is known",
        ),
        term("about", About, SAME),
        term("firmness", Firmness, SAME),
        term("stated_by", StatedBy, SAME),
        term("binding", Binding, SAME),
        text("scope", SAME, empty=NONE_RECORDED),
        text(
            "not_testable_because",
            SAME,
            empty="it carries one",
        ),
        CHANGED_AT,
    ),
    of_kind(Commitment),
)
COMMITMENT_LABS = Table(
    "commitment_labs",
    "Labs that made commitments",
    "The labs that made a commitment, one in each row; none for a law.",
    ("commitment", "lab"),
    (
        TableField(
            "commitment",
            Kind.KEY,
            SAME,
            lambda row: row[0].record.key,
            refers="commitments",
        ),
        Stored(
            "lab",
            Kind.KEY,
            SAME,
            lambda row: row[1],
            refers="labs",
            attribute="labs",
        ),
    ),
    listed_of(Commitment, "labs"),
)
REQUIREMENTS = Table(
    "requirements",
    "Requirements",
    "What keeping a commitment takes, in each reading of its words. One without a row here is not testable.",
    ("commitment", "reading"),
    (
        owner("commitment", "commitments"),
        term("reading", Reading, "The reading of the words of the commitment.", read=_of_part),
        term("required_evaluators", RequiredEvaluators, "Who has to be let in.", "evaluators", read=_of_part),
        part_refers(
            "named_evaluator",
            "evaluators",
            "The evaluator that has to be let in: its key.",
            empty="it asks for no evaluator by name",
        ),
        term("required_timing", Timing, "When it has to be against the release.", "timing", read=_of_part),
        stored(
            Kind.COUNT,
            "min_depth",
            "The least depth of access, a level of the methodology.",
            "min_depth",
            read=_of_part,
            empty="no depth is asked for",
            least=1,
            most=DEEPEST_LEVEL,
        ),
        term(
            "results_at_least",
            Results,
            "What has to be published at least.",
            read=_of_part,
            empty="no publication is asked for",
        ),
        term("required_releases", RequiredReleases, "For which releases it holds.", "releases", read=_of_part),
        yes_no("visible_in_public", "Whether keeping it would be visible in public.", read=_of_part),
    ),
    lambda package: sorted(
        package.parts(Commitment, "requirements"), key=lambda row: (row.owner.record.key, row.part.reading)
    ),
)
REQUIREMENT_ACTIVITIES = Table(
    "requirement_activities",
    "Activities that requirements ask for",
    "The activities of which any one keeps a commitment, one in each row.",
    ("commitment", "reading", "required_activity"),
    (
        TableField(
            "commitment",
            Kind.KEY,
            SAME,
            lambda row: row[0].owner.record.key,
            refers="commitments",
        ),
        TableField(
            "reading",
            Kind.TERM,
            "The reading of the words of the commitment.",
            lambda row: row[0].part.reading,
            terms=Reading,
        ),
        Stored(
            "required_activity",
            Kind.TERM,
            SAME,
            lambda row: row[1],
            terms=Activity,
            attribute="activities",
        ),
    ),
    lambda package: ((row, value) for row in REQUIREMENTS.rows(package) for value in row.part.activities),
    parent="requirements",
)


REPLIES = Table(
    "replies",
    "Questions and replies",
    "What we asked labs and evaluators about our records, and their answers, word for word.",
    ("key",),
    (
        KEY,
        refers(
            "about_event",
            "access_events",
            SAME,
            "event",
            empty="about something else",
        ),
        refers(
            "about_commitment",
            "commitments",
            SAME,
            "commitment",
            empty="about something else",
        ),
        refers("about_lab", "labs", SAME, "lab", empty="about something else"),
        refers("by_lab", "labs", SAME, empty="it was an evaluator"),
        refers("by_evaluator", "evaluators", SAME, empty="it was a lab"),
        text("question", SAME, empty="they wrote without being asked"),
        day("asked_on", SAME, empty="they wrote without being asked"),
        day("answer_by", SAME, empty="we named no day"),
        day("answered_on", SAME, empty="they had not by the day"),
        text("answer", SAME, "text", empty="there was none by the day"),
        address("published_url", SAME, empty="it was sent to us only, or there is none"),
        text("what_changed", SAME, "outcome", empty="we have not said"),
        CHANGED_AT,
    ),
    of_kind(Reply),
)

CITED: dict[type[Record], tuple[str, str]] = {
    AIModel: ("model", "models"),
    Evaluator: ("evaluator", "evaluators"),
    AccessEvent: ("event", "access_events"),
    Commitment: ("commitment", "commitments"),
}
"""The kinds of records that rest on citations: the column that names one, and its table."""


def citation_key(row: PartRow) -> str:
    """The name of a citation within the package: ``event/gpt-4-metr/1``."""
    return f"{CITED[type(row.owner.record)][0]}/{row.owner.record.key}/{row.position}"


def _cited(model: type[Record]) -> TableField:
    name, table = CITED[model]
    return TableField(
        name,
        Kind.KEY,
        SAME,
        lambda row: row.owner.record.key if type(row.owner.record) is model else None,
        "the quote is about a record of another kind",
        refers=table,
    )


CITATIONS = Table(
    "citations",
    "Citations",
    "The quotes that records rest on, each from a source: of exactly one release, evaluator, event or commitment.",
    ("citation",),
    (
        TableField(
            "citation", Kind.KEY, "The name of the citation within this package: kind, record, place.", citation_key
        ),
        *map(_cited, CITED),
        POSITION,
        part_refers("source", "sources", SAME),
        text("quote", SAME, read=_of_part),
    ),
    lambda package: package.citations,
)


CITATION_SUPPORTS = Table(
    "citation_supports",
    "What citations support",
    "The fields of its record that a quote supports, one in each row.",
    ("citation", "supported_field"),
    (
        TableField(
            "citation",
            Kind.KEY,
            "The citation that the row is about: its key.",
            lambda row: citation_key(row[0]),
            refers="citations",
        ),
        Stored(
            "supported_field",
            Kind.TERM,
            SAME,
            lambda row: row[1],
            terms=(ReleaseField, EvaluatorField, EventField, CommitmentField),
            attribute="supports",
        ),
    ),
    lambda package: ((row, value) for row in CITATIONS.rows(package) for value in row.part.supports),
)

RECORD_TABLES = (
    LABS,
    LAB_NAMES,
    EVALUATORS,
    EVALUATOR_NAMES,
    MODELS,
    MODEL_NAMES,
    SEARCHES,
    SOURCES,
    ACCESS_EVENTS,
    EVENT_EVALUATORS,
    EVENT_DOMAINS,
    STATEMENTS,
    STATEMENT_EVENTS,
    COMMITMENTS,
    COMMITMENT_LABS,
    REQUIREMENTS,
    REQUIREMENT_ACTIVITIES,
    REPLIES,
    CITATIONS,
    CITATION_SUPPORTS,
)
