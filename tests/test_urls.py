"""Every address of the site answers, with a full and with an empty database."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

from commitments.models import Commitment
from labs.models import AccessEvent, AIModel, Evaluator, Lab, Source

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

RECORDS = {"labs": Lab, "models": AIModel, "evaluators": Evaluator, "access": AccessEvent, "sources": Source,
           "commitments": Commitment}  # fmt: skip


def patterns(resolver=None, prefix: str = "") -> list[str]:
    """The site's own address patterns, but those that lead on (the admin's are Django's and have their own test)."""
    found = []
    for each in (resolver or get_resolver()).url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            if not route.startswith("admin/"):
                found += patterns(each, route)
        elif isinstance(each, URLPattern) and getattr(each.callback, "view_class", None) is not RedirectView:
            found.append(route)
    return found


PLAIN = [route for route in patterns() if "<" not in route]
OF_A_RECORD = [route for route in patterns() if "<slug:key>" in route]


def read(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_walk_finds_the_pages_of_every_kind_of_record():
    assert {f"{kind}/" for kind in RECORDS} | {""} <= set(PLAIN)
    assert {f"{kind}/<slug:key>/" for kind in RECORDS} <= set(OF_A_RECORD)
    assert {f"{kind}.csv" for kind in RECORDS} <= set(PLAIN)


@pytest.mark.parametrize("route", PLAIN)
def test_every_page_answers_with_all_records(client, records, files_as_text, route):
    response = client.get(f"/{route}")
    assert response.status_code == 200
    assert read(response) or route.endswith(".jsonl"), "only lines of JSON can be none"


@pytest.mark.parametrize("route", PLAIN)
def test_every_page_answers_without_any_record(client, empty_database, files_as_text, route):
    response = client.get(f"/{route}")
    assert response.status_code == 200
    assert read(response) or route.endswith(".jsonl"), "only lines of JSON can be none"


@pytest.mark.parametrize("route", PLAIN)
def test_every_page_answers_as_of_a_past_day(client, records, files_as_text, route):
    response = client.get(f"/{route}?as_of=2024-05-24")
    assert response.status_code == 200
    assert read(response) or route.endswith(".jsonl"), "only lines of JSON can be none"


@pytest.mark.parametrize("route", PLAIN)
def test_every_page_refuses_a_day_that_is_none(client, route):
    assert client.get(f"/{route}?as_of=tomorrow").status_code == 400


@pytest.mark.parametrize("route", PLAIN)
def test_every_page_refuses_a_parameter_that_it_does_not_know(client, records, route):
    assert client.get(f"/{route}?colour=red").status_code == 400


@pytest.mark.parametrize("route", [route for route in OF_A_RECORD if route.split("/")[0] in RECORDS])
def test_every_record_has_a_page(client, records, files_as_text, route):
    """Each record has its page; what is made of the same facts, a file, a footnote, a picture, each fifth."""
    model = RECORDS[route.split("/")[0]]
    step = 1 if route.endswith("<slug:key>/") else 5
    for key in model.objects.published().order_by("key").values_list("key", flat=True)[::step]:
        response = client.get("/" + route.replace("<slug:key>", key))
        assert response.status_code == 200, key


@pytest.mark.parametrize("route", OF_A_RECORD)
def test_a_record_that_is_not_there_is_not_found(client, empty_database, route):
    assert client.get("/" + route.replace("<slug:key>", "nothing")).status_code == 404


def test_the_admin_asks_who_you_are(client):
    response = client.get("/admin/")
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_every_admin_list_and_form_opens_for_an_administrator(client, records):
    client.force_login(get_user_model().objects.create_superuser("admin"))
    for model in (*RECORDS.values(),):
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for address in (base, f"{base}add/", f"{base}{model.objects.first().pk}/change/"):
            assert client.get(address).status_code == 200, address


def test_an_unknown_address_gets_the_page_for_it(client, records):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "EvalTracker" in response.content.decode()


def test_an_error_of_ours_gets_a_page_that_needs_no_database(client, monkeypatch, django_assert_num_queries):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("labs.web.lists.requested_day", broken)
    client.raise_request_exception = False
    with django_assert_num_queries(2):  # the stamp, before the page and in its snapshot
        response = client.get("/access/")
    assert response.status_code == 500
    assert "EvalTracker" in response.content.decode()
