"""What the records lack: events, dates, archived copies, agreement, answers that move a score."""

from django.db.models import Q

from commitments.models import Commitment
from commitments.queries import deadline_words
from commitments.rules.criteria import DEFAULT_WEIGHTS
from commitments.rules.deadlines import DeadlineStatus, deadline
from commitments.rules.promise_questions import promise_questions
from commitments.rules.questions import open_questions
from evaltracker.web.parameters import DEFAULT_WINDOW
from evaltracker.worklist.items import Desk, Item
from labs.admin.addresses import change_url
from labs.models import AccessEvent, AIModel, Lab, Source
from labs.queries import event_fact
from labs.rules.contradictions import contradictions
from labs.rules.dates import Span
from labs.rules.ranges import printed

DUE_WITHIN = 30


def silent_releases(_desk: Desk) -> list[Item]:
    """Public releases, other than variants, without an access event or a search for one; frontier releases first."""
    found = (
        AIModel.objects.published()
        .filter(variant_of=None, searches=None)
        .exclude(events__status="published")
        .select_related("lab")
    )
    order = {"yes": 0, "unknown": 1, "no": 2}
    return [
        Item(
            f"{model.lab}: {model}",
            f"Released {model.released_on_label or 'on a day that is not disclosed'}, {model.get_frontier_display()}. "
            "Enter an event, or the search that found nothing.",
            change_url(model, "searches-group"),
            (model.lab.key,),
        )
        for model in sorted(found, key=lambda each: (order[each.frontier], each.lab.name.casefold(), each.key))
    ]


def disagreements(_desk: Desk) -> list[Item]:
    """Records that contradict one another, or whose sources do."""
    events = {event.key: event for event in AccessEvent.objects.published().for_rules()}
    released = {
        event.model.key: Span(event.model.released_on_earliest, event.model.released_on_latest)
        for event in events.values()
        if event.model
    }
    found = contradictions([event_fact(event) for event in events.values()], released)
    return [
        Item(
            " and ".join(each.events),
            f"{each.disagreement.explanation} {events[each.events[-1]].lowered_because}".strip(),
            change_url(events[each.events[-1]]),
            (each.lab,),
        )
        for each in found
    ]


def bare_sources(_desk: Desk) -> list[Item]:
    """Public sources without a date or an archived copy, those that lack both first."""
    found = Source.objects.published().filter(Q(published_on="") | Q(archived_url="")).select_related("lab")

    def lacking(source: Source) -> list[str]:
        return [
            word for word, value in (("date", source.published_on), ("archived copy", source.archived_url)) if not value
        ]

    return [
        Item(
            str(source),
            f"No {' and no '.join(lacking(source))}.",
            change_url(source),
            (source.lab.key,) if source.lab else (),
        )
        for source in sorted(found, key=lambda each: (-len(lacking(each)), each.published_on != "", each.key))
    ]


def questions(desk: Desk) -> list[Item]:
    """The unknowns that would move a lab's score most if they were answered, in points out of 100."""
    found = []
    for key, name in Lab.objects.published().values_list("key", "name"):
        for each in open_questions(desk.ledger, key, DEFAULT_WINDOW, DEFAULT_WEIGHTS):
            found.append((each.points, key, name, each.unknown, each.weighed.event.key, AccessEvent))
        for each in promise_questions(desk.ledger, key, DEFAULT_WINDOW, DEFAULT_WEIGHTS):
            found.append((each.points, key, name, each.unknown, each.commitment.key, Commitment))
    found.sort(key=lambda each: (-each[0], each[1], each[4]))
    records = {
        (kind, record.key): record
        for kind in (AccessEvent, Commitment)
        for record in kind.objects.filter(key__in=[key for *_, key, of in found if of is kind])
    }
    return [
        Item(
            f"{name}, {records[kind, record]}: {unknown.label}",
            f"Its answer moves the score of {name} by up to {printed(points, 1)} points.",
            change_url(records[kind, record]),
            (lab,),
        )
        for points, lab, name, unknown, record, kind in found
    ]


def due_promises(desk: Desk) -> list[Item]:
    """Commitments to do one thing by a day that comes within thirty days, the nearest first."""
    found = []
    for key, fact in desk.ledger.commitments.items():
        stands = deadline(fact, desk.day)
        if (
            stands
            and stands.status is DeadlineStatus.NOT_YET_DUE
            and stands.days is not None
            and stands.days <= DUE_WITHIN
        ):
            found.append((stands.days, key, fact, stands))
    records = {record.key: record for record in Commitment.objects.filter(key__in=[key for _, key, *_ in found])}
    return [
        Item(
            str(records[key]),
            f"Due on {stands.due:%-d %B %Y}: {deadline_words(stands)}.",
            change_url(records[key]),
            fact.labs,
        )
        for _, key, fact, stands in sorted(found, key=lambda each: each[:2])
    ]
