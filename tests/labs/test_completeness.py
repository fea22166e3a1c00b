"""The day to which the records are complete: said of each lab, and the earliest of them for the site."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from labs.actions import review
from labs.models import Edition, Lab
from labs.queries import kept, lab_complete_to, records_complete_to
from labs.queries.completeness import newest_release
from tests import factories, people

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER, OCTOBER = dt.date(2026, 8, 31), dt.date(2026, 9, 30), dt.date(2026, 10, 31)


@pytest.fixture(autouse=True)
def forgotten():
    kept.forget()


def released(day: dt.date | None, **changes) -> Lab:
    """A lab whose records are complete to the day, with one release."""
    lab = factories.lab(complete_to=day)
    factories.ai_model(lab=lab, **changes)
    return lab


def complete_to() -> dt.date | None:
    """The day, which is the same by a query of its own and by the records, once those are read."""
    kept.forget()
    alone = records_complete_to()
    assert not kept.store().is_read
    kept.records()
    assert records_complete_to() == alone
    return alone


def test_the_sites_day_is_the_earliest_of_the_labs_with_a_release_that_counts(empty_database):
    released(OCTOBER)
    released(SEPTEMBER)
    factories.lab(complete_to=AUGUST)

    assert complete_to() == SEPTEMBER


@pytest.mark.parametrize(
    "changes",
    [{"release": "internal_only"}, {"frontier": "no"}, {"frontier": "unknown"}, {"released_on": ""}],
    ids=str,
)
def test_a_lab_none_of_whose_releases_counts_does_not_hold_the_site_back(empty_database, changes):
    released(SEPTEMBER)
    released(AUGUST, **changes)

    assert complete_to() == SEPTEMBER


def test_neither_does_one_of_which_only_variants_count_or_what_is_not_public(empty_database):
    released(SEPTEMBER)
    lab = released(AUGUST, release="internal_only")
    variant = factories.ai_model(lab=lab, variant_of=lab.models.get())
    factories.ai_model(lab=factories.lab(complete_to=AUGUST), status="draft")
    factories.ai_model(lab=factories.lab(complete_to=AUGUST, status="draft"))
    assert complete_to() == SEPTEMBER

    variant.variant_of = None
    variant.save()
    assert complete_to() == AUGUST


def test_a_release_of_any_year_counts_for_it(empty_database):
    released(SEPTEMBER)
    released(AUGUST, released_on="2019-02-14")

    assert complete_to() == AUGUST


def test_a_lab_without_a_day_has_that_of_the_newest_edition(empty_database):
    Edition.objects.create(version="2026.12", complete_to=AUGUST)
    with_day, without = released(SEPTEMBER), released(None)

    assert lab_complete_to(with_day) == SEPTEMBER
    assert lab_complete_to(without) == AUGUST
    assert complete_to() == AUGUST


def test_without_a_release_the_edition_says_it_and_without_an_edition_nobody_does(empty_database):
    assert complete_to() is None
    released(None)
    assert complete_to() is None

    Lab.objects.all().update(status="draft")
    Edition.objects.create(version="2026.12", complete_to=AUGUST)
    assert complete_to() == AUGUST


def test_an_editor_proposes_it_a_second_person_accepts_and_the_site_moves(empty_database, client):
    lab = released(AUGUST)
    by = people.editor()
    assert 'complete to <time datetime="2026-08-31">' in client.get("/").content.decode()

    proposal = review.propose(
        record=lab, state={"complete_to": "2026-09-30"}, reason="Looked at its site and its model cards.", by=by
    )
    with pytest.raises(ValidationError, match="somebody else"):
        review.accept(proposal=proposal, by=by)
    review.accept(proposal=proposal, by=people.editor())

    assert complete_to() == SEPTEMBER
    assert 'complete to <time datetime="2026-09-30">' in client.get("/").content.decode()
    assert 'complete to <time datetime="2026-09-30">' in client.get(f"/labs/{lab.key}/").content.decode()
    changes = client.get("/changes/").content.decode()
    assert "Records complete to" in changes
    assert "Looked at its site and its model cards." in changes


def test_a_researcher_cannot_propose_it_and_the_form_shows_it_as_text(empty_database, client):
    lab, ada = released(AUGUST), people.researcher()
    with pytest.raises(PermissionDenied, match="Only an editor may change “records complete to”"):
        review.propose(record=lab, state={"complete_to": "2026-09-30"}, reason="Because.", by=ada)

    for person, is_field in ((ada, False), (people.editor(), True)):
        client.force_login(person)
        page = client.get(f"/admin/labs/lab/{lab.pk}/change/").content.decode()
        assert ('name="complete_to"' in page) is is_field


def test_a_day_that_has_yet_to_come_is_refused():
    lab = factories.lab(complete_to=timezone.localdate())
    lab.complete_to = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="in the future"):
        lab.full_clean()


def test_the_newest_release_is_the_one_that_was_surely_out_last(empty_database):
    lab = factories.lab()
    for day in ("2026-03", "2026-03-30", "", "2025"):
        factories.ai_model(lab=lab, key=f"test-of-{day or 'no-day'}", released_on=day)
    factories.ai_model(lab=lab, status="draft", released_on="2026-08-01")

    assert newest_release(lab).key == "test-of-2026-03"
    assert newest_release(factories.lab()) is None


def test_the_shipped_labs_are_complete_to_one_day(records):
    assert {lab.complete_to for lab in Lab.objects.all()} == {AUGUST}
    assert complete_to() == AUGUST
