"""What a person at the desk is told: what waits for their review or was sent back to them, replies that are due, notes.

The bell on every page of the desk counts these; ``manage.py send_notices`` tells by e-mail what is new.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from commitments.models import Reply
from evaltracker.actions.notices import choice_of
from evaltracker.models import NoticeChoice, TaskMark
from labs.actions.permissions import REVIEW_PROPOSAL, VIEW_PROPOSAL
from labs.choices import NoteKind, RecordStatus, Stage
from labs.models import Proposal, ProposalNote
from labs.queries.given_passwords import decided_with_given_password

SHOWN = 10


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
    found = []
    in_name = decided_with_given_password().filter(decided_by=person)
    if in_name.exists():  # nobody can choose not to be told
        found.append(
            Notice(
                "in_name",
                "Accepted in your name, after somebody else set your password",
                reverse("admin:worklist_task", args=["given-passwords"]),
                in_name,
                lambda since: in_name.filter(decided_at__gt=since),
            )
        )
    if choice.waiting and person.has_perm(REVIEW_PROPOSAL):
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
    if choice.sent_back:
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
    if choice.noted:
        found.append(
            Notice(
                "noted",
                "New notes on what you follow",
                reverse("admin:notices"),
                _followed(person).filter(Exists(_notes_for(person))),
                lambda since: _followed(person).filter(Exists(_notes_for(person).filter(written_at__gt=since))),
            )
        )
    if choice.reply_due:
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


def _followed(person: Any) -> QuerySet:
    """The open proposals that a person wrote a part of, wrote a note on, or was given."""
    subjects = list(TaskMark.objects.filter(assigned_to=person).values_list("subject", flat=True))
    single = re.compile(reverse("admin:labs_proposal_change", args=[0]).replace("0", r"(\d+)"))
    numbers = [found[1] for subject in subjects if (found := single.fullmatch(subject))]
    names = [name for subject in subjects if urlsplit(subject).path == reverse("admin:labs_proposal_batch")
             for name in parse_qs(urlsplit(subject).query).get("name", ())]  # fmt: skip
    noted = ProposalNote.objects.filter(proposal=OuterRef("pk"), author=person)
    proposals = Proposal.objects.open()
    ids = proposals.made_by(person).values("pk")
    return proposals.filter(Q(pk__in=ids) | Q(Exists(noted)) | Q(pk__in=numbers) | Q(batch__in=names))


def _notes_for(person: Any) -> QuerySet:
    """The notes on a proposal that somebody else wrote after this person's last one; for ``Exists``."""
    notes = ProposalNote.objects.filter(proposal=OuterRef("pk"), kind=NoteKind.COMMENT.value)
    own = ProposalNote.objects.filter(proposal=OuterRef("proposal"), author=person)
    return notes.exclude(author=person).exclude(Exists(own.filter(written_at__gte=OuterRef("written_at"))))


def bell(person: Any, day: dt.date) -> int | None:
    """How much a person has to do with; None for somebody who does not work on records."""
    if not person.has_perm(VIEW_PROPOSAL):
        return None
    return sum(notice.count for notice in notices_of(person, choice_of(person), day))


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
