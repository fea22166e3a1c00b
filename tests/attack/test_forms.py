"""Forms without a token, hosts that are not ours, and addresses that lead somewhere else."""

import re

import pytest
from django.test import Client

from tests import people
from tests.attack.allowed import DESK, WAYS_IN_AND_OUT
from tests.attack.routes import Addresses, routes
from tests.evaltracker.desk_pages import nothing_is_written

pytestmark = pytest.mark.django_db

ROUTES = list(routes())
EVIL = "evil.example"


def checked(*roles: str) -> Client:
    """A browser from which a form needs its token, as all do."""
    client = Client(enforce_csrf_checks=True)
    if roles:
        client.force_login(people.person(*roles))
    return client


# --- tokens


@pytest.mark.parametrize("origin", ["", f"https://{EVIL}", "null", "http://testserver.evil.example"])
def test_no_form_of_the_desk_is_taken_without_its_token(records, origin):
    addresses = Addresses()
    client = checked("Editor", "Administrator")
    client.cookies["csrftoken"] = "a" * 32
    headers = {"origin": origin} if origin else {}
    one_of_each = {route.form: route for route in ROUTES if route.is_desk and "(?P" not in route.pattern}
    taken = []
    with nothing_is_written():
        for form, route in one_of_each.items():
            response = client.post(
                addresses.of(route), {"post": "yes", "csrfmiddlewaretoken": "b" * 32}, headers=headers
            )
            if response.status_code not in (403, 405):
                taken.append((form, response.status_code))
    assert taken == []
    assert set(DESK) | WAYS_IN_AND_OUT <= {*one_of_each, "admin/{}/", "admin/{}"}
    assert client.get("/admin/").status_code == 200, "nor was anybody signed out"


def test_the_form_of_reports_is_not_taken_from_elsewhere(records):
    for headers in ({}, {"origin": f"https://{EVIL}"}, {"referer": f"https://{EVIL}/"}):
        assert checked().post("/report/", {"claim": "x"}, headers=headers).status_code == 403


# --- the host of a request

BAD_HOSTS = [
    EVIL,
    f"testserver.{EVIL}",
    f"testserver@{EVIL}",
    f"testserver:80@{EVIL}",
    f"{EVIL}:80",
    f"{EVIL}#testserver",
    f"{EVIL}/testserver",
    "[::1",
    "test server",
    "t\u00ebst",
    "testserver:x",
    "..",
    "",
    "testserver, testserver",
]


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_another_host_is_refused_and_not_repeated(records, host):
    for address in (
        "/",
        "/models.csv",
        "/labs",
        "/report/",
        "/admin/",
        "/admin/login/",
        "/changes/feed.atom",
        "/no/such/",
    ):
        response = Client().get(address, headers={"host": host})
        assert response.status_code == 400, address
        shown = f"{response.headers} {b''.join(response)!r}"
        assert EVIL not in shown, address
    assert Client().post("/report/", {"claim": "x"}, headers={"host": host}).status_code == 400


PAGES = [
    "/",
    "/labs/",
    "/labs/openai/",
    "/labs/openai/scorecard/",
    "/models/gpt-4/",
    "/models/",
    "/models.csv",
    "/labs.json",
    "/data/",
    "/data/check/",
    "/data/openapi.json",
    "/changes/",
    "/changes/feed.atom",
    "/sitemap.xml",
    "/robots.txt",
    "/search/?q=gpt",
    "/models/gpt-4/cite.bib",
    "/labs/openai/cite.json",
    "/timeline/",
    "/embed/timeline/",
    "/report/",
    "/methodology/",
    "/commitments/deadlines.ics",
    "/no/such/page/",
    "/labs/?colour=red",
    "/labs",
    "/admin/login/",
    "/charts/timeline.json",
    "/data/package/",
    "/about/",
]


def test_no_answer_repeats_the_host_of_its_request_even_where_every_host_is_allowed(records, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for address in PAGES:
        for headers in (
            {"host": EVIL},
            {"x-forwarded-host": EVIL, "forwarded": f"host={EVIL}", "x-original-url": f"//{EVIL}/"},
        ):
            response = Client().get(address, headers=headers)
            assert response.status_code in (200, 301, 302, 400, 404), address
            assert EVIL not in f"{response.headers} {b''.join(response)!r}", address


# --- addresses that lead somewhere else

ELSEWHERE = [
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"/\\{EVIL}/",
    f"\\\\{EVIL}/",
    f"///{EVIL}/",
    f"\t//{EVIL}/",
    f"http:{EVIL}",
    f"https:/{EVIL}",
    "javascript:alert(1)",
    "data:text/html,x",
    f"//testserver@{EVIL}/",
    f"http://testserver.{EVIL}/",
    f"%2F%2F{EVIL}/",
    f"/%09/{EVIL}/",
    f"/admin/\r\nLocation: https://{EVIL}/",
]
OURS = re.compile(r"(/(?![/\\])|%)[^\x00-\x20\\]*")
"""What a browser takes as an address of the site that it is on (URL standard, 4.4: a backslash is a slash)."""


@pytest.mark.parametrize("to", ELSEWHERE)
def test_signing_in_leads_to_the_site_only(records, to):
    person = people.person("Editor")
    person.set_password("a long enough passphrase")
    person.save()
    page = Client().get("/admin/login/", {"next": to})
    assert page.status_code == 200
    sent = {"username": person.username, "password": "a long enough passphrase", "next": to}
    response = Client().post("/admin/login/", sent)
    assert response.status_code == 302
    assert OURS.fullmatch(response["Location"]), response["Location"]
    signed_in = Client()
    signed_in.force_login(person)
    for address, data in (("/admin/login/", {"next": to}), ("/admin/password_change/", {"next": to})):
        led = signed_in.get(address, data)
        assert OURS.fullmatch(led.headers.get("Location", "/")), address


@pytest.mark.parametrize(
    "name", ["next", "redirect", "url", "return", "to", "page", "as_of", "window", "lab", "utm_source"]
)
@pytest.mark.parametrize("address", ["/labs", "/models/gpt-4", "/charts/timeline.json", "/data/package", "/report"])
def test_what_leads_on_keeps_to_the_site(records, address, name):
    for to in ELSEWHERE[:5]:
        response = Client().get(address, {name: to})
        assert OURS.fullmatch(response.headers.get("Location", "/").partition("?")[0]), (address, to)


@pytest.mark.parametrize(
    "path",
    [
        f"//{EVIL}",
        f"//{EVIL}/labs",
        f"///{EVIL}/..",
        f"/\\{EVIL}/labs",
        f"//{EVIL}/cite.json",
        f"//{EVIL}/pack.zip",
        f"/{EVIL}//labs",
        "//labs",
        f"//{EVIL}/admin/nothing",
        "/admin//evil",
    ],
)
def test_an_address_that_begins_like_another_site_is_never_led_to(records, path):
    for method in ("GET", "POST", "HEAD"):
        response = Client().generic(method, "/", PATH_INFO=path)
        assert response.status_code in (301, 302, 400, 403, 404, 405)
        assert OURS.fullmatch(response.headers.get("Location", "/")), response.headers


def test_a_report_is_about_a_page_of_ours(records):
    for to in ELSEWHERE:
        page = Client().get("/report/", {"page": to})
        assert page.status_code in (200, 400)
        assert Client().post("/report/", {"page": to, "claim": "x", "wrong": "y"}).status_code == 400
