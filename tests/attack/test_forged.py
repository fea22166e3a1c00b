"""Keys and numbers that somebody made up: never an error of ours, and never a word of what is not public."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Proposal, Record, Source
from tests import factories, people
from tests.attack.routes import Addresses, Route, routes
from tests.evaltracker.desk_pages import desk_of, nothing_is_written

pytestmark = pytest.mark.django_db

MAKERS = {
    Lab: factories.lab,
    Evaluator: factories.evaluator,
    Source: factories.source,
    AIModel: factories.ai_model,
    AccessEvent: factories.access_event,
    Commitment: factories.commitment,
}
PLACES = {
    "labs": Lab,
    "evaluators": Evaluator,
    "sources": Source,
    "models": AIModel,
    "access": AccessEvent,
    "commitments": Commitment,
}
DRAFT, NOTHING, BEFORE = "zz-a-draft", "zz-no-such", "zz-another"
"""Keys of one length: what is measured of them compares."""

FORGED_KEYS = [
    "0",
    "-1",
    "_",
    "-",
    "9" * 80,
    "9" * 400,
    "%00",
    "a%00b",
    "..",
    ".",
    "%2e%2e",
    "a%2Fb",
    "%20",
    "%0d%0aX-A:1",
    "%ED%A0%80",
    "%FF",
    "²",
    "１",
    "%27",
    "%22",
    "%3Cscript%3E",
    "%25",
    "*",
    "+",
    ";",
    "{{7*7}}",
]
FORGED_NUMBERS = [
    "0",
    "-1",
    "9" * 18,
    "9" * 19,
    "9" * 30,
    "9" * 400,
    "²",
    "１",
    "%20",
    "1%20",
    "1.0",
    "1e3",
    "0x1",
    "None",
    "%00",
    "1%00",
    "_5F",
    "%2e%2e",
    "%ED%A0%80",
    "%FF",
    "1%0d%0aX-A:1",
    "%27",
    "1%20OR%201=1",
]
ROUTES = list(routes())
OF_A_KEY = [route for route in ROUTES if not route.is_desk and "key" in route.pattern]
OF_A_NUMBER = [route for route in ROUTES if route.is_desk and "<" in route.pattern]


def of_key(route: Route, key: str) -> str:
    pattern = route.pattern.replace("<slug:key>", key).replace(r"(?P<key>[-\w]+)", key)
    return "/" + re.sub(r"\(\?P<ending>[^)]*\)", "json", pattern).replace("\\", "").replace("^", "").replace("$", "")


def drafts_of(status: str) -> dict[type[Record], Record]:
    """A record of each kind that is no public one, under the same key."""
    return {model: make(key=DRAFT, status=status) for model, make in MAKERS.items()}


def answer_to(client: Client, url: str) -> tuple[int, bytes, int]:
    """Status, body without the key, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    for key in (DRAFT, NOTHING):
        body = body.replace(key.encode(), b"KEY")
    return response.status_code, body, len(queries)


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_the_key_of_a_draft_is_answered_as_one_that_nobody_has(client, status):
    drafts_of(status)
    for route in OF_A_KEY:
        client.get(of_key(route, BEFORE))  # reads the records, which are kept then
        found, missed = (answer_to(client, of_key(route, key)) for key in (DRAFT, NOTHING))
        assert found == missed, route
        assert found[0] == 404


@pytest.mark.parametrize("name", ["cite.json", "cite.bib", "pack.zip"])
@pytest.mark.parametrize("place", PLACES)
def test_what_is_made_of_a_page_does_not_know_a_draft_either(client, name, place):
    drafts_of("draft")
    client.get(f"/{place}/{BEFORE}/{name}")
    found, missed = (answer_to(client, f"/{place}/{key}/{name}") for key in (DRAFT, NOTHING))
    assert found == missed
    assert found[0] == 404


