"""Tasks about what waits: reviews, drafts, reports of error, checks, quotes, answers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import DateField, Max, Q, Value
from django.utils.text import Truncator, capfirst

from commitments.models import Commitment, CommitmentCitation, Reply
from commitments.rules.replies import ReplyStanding, reply_standing, reply_standing_words
from evaltracker.choices import ReportState
from evaltracker.models import ErrorReport
from evaltracker.worklist.items import Item, TaskInput
from labs.actions.drafts import own_drafts
from labs.admin.addresses import change_url
from labs.choices import QUOTES_TO_JUDGE, QuoteCheck, RecordStatus, Stage
from labs.models import (
    AccessEvent,
    AccessEventCitation,
    AIModel,
    AIModelCitation,
    Evaluator,
    EvaluatorCitation,
    Lab,
    Proposal,
    Record,
    Source,
)
from labs.queries.checks import latest_release_day
from labs.rules.checks import next_check
from labs.rules.dates import day_label

CITATIONS = (AccessEventCitation, AIModelCitation, EvaluatorCitation, CommitmentCitation)


def waiting(_given: TaskInput) -> list[Item]:
    """Proposals that wait for a second person, the oldest first."""
    in_review = Proposal.objects.filter(stage=Stage.IN_REVIEW.value).defer("before", "after").order_by("sent_at")
    proposals = list(in_review.select_related("content_type").prefetch_related("record"))
    labs = _labs_of([proposal.record for proposal in proposals if proposal.record])
    return [
        Item(
            proposal.record_name,
            f"{capfirst(proposal.get_kind_display())} of the {proposal.content_type.name}, sent on "
            f"{day_label(proposal.sent_at.date())}: {proposal.reason}",
            change_url(proposal),
            labs.get(proposal.record, ()),
        )
        for proposal in proposals
    ]


def _labs_of(records: Iterable[Record]) -> dict[Record, tuple[str, ...]]:
    """The keys of the labs that each of these records concerns, in two queries."""
    records = list(records)
    keys = dict(Lab.objects.values_list("pk", "key"))
    labs_of = defaultdict(list)
    promises = [record.pk for record in records if isinstance(record, Commitment)]
    for commitment, lab in Commitment.labs.through.objects.filter(commitment__in=promises).values_list(
        "commitment", "lab"
    ):
        labs_of[commitment].append(keys[lab])
    return {
        record: (record.key,)
        if isinstance(record, Lab)
        else tuple(labs_of[record.pk])
        if isinstance(record, Commitment)
        else tuple(filter(None, [keys.get(getattr(record, "lab_id", None))]))
        for record in records
    }


def sent_back(given: TaskInput) -> list[Item]:
    """The person's own proposals that an editor sent back."""
    found = Proposal.objects.filter(stage=Stage.SENT_BACK.value, author=given.person).select_related("content_type")
    return [
        Item(proposal.record_name, f"Note: {proposal.note}", change_url(proposal))
        for proposal in found.order_by("sent_at")
    ]


def drafts(given: TaskInput) -> list[Item]:
    """The drafts that the person wrote or changed, in the order in which they can be published."""
    return [
        Item(f"{capfirst(record._meta.verbose_name)}: {record}", record.key, change_url(record))
        for record in own_drafts(given.person)
    ]


def reports(_given: TaskInput) -> list[Item]:
    """Reports from readers that nobody has answered, the oldest first."""
    found = ErrorReport.objects.filter(state=ReportState.OPEN.value).prefetch_related("proposals").order_by("sent_at")
    return [
        Item(report.page, f"{_of_correction(report)}{Truncator(report.wrong).chars(160)}", change_url(report))
        for report in found
    ]


def _of_correction(report: ErrorReport) -> str:
    stages = {proposal.stage for proposal in report.proposals.all()}
    if Stage.ACCEPTED in stages:
        return "Its correction is public: answer it. "
    return "Its correction waits for review. " if stages & {Stage.IN_REVIEW, Stage.SENT_BACK} else ""


