"""The columns of commitments, verdicts and replies, and their tables: promises, and the laws apart from them.

``labs.web.columns`` says what a column is and how to add one.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments.choices import About, Firmness, Origin, Reading, StatedBy, Wording
from commitments.models import Commitment, Reply
from commitments.queries import (
    CommitmentAsOf,
    ReplyAsOf,
    commitments_as_of,
    replies_as_of,
)
from commitments.rules.facts import RequirementFact
from commitments.rules.ledger import Ledger
from commitments.rules.sentences import framework_title
from commitments.rules.verdicts import Verdict
from labs.choices import Activity
from labs.rules.access import Window
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from labs.rules.ranges import CRITERION_PLACES, printed
from labs.web.columns import (
    AS_OF,
    DATA_VERSION,
    NONE,
    Column,
    Field,
    Link,
    Links,
    RecordTable,
    badge,
    changed_at_column,
    citations_column,
    edtf_fields,
    field,
    pick,
    term_fields,
)

LABS_SHOWN = 3


def _labs_cell(row: CommitmentAsOf) -> Links:
    shown = row.labs if len(row.labs) <= LABS_SHOWN + 1 else row.labs[:LABS_SHOWN]
    return Links(shown, others=len(row.labs) - len(shown))


def _standing_cell(row: CommitmentAsOf) -> SafeString | str:
    if row.standing is None:
        return row.kept_label
    return format_html("{} {}", badge(row.standing), row.kept_label) if row.kept_label else badge(row.standing)


def _words_cell(row: CommitmentAsOf) -> str:
    """Its words, in quotation marks only where they are its own (methodology, section 7)."""
    wording = Wording(row.record.wording)
    if wording is Wording.VERBATIM:
        return f"“{row.record.quote}”"
    return f"{row.record.quote} ({wording.label})"


def _requirement(reading: Reading) -> Column:
    """What one reading asks for; all empty where the commitment does not have it."""

    def required(name: str, value: Callable[[RequirementFact], Any]) -> Field:
        def read(row: CommitmentAsOf) -> Any:
            requirement: RequirementFact | None = getattr(row.fact, reading.value)
            return None if requirement is None else value(requirement)

        return Field(f"{reading.value}_{name}", read)

    return Column(
        name=f"{reading.value}_requirement",
        explanation=f"What keeping it takes under the {reading.label}; empty where it does not carry that one.",
        fields=(
            required("activities", lambda fact: [each.value for each in Activity if each in fact.activities]),
            required("evaluators", lambda fact: fact.evaluators.value),
            required("named_evaluator", lambda fact: fact.named_evaluator),
            required("timing", lambda fact: fact.timing.value),
            required("min_depth", lambda fact: fact.min_depth),
            required("results_at_least", lambda fact: fact.results_at_least and fact.results_at_least.value),
            required("releases", lambda fact: fact.releases.value),
            required("visible_in_public", lambda fact: fact.visible_in_public),
        ),
    )


COMMITMENT_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the commitment in addresses.", fields=(field("key", "record", "key"),)),
    Column(
        name="title",
        explanation="The commitment in a line.",
        fields=(field("title", "record", "title"),),
        cell=lambda row: row.record,
        header="Commitment",
        sort=("title",),
        is_default=True,
    ),
    Column(
        name="origin",
        explanation="Where it stands written: a statement, a policy, a pledge, an agreement, a code or a law.",
        fields=term_fields("origin", lambda row: Origin(row.record.origin)),
        cell=lambda row: Origin(row.record.origin),
        sort=("origin",),
        is_default=True,
    ),
    Column(
        name="labs",
        explanation="The labs that made it, and how sure it is of each; none where it is a law.",
        fields=(
            Field("labs", lambda row: [lab.key for lab in row.labs]),
            Field("lab_names", lambda row: [lab.name for lab in row.labs]),
            Field("lab_certainties", lambda row: [part.certainty.value for part in row.parts]),
        ),
        cell=_labs_cell,
        sort=("lab_name",),
        is_default=True,
    ),
    Column(
        name="framework",
        explanation="The document or series that it belongs to.",
        fields=(field("framework", "record", "framework"),),
        cell=lambda row: framework_title(row.record.framework) if row.record.framework else NONE,
        sort=("framework",),
    ),
    Column(
        name="counterparty",
        explanation="The evaluator that it was made to; empty where it names none.",
        fields=(
            field("counterparty", "record", "counterparty", "key"),
            field("counterparty_name", "record", "counterparty", "name"),
        ),
        cell=lambda row: row.record.counterparty,
        header="Made to",
        sort=("counterparty__name",),
    ),
    Column(
        name="quote",
        explanation="What it says: its own words, but where “wording” says that they are condensed or translated.",
        fields=(field("quote", "record", "quote"),),
        cell=_words_cell,
        header="What it says",
        style="wide",
    ),
    Column(
        name="made",
        explanation="When it was made.",
        fields=edtf_fields("made_on", "record"),
        cell=lambda row: row.record.made_on_label or "not disclosed",
        sort=("made_on_earliest",),
        is_default=True,
    ),
    Column(
        name="effective",
        explanation="From when it holds, where that is not the day on which it was made.",
        fields=edtf_fields("effective_on", "record"),
        cell=lambda row: row.record.effective_on_label or row.record.made_on_label or "not disclosed",
        header="In force from",
        sort=("effective_on_earliest",),
    ),
    Column(
        name="due",
        explanation="By when it was to be fulfilled.",
        fields=edtf_fields("due_on", "record"),
        cell=lambda row: row.record.due_on_label or NONE,
        sort=("due_on_earliest",),
    ),
    Column(
        name="ended",
        explanation="When it ended; empty where it had not by the day.",
        fields=edtf_fields("ended_on", "record", only_if="has_ended"),
        cell=lambda row: row.ended_label or NONE,
    ),
    Column(
        name="fulfilled",
        explanation="When it was fulfilled; empty where it was not by the day.",
        fields=edtf_fields("fulfilled_on", "record", only_if="is_fulfilled"),
    ),
    Column(
        name="in_force",
        explanation="Whether it was in force on the day, and from when until when it holds.",
        fields=(
            field("in_force", "is_in_force"),
            field("in_force_from", "tenure", "start"),
            field("in_force_until", "end"),
        ),
        cell=lambda row: row.in_force_label,
        sort=("in_force",),
        is_default=True,
    ),
    Column(
        name="superseded_by",
        explanation="The commitment that took its place.",
        fields=(field("superseded_by", "successor", "key"),),
    ),
    Column(
        name="about",
        explanation="What it is about.",
        fields=term_fields("about", lambda row: About(row.record.about)),
        cell=lambda row: About(row.record.about),
        header="Topic",
        sort=("about",),
        is_default=True,
    ),
    Column(
        name="firmness",
        explanation="How firm its words are.",
        fields=term_fields("firmness", lambda row: Firmness(row.record.firmness)),
        cell=lambda row: Firmness(row.record.firmness),
        sort=("firmness",),
        is_default=True,
    ),
    Column(
        name="stated_by",
        explanation="Who stated it in public.",
        fields=term_fields("stated_by", lambda row: StatedBy(row.record.stated_by)),
        cell=lambda row: StatedBy(row.record.stated_by),
        header="Who stated it",
        sort=("stated_by",),
    ),
    Column(
        name="scope",
        explanation="What it covers, in our words.",
        fields=(field("scope"),),
        cell=lambda row: row.scope_words or "not disclosed",
        style="wide",
    ),
    Column(
        name="binding",
        explanation="Whether the lab said that it will not deploy unless the outside test passes.",
        fields=term_fields("binding", lambda row: row.binding),
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
            field("testable", "is_testable"),
            field("not_testable_because", "record", "not_testable_because"),
        ),
    ),
    _requirement(Reading.STRICT),
    _requirement(Reading.LENIENT),
    Column(
        name="deadline",
        explanation="Where its deadline stands, and by how many days it was met or missed.",
        fields=(
            Field("deadline", lambda row: row.deadline and row.deadline.status.value),
            field("deadline_days", "deadline", "days"),
        ),
    ),
    Column(
        name="sources",
        explanation="The keys of the sources that tell of it.",
        fields=(Field("sources", lambda row: list(dict.fromkeys(each.source.key for each in row.citations))),),
    ),
    AS_OF,
    citations_column(lambda row: row.citations),
    changed_at_column("record"),
    Column(
        name="wording",
        explanation="Whether its words stand here as they stand in the source.",
        fields=term_fields("wording", lambda row: Wording(row.record.wording)),
    ),
)


class CommitmentTable(RecordTable):
    """The columns of promises and of laws."""

    declared = COMMITMENT_COLUMNS
    order = (
        *("title", "labs", "origin", "made", "about", "firmness", "in_force", "state", "effective", "due", "ended"),
        *("stated_by", "counterparty", "framework", "binding", "quote", "scope"),
    )

    @classmethod
    def as_of(cls, day: dt.date) -> Mapping[str, CommitmentAsOf]:
        return commitments_as_of(day, Window.ALL)


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
    """What labs promised, and what became of it. ``laws`` are the laws among the records, in a table of their own.

    The window is the one in the address, which the view has checked.
    """

    caption = "promises"
    caption_one = "promise"

    class Meta:
        model = Commitment
        fields = ()
        order_by = ("-made",)
        empty_text = "No promise matches. Here would be each thing that a lab said it would do, in its own words."

    def __init__(self, data: QuerySet[Commitment], **kwargs: Any) -> None:
        super().__init__(data.exclude(origin=Origin.LAW.value), **kwargs)
        self.law_records = data.filter(origin=Origin.LAW.value)

    @cached_property
    def laws(self) -> LawTable:
        """The laws, all on one page: they are few."""
        table = LawTable(self.law_records, request=self.request)
        table.day = self.day
        for name in table.base_columns:
            table.columns[name].column.orderable = False  # the address sorts the promises
            if name not in LawTable.default_columns:
                table.columns.hide(name)
        return table

    def rows_as_of(self, records: Iterable[Commitment]) -> Iterable[CommitmentAsOf]:
        window = Window(self.request.GET.get("window", Window.ALL.value))
        return pick(commitments_as_of(self.day, window), (record.key for record in records))


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
    Column(name="lab", explanation="The lab that made the promise.", fields=(field("lab", "verdict", "lab"),)),
    Column(
        name="commitment", explanation="The promise.", fields=(field("commitment", "verdict", "commitment", "key"),)
    ),
    Column(
        name="model",
        explanation="The release that it is held against.",
        fields=(field("model", "verdict", "release", "key"),),
    ),
    Column(
        name="verdict",
        explanation="What the release says of the promise under each reading.",
        fields=(
            Field("verdict_strict", lambda row: row.verdict.strict.outcome.value),
            Field("verdict_lenient", lambda row: row.verdict.lenient.outcome.value),
        ),
    ),
    Column(
        name="value",
        explanation="What that is worth in the mean, from 0 to 1; empty where it is left out of the mean.",
        fields=(Field("value_low", _value("low")), Field("value_high", _value("high"))),
    ),
    AS_OF,
    Column(
        name="window",
        explanation="Which releases these are: the window, its first day (empty for all time), its last.",
        fields=(
            field("window", "window", "value"),
            Field("window_from", lambda row: row.ledger.access.first_day(row.window)),
            Field("window_to", lambda row: row.ledger.access.window_end),
        ),
    ),
    Column(
        name="method_version",
        explanation="The version of the method that computed the verdict.",
        fields=(Field("method_version", lambda _: METHOD_VERSION),),
    ),
    DATA_VERSION,
)
"""A row is a promise of a lab and a release that came out while it was in force."""


def _day(day: dt.date | None) -> str:
    return day_label(day) if day else NONE


REPLY_COLUMNS: tuple[Column, ...] = (
    Column(name="key", explanation="The name of the question in addresses.", fields=(field("key", "record", "key"),)),
    Column(
        name="about",
        explanation="The access event, the commitment or the lab that it is about.",
        fields=(
            field("event", "record", "event", "key"),
            field("commitment", "record", "commitment", "key"),
            field("lab", "record", "lab", "key"),
        ),
        cell=lambda row: Link(row.record, row.about_label),
        sort=("event__key", "commitment__title", "lab__name"),
        is_default=True,
        style="wide",
    ),
    Column(
        name="by",
        explanation="The lab or the evaluator that was asked, or that replied.",
        fields=(field("by_lab", "record", "by_lab", "key"), field("by_evaluator", "record", "by_evaluator", "key")),
        cell=lambda row: row.speaker,
        header="Asked or replying",
        sort=("by_lab__name", "by_evaluator__name"),
        is_default=True,
    ),
    Column(
        name="question",
        explanation="What we asked; empty where they wrote without being asked.",
        fields=(field("question"),),
        cell=lambda row: row.question or NONE,
        header="What we asked",
        style="wide",
    ),
    Column(
        name="asked",
        explanation="When we asked.",
        fields=(field("asked_on", "record", "asked_on"),),
        cell=lambda row: _day(row.record.asked_on),
        sort=("asked_on",),
        is_default=True,
    ),
    Column(
        name="due",
        explanation="By when we asked for an answer.",
        fields=(field("answer_by", "record", "answer_by"),),
        cell=lambda row: _day(row.record.answer_by),
        header="Answer by",
        sort=("answer_by",),
        is_default=True,
    ),
    Column(
        name="answered",
        explanation="When they answered; empty where they had not by the day.",
        fields=(field("answered_on"),),
        cell=lambda row: _day(row.answered_on),
        sort=("answered_on",),
        is_default=True,
    ),
    Column(
        name="standing",
        explanation="Where it stands on the day.",
        fields=term_fields("standing", lambda row: row.standing),
        cell=lambda row: badge(row.standing),
        header="Where it stands",
        sort=("standing_now",),
        is_default=True,
    ),
    Column(
        name="text",
        explanation="The answer, word for word.",
        fields=(field("answer", "text"),),
        cell=lambda row: row.text or NONE,
        header="Answer, word for word",
        style="wide",
    ),
    Column(
        name="published_url",
        explanation="Where they published the answer.",
        fields=(field("published_url"),),
    ),
    Column(
        name="outcome",
        explanation="What changed because of it.",
        fields=(field("outcome"),),
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

    @classmethod
    def as_of(cls, day: dt.date) -> Mapping[str, ReplyAsOf]:
        return replies_as_of(day)
