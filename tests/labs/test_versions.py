"""Data versions: one for each transaction that makes accepted changes public, and none for anything else."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from commitments.rules import criteria
from evaltracker.fixtures import load_records
from labs.actions import review, snapshots
from labs.actions.batches import decide_each
from labs.actions.signatures import set_public_name
from labs.actions.versions import raise_data_version
from labs.models import DataVersion, Edition, Lab, Proposal, Stamp
from labs.queries.editions import data_version, find_data_version
from tests import factories, people

pytestmark = pytest.mark.django_db
AUGUST = dt.date(2026, 8, 31)


def names() -> list[str]:
    return [str(version) for version in DataVersion.objects.order_by("pk")]


@pytest.fixture
def edition(empty_database) -> Edition:
    edition = Edition.objects.create(version="2026.12", complete_to=AUGUST)
    raise_data_version()
    return edition


def renaming(record: Lab, name: str) -> Proposal:
    return review.propose(record=record, state={"name": name}, reason="It has a new name.", by=people.researcher())


def test_the_shipped_records_are_number_0_and_all_shipped_changes_belong_to_it(records):
    (version,) = DataVersion.objects.all()
    assert (str(version), version.checked_by, version.note) == ("2026.12.0", "nobody", "")
    assert version.changes.count() == Proposal.objects.accepted().count() > 200
    assert data_version() == "2026.12.0"


def test_each_accepted_change_is_a_version_and_what_is_accepted_together_is_one(edition):
    first, second, third = (factories.lab() for _ in range(3))
    editor = people.editor()

    review.accept(proposal=renaming(first, "One"), by=editor)
    two = [(renaming(second, "Two"), ""), (renaming(third, "Three"), "")]
    both = decide_each(accept=two, by=editor).accepted

    assert names() == ["2026.12.0", "2026.12.1", "2026.12.2"]
    newest = DataVersion.objects.latest()
    assert newest.checked_by == "editor"
    assert set(newest.changes.all()) == set(both)
    assert data_version() == "2026.12.2"


def test_publishing_withdrawing_and_merging_are_changes_too(edition):
    ada, editor = people.researcher(), people.editor()
    draft = factories.lab(status="draft")
    review.accept(proposal=review.submit(record=draft, by=ada), by=editor)
    one, other = factories.lab(), factories.lab()
    merger = review.propose_merger(loser=one, winner=other, reason="The same.", by=editor)
    review.accept(proposal=merger, by=people.editor())
    review.accept(proposal=review.propose_withdrawal(record=other, reason="Not one.", by=ada), by=editor)

    assert names()[-1] == "2026.12.3"


def test_what_moves_no_figure_makes_no_version_but_every_page_is_read_again(edition):
    editor, event = people.editor(), factories.access_event(status="published")
    source = event.citations.first().source

    def shown() -> str:
        return str(Stamp.objects.current())

    stamps = [shown()]
    review.mark_checked(record=event, by=editor)
    stamps.append(shown())
    snapshots.add_snapshot(source=source, text="Quite another text.", taken_on=AUGUST, by=editor)
    stamps.append(shown())
    set_public_name(person=editor, name="Ed")
    stamps.append(shown())
    renaming(factories.lab(), "Proposed only")

    assert len(set(stamps)) == 4
    assert names() == ["2026.12.0"]


def test_a_refused_acceptance_and_one_that_is_rolled_back_leave_no_version(edition):
    editor = people.editor()
    proposal = review.propose(record=factories.lab(), state={"name": "New"}, reason="New name.", by=editor)
    with pytest.raises(ValidationError, match="somebody else"):
        review.accept(proposal=proposal, by=editor)
    with transaction.atomic():
        review.accept(proposal=proposal, by=people.editor())
        transaction.set_rollback(True)

    assert names() == ["2026.12.0"]
    proposal.refresh_from_db()
    assert proposal.data_version is None


def test_without_an_edition_there_is_no_name_and_the_first_edition_takes_what_came_before(empty_database):
    lab = factories.lab()
    accepted = review.accept(proposal=renaming(lab, "One"), by=people.editor())
    assert names() == []
    assert data_version() == ""

    Edition.objects.create(version="2026.12", complete_to=AUGUST)
    raise_data_version()

    assert names() == ["2026.12.0"]
    accepted.refresh_from_db()
    assert str(accepted.data_version) == "2026.12.0"


def test_the_next_edition_begins_again_at_0(edition):
    review.accept(proposal=renaming(factories.lab(), "One"), by=people.editor())
    Edition.objects.create(version="2027.01", complete_to=dt.date(2026, 10, 31))
    raise_data_version()
    review.accept(proposal=renaming(factories.lab(), "Two"), by=people.editor())

    assert names() == ["2026.12.0", "2026.12.1", "2027.01.0", "2027.01.1"]


def test_an_edition_that_figures_name_keeps_its_name_and_its_new_day_is_a_version(edition, client):
    edition.version = "2026.13"
    with pytest.raises(ValidationError, match="keeps its name"):
        edition.full_clean()

    client.force_login(people.person(is_superuser=True))
    url = f"/admin/labs/edition/{edition.pk}/change/"
    client.post(url, {"version": "2026.12", "complete_to": "2026-08-31", "note": "A word."})
    assert names() == ["2026.12.0"]
    client.post(url, {"version": "2026.12", "complete_to": "2026-09-30", "note": "A word."})

    assert names() == ["2026.12.0", "2026.12.1"]
    assert DataVersion.objects.latest().note == "Edition 2026.12 is complete to 30 September 2026."


def test_loading_the_same_file_again_changes_nothing_and_another_one_is_a_version(edition, tmp_path):
    def load(name: str) -> None:
        fields = {"key": "a-lab", "status": "published", "changed_at": None, "withdrawn_because": "", "name": name}
        path = tmp_path / "labs.json"
        path.write_text(json.dumps([{"model": "labs.lab", "fields": fields}]))
        call_command("loaddata", str(path), verbosity=0)

    load("A lab")
    assert names()[-1] == "2026.12.1"
    load("A lab")
    assert names()[-1] == "2026.12.1"
    load("A renamed lab")
    assert names()[-1] == "2026.12.2"
    assert DataVersion.objects.latest().note == "Records were loaded from files."
    saves = Lab.objects.get().history.order_by("history_id").values_list("name", "history_type", "history_user")
    assert list(saves) == [("A lab", "+", None), ("A renamed lab", "~", None)]


def test_what_changed_without_a_trace_before_a_file_was_loaded_is_no_change_of_the_file(edition, tmp_path):
    source = factories.access_event().citations.first().source
    snapshots.add_snapshot(source=source, text="Quite another text.", taken_on=AUGUST, by=people.editor())
    review.submit(record=factories.lab(status="draft"), by=people.researcher())
    path = tmp_path / "the-same.json"
    fields = {"version": "2026.12", "complete_to": "2026-08-31", "note": ""}
    path.write_text(json.dumps([{"model": "labs.edition", "fields": fields}]))

    call_command("loaddata", str(path), verbosity=0)

    assert names() == ["2026.12.0"]


def test_the_shipped_files_loaded_again_make_no_version(records):
    load_records()

    assert names() == ["2026.12.0"]
    assert not Proposal.objects.accepted().filter(data_version=None).exists()


@pytest.mark.parametrize("text", ["2026.12.1", "2026.12.00", "2026.12.", "2026.12", "", "x", "2026.12.-1", "2026.12.٠"])
def test_what_names_no_version(edition, text):
    assert find_data_version(text) is None
    assert str(find_data_version("2026.12.0")) == "2026.12.0"


def test_the_version_of_the_method_has_one_home():
    assert not hasattr(criteria, "METHOD_VERSION")
