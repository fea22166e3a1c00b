"""Whoever wrote does not accept, however the proposal came about, and whoever sent it to review last."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from evaltracker.models import ErrorReport
from labs.actions import batches, review, together
from labs.actions.cards import EnteredCard, EnteredQuote, EnteredSource, save_card
from labs.actions.drafts import submit_together
from labs.choices import ProposalKind, Stage
from labs.models import AIModel, Lab, Proposal
from labs.models.states import apply_state, state_of
from tests import factories, people
from tests.admin_forms import form_data
from tests.evaltracker.desk_pages import desk_of, list_of, url_of
from tests.evaltracker.sheets import exported, imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_database")]


def saved(lab: Lab, by: User, **values: Any) -> Lab:
    """The draft with these values, saved by a person."""
    parts = apply_state(lab, state_of(lab) | values)
    return review.save_draft(record=lab, parts=parts, by=by)


def a_draft(by: User) -> Lab:
    return review.save_draft(record=Lab(key="drafted", name="Drafted"), parts={"other_names": []}, by=by)


def accepted(proposal: Proposal) -> Proposal:
    return review.accept(proposal=proposal, by=people.editor())


# Each makes a proposal that a person wrote.


def draft_and_submit(by: User) -> Proposal:
    return review.submit(record=a_draft(by), by=by)


def draft_submitted_by_another(by: User) -> Proposal:
    return review.submit(record=a_draft(by), by=people.editor())


def draft_edited_and_submitted_by_another(by: User) -> Proposal:
    other = people.editor()
    return review.submit(record=saved(a_draft(by), other, country="FR"), by=other)


def rejected_and_submitted_by_another(by: User) -> Proposal:
    review.reject(proposal=draft_and_submit(by), by=people.editor(), note="No.")
    return review.submit(record=Lab.objects.get(key="drafted"), by=people.editor())


def drafts_together(by: User) -> Proposal:
    return submit_together(records=[a_draft(by)], by=by)[0]


def on_the_system_card(by: User) -> Proposal:
    lab = factories.lab()
    release = AIModel(name="A release", lab=lab, released_on="2026-01-02", frontier="yes")
    source = factories.source(lab=lab)
    card = EnteredCard([EnteredSource(source)], release, [EnteredQuote(0, "It is out.", ["released_on"])])
    return Proposal.objects.of(save_card(card=card, by=by, is_submitted=True)[-1]).get()


def by_the_form(by: User) -> Proposal:
    lab, desk = factories.lab(), desk_of(by)
    typed = {"country": "FR", "reason": "So."}
    desk.post(url_of(lab), form_data(desk.get(url_of(lab))) | typed)
    return Proposal.objects.of(lab).get()


def by_the_form_of_a_new_record(by: User) -> Proposal:
    desk = desk_of(by)
    url = list_of(factories.lab(), "add")
    desk.post(url, form_data(desk.get(url)) | {"key": "new-lab", "name": "New", "_submit": "1"})
    return Proposal.objects.of(Lab.objects.get(key="new-lab")).get()


def from_a_report_of_error(by: User) -> Proposal:
    lab, desk, report = factories.lab(), desk_of(by), a_report()
    url = f"{url_of(lab)}?report={report.pk}"
    desk.post(url, form_data(desk.get(url)) | {"country": "FR", "reason": "So."})
    return report.proposals.get()


def a_report() -> ErrorReport:
    return ErrorReport.objects.create(page="/labs/", wrong="It is wrong.", sent_at=timezone.now(), sender="x")


def changed_together(by: User) -> Proposal:
    return together.change_each(records=[factories.lab()], state={"country": "FR"}, reason="So.", by=by).proposed[0]


def imported_change(by: User) -> Proposal:
    lab = factories.lab()
    imported(by, {Lab: [exported(Lab, lab.key)[0] | {"country": "FR"}]})
    return Proposal.objects.of(lab).get()


def imported_record(by: User) -> Proposal:
    lab = factories.lab()
    imported(by, {Lab: [exported(Lab, lab.key)[0] | {"key": "from-a-file", "name": "From a file"}]})
    return Proposal.objects.of(Lab.objects.get(key="from-a-file")).get()


def change(by: User) -> Proposal:
    return review.propose(record=factories.lab(), state={"country": "FR"}, reason="So.", by=by)


def revision(by: User) -> Proposal:
    return review.revise(proposal=change(people.editor()), state={"country": "DE"}, reason="So.", by=by)


def edit_in_review(by: User) -> Proposal:
    proposal = draft_and_submit(people.editor())
    saved(proposal.record, by, country="FR")
    return Proposal.objects.get(pk=proposal.pk)


def withdrawal(by: User) -> Proposal:
    return review.propose_withdrawal(record=factories.lab(), reason="So.", by=by)


def again_after_a_withdrawal(by: User) -> Proposal:
    lab = accepted(withdrawal(people.editor())).record
    return review.submit(record=saved(lab, by, country="FR"), by=people.editor())


def publication_undone(by: User) -> Proposal:
    return together.propose_undoing(proposal=accepted(draft_and_submit(people.editor())), reason="So.", by=by)


def change_undone(by: User) -> Proposal:
    return together.propose_undoing(proposal=accepted(change(people.editor())), reason="So.", by=by)


def withdrawal_undone(by: User) -> Proposal:
    return together.propose_undoing(proposal=accepted(withdrawal(people.editor())), reason="So.", by=by)


def merger(by: User) -> Proposal:
    return review.propose_merger(loser=factories.lab(), winner=factories.lab(), reason="One.", by=by)


def merger_undone(by: User) -> Proposal:
    return review.propose_undoing(merger=accepted(merger(people.editor())), reason="Two.", by=by)


def reply(by: User) -> Proposal:
    record = factories.reply()
    return review.propose(record=record, state={"question": "Is that so?"}, reason="So.", by=by)


WAYS: dict[Callable[[User], Proposal], set[str]] = {
    draft_and_submit: {"review.submit"},
    draft_submitted_by_another: set(),
    draft_edited_and_submitted_by_another: set(),
    rejected_and_submitted_by_another: set(),
    drafts_together: set(),
    on_the_system_card: set(),
    by_the_form: set(),
    by_the_form_of_a_new_record: set(),
    from_a_report_of_error: set(),
    changed_together: set(),
    imported_change: {"imports.propose_changes"},
    imported_record: {"imports.add_drafts"},
    change: {"review.propose", "review._propose_state"},
    revision: set(),
    edit_in_review: {"review.save_draft"},
    withdrawal: {"review.propose_withdrawal"},
    again_after_a_withdrawal: set(),
    publication_undone: set(),
    change_undone: set(),
    withdrawal_undone: set(),
    merger: {"review.propose_merger"},
    merger_undone: {"review.propose_undoing"},
    reply: set(),
}
"""Every way, with the functions that make or alter a proposal for it."""


def touched(proposal: Proposal) -> User:
    """A second person, who wrote a part of it and is its author now, where it can be edited."""
    second = people.editor()
    if proposal.kind == ProposalKind.PUBLISH:
        record = proposal.record
        review.save_draft(record=record, parts=apply_state(record, state_of(record)), by=second)
    elif proposal.kind == ProposalKind.CHANGE:
        field = "country" if isinstance(proposal.record, Lab) else "question"
        review.revise(proposal=proposal, state=proposal.after | {field: "IT"}, reason="So.", by=second)
    return second


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_who_wrote_does_not_accept_even_after_a_second_person_touched_it(way):
    writer = people.editor()
    proposal = way(writer)
    second = touched(proposal)
    proposal = Proposal.objects.get(pk=proposal.pk)

    assert not Proposal.objects.open().not_made_by(writer.pk).filter(pk=proposal.pk).exists()
    page = desk_of(writer).get(reverse("admin:labs_proposal_change", args=[proposal.pk])).content.decode()
    assert "so somebody else has to decide about it" in page
    with pytest.raises(ValidationError, match="somebody else has to"):
        review.accept(proposal=proposal, by=writer)
    assert not batches.decide_each(accept=[(proposal, "")], by=writer).accepted
    if second.pk in proposal.writers:
        with pytest.raises(ValidationError, match="somebody else has to"):
            review.accept(proposal=proposal, by=second)
    for one in (writer, second) if second.pk in proposal.writers else (writer,):
        decided = {"stage": Stage.ACCEPTED.value, "decided_by": one, "decided_at": timezone.now()}
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**decided)

    assert accepted(proposal).stage == Stage.ACCEPTED


def test_what_made_a_withdrawn_record_public_before_bars_nobody_from_the_next_time(empty_database):
    first = people.editor()
    lab = accepted(draft_and_submit(first)).record
    lab = accepted(review.propose_withdrawal(record=lab, reason="So.", by=people.editor())).record
    proposal = review.submit(record=saved(lab, people.editor(), country="FR"), by=people.editor())

    assert review.accept(proposal=proposal, by=first).stage == Stage.ACCEPTED


# --- one constructor ----------------------------------------------------------------------------------------------

APPS = ("labs", "commitments", "evaltracker")
MAKES_OR_ALTERS = {"new_proposal", "send_to_review", "add_writers", "sent_by"}


def calls() -> list[tuple[str, str, str]]:
    """File, function and name of whatever a function calls, in all code but migrations."""
    found = []
    for path in (path for app in APPS for path in Path(app).rglob("*.py") if "migrations" not in path.parts):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        found.append((path.stem, function.name, ast.unparse(node.func)))
    return found


def test_one_function_makes_proposals():
    makers = {(file, name) for file, name, called in calls() if called in ("Proposal", "Proposal.objects.create")}

    assert makers == {("proposals", "new_proposal")}


def test_the_walk_goes_by_every_function_that_makes_or_alters_a_proposal():
    callers = {f"{file}.{name}" for file, name, called in calls() if called in MAKES_OR_ALTERS}
    apart = {
        "proposals.new_proposal",
        "proposals.sent_by",
        "proposals.send_to_review",
        "review._refuse_same_person",  # the rule itself
        "merging._effect_of_merger",  # a preview, rolled back
    }

    assert callers - apart == set().union(*WAYS.values())
