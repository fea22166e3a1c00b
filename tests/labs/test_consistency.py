"""What must hold between rows: it holds of the shipped records, and each way to break it is found."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command

from labs.actions import review
from labs.actions.search_index import rebuild_index
from labs.actions.versions import raise_data_version
from labs.models import AccessEvent, Alias, DataVersion, Edition, Lab, Proposal, Source
from labs.queries.consistency import broken_records
from tests import factories, people

pytestmark = pytest.mark.django_db


def update(record: Any, **values: Any) -> None:
    """Change a row as a hand in the database does."""
    type(record)._default_manager.filter(pk=record.pk).update(**values)


def accepted_lab() -> Lab:
    lab = review.save_draft(
        record=Lab(key="a-lab", name="A lab of ours"), parts={"other_names": []}, by=people.editor()
    )
    return review.accept(proposal=review.submit(record=lab, by=people.editor()), by=people.editor()).record


def test_all_holds_of_the_shipped_records_and_after_work_at_the_desk(capsys):
    lab = accepted_lab()
    review.propose(record=lab, state={"country": "FR"}, reason="So.", by=people.editor())
    review.submit(record=factories.lab(status="draft"), by=people.editor())
    sent_back = review.submit(record=factories.lab(status="draft"), by=people.editor())
    review.send_back(proposal=sent_back, by=people.editor(), note="Why?")
    withdrawn = review.propose_withdrawal(record=lab, reason="So.", by=people.editor())
    review.accept(proposal=withdrawn, by=people.editor())
    review.submit(record=withdrawn.record, by=people.editor())

    call_command("check_records")
    assert "All holds" in capsys.readouterr().out


def cited_source() -> None:
    update(Source.objects.published().first(), status="withdrawn", withdrawn_because="So.")


def lab_of_an_event() -> None:
    update(AccessEvent.objects.published().first().lab, status="draft")


def lab_of_a_list() -> None:
    commitment = ContentType.objects.get(app_label="commitments", model="commitment").model_class()
    lab = factories.lab(status="draft")
    commitment.objects.published().filter(labs__isnull=False).first().labs.add(lab)


def found_by_a_search() -> None:
    update(accepted_lab(), status="draft")


def renamed_by_hand() -> None:
    update(accepted_lab(), name="Another name")


def deleted_by_hand() -> None:
    lab = accepted_lab()
    Lab.objects.filter(pk=lab.pk)._raw_delete("default")
    Proposal.objects.of(lab).delete()


def without_its_citations() -> None:
    AccessEvent.objects.published().first().citations.all().delete()


def without_a_proposal() -> None:
    Proposal.objects.of(waiting().record).delete()


def waiting() -> Proposal:
    return review.submit(record=factories.lab(status="draft"), by=people.editor())


def waits_twice() -> None:
    proposal = waiting()
    proposal.pk = None
    proposal.save()


def waits_as_a_draft() -> None:
    update(waiting().record, status="draft")


def waits_for_nothing() -> None:
    proposal = waiting()
    update(proposal, object_id=987654)


def of_no_version() -> None:
    lab = accepted_lab()
    update(Proposal.objects.of(lab).get(), data_version=None)


def lacks_a_version() -> None:
    accepted_lab()
    raise_data_version("Once more.")
    version = DataVersion.objects.order_by("-number").first()
    DataVersion.objects.filter(pk=version.pk).update(number=version.number + 5)


def alias(**values: Any) -> None:
    lab = accepted_lab()
    defaults = {"key": "an-old-key", "name": "Old", "object_id": lab.pk}
    Alias.objects.create(content_type=ContentType.objects.get_for_model(Lab), **defaults | values)


BREAKS: dict[Callable[[], None], str] = {
    cited_source: "is public and refers to",
    lab_of_an_event: "is public and refers to",
    lab_of_a_list: "is public and lists",
    found_by_a_search: "A search finds lab a-lab, which is not public",
    renamed_by_hand: "The history of lab number",
    deleted_by_hand: "is gone, and its history does not say so",
    without_its_citations: "is public and not whole",
    without_a_proposal: "is in review, and no proposal asks to publish it",
    waits_twice: "waits 2 times",
    waits_as_a_draft: "waits, and its record is not in review",
    waits_for_nothing: "is about a record that is gone",
    of_no_version: "belongs to no data version",
    lacks_a_version: "lacks some of its",
    lambda: alias(object_id=987654): "The old address of lab an-old-key leads nowhere",
    lambda: alias(key="a-lab"): "The old address of lab a-lab leads nowhere, or to two records",
}


@pytest.fixture
def few_records(empty_database) -> None:
    Edition.objects.create(version="2026.12", complete_to=dt.date(2026, 8, 31))
    factories.access_event()
    factories.commitment(labs=[factories.lab()])
    rebuild_index()
    assert broken_records(is_thorough=True) == []


@pytest.mark.parametrize("break_it", BREAKS)
def test_what_does_not_hold_is_found(few_records, break_it, capsys):
    break_it()

    with pytest.raises(CommandError, match="do not hold"):
        call_command("check_records")
    assert BREAKS[break_it] in capsys.readouterr().out