@pytest.mark.parametrize(
    "url",
    [
        "/models/?lab=",
        "/access/?evaluator=",
        "/access.csv?lab=",
        "/access.json?lab=",
        "/sources/?lab=",
        "/commitments/?lab=",
        "/labs/compare/?lab=",
        "/timeline/?lab=",
        "/changes/?record=",
        "/search/?q=",
        "/charts/who-tests-whom/?lab=",
        "/replies/?lab=",
        "/commitments/matrix/?lab=",
    ],
)
def test_a_filter_does_not_know_a_draft_either(client, url):
    drafts_of("draft")
    client.get(url + BEFORE)
    found, missed = (answer_to(client, url + key) for key in (DRAFT, NOTHING))
    assert found == missed


def test_a_key_that_cannot_be_is_not_found(client, records):
    wrong = []
    for route in OF_A_KEY:
        for key in FORGED_KEYS:
            response = client.get(of_key(route, key))
            if response.status_code not in (301, 400, 404):
                wrong.append((route.pattern, key, response.status_code))
            assert "X-A" not in response.headers
    assert wrong == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_number_that_cannot_be_is_no_error_of_ours_at_the_desk(records, method):
    editor = desk_of(people.person("Editor"))
    wrong = []
    with nothing_is_written():
        for form, route in {route.form: route for route in OF_A_NUMBER}.items():
            for number in FORGED_NUMBERS[:: 2 if method == "GET" else 5]:
                url = "/" + re.sub(r"<[^>]*>", number, route.pattern)
                response = editor.generic(method, url)
                # Python reads some of them as 1, as Django does.
                is_one = response.status_code == 200 and number in ("１", "1%20")
                if response.status_code not in (302, 400, 403, 404, 405) and not is_one:
                    wrong.append((form, number, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", ["proposal", "like", "report", "release", "lab", "id"])
def test_a_number_in_the_address_of_a_form_is_no_error_of_ours(records, name):
    editor, addresses = desk_of(people.person("Editor")), Addresses()
    forms = [
        addresses.of(route)
        for route in ROUTES
        if route.pattern.startswith("admin/labs/source/")
        and route.form.endswith(("/add/", "/change/", "/merge/", "/together/", "/snapshot/", "{kind}/"))
    ]
    for url in (*forms, "/admin/system-card/", "/admin/drafts/", "/admin/labs/proposal/batch/"):
        for value in ("-1", "9" * 30, "²", "%ED%A0%80"):
            assert editor.get(f"{url}?{name}={value}").status_code in (200, 302, 400, 404), (url, value)


def test_a_proposal_of_another_record_cannot_be_revised_through_this_one(records):
    lab, other = factories.lab(), factories.lab()
    proposal = factories.proposal(other)
    editor = desk_of(people.person("Editor"))
    url = f"/admin/labs/lab/{lab.pk}/change/?proposal={proposal.pk}"
    before = Proposal.objects.filter(pk=proposal.pk).values().get()

    editor.post(url, {"name": "Forged", "version": "0", "reason": "Because."})

    assert Proposal.objects.filter(pk=proposal.pk).values().get() == before


def test_who_has_no_business_with_records_is_not_led_to_the_key_of_a_draft(records):
    draft = factories.lab(key=DRAFT, status="draft")
    url = f"/admin/r/{ContentType.objects.get_for_model(Lab).pk}/{draft.pk}/"
    for roles in ((), ("Administrator",)):
        response = desk_of(people.person(*roles)).get(url)
        assert response.status_code == 403
        assert DRAFT not in response.content.decode()
    assert desk_of(people.person("Researcher")).get(url).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "",
        "app_label=labs&model_name=lab&field_name=name",
        "app_label=auth&model_name=user&field_name=groups",
        "app_label=%00&model_name=x&field_name=y",
        "app_label=labs&model_name=aimodel&field_name=lab&term=" + "x" * 5000,
    ],
)
def test_the_lookup_of_fields_tells_nothing_that_a_form_does_not(records, query):
    for roles in ((), ("Administrator",)):
        expected = (200,) if roles and "model_name=user" in query else (400, 403)
        assert desk_of(people.person(*roles)).get(f"/admin/autocomplete/?{query}").status_code in expected
    assert desk_of(people.person("Editor")).get(f"/admin/autocomplete/?{query}").status_code in (200, 400, 403)