def overdue(given: TaskInput) -> list[Item]:
    """Public records whose next check is due: first those that nobody ever checked, then the longest overdue."""
    found = []
    for record, labs in _public_records():
        looked_on = record.checked_on or record.read_on
        due = next_check(looked_on, latest_release_day(record), given.day)
        if due <= given.day:
            found.append((looked_on is not None, due, record, labs))
    found.sort(key=lambda row: (row[0], row[1], row[2]._meta.verbose_name, row[2].key))
    return [
        Item(f"{capfirst(record._meta.verbose_name)}: {record}", _last_look(record, due), change_url(record), labs)
        for _, due, record, labs in found
    ]


def _last_look(record: Record, due: dt.date) -> str:
    if record.checked_on:
        return f"Checked on {day_label(record.checked_on)}, due again on {day_label(due)}."
    if record.read_on:
        return f"Its sources were last read on {day_label(record.read_on)}; a check was due on {day_label(due)}."
    return "Nobody has checked it since it was entered."


def _public_records() -> Iterator[tuple[Record, tuple[str, ...]]]:
    """Every public record with its labs; ``read_on`` is the last day on which somebody read a source of it."""
    last_read = {"read_on": Max("citations__source__read_on")}
    for lab in Lab.objects.published().annotate(read_on=Value(None, output_field=DateField())):
        yield lab, (lab.key,)
    for evaluator in Evaluator.objects.published().select_related("lab").annotate(**last_read):
        yield evaluator, _key(evaluator.lab)
    for source in Source.objects.published().select_related("lab"):
        yield source, _key(source.lab)
    for model in AIModel.objects.published().select_related("lab").annotate(**last_read):
        yield model, _key(model.lab)
    for event in AccessEvent.objects.published().select_related("lab", "model").annotate(**last_read):
        yield event, _key(event.lab)
    for commitment in Commitment.objects.published().prefetch_related("labs").annotate(**last_read):
        yield commitment, tuple(lab.key for lab in commitment.labs.all())


def _key(lab: Lab | None) -> tuple[str, ...]:
    return (lab.key,) if lab else ()


_STANDS = {QuoteCheck.NOT_FOUND: "not", QuoteCheck.DOUBTFUL: "only perhaps"}


def unfound_quotes(_given: TaskInput) -> list[Item]:
    """Quotes that are not, or only perhaps, in the newest snapshot of their source, without an editor's word."""
    items = []
    for model in CITATIONS:
        unfound = model.objects.filter(quote_check__in=QUOTES_TO_JUDGE, unfound_because="").exclude(
            record__status=RecordStatus.WITHDRAWN.value
        )
        for citation in unfound.select_related("source", "record"):
            items.append(
                Item(
                    f"{capfirst(citation.record._meta.verbose_name)}: {citation.record}",
                    f"“{citation.quote}” is {_STANDS[citation.quote_check]} in the snapshot of {citation.source}.",
                    change_url(citation.record, "citations-group"),
                )
            )
    return items


def unanswered(given: TaskInput) -> list[Item]:
    """Published questions that were not answered by the day that we named."""
    asked = Reply.objects.filter(status=RecordStatus.PUBLISHED.value).filter(
        Q(answered_on=None), Q(answer_by__lt=given.day)
    )
    return [
        Item(
            str(reply),
            reply_standing_words(ReplyStanding.OVERDUE, reply.asked_on, reply.answer_by, reply.answered_on),
            change_url(reply),
            (reply.by_lab.key,) if reply.by_lab else (),
        )
        for reply in asked.select_related("event", "commitment", "lab", "by_lab", "by_evaluator").order_by("answer_by")
        if reply_standing(reply.asked_on, reply.answer_by, reply.answered_on, given.day) is ReplyStanding.OVERDUE
    ]
