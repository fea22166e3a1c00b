"""The columns of commitments, verdicts and replies, and their tables: promises, and the laws apart from them.

``labs.web.columns`` says what a column is and how to add one.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from commitments.choices import (
    About,
    Binding,
    Firmness,
    Origin,
    Reading,
    RequiredEvaluators,
    RequiredReleases,
    StatedBy,
    Wording,
)
from commitments.models import Commitment, Reply
from commitments.queries import (
    CommitmentAsOf,
    commitments_as_of,
)
from commitments.rules.deadlines import DeadlineStatus
from commitments.rules.facts import RequirementFact
from commitments.rules.ledger import Ledger
from commitments.rules.replies import ReplyStanding
from commitments.rules.sentences import framework_title
from commitments.rules.verdicts import Verdict, VerdictOutcome
from labs.choices import Activity, Certainty, Results, Timing, YesNo
from labs.rules.access import Window
from labs.rules.dates import day_label
from labs.rules.glossary import Word
from labs.rules.ranges import CRITERION_PLACES, printed
from labs.web.columns import (
    AS_OF,
    DATA_VERSION,
    METHOD,
    NONE,
    Badge,
    Column,
    Field,
    FieldType,
    Link,
    Links,
    ListedRows,
    RecordTable,
    Relation,
    badge,
    changed_at_column,
    citations_column,
    count_field,
    edtf_fields,
    field,
    joined,
    key_field,
    name_order,
    named_reference,
    reference,
    sources_column,
    term_fields,
    term_order,
    window_column,
    yes_no_field,
)
from labs.web.tables import ENDED

LABS_SHOWN = 3


def _labs_cell(row: CommitmentAsOf) -> Links:
    shown = row.labs if len(row.labs) <= LABS_SHOWN + 1 else row.labs[:LABS_SHOWN]
    return Links(shown, others=len(row.labs) - len(shown))


def _standing_cell(row: CommitmentAsOf) -> Badge | str:
    if row.standing is None:
        return row.kept_label
    return badge(row.standing, row.kept_label)


def _words_cell(row: CommitmentAsOf) -> str:
    """Its words, in quotation marks only where they are its own (methodology, section 7)."""
    wording = Wording(row.record.wording)
    if wording is Wording.VERBATIM:
        return f"“{row.record.quote}”"
    return f"{row.record.quote} ({wording.label})"


def _activities(fact: RequirementFact) -> list[Activity]:
    return [each for each in Activity if each in fact.activities]


def _word(value: Any) -> Any:
    return value and value.value


_WHAT_A_READING_ASKS = (
    Field(
        "activity_names", lambda fact: joined(each.label for each in _activities(fact)), "which activities, for people."
    ),
    Field("evaluators", lambda fact: _word(fact.evaluators), "by whom.", terms=RequiredEvaluators),
    Field("named_evaluator", lambda fact: fact.named_evaluator, "by which evaluator: its key.", refers_to="evaluators"),
    Field("timing", lambda fact: _word(fact.timing), "when against the release.", terms=Timing),
    Field(
        "min_depth", lambda fact: fact.min_depth, "the least depth of access, a level from 1 to 5.", FieldType.INTEGER
    ),
    Field("results_at_least", lambda fact: _word(fact.results_at_least), "what has to be published.", terms=Results),
    Field("releases", lambda fact: _word(fact.releases), "for which releases.", terms=RequiredReleases),
    Field(
        "visible_in_public", lambda fact: fact.visible_in_public, "whether keeping it is seen in public.", terms=YesNo
    ),
)


def _requirement(reading: Reading) -> Column:
    """What one reading asks for; all empty where the commitment does not have it."""

    def required(asked: Field) -> Field:
        def read(row: CommitmentAsOf) -> Any:
            requirement: RequirementFact | None = getattr(row.fact, reading.value)
            return None if requirement is None else asked.value(requirement)

        meaning = f"What keeping it takes under the {reading.label}: {asked.description}"
        return replace(asked, name=f"{reading.value}_{asked.name}", value=read, description=meaning)

    def label(of: Field) -> Field:
        terms = of.terms
        assert terms is not None, "only an enumeration has labels"

        def read(row: CommitmentAsOf) -> str | None:
            value = of.value(row)
            return terms(value).label if value else None

        return Field(f"{of.name}_label", read, f"The value of {of.name} in words.", is_label=True)

    def activities(row: CommitmentAsOf) -> list[Activity]:
        requirement: RequirementFact | None = getattr(row.fact, reading.value)
        return [] if requirement is None else _activities(requirement)

    fields = tuple(map(required, _WHAT_A_READING_ASKS))
    return Column(
        name=f"{reading.value}_requirement",
        explanation=f"What keeping it takes under the {reading.label}; empty where it does not carry that one.",
        fields=tuple(
            each
            for field in fields
            for each in ((field, label(field)) if field.terms not in (None, YesNo) else (field,))
        ),
        relation=Relation(
            f"{reading.value}_activities",
            f"The activities that keeping it takes under the {reading.label}; any of them.",
            activities,
            term_fields("required_activity", lambda each: each, Activity, "An activity that keeping a promise takes."),
        ),
        packed=(
            Field(f"{reading.value}_activities", lambda row: [each.value for each in activities(row)]),
            *fields[1:],
        ),
    )


COMMITMENT_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the commitment in addresses.", fields=(key_field("record", "key"),)),
    Column(
        name="title",
        explanation="The commitment in a line.",
        fields=(field("title", "record", "title", description="The title of the record."),),
        cell=lambda row: row.record,
        header="Commitment",
        sort=lambda row: name_order(row.record.title),
        is_default=True,
    ),
    Column(
        name="origin",
        explanation="Where it stands written: a statement, a policy, a pledge, an agreement, a code or a law.",
        fields=term_fields("origin", lambda row: Origin(row.record.origin), Origin, "Where it stands written."),
        cell=lambda row: Origin(row.record.origin),
        sort=lambda row: term_order(Origin(row.record.origin)),
        is_default=True,
    ),
    Column(
        name="labs",
        explanation="The labs that made it, and how sure it is of each; none where it is a law.",
        fields=(
            count_field("lab_count", "How many labs made it; none where it is a law.", lambda row: len(row.labs)),
            Field("lab_names", lambda row: joined(lab.name for lab in row.labs), "The labs that made it, for people."),
        ),
        relation=Relation(
            "labs",
            "The labs that made it, and how sure it is of each.",
            lambda row: row.parts,
            (
                *named_reference("lab"),
                *term_fields("certainty", lambda part: part.certainty, Certainty, "How sure it is."),
            ),
        ),
        packed=(
            Field("labs", lambda row: [lab.key for lab in row.labs]),
            Field("lab_names", lambda row: [lab.name for lab in row.labs]),
            Field("lab_certainties", lambda row: [part.certainty.value for part in row.parts]),
        ),
        cell=_labs_cell,
        sort=lambda row: name_order(row.labs[0].name) if row.labs else None,
        is_default=True,
    ),
    Column(
        name="framework",
        explanation="The document or series that it belongs to.",
        fields=(field("framework", "record", "framework", description="The document or series that it belongs to."),),
        cell=lambda row: framework_title(row.record.framework) if row.record.framework else NONE,
        sort=lambda row: name_order(row.record.framework and framework_title(row.record.framework)),
    ),
    Column(
        name="counterparty",
        explanation="The evaluator that it was made to; empty where it names none.",
        fields=(
            reference(
                "counterparty",
                "record",
                "counterparty",
                "key",
                description="The evaluator that it was made to: its key; empty where it names none.",
                to="evaluators",
            ),
            field("counterparty_name", "record", "counterparty", "name", description="The name of the counterparty."),
        ),
        cell=lambda row: row.record.counterparty,
        header="Made to",
        sort=lambda row: name_order(row.record.counterparty.name) if row.record.counterparty else None,
    ),
    Column(
        name="quote",
        explanation="What it says: its own words, but where “wording” says that they are condensed or translated.",
        fields=(
            field(
                "commitment_words",
                "record",
                "quote",
                description="What it says: its own words, unless “wording” says that they are condensed or translated.",
                desk="quote",
            ),
        ),
        cell=_words_cell,
        header="What it says",
        style="wide",
    ),
    Column(
        name="made",
        explanation="When it was made.",
        fields=edtf_fields("made_on", "record", description="When it was made."),
        cell=lambda row: row.record.made_on_label or Word.NOT_DISCLOSED,
        sort=lambda row: row.record.made_on_earliest,
        is_default=True,
    ),
    Column(
        name="effective",
        explanation="From when it holds, where that is not the day on which it was made.",
        fields=edtf_fields(
            "effective_on", "record", description="From when it holds, where that is not the day on which it was made."
        ),
        cell=lambda row: row.record.effective_on_label or row.record.made_on_label or Word.NOT_DISCLOSED,
        header="In force from",
        sort=lambda row: row.record.effective_on_earliest,
    ),
    Column(
        name="due",
        explanation="By when it was to be fulfilled.",
        fields=edtf_fields("due_on", "record", description="By when it was to be fulfilled."),
        cell=lambda row: row.record.due_on_label or NONE,
        sort=lambda row: row.record.due_on_earliest,
    ),
    Column(
        name="ended",
        explanation="When it ended; empty where it had not by the day.",
        fields=edtf_fields("ended_on", "record", description=ENDED, only_if="has_ended"),
        cell=lambda row: row.ended_label or NONE,
    ),
    Column(
        name="fulfilled",
        explanation="When it was fulfilled; empty where it was not by the day.",
        fields=edtf_fields(
            "fulfilled_on",
            "record",
            description="When it was fulfilled; empty where it was not by the day.",
            only_if="is_fulfilled",
        ),
    ),
    Column(
        name="in_force",
        explanation="Whether it was in force on the day, and from when until when it holds.",
        fields=(
            yes_no_field("in_force", "Whether it was in force on the day.", lambda row: row.is_in_force),
            field(
                "in_force_from",
                "tenure",
                "start",
                description="The day from which it is in force.",
                type=FieldType.DATE,
            ),
            field(
                "in_force_until",
                "end",
                description="The first day on which it was no longer in force; empty where none was known.",
                type=FieldType.DATE,
            ),
        ),
        cell=lambda row: row.in_force_label,
        sort=lambda row: row.is_in_force,
        is_default=True,
    ),
    Column(
        name="superseded_by",
        explanation="The commitment that took its place.",
        fields=(
            reference(
                "superseded_by",
                "successor",
                "key",
                description="The commitment that took its place: its key.",
                to="commitments",
            ),
        ),
    ),
    Column(
        name="about",
        explanation="What it is about.",
        fields=term_fields("about", lambda row: About(row.record.about), About, "What it is about."),
        cell=lambda row: About(row.record.about),
        header="Topic",
        sort=lambda row: term_order(About(row.record.about)),
        is_default=True,
    ),
    Column(
        name="firmness",
        explanation="How firm its words are.",
        fields=term_fields("firmness", lambda row: Firmness(row.record.firmness), Firmness, "How firm its words are."),
        cell=lambda row: Firmness(row.record.firmness),
        sort=lambda row: term_order(Firmness(row.record.firmness)),
        is_default=True,
    ),
    Column(
        name="stated_by",
        explanation="Who stated it in public.",
        fields=term_fields(
            "stated_by", lambda row: StatedBy(row.record.stated_by), StatedBy, "Who stated it in public."
        ),
        cell=lambda row: StatedBy(row.record.stated_by),
        header="Who stated it",
        sort=lambda row: term_order(StatedBy(row.record.stated_by)),
    ),
    Column(
        name="scope",
        explanation="What it covers, in our words.",
        fields=(field("scope", description="What it covers, in our words."),),
        cell=lambda row: row.scope_words or Word.NOT_DISCLOSED,
        style="wide",
    ),
    Column(
        name="binding",
        explanation="Whether the lab said that it will not deploy unless the outside test passes.",
        fields=term_fields(
            "binding",
            lambda row: row.binding,
            Binding,
            "Whether the lab said that it will not deploy unless the outside test passes.",
        ),
        cell=lambda row: row.binding,
        header="Binding on deployment",
    ),
    Column(
        name="state",
        explanation="What became of it: held against practice, or why it is not.",
        cell=_standing_cell,
        header="Against practice",
        is_default=True,
    ),
    Column(
        name="testable",
        explanation="Whether practice can be held against it, and why not; condensed or translated words never are.",
        fields=(
            yes_no_field("testable", "Whether practice can be held against it.", lambda row: row.is_testable),
            field(
                "not_testable_because",
                "record",
                "not_testable_because",
                description="Why practice cannot be held against it; empty where it can.",
            ),
        ),
    ),
    _requirement(Reading.STRICT),
    _requirement(Reading.LENIENT),
    Column(
        name="deadline",
        explanation="Where its deadline stands, and by how many days it was met or missed.",
        fields=(
            *term_fields(
                "deadline",
                lambda row: row.deadline and row.deadline.status,
                DeadlineStatus,
                "Where its deadline stands; empty where it has none.",
            ),
            field(
                "deadline_days",
                "deadline",
                "days",
                description="By how many days the deadline was met or missed.",
                type=FieldType.INTEGER,
            ),
        ),
    ),
    sources_column(),
    AS_OF,
    citations_column(lambda row: row.citations),
    changed_at_column("record"),
    Column(
        name="wording",
        explanation="Whether its words stand here as they stand in the source.",
        fields=term_fields(
            "wording",
            lambda row: Wording(row.record.wording),
            Wording,
            "Whether its words stand here as they stand in the source.",
        ),
    ),
)


class CommitmentTable(RecordTable):
    """The columns of promises and of laws."""

    declared = COMMITMENT_COLUMNS
    order = (
        *("title", "labs", "origin", "made", "about", "firmness", "in_force", "state", "effective", "due", "ended"),
        *("stated_by", "counterparty", "framework", "binding", "quote", "scope"),
    )


class LawTable(CommitmentTable):
    """Laws: obligations, not promises of a lab. Pages do not compare them with practice."""

    caption = "laws"
    caption_one = "law"
    default_columns = ("title", "about", "firmness", "made", "effective", "in_force", "state")

    class Meta:
        model = Commitment
        fields = ()
        attrs = {"id": "laws"}
        order_by = ("-made",)
        empty_text = "No law matches. Here would be each law that binds labs."


class PromiseTable(CommitmentTable):
    """What labs promised, and what became of it. ``laws`` are the laws among them, in a table of their own.

    The window is the one in the address, which the view has checked.
    """

    caption = "promises"
    caption_one = "promise"
    caption_of_all = "promises and laws"

    class Meta:
        model = Commitment
        fields = ()
        order_by = ("-made",)
        empty_text = "No promise matches. Here would be each thing that a lab said it would do, in its own words."

    def __init__(self, promises: ListedRows, laws: ListedRows, **kwargs: Any) -> None:
        super().__init__(promises, **kwargs)
        self.law_rows = laws

    @cached_property
    def laws(self) -> LawTable:
        """The laws, all on one page: they are few."""
        table = LawTable(self.law_rows, request=self.request)
        for name in table.base_columns:
            table.columns[name].column.orderable = False  # the address sorts the promises
            if name not in LawTable.default_columns:
                table.columns.hide(name)
        return table

    def rows_as_of(self, rows: Iterable[CommitmentAsOf]) -> Iterable[CommitmentAsOf]:
        window = Window(self.request.GET.get("window", Window.ALL.value))
        return [commitments_as_of(row.day, window)[row.key] for row in rows]


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A verdict as published: with the day and the window that it is from."""

    verdict: Verdict
    ledger: Ledger
    window: Window

    @property
    def day(self) -> dt.date:
        return self.ledger.day


