"""Two thousand sources: more than SQLite takes in one condition that grows with them."""

import datetime as dt

import pytest
from django.urls import reverse

from evaltracker.importing.kinds import KINDS
from labs.actions.imports import stored_records
from labs.models import AccessEvent, AccessEventCitation, Source
from tests import factories

SOURCES, EVENTS = 2000, 20
pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(empty_database):
    """A lab with twenty events that cite two thousand sources, and promises that cite them too."""
    lab = factories.lab(key="cited-lab")
    release = factories.ai_model(lab=lab)
    events = [factories.access_event(lab=lab, model=release, is_distinct=True) for _ in range(EVENTS)]
    commitment = factories.commitment(labs=[lab])
    sources = Source.objects.bulk_create(
        Source(
            status="published",
            key=f"source-{number}",
            title=f"Source {number}",
            publisher="Somebody",
            url=f"https://example.org/{number}",
            read_on=dt.date(2024, 6, 1),
        )
        for number in range(SOURCES)
    )
    citations = type(commitment.citations.get())
    for model, records, field in ((AccessEventCitation, events, "activity"), (citations, [commitment], "quote")):
        model.objects.bulk_create(
            model(record=records[number % len(records)], source=source, quote=f"Quote {number}.", supports=[field])
            for number, source in enumerate(sources)
        )
    return lab


def test_every_kind_of_page_answers(client, lab):
    event = AccessEvent.objects.first()
    pages = [reverse("home"), lab.get_absolute_url(), event.get_absolute_url(), "/sources/source-7/"]
    lists = ["/labs/", "/models/", "/evaluators/", "/access/", "/commitments/", "/commitments/matrix/", "/sources/"]
    answers = {address: client.get(address).status_code for address in [*pages, *lists]}
    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.parametrize("name", ["access", "models", "evaluators", "commitments", "sources"])
def test_every_download_has_its_rows(client, lab, name):
    rows = b"".join(client.get(f"/{name}.csv").streaming_content).decode().splitlines()
    assert len(rows) > 1


def test_an_import_finds_the_records_that_cite_them(lab):
    for kind in KINDS:
        keys = list(kind.model.objects.values_list("key", flat=True))
        assert sorted(stored_records(kind.model, keys)) == sorted(keys)
