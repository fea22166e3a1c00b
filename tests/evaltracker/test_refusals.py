"""What addresses for programs answer where they have nothing to give, and that what is public can be read only."""

import pytest
from django.test import Client
from django.urls import reverse

from labs.models import Lab
from labs.web.formats import Format
from labs.web.problems import AS_DETAILS, AS_TEXT, MEDIA_TYPE
from tests import factories

pytestmark = pytest.mark.django_db
TEXT_FILES = (
    "/models.csv", "/models.xlsx", "/models/cite.bib", "/models/cite.ris", "/models/cite.txt", "/models/pack.zip",
    "/changes/feed.atom", "/commitments/deadlines.ics", "/sources/center-seoul/quote.bib", "/sitemap.xml",
    "/robots.txt",
    "/data/evaltracker-latest.zip", "/data/evaltracker-latest.sqlite", "/data/evaltracker-latest/labs.parquet",
)  # fmt: skip
DETAILS = (
    "/models.json", "/models.jsonl", "/models/cite.json", "/sources/center-seoul/quote.json", "/data/check.json",
    "/data/dictionary.json", "/timeline.json", "/charts/share/figure.json", "/labs/openai.json",
)  # fmt: skip


@pytest.mark.parametrize("path", TEXT_FILES)
def test_a_file_says_in_plain_text_which_parameter_is_wrong(client, records, path):
    response = client.get(f"{path}?colour=red")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    lines = response.content.decode().splitlines()
    assert lines[0] == "400 Bad Request"
    assert "colour=red" in lines
    assert any(line.startswith("Allowed: ") for line in lines)


@pytest.mark.parametrize("path", DETAILS)
def test_json_says_in_problem_details_which_parameter_is_wrong(client, records, path):
    response = client.get(f"{path}?colour=red")
    assert (response.status_code, response["Content-Type"]) == (400, MEDIA_TYPE)
    assert [each["parameter"] for each in response.json()["parameters"]] == ["colour"]


@pytest.mark.parametrize("ending", [*AS_TEXT, *AS_DETAILS])
def test_there_is_no_file_of_any_ending_that_answers_with_a_page(client, records, ending):
    response = client.get(f"/models/no-such/thing.{ending}")
    assert response.status_code == 404
    assert response["Content-Type"] == (MEDIA_TYPE if ending in AS_DETAILS else "text/plain; charset=utf-8")


def test_every_ending_that_rows_have_says_what_is_wrong():
    assert {each.value for each in Format} <= {*AS_TEXT, *AS_DETAILS}


@pytest.mark.parametrize("name", ["cite.json", "cite.bib", "cite.txt", "pack.zip"])
def test_a_file_of_a_withdrawn_page_says_why_as_the_file_can(client, empty_database, name):
    factories.lab(key="gone", status="withdrawn", withdrawn_because="It was no lab.")
    response = client.get(f"/labs/gone/{name}")
    assert response.status_code == 410
    assert response["Content-Type"] == (MEDIA_TYPE if name.endswith("json") else "text/plain; charset=utf-8")
    assert "It was no lab." in response.content.decode()
    assert client.get("/labs/gone/")["Content-Type"].startswith("text/html")


def test_a_citation_of_a_page_that_refuses_is_refused_with_the_parameter(client, records):
    response = client.get("/data/check/cite.json?text=nothing")
    assert (response.status_code, response["Content-Type"]) == (400, MEDIA_TYPE)
    assert response.json()["parameters"][0]["parameter"] == "text"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path", ["/", "/models/", "/labs/openai/", "/data/check/", "/data/", "/models.csv", "/data/check.json"]
)
def test_what_is_public_can_be_read_only(records, method, path):
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    allowed = "GET, HEAD, OPTIONS" if "." in path else "GET, HEAD"
    assert (response.status_code, response["Allow"]) == (405, allowed)
    assert not response["Content-Type"].startswith("text/html")


def test_a_form_of_readers_is_taken_and_the_desk_answers_for_itself(records):
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post("/report/", {"claim": "x"}).status_code == 403
    refused = visitor.put("/report/")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, POST")
    assert visitor.post(reverse("admin:login")).status_code == 403
    assert visitor.post("/no-such-page/").status_code == 404
    assert Lab.objects.exists()
