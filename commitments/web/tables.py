"""The tables of the commitments: promises, and the laws apart from them."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commitments.choices import About, Firmness, Origin, StatedBy
from commitments.models import Commitment, Reply
from commitments.queries import CommitmentAsOf, ReplyAsOf, commitments_as_of, event_titles, ledger, replies_as_of
from commitments.rules.ledger import Ledger
from labs.rules.access import Window
from labs.rules.dates import day_label
from labs.web.columns import NONE, RecordTable, SortedColumn, badge

LABS_SHOWN = 3


class CommitmentTable(RecordTable):
    """The columns of promises and of laws. ``ledger`` is what was known on the day."""

    ledger: Ledger

    title = SortedColumn("title", verbose_name="Commitment")
    labs = SortedColumn("lab_name", verbose_name="Labs")
    origin = SortedColumn("origin")
    made = SortedColumn("made_on_earliest")
    about = SortedColumn("about", verbose_name="Topic")
    firmness = SortedColumn("firmness")
    in_force = SortedColumn("in_force", verbose_name="In force")
    state = SortedColumn(verbose_name="Against practice")
    effective = SortedColumn("effective_on_earliest", verbose_name="In force from")
    due = SortedColumn("due_on_earliest")
    ended = SortedColumn()
    stated_by = SortedColumn("stated_by", verbose_name="Who stated it")
    counterparty = SortedColumn("counterparty__name", verbose_name="Made to")
    framework = SortedColumn("framework")
    binding = SortedColumn(verbose_name="Binding on deployment")
    quote = SortedColumn(verbose_name="In its words", style="wide")
    scope = SortedColumn(style="wide")

    def render_title(self, row: CommitmentAsOf) -> SafeString:
        return self.link(row.record)

    def render_labs(self, row: CommitmentAsOf) -> SafeString | str:
        if not row.labs:
            return NONE
        shown = row.labs if len(row.labs) <= LABS_SHOWN + 1 else row.labs[:LABS_SHOWN]
        names = format_html_join(", ", "{}", ((self.link(lab),) for lab in shown))
        more = len(row.labs) - len(shown)
        return format_html("{} and {} others", names, more) if more else names

    def render_origin(self, row: CommitmentAsOf) -> str:
        return Origin(row.record.origin).label

    def render_made(self, row: CommitmentAsOf) -> str:
        return row.record.made_on_label or "not disclosed"

    def render_about(self, row: CommitmentAsOf) -> str:
        return About(row.record.about).label

    def render_firmness(self, row: CommitmentAsOf) -> str:
        return Firmness(row.record.firmness).label

    def render_in_force(self, row: CommitmentAsOf) -> str:
        return row.in_force_label

    def render_state(self, row: CommitmentAsOf) -> SafeString | str:
        if row.standing is None:
            return row.kept_label
        return format_html("{} {}", badge(row.standing), row.kept_label) if row.kept_label else badge(row.standing)

    def render_effective(self, row: CommitmentAsOf) -> str:
        return row.record.effective_on_label or row.record.made_on_label or "not disclosed"

    def render_due(self, row: CommitmentAsOf) -> str:
        return row.record.due_on_label or NONE

    def render_ended(self, row: CommitmentAsOf) -> str:
        return row.ended_label or NONE

    def render_stated_by(self, row: CommitmentAsOf) -> str:
        return StatedBy(row.record.stated_by).label

    def render_counterparty(self, row: CommitmentAsOf) -> SafeString | str:
        return self.link(row.record.counterparty) if row.record.counterparty else NONE

    def render_framework(self, row: CommitmentAsOf) -> str:
        return row.record.framework or NONE

    def render_binding(self, row: CommitmentAsOf) -> str:
        return row.binding.label

    def render_quote(self, row: CommitmentAsOf) -> str:
        return row.record.quote

    def render_scope(self, row: CommitmentAsOf) -> str:
        return row.scope or "not disclosed"


class LawTable(CommitmentTable):
    """Laws: obligations, and no promises of a lab. None of them is held against practice here."""

    caption = "laws"
    caption_one = "law"
    default_columns = ("title", "about", "firmness", "made", "effective", "in_force", "state")

    class Meta:
        model = Commitment
        fields = ()
        attrs = {"id": "laws"}
        order_by = ("-made",)
        empty_text = "No law matches. Here would be each law that binds labs."

    def known(self, records: Iterable[Commitment]) -> Iterable[CommitmentAsOf]:
        return commitments_as_of(records, self.ledger)


class PromiseTable(CommitmentTable):
    """What labs promised, and what became of it; ``laws`` are those among the records, in a table of their own.

    The window is that of the address, which the view has checked.
    """

    caption = "promises"
    caption_one = "promise"
    default_columns = ("title", "labs", "origin", "made", "about", "firmness", "in_force", "state")

    class Meta:
        model = Commitment
        fields = ()
        order_by = ("-made",)
        empty_text = "No promise matches. Here would be each thing that a lab said it would do, in its own words."

    def __init__(self, data: QuerySet[Commitment], **kwargs: Any) -> None:
        super().__init__(data.exclude(origin=Origin.LAW.value), **kwargs)
        self.law_records = data.filter(origin=Origin.LAW.value)

    @cached_property
    def ledger(self) -> Ledger:
        return ledger(self.day)

    @cached_property
    def laws(self) -> LawTable:
        """The laws, all on one page: they are few."""
        table = LawTable(self.law_records, request=self.request)
        table.day, table.ledger = self.day, self.ledger
        for name in table.base_columns:
            table.columns[name].column.orderable = False  # the address sorts the promises
            if name not in LawTable.default_columns:
                table.columns.hide(name)
        return table

    def known(self, records: Iterable[Commitment]) -> Iterable[CommitmentAsOf]:
        return commitments_as_of(records, self.ledger, Window(self.request.GET.get("window", Window.ALL.value)))


class ReplyTable(RecordTable):
    """What labs and evaluators were asked, and where that stands. The answers stand on the pages they are about."""

    caption = "questions and replies"
    caption_one = "question or reply"
    default_columns = ("about", "by", "asked", "due", "answered", "standing")

    about = SortedColumn("event__key", "commitment__title", "lab__name", style="wide")
    by = SortedColumn("by_lab__name", "by_evaluator__name", verbose_name="Asked or replying")
    asked = SortedColumn("asked_on")
    due = SortedColumn("answer_by", verbose_name="Answer by")
    answered = SortedColumn("answered_on")
    standing = SortedColumn("standing_now", verbose_name="Where it stands")
    question = SortedColumn(verbose_name="What we asked", style="wide")
    text = SortedColumn(verbose_name="Answer, word for word", style="wide")
    outcome = SortedColumn(verbose_name="What changed because of it", style="wide")

    class Meta:
        model = Reply
        fields = ()
        order_by = ("-asked",)
        empty_text = "No question or reply matches. Here would be each question of ours to a lab or an evaluator."

    def known(self, records: Iterable[Reply]) -> Iterable[ReplyAsOf]:
        replies = replies_as_of(records, self.day)
        self.titles = event_titles(replies, self.day)
        return replies

    def render_about(self, row: ReplyAsOf) -> SafeString:
        return self.link(row.record, self.titles.get(row.record.event_id, str(row.about)))

    def render_by(self, row: ReplyAsOf) -> SafeString:
        return self.link(row.speaker)

    def render_asked(self, row: ReplyAsOf) -> str:
        return _day(row.record.asked_on)

    def render_due(self, row: ReplyAsOf) -> str:
        return _day(row.record.answer_by)

    def render_answered(self, row: ReplyAsOf) -> str:
        return _day(row.answered_on)

    def render_standing(self, row: ReplyAsOf) -> SafeString:
        return badge(row.standing)

    def render_question(self, row: ReplyAsOf) -> str:
        return row.question or NONE

    def render_text(self, row: ReplyAsOf) -> str:
        return row.text or NONE

    def render_outcome(self, row: ReplyAsOf) -> str:
        return row.outcome or NONE


def _day(day: dt.date | None) -> str:
    return day_label(day) if day else NONE
