"""Tasks about the records: missing events, dates, archived copies and answers, contradictions, promises due."""

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst

from commitments.models import Commitment
from commitments.queries import deadline_words, ledger, questions_as_of
from commitments.rules.criteria import DEFAULT_WEIGHTS
from commitments.rules.deadlines import DeadlineStatus, deadline
from evaltracker.web.parameters import DEFAULT_WINDOW
from evaltracker.worklist.items import Item, TaskInput
from labs.admin.addresses import change_url
from labs.choices import ACCESS_ANSWERS
from labs.models import AccessEvent, AIModel, Lab, Source
from labs.queries.completeness import lab_complete_to, newest_release
from labs.queries.consistency import broken_records
from labs.queries.facts import event_facts
from labs.queries.kept import kept, records
from labs.queries.rows import related_rows
from labs.rules.contradictions import contradictions
from labs.rules.dates import Span, day_label
from labs.rules.order import people_order
from labs.rules.ranges import printed

DUE_WITHIN = 30  # days
# Where the form of an event or a promise asks for what is unknown; the fields of the access profile go by their names.
_PLACES = {
    "certainty": "citations-group",
    "participation": "participations-group",
    "timing": "id_timing",
    **{name: f"id_{name}" for name in (*ACCESS_ANSWERS, "results", "access_days")},
    "promised": "citations-group",
}


def broken(_given: TaskInput) -> list[Item]:
    """What does not hold between the records, as far as it is quickly found; looked for after each public change."""
    return list(_broken())


@kept(most=1)
def _broken() -> tuple[Item, ...]:
    return tuple(
        Item(
            capfirst(each.sentence),
            "",
            change_url(each.row) if each.row else reverse("admin:index"),
            about=each.sentence,
        )
        for each in broken_records(is_thorough=False)
    )


def silent_releases(_given: TaskInput) -> list[Item]:
    """Public releases that have neither an access event nor a recorded search; frontier first, without variants."""
    return list(_silent_releases())


@kept(most=1)
def _silent_releases() -> tuple[Item, ...]:
    documented = {event.model_id for event in records()[AccessEvent].published}
    releases = [
        model
        for model in records()[AIModel].published
        if model.variant_of_id is None and model.pk not in documented and not related_rows(model, "searches")
    ]
    order = {"yes": 0, "unknown": 1, "no": 2}
    return tuple(
        Item(
            f"{model.lab}: {model}",
            f"Released {model.released_on_label or 'on a day that is not disclosed'}, {model.get_frontier_display()}. "
            "Enter an event, or the search that found nothing.",
            change_url(model, "searches-group"),
            (model.lab.key,),
        )
        for model in sorted(
            releases, key=lambda model: (order[model.frontier], people_order(model.lab.name), model.key)
        )
    )


def to_be_completed(_given: TaskInput) -> list[Item]:
    """Labs whose newest release is later than the day to which their records are complete, the newest first."""
    found = []
    for lab in records()[Lab].published:
        release, day = newest_release(lab), lab_complete_to(lab)
        if release and (day is None or release.released_on_latest > day):
            found.append((release.released_on_latest, lab, release, day))
    found.sort(key=lambda row: (-row[0].toordinal(), people_order(row[1].name)))
    return [
        Item(
            str(lab),
            f"{release} came out {release.released_on_label}; its releases are "
            f"{f'complete to {day_label(day)}' if day else 'complete to no day that anybody set'}.",
            change_url(lab),
            (lab.key,),
        )
        for _, lab, release, day in found
    ]


def disagreements(_given: TaskInput) -> list[Item]:
    """Access events that contradict each other or themselves. A recorded dispute of sources is none to settle."""
    return list(_disagreements())


@kept(most=1)
def _disagreements() -> tuple[Item, ...]:
    events = records()[AccessEvent].by_key
    released = {
        event.model.key: Span(event.model.released_on_earliest, event.model.released_on_latest)
        for event in events.values()
        if event.model
    }
    found = contradictions(list(event_facts().values()), released)
    return tuple(
        Item(
            " and ".join(contradiction.events),
            contradiction.disagreement.explanation,
            change_url(events[contradiction.events[-1]]),
            (contradiction.lab,),
            about=f"{contradiction.disagreement} {' '.join(contradiction.events)}",
        )
        for contradiction in found
    )


def bare_sources(_given: TaskInput) -> list[Item]:
    """Public sources without a date or an archived copy; those that lack both come first."""
    sources = Source.objects.published().filter(Q(published_on="") | Q(archived_url="")).select_related("lab")

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
        for source in sorted(sources, key=lambda source: (-len(lacking(source)), source.published_on != "", source.key))
    ]


def questions(given: TaskInput) -> list[Item]:
    """The unknowns whose answer would move a lab's score most, in points out of 100."""
    found = []
    for lab, name in Lab.objects.published().values_list("key", "name"):
        asked = questions_as_of(given.day, lab, DEFAULT_WINDOW, DEFAULT_WEIGHTS)
        for question in asked.about_events:
            found.append((question.points, lab, name, question.unknown, question.weighed.event.key, AccessEvent))
        for question in asked.about_promises:
            found.append((question.points, lab, name, question.unknown, question.commitment.key, Commitment))
    found.sort(key=lambda row: (-row[0], row[1], row[4]))
    return [
        Item(
            f"{name}, {records()[model].by_key[key]}: {unknown.label}",
            f"Its answer moves the score of {name} by up to {printed(points, 1)} points.",
            change_url(records()[model].by_key[key], _PLACES.get(unknown.value)),
            (lab,),
            about=unknown.value,
        )
        for points, lab, name, unknown, key, model in found
    ]


def due_promises(given: TaskInput) -> list[Item]:
    """Commitments that are due within thirty days, the nearest first."""
    return list(_due_promises(given.day))


@kept(most=2)
def _due_promises(day: dt.date) -> tuple[Item, ...]:
    found = []
    for key, fact in ledger(day).commitments.items():
        due = deadline(fact, day)
        if due and due.status is DeadlineStatus.NOT_YET_DUE and due.days is not None and due.days <= DUE_WITHIN:
            found.append((due.days, key, fact, due))
    public = records()[Commitment].by_key
    return tuple(
        Item(
            str(public[key]),
            f"Due on {due.due:%-d %B %Y}: {deadline_words(due, public[key].due_on_label)}.",
            change_url(public[key]),
            fact.labs,
        )
        for _, key, fact, due in sorted(found, key=lambda row: row[:2])
    )