def _value(end: str) -> Callable[[VerdictRow], str | None]:
    return lambda row: printed(getattr(row.verdict.value, end), CRITERION_PLACES) if row.verdict.value else None


VERDICT_COLUMNS: tuple[Column, ...] = (
    Column(name="lab", explanation="The lab that made the promise.", fields=(reference("lab", "verdict", "lab"),)),
    Column(
        name="commitment",
        explanation="The promise.",
        fields=(reference("commitment", "verdict", "commitment", "key"),),
    ),
    Column(
        name="model",
        explanation="The release that it is held against.",
        fields=(reference("model", "verdict", "release", "key"),),
    ),
    Column(
        name="verdict",
        explanation="What the release says of the promise under each reading.",
        fields=(
            *term_fields(
                "verdict_strict",
                lambda row: row.verdict.strict.outcome,
                VerdictOutcome,
                "Whether the promise was kept for the release, under the strict reading.",
            ),
            *term_fields(
                "verdict_lenient",
                lambda row: row.verdict.lenient.outcome,
                VerdictOutcome,
                "Whether the promise was kept for the release, under the lenient reading.",
            ),
        ),
    ),
    Column(
        name="value",
        explanation="What that is worth in the mean, from 0 to 1; empty where it is left out of the mean.",
        fields=(
            Field(
                "value_low", _value("low"), "The lowest that the verdict can be worth, from 0 to 1.", FieldType.NUMBER
            ),
            Field(
                "value_high",
                _value("high"),
                "The highest that the verdict can be worth, from 0 to 1.",
                FieldType.NUMBER,
            ),
        ),
    ),
    AS_OF,
    window_column(
        lambda row: row.window,
        lambda row: row.ledger.access.first_day(row.window),
        lambda row: row.ledger.access.window_end,
    ),
    METHOD,
    DATA_VERSION,
)
"""A row is a promise of a lab and a release that came out while it was in force."""


