"""The page about the site: who makes it, how it is checked, and what becomes of an error."""

import datetime as dt
import json
import re

import pytest

from labs.models import AIModel
from tests import factories
from tests.evaltracker.pages import source_of, tables_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.answers]


def test_counts_are_those_of_the_lists(client, records):
    page = text_of(client, "/about/?as_of=2024-05-24")
    assert "Access events 12" in page
    assert "12 access events" in text_of(client, "/access/?as_of=2024-05-24")


def test_it_counts_how_many_records_of_each_kind_a_second_person_has_checked(client, empty_database):
    factories.ai_model()
    checked = factories.ai_model()
    AIModel.objects.filter(pk=checked.pk).update(checked_on=dt.date(2026, 1, 1))
    rows = {row[0]: row[1:] for row in tables_of(client, "/about/")[0]}
    assert rows["AI models"] == ["2", "1"]


def test_an_address_to_write_to_stands_only_where_the_site_has_one(client, empty_database, settings):
    assert "mailto:" not in source_of(client, "/about/")
    settings.CONTACT_EMAIL = "desk@evaltracker.example"
    assert "mailto:desk@evaltracker.example" in source_of(client, "/about/")


@pytest.mark.parametrize("address", ["/", "/labs/", "/data/", "/report/", "/about/", "/methodology/"])
def test_it_is_linked_from_the_foot_of_every_page(client, records, address):
    foot = source_of(client, address).split("<footer")[1]
    assert 'href="/about/"' in foot


def test_it_says_what_becomes_of_an_error_and_where_that_is_listed(client, empty_database):
    page = source_of(client, "/about/")
    for address in ("/corrections/", "/data/versions/", "/data/check/", "/report/", "/methodology/"):
        assert f'href="{address}"' in page


def test_programs_know_the_page(client, empty_database):
    assert "/about/</loc>" in client.get("/sitemap.xml").content.decode()
    page = source_of(client, "/about/")
    graph = json.loads(re.search(r"application/ld.json..(.*?)</script>", page)[1])["@graph"]
    assert [node["@type"] for node in graph] == ["AboutPage", "BreadcrumbList"]
    assert "nobody" not in client.get("/about/cite.txt").content.decode()
    assert "The public record of who was let in" in page
