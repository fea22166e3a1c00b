"""What people at the desk wait for: reviews, corrections, checks, answers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import DateField, Max, Q, Value
from django.utils.text import Truncator, capfirst

from commitments.models import Commitment, CommitmentCitation, Reply
from commitments.rules.replies import ReplyStanding, standing, standing_words
from evaltracker.choices import ReportState
from evaltracker.models import ErrorReport
from evaltracker.worklist.items import Desk, Item
from labs.admin.addresses import change_url
from labs.choices import QuoteCheck, RecordStatus, Stage
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
from labs.models.registry import record_kinds
from labs.queries.checks import released
from labs.rules.checks import next_check
from labs.rules.dates import day_label

CITATIONS = (AccessEventCitation, AIModelCitation, EvaluatorCitation, CommitmentCitation)


def waiting(_desk: Desk) -> list[Item]:
    """Proposals that wait for a second person, the oldest first."""
    found = Proposal.objects.filter(stage=Stage.IN_REVIEW.value).defer("before", "after").order_by("sent_at")
    proposals = list(found.select_related("content_type").prefetch_related("record"))
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
    made = defaultdict(list)
    promises = [record.pk for record in records if isinstance(record, Commitment)]
    for commitment, lab in Commitment.labs.through.objects.filter(commitment__in=promises).values_list(
        "commitment", "lab"
    ):
        made[commitment].append(keys[lab])
    return {
        record: (record.key,)
        if isinstance(record, Lab)
        else tuple(made[record.pk])
        if isinstance(record, Commitment)
        else tuple(filter(None, [keys.get(getattr(record, "lab_id", None))]))
        for record in records
    }


def sent_back(desk: Desk) -> list[Item]:
    """The person's own proposals that were sent back."""
    found = Proposal.objects.filter(stage=Stage.SENT_BACK.value, author=desk.person).select_related("content_type")
    return [
        Item(proposal.record_name, f"Note: {proposal.note}", change_url(proposal))
        for proposal in found.order_by("sent_at")
    ]


def drafts(desk: Desk) -> list[Item]:
    """The drafts in which the person had a hand, by kind and key."""
    items = []
    for kind in (each.model for each in record_kinds()):
        mine = kind.history.filter(history_user=desk.person).values("id")
        for record in kind._default_manager.filter(status=RecordStatus.DRAFT.value, pk__in=mine).order_by("key"):
            items.append(Item(f"{capfirst(kind._meta.verbose_name)}: {record}", record.key, change_url(record)))
    return items


def reports(_desk: Desk) -> list[Item]:
    """Readers' reports that nobody has answered, the oldest first."""
    return [
        Item(
            report.page,
            Truncator(report.wrong).chars(160),
            change_url(report),
        )
        for report in ErrorReport.objects.filter(state=ReportState.OPEN.value).order_by("sent_at")
    ]


def overdue(desk: Desk) -> list[Item]:
    """Public records whose next check is due, those never looked at first, then the longest overdue."""
    found = []
    for record, labs in _public_records():
        looked_on = record.checked_on or record.read_on
        due = next_check(looked_on, released(record), desk.day)
        if due <= desk.day:
            found.append((looked_on is not None, due, record, labs))
    found.sort(key=lambda each: (each[0], each[1], each[2]._meta.verbose_name, each[2].key))
    return [
        Item(f"{capfirst(record._meta.verbose_name)}: {record}", _last_look(record, due), change_url(record), labs)
        for _, due, record, labs in found
    ]


def _last_look(record: Record, due: dt.date) -> str:
    if record.checked_on:
        return f"Checked on {day_label(record.checked_on)}, due again on {day_label(due)}."
    if record.read_on:
        return f"Its sources were last read on {day_label(record.read_on)}; a check was due on {day_label(due)}."
    return "Not checked since it came in."


def _public_records() -> Iterator[tuple[Record, tuple[str, ...]]]:
    """Every public record, with ``read_on`` (the last day on which a source of it was read) and its labs."""
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


def unfound_quotes(_desk: Desk) -> list[Item]:
    """Quotes that the newest snapshot of their source lacks and for which no editor gave a reason."""
    items = []
    for kind in CITATIONS:
        found = kind.objects.filter(quote_check=QuoteCheck.NOT_FOUND.value, unfound_because="").exclude(
            record__status=RecordStatus.WITHDRAWN.value
        )
        for citation in found.select_related("source", "record"):
            items.append(
                Item(
                    f"{capfirst(citation.record._meta.verbose_name)}: {citation.record}",
                    f"“{citation.quote}” is not in the snapshot of {citation.source}.",
                    change_url(citation.record, "citations-group"),
                )
            )
    return items


def unanswered(desk: Desk) -> list[Item]:
    """Public asks whose day for an answer has passed without one."""
    asked = Reply.objects.filter(status=RecordStatus.PUBLISHED.value).filter(
        Q(answered_on=None), Q(answer_by__lt=desk.day)
    )
    return [
        Item(
            str(reply),
            standing_words(ReplyStanding.OVERDUE, reply.asked_on, reply.answer_by, reply.answered_on),
            change_url(reply),
            (reply.by_lab.key,) if reply.by_lab else (),
        )
        for reply in asked.select_related("event", "commitment", "lab", "by_lab", "by_evaluator").order_by("answer_by")
        if standing(reply.asked_on, reply.answer_by, reply.answered_on, desk.day) is ReplyStanding.OVERDUE
    ]