MATRIX_COLUMNS: tuple[Column, ...] = (
    Column(
        name="commitment",
        explanation="The promise.",
        fields=(
            Field(
                "commitment",
                lambda pair: pair[0].key,
                "The commitment that the row is about: its key.",
                refers_to="commitments",
            ),
            Field("commitment_title", lambda pair: pair[0].record.title, "The title of the commitment."),
        ),
    ),
    Column(
        name="lab",
        explanation="A lab that made it.",
        fields=(
            Field("lab", lambda pair: pair[1].lab.key, "The lab that the row is about: its key.", refers_to="labs"),
            Field("lab_name", lambda pair: pair[1].lab.name, "The name of the lab."),
        ),
    ),
    Column(
        name="certainty",
        explanation="How sure it is that the lab made it.",
        fields=term_fields("certainty", lambda pair: pair[1].certainty, Certainty, "How sure it is."),
    ),
    Column(
        name="testable",
        explanation="Whether practice can be held against it.",
        fields=(
            yes_no_field("testable", "Whether practice can be held against it.", lambda pair: pair[0].is_testable),
        ),
    ),
    Column(
        name="deadline",
        explanation="Where its deadline stands.",
        fields=term_fields(
            "deadline",
            lambda pair: pair[0].deadline and pair[0].deadline.status,
            DeadlineStatus,
            "Where its deadline stands; empty where it has none.",
        ),
    ),
    Column(
        name="kept",
        explanation="What became of it.",
        fields=(
            count_field(
                "verdict_count",
                "For how many releases there is a verdict on the promise.",
                lambda pair: len(pair[1].verdicts),
            ),
            Field(
                "kept_in_words",
                lambda pair: pair[1].kept_label if pair[0].is_testable else None,
                "On how many releases the promise was kept, in words; empty where practice cannot be held against it.",
            ),
        ),
    ),
    Column(
        name="as_of",
        explanation=AS_OF.explanation,
        fields=(replace(AS_OF.fields[0], value=lambda pair: pair[0].day),),
    ),
)
"""A row is a promise, and the part in it of a lab that made it."""


