"""Tasks about what waits: reviews, drafts, reports of error, checks, quotes, answers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.text import Truncator, capfirst

from commitments.models import Commitment, CommitmentCitation, Reply
from commitments.rules.replies import ReplyStanding, reply_standing, reply_standing_words
from evaltracker.choices import ReportState
from evaltracker.models import ErrorReport
from evaltracker.worklist.groups import by_release, records_of
from evaltracker.worklist.items import Item, TaskInput
from labs.actions.drafts import own_drafts
from labs.admin.addresses import change_url, changelist_url
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
from labs.models.registry import record_kinds
from labs.queries.checks import last_read_on, latest_release_day
from labs.queries.given_passwords import decided_with_given_password
from labs.queries.kept import kept, records
from labs.rules.checks import next_check
from labs.rules.dates import day_label
from labs.web.parameters import address

CHECKED = (Lab, Evaluator, Source, AIModel, AccessEvent, Commitment)
CITATIONS = (AccessEventCitation, AIModelCitation, EvaluatorCitation, CommitmentCitation)


def waiting(_given: TaskInput) -> list[Item]:
    """What waits for a second person: batches first, each one item, then proposals by release; the oldest first."""
    in_review = Proposal.objects.filter(stage=Stage.IN_REVIEW.value)
    singles = in_review.filter(batch="").defer("before", "after").order_by("sent_at")
    proposals = list(singles.select_related("content_type"))
    found = records_of(proposals)
    labs = _labs_of(found.values())
    named = in_review.exclude(batch="").order_by().values("batch")
    batches = named.annotate(n=Count("pk"), first=Min("sent_at")).order_by("first")
    return [
        Item(
            batch["batch"],
            f"{batch['n']} {'record waits' if batch['n'] == 1 else 'records wait'}, the first since "
            f"{day_label(batch['first'].date())}.",
            address(reverse("admin:labs_proposal_batch"), {}, name=batch["batch"]),
            group="Batches",
        )
        for batch in batches
    ] + [
        Item(
            proposal.record_name,
            f"{capfirst(proposal.get_kind_display())} of the {proposal.content_type.name}, sent on "
            f"{day_label(proposal.sent_at.date())}: {proposal.reason}",
            change_url(proposal),
            labs.get(found.get(proposal.pk), ()),
            group=group.title,
        )
        for group in by_release(proposals)
        for proposal in group.proposals
    ]


def accepted_with_given_password(_given: TaskInput) -> list[Item]:
    """Public changes that whoever had set the password of the person who accepted them may have accepted."""
    found = decided_with_given_password().defer("before", "after", "moved").order_by("-decided_at")
    return [
        Item(
            proposal.record_name,
            f"{capfirst(proposal.get_kind_display())} of the {proposal.content_type.name}, accepted in the name of "
            f"{proposal.decided_by.get_username()} on {day_label(proposal.decided_at.date())}.",
            change_url(proposal),
        )
        for proposal in found.select_related("content_type", "decided_by")
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
    """Reports from readers that nobody has answered, the oldest first, and one item that counts those for later."""
    found = ErrorReport.objects.filter(state=ReportState.OPEN.value).prefetch_related("proposals").order_by("sent_at")
    items = [
        Item(report.page, f"{_of_correction(report)}{Truncator(report.wrong).chars(160)}", change_url(report))
        for report in found
    ]
    if later := ErrorReport.objects.filter(state=ReportState.LATER.value).count():
        words = "They came when many came on one day. Look through them, and move those that matter among the others."
        url = changelist_url(ErrorReport, state__exact=ReportState.LATER.value)
        items.append(Item(f"{later:,} kept for later", words, url))
    return items


def _of_correction(report: ErrorReport) -> str:
    stages = {proposal.stage for proposal in report.proposals.all()}
    if Stage.ACCEPTED in stages:
        return "Its correction is public: answer it. "
    return "Its correction waits for review. " if stages & {Stage.IN_REVIEW, Stage.SENT_BACK} else ""


def overdue(given: TaskInput) -> list[Item]:
    """Public records whose next check is due: first those that nobody ever checked, then the longest overdue.

    What came with an edition was looked at for it. That is no check, but no task either until the time between two
    checks has passed since the edition's day.
    """
    return list(_overdue(given.day))


@kept(most=2)
def _overdue(day: dt.date) -> tuple[Item, ...]:
    edition = _edition_day()
    found = []
    for kind in record_kinds():
        if kind.model not in CHECKED:
            continue
        for record in records()[kind.model].published:
            looked_on = record.checked_on or last_read_on(record)
            day_of_task = max(filter(None, (looked_on, edition)), default=None)
            if next_check(day_of_task, latest_release_day(record), day) <= day:
                due = next_check(looked_on, latest_release_day(record), day)
                found.append((looked_on is not None, due, record, tuple(sorted(kind.lab_keys(record)))))
    found.sort(key=lambda row: (row[0], row[1], row[2]._meta.verbose_name, row[2].key))
    return tuple(
        Item(f"{capfirst(record._meta.verbose_name)}: {record}", _last_look(record, due), change_url(record), labs)
        for _, due, record, labs in found
    )


def _edition_day() -> dt.date | None:
    """The day on which the newest edition came in; None without one."""
    newest = Proposal.objects.filter(edition__isnull=False).aggregate(newest=Max("decided_at"))["newest"]
    return newest.date() if newest else None


def _last_look(record: Record, due: dt.date) -> str:
    if record.checked_on:
        return f"Checked on {day_label(record.checked_on)}, due again on {day_label(due)}."
    if read_on := last_read_on(record):
        return f"Its sources were last read on {day_label(read_on)}; a check was due on {day_label(due)}."
    return "Nobody has checked it since it was entered."


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
                    about=str(citation.pk),
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
