"""A record keeps its address on a day on which nothing told of it; what was never public has none."""

import datetime as dt
import html
import re

import pytest

from commitments.models import Commitment
from labs.models import AccessEvent, AIModel, Source
from labs.queries.kept import records as kept_records
from tests import factories
from tests.test_public import MAKERS
from tests.test_urls import RECORDS

pytestmark = pytest.mark.django_db

LONG_AGO = "2019-01-01"
DATED = {
    AIModel: ("release", "Releases"),
    AccessEvent: ("access event", "Access events"),
    Source: ("source", "Sources"),
    Commitment: ("commitment", "Commitments"),
}
"""The kinds that are known only since some day, as their pages call one and all of them."""


def main_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(response.content.decode().split('id="main"')[1].split("<footer")[0])


@pytest.mark.parametrize("model", DATED, ids=lambda model: model.__name__)
def test_a_record_that_nothing_told_of_yet_says_since_when_it_is_known(client, model):
    record = MAKERS[model]()
    known_on = kept_records()[model].by_key[record.key].known_from
    kind, kinds = DATED[model]

    page = main_of(client, f"{record.get_absolute_url()}?as_of={LONG_AGO}&window=24")

    assert f"Nothing that was public by 1 January 2019 tells of this {kind}" in page
    assert f'datetime="{known_on}"' in page
    assert str(record) not in re.sub(rf"/{record.key}\b", "", page)
    links = re.findall(r'href="((?:(?!/cite\.)[^"])*)"', page)
    assert links == [
        f"{record.get_absolute_url()}?as_of={known_on}&window=24",
        f"{record.get_absolute_url().rsplit('/', 2)[0]}/?as_of={LONG_AGO}&window=24",
    ]
    assert f">{kinds} known by 1 January 2019<" in page
    assert "tells of this" not in main_of(client, links[0])
    before = known_on - dt.timedelta(days=1)
    assert "tells of this" in main_of(client, f"{record.get_absolute_url()}?as_of={before}")


@pytest.mark.parametrize("model", [each for each in MAKERS if each not in DATED], ids=lambda model: model.__name__)
def test_a_record_that_needs_no_source_is_there_on_every_day(client, model):
    record = MAKERS[model]()

    assert str(record) in main_of(client, f"{record.get_absolute_url()}?as_of={LONG_AGO}")


def test_an_address_on_a_day_of_no_knowledge_asks_not_to_be_listed_by_search_engines(client):
    address = factories.ai_model().get_absolute_url()
    assert 'name="robots" content="noindex"' in client.get(f"{address}?as_of={LONG_AGO}").content.decode()
    assert 'name="robots"' not in client.get(address).content.decode()


def test_an_address_on_an_earlier_day_still_refuses_what_it_does_not_know(client):
    address = factories.ai_model().get_absolute_url()
    assert client.get(f"{address}?as_of={LONG_AGO}&colour=red").status_code == 400


@pytest.mark.parametrize("day", ["", f"?as_of={LONG_AGO}"])
@pytest.mark.parametrize("status", ["draft", "in_review"])
@pytest.mark.parametrize("model", RECORDS.values(), ids=RECORDS)
def test_what_was_never_public_answers_as_what_does_not_exist(client, model, status, day):
    record = MAKERS[model](status=status, key="zz-hidden")
    address = record.get_absolute_url()

    hidden = client.get(address + day)
    missing = client.get(address.replace("zz-hidden", "zz-nobody") + day)

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content.decode().replace("zz-hidden", "zz-nobody") == missing.content.decode()
    varying = {"Date", "X-Request-ID"}
    assert {k: v for k, v in hidden.items() if k not in varying} == {
        k: v for k, v in missing.items() if k not in varying
    }


def test_a_release_is_known_when_it_is_out_though_no_source_says_so(client):
    model = factories.ai_model(cited=False, released_on="2024-01-10")
    assert kept_records()[AIModel].by_key[model.key].known_from == dt.date(2024, 1, 10)


def test_a_record_of_which_nothing_says_since_when_it_is_known_names_no_day(client):
    model = factories.ai_model(cited=False, released_on="")
    page = main_of(client, f"{model.get_absolute_url()}?as_of={LONG_AGO}")
    assert "tells of this release" in page
    assert "known since" not in page
    assert "See it as of" not in page