def _day(day: dt.date | None) -> str:
    return day_label(day) if day else NONE


REPLY_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the question in addresses.", fields=(key_field("record", "key"),)),
    Column(
        name="about",
        explanation="The access event, the commitment or the lab that it is about.",
        fields=(
            reference(
                "about_event",
                *("record", "event", "key"),
                description="The access event that it is about: its key.",
                to="access",
                desk="event",
            ),
            reference(
                "about_commitment",
                *("record", "commitment", "key"),
                description="The commitment that it is about: its key.",
                to="commitments",
                desk="commitment",
            ),
            reference(
                "about_lab",
                *("record", "lab", "key"),
                description="The lab that it is about: its key.",
                to="labs",
                desk="lab",
            ),
        ),
        cell=lambda row: Link(row.record, row.about_label),
        sort=lambda row: name_order(row.about_label),
        is_default=True,
        style="wide",
    ),
    Column(
        name="by",
        explanation="The lab or the evaluator that was asked, or that replied.",
        fields=(
            reference(
                "by_lab",
                *("record", "by_lab", "key"),
                description="The lab that was asked, or that replied: its key.",
                to="labs",
            ),
            reference(
                "by_evaluator",
                *("record", "by_evaluator", "key"),
                description="The evaluator that was asked, or that replied: its key.",
                to="evaluators",
            ),
        ),
        cell=lambda row: row.speaker,
        header="Asked or replying",
        sort=lambda row: name_order(row.speaker.name),
        is_default=True,
    ),
    Column(
        name="question",
        explanation="What we asked; empty where they wrote without being asked.",
        fields=(field("question", description="What we asked; empty where they wrote without being asked."),),
        cell=lambda row: row.question or NONE,
        header="What we asked",
        style="wide",
    ),
    Column(
        name="asked",
        explanation="When we asked.",
        fields=(field("asked_on", "record", "asked_on", description="When we asked.", type=FieldType.DATE),),
        cell=lambda row: _day(row.record.asked_on),
        sort=lambda row: row.record.asked_on,
        is_default=True,
    ),
    Column(
        name="due",
        explanation="By when we asked for an answer.",
        fields=(
            field(
                "answer_by", "record", "answer_by", description="By when we asked for an answer.", type=FieldType.DATE
            ),
        ),
        cell=lambda row: _day(row.record.answer_by),
        header="Answer by",
        sort=lambda row: row.record.answer_by,
        is_default=True,
    ),
    Column(
        name="answered",
        explanation="When they answered; empty where they had not by the day.",
        fields=(
            field(
                "answered_on",
                description="When they answered; empty where they had not by the day.",
                type=FieldType.DATE,
            ),
        ),
        cell=lambda row: _day(row.answered_on),
        sort=lambda row: row.answered_on,
        is_default=True,
    ),
    Column(
        name="standing",
        explanation="Where it stands on the day.",
        fields=term_fields(
            "reply_standing",
            lambda row: row.standing,
            ReplyStanding,
            "Where the question stands on the day.",
            desk="standing",
        ),
        cell=lambda row: badge(row.standing),
        header="Where it stands",
        sort=lambda row: term_order(row.standing),
        is_default=True,
    ),
    Column(
        name="text",
        explanation="The answer, word for word.",
        fields=(field("answer", "text", description="The answer, word for word.", desk="text"),),
        cell=lambda row: row.text or NONE,
        header="Answer, word for word",
        style="wide",
    ),
    Column(
        name="published_url",
        explanation="Where they published the answer.",
        fields=(field("published_url", description="Where they published the answer."),),
    ),
    Column(
        name="outcome",
        explanation="What changed because of it.",
        fields=(field("what_changed", "outcome", description="What changed because of the answer.", desk="outcome"),),
        cell=lambda row: row.outcome or NONE,
        header="What changed because of it",
        style="wide",
    ),
    AS_OF,
    changed_at_column("record"),
)


class ReplyTable(RecordTable):
    """What we asked labs and evaluators, and whether they answered. The answers are on the pages they are about."""

    declared = REPLY_COLUMNS
    order = ("about", "by", "asked", "due", "answered", "standing", "question", "text", "outcome")
    caption = "questions and replies"
    caption_one = "question or reply"

    class Meta:
        model = Reply
        fields = ()
        order_by = ("-asked",)
        empty_text = "No question or reply matches. Here would be each question of ours to a lab or an evaluator."
