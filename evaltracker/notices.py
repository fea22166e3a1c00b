"""What a person at the desk is told: what waits for their review or was sent back to them, replies that are due, notes.

The bell on every page of the desk counts these; ``manage.py send_notices`` tells by e-mail what is new.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from commitments.models import Reply
from evaltracker.actions.notices import KINDS, choice_of
from evaltracker.models import NoticeChoice, TaskMark
from labs.actions.permissions import REVIEW_PROPOSAL, VIEW_PROPOSAL
from labs.choices import NoteKind, RecordStatus, Stage
from labs.models import Proposal, ProposalNote
from labs.models.compiled import Compiled, compiled
from labs.queries.given_passwords import decided_with_given_password

SHOWN = 10
IN_NAME = "in_name"


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of thing that a person is told, with its rows."""

    kind: str
    title: str
    url: str
    rows: QuerySet
    new: Callable[[dt.datetime], QuerySet]  # the rows that came after a moment

    @property
    def count(self) -> int:
        """How many there are."""
        return self.rows.count()


def notices_of(person: Any, choice: NoticeChoice, day: dt.date) -> list[Notice]:
    """What a person chose to be told and has to do with."""
    if not person.has_perm(VIEW_PROPOSAL):
        return []
    found = _notices(person.pk, _kinds(person, choice), _given_to(person), day)
    return [notice for notice in found if notice.kind != IN_NAME or notice.rows.exists()]


def _kinds(person: Any, choice: NoticeChoice) -> frozenset[str]:
    """The kinds that a person chose, of those that are for them."""
    chosen = {kind for kind in KINDS if getattr(choice, kind)}
    return frozenset(chosen if person.has_perm(REVIEW_PROPOSAL) else chosen - {"waiting"})


def _notices(person: int, kinds: Collection[str], given: "_Given", day: dt.date) -> list[Notice]:
    """What a person may be told, found by nothing but these values: ``bell`` compiles its queries once for them."""
    in_name = decided_with_given_password().filter(decided_by=person)
    found = [  # nobody can choose not to be told
        Notice(
            IN_NAME,
            "Accepted in your name, after somebody else set your password",
            reverse("admin:worklist_task", args=["given-passwords"]),
            in_name,
            lambda since: in_name.filter(decided_at__gt=since),
        )
    ]
    if "waiting" in kinds:
        waiting = Proposal.objects.filter(stage=Stage.IN_REVIEW.value).not_made_by(person)
        found.append(
            Notice(
                "waiting",
                "Waiting for your review",
                reverse("admin:worklist_task", args=["review"]),
                waiting,
                lambda since: waiting.filter(sent_at__gt=since),
            )
        )
    if "sent_back" in kinds:
        back = Proposal.objects.filter(stage=Stage.SENT_BACK.value, author=person)
        found.append(
            Notice(
                "sent_back",
                "Sent back to you",
                reverse("admin:worklist_task", args=["sent-back"]),
                back,
                lambda since: back.filter(notes__kind=NoteKind.SENT_BACK.value, notes__written_at__gt=since).distinct(),
            )
        )
    if "noted" in kinds:
        followed = _followed(person, given)
        found.append(
            Notice(
                "noted",
                "New notes on what you follow",
                reverse("admin:notices"),
                followed.filter(Exists(_notes_for(person))),
                lambda since: followed.filter(Exists(_notes_for(person).filter(written_at__gt=since))),
            )
        )
    if "reply_due" in kinds:
        asked = Reply.objects.filter(status=RecordStatus.PUBLISHED.value, answered_on=None, answer_by__lt=day)
        found.append(
            Notice(
                "reply_due",
                "Replies due",
                reverse("admin:worklist_task", args=["unanswered"]),
                asked,
                lambda since: asked.filter(answer_by__gte=since.date()),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    """The proposals that a person was given at the worklist: their numbers, and the names of batches."""

    numbers: tuple[str, ...]
    batches: tuple[str, ...]


def _given_to(person: Any) -> _Given:
    subjects = [subject for (subject,) in _subjects_query(TaskMark.objects.db).rows(person.pk)]
    single = re.compile(reverse("admin:labs_proposal_change", args=[0]).replace("0", r"(\d+)"))
    numbers = [found[1] for subject in subjects if (found := single.fullmatch(subject))]
    names = [name for subject in subjects if urlsplit(subject).path == reverse("admin:labs_proposal_batch")
             for name in parse_qs(urlsplit(subject).query).get("name", ())]  # fmt: skip
    return _Given(tuple(numbers), tuple(names))


@cache
def _subjects_query(alias: str) -> Compiled:
    return compiled(TaskMark.objects.using(alias).filter(assigned_to=0).values_list("subject"))


def _followed(person: int, given: _Given) -> QuerySet:
    """The open proposals that a person wrote a part of, wrote a note on, or was given."""
    noted = ProposalNote.objects.filter(proposal=OuterRef("pk"), author=person)
    proposals = Proposal.objects.open()
    ids = proposals.made_by(person).values("pk")
    was_given = Q(pk__in=given.numbers) | Q(batch__in=given.batches)
    return proposals.filter(Q(pk__in=ids) | Q(Exists(noted)) | was_given)


def _notes_for(person: int) -> QuerySet:
    """The notes on a proposal that somebody else wrote after this person's last one; for ``Exists``."""
    notes = ProposalNote.objects.filter(proposal=OuterRef("pk"), kind=NoteKind.COMMENT.value)
    own = ProposalNote.objects.filter(proposal=OuterRef("proposal"), author=person)
    return notes.exclude(author=person).exclude(Exists(own.filter(written_at__gte=OuterRef("written_at"))))


def bell(person: Any, day: dt.date) -> int | None:
    """How much a person has to do with; None for somebody who does not work on records."""
    if not person.has_perm(VIEW_PROPOSAL):
        return None
    kinds = _kinds(person, choice_of(person))
    return sum(count for (count,) in _counts(Proposal.objects.db, person.pk, kinds, _given_to(person), day).rows())


@lru_cache(maxsize=100)
def _counts(alias: str, person: int, kinds: frozenset[str], given: _Given, day: dt.date) -> Compiled:
    """How many there are of each kind, in one query, which every page of the desk asks."""
    found = [
        notice.rows.using(alias).order_by().values(each=Value(1)).annotate(count=Count("pk")).values_list("count")
        for notice in _notices(person, kinds, given, day)
    ]
    return compiled(found[0].union(*found[1:], all=True))


def words_of_mail(notices: list[Notice], since: dt.datetime | None, site: str) -> tuple[str, str] | None:
    """The subject and the text of an e-mail about what is new; None if nothing is."""
    parts, lines = [], []
    for notice in notices:
        rows = notice.rows if since is None else notice.new(since)
        count = rows.count()
        if not count:
            continue
        parts.append(f"{notice.title.lower()}: {count}")
        lines += ["", f"{notice.title}: {count} new", f"{site}{notice.url}"]
        lines += [f"- {row}" for row in rows[:SHOWN]]
        if count > SHOWN:
            lines.append(f"- and {count - SHOWN} more")
    if not parts:
        return None
    choose = f"{site}{reverse('admin:notices')}"
    return f"EvalTracker, {', '.join(parts)}", "\n".join([*lines[1:], "", f"Choose what you are told: {choose}", ""])
