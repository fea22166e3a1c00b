"""An address with a filter that was once right stays right; what was never public is refused, drafts like nothing."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.web.filters import CommitmentFilter, MatrixFilter, ReplyFilter
from evaltracker.web.filters import ChangeFilter, CorrectionFilter, LabFilter
from labs.actions import review
from labs.models import Evaluator, Lab
from labs.models.states import state_of
from labs.web.facets import Facet, FacetedFilterSet, KeyFacet
from labs.web.filters import AccessEventFilter, AIModelFilter, EvaluatorFilter, SourceFilter
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

LISTS: dict[str, tuple[type[FacetedFilterSet], bool]] = {
    "/access/": (AccessEventFilter, True),
    "/models/": (AIModelFilter, True),
    "/evaluators/": (EvaluatorFilter, True),
    "/sources/": (SourceFilter, True),
    "/commitments/": (CommitmentFilter, True),
    "/commitments/matrix/": (MatrixFilter, False),
    "/replies/": (ReplyFilter, True),
    "/labs/": (LabFilter, True),
    "/changes/": (ChangeFilter, True),
    "/corrections/": (CorrectionFilter, True),
}
BY_KEY = [
    (address, name)
    for address, (filters, _) in LISTS.items()
    for name, each in filters.base_filters.items()
    if isinstance(each, KeyFacet)
]


def files_of(address: str) -> list[str]:
    return [address, f"{address.rstrip('/')}.csv"] if LISTS[address][1] else [address]


def model_of(address: str, name: str) -> type:
    return LISTS[address][0].base_filters[name].model


def record_of(model: type, **fields):
    makers = {"lab": factories.lab, "evaluator": factories.evaluator, "aimodel": factories.ai_model}
    return makers[model._meta.model_name](**fields)


def rows_of(response) -> str:
    if response.streaming:
        return str(len(b"".join(response.streaming_content).splitlines()) - 1)
    found = re.search(r'class="caption">(\d+)', response.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize(("address", "name"), BY_KEY)
def test_a_filter_by_a_record_without_rows_finds_nothing_and_is_not_refused(client, empty_database, address, name):
    known = record_of(model_of(address, name))
    gone = record_of(model_of(address, name), status="withdrawn", withdrawn_because="It was none.")
    for record in (known, gone):
        for path in files_of(address):
            for day in ("", "&as_of=2020-02-03"):
                response = client.get(f"{path}?{name}={record.key}{day}")
                assert response.status_code == 200, (path, day)
                assert rows_of(response) in ("0", "")


@pytest.mark.parametrize(("address", "name"), BY_KEY)
def test_a_draft_is_refused_like_what_does_not_exist(client, empty_database, address, name):
    record_of(model_of(address, name))
    for status in ("draft", "in_review"):
        draft = record_of(model_of(address, name), key=f"secret-{status.replace('_', '-')}", status=status)
        for path in files_of(address):
            answers, costs = [], []
            for key in (draft.key, "x" * len(draft.key)):
                client.get(f"{path}?{name}={key}")
                with CaptureQueriesContext(connection) as captured:
                    response = client.get(f"{path}?{name}={key}")
                assert response.status_code == 400
                answers.append(response.content.decode().replace(key, "KEY"))
                costs.append([re.sub(r"'[^']*'|\d+", "", each["sql"]) for each in captured])
            assert answers[0] == answers[1]
            assert costs[0] == costs[1]


def test_a_merged_key_means_the_record_into_which_it_was_merged(client, empty_database):
    loser, winner = (factories.evaluator(name=name) for name in ("METR Inc", "METR"))
    factories.access_event(evaluators=[loser])
    factories.access_event(evaluators=[winner])
    editor = people.editor()
    proposal = review.propose_merger(loser=loser, winner=winner, reason="One and the same.", by=editor)
    key = loser.key
    review.accept(proposal=proposal, by=people.editor())
    assert rows_of(client.get(f"/access.csv?evaluator={key}")) == "2"
    page = html.unescape(client.get(f"/access/?evaluator={key}").content.decode())
    assert rows_of(client.get(f"/access/?evaluator={key}")) == "2"
    assert '<span class="chip__label">Evaluator</span> METR <' in page
    assert f'value="{key}" checked> METR (2)</label>' in page
    assert client.get(f"/changes/?lab={key}").status_code == 400  # an evaluator is no lab


def test_a_filter_by_what_was_withdrawn_answers_on_every_day(client, empty_database):
    event = factories.access_event(citations=[factories.source(published_on="2024-06-20")])
    (evaluator,) = event.evaluators.all()
    address = f"/access/?evaluator={evaluator.key}"
    assert rows_of(client.get(address)) == "1"
    assert rows_of(client.get(f"{address}&as_of=2024-06-19")) == "0"
    Evaluator.objects.filter(pk=evaluator.pk).update(status="withdrawn", withdrawn_because="None.")
    assert client.get(address).status_code == 200


def test_a_framework_that_no_promise_has_any_more_can_be_asked_for(client, empty_database):
    promise = factories.commitment(framework="old-policy")
    factories.commitment(framework="secret-policy", status="draft")
    proposal = review.propose(
        record=promise, state=state_of(promise) | {"framework": "new-policy"}, reason="Renamed.", by=people.editor()
    )
    review.accept(proposal=proposal, by=people.editor(), unfound_because="It stands.")
    for framework, status in (("old-policy", 200), ("new-policy", 200), ("secret-policy", 400), ("no-policy", 400)):
        assert client.get(f"/commitments/?framework={framework}").status_code == status, framework
    assert client.get("/commitments/?framework=%00").status_code == 400
    assert rows_of(client.get("/commitments.csv?framework=old-policy")) == "0"


@pytest.mark.parametrize("address", LISTS)
def test_any_defined_value_of_an_enumeration_can_be_asked_for(client, empty_database, address):
    filters = LISTS[address][0].base_filters
    for name, each in filters.items():
        for value, _ in each.choices if isinstance(each, Facet) else ():
            for path in files_of(address):
                assert client.get(f"{path}?{name}={value}&as_of=2020-02-03").status_code == 200, (path, name, value)


def test_every_lab_page_leads_to_lists_that_answer(client, records):
    for lab in Lab.objects.published():
        for path in ("/replies/", "/replies.csv", "/access.csv", "/models.csv", "/commitments.csv", "/sources/"):
            for day in ("", f"&as_of={dt.date(2024, 5, 24)}"):
                assert client.get(f"{path}?lab={lab.key}{day}").status_code == 200, (path, lab.key)
