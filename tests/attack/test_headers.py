"""The headers that protect readers, on every type of answer."""

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.test.utils import override_settings

from evaltracker import checks
from evaltracker.web.errors import unavailable
from tests import people
from tests.evaltracker.desk_pages import desk_of

pytestmark = pytest.mark.django_db

YEAR = 365 * 24 * 60 * 60
STRICT = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'",
          "frame-ancestors 'none'")  # fmt: skip
ANSWERS = {
    "page": ("GET", "/models/", 200),
    "file": ("GET", "/models.csv", 200),
    "json": ("GET", "/labs/openai.json", 200),
    "feed": ("GET", "/changes/feed.atom", 200),
    "figure": ("GET", "/charts/releases.svg", 200),
    "static file": ("GET", "/static/img/share.svg", 200),
    "robots": ("GET", "/robots.txt", 200),
    "form": ("GET", "/report/", 200),
    "log-in": ("GET", "/admin/login/", 200),
    "to the log-in": ("GET", "/admin/", 302),
    "slash": ("GET", "/labs", 301),
    "bad parameter": ("GET", "/models/?colour=red", 400),
    "bad parameter of a file": ("GET", "/models.json?colour=red", 400),
    "no token": ("POST", "/report/", 403),
    "nothing": ("GET", "/nothing/", 404),
    "no file": ("GET", "/labs/nothing.json", 404),
    "no static file": ("GET", "/static/nothing.css", 404),
    "method": ("PUT", "/models/", 405),
    "method of a file": ("PUT", "/models.csv", 405),
    "preflight": ("OPTIONS", "/models.csv", 204),
    "long": ("GET", "/models/?q=" + "x" * 9000, 414),
    "alive": ("GET", "/healthz", 200),
    "ready": ("GET", "/readyz", 200),
    "alive, method": ("POST", "/healthz", 405),
}


@pytest.fixture
def over_https():
    """The site as it is set up in production; a client that is made meanwhile has middleware that read the settings."""
    with override_settings(SECURE_HSTS_SECONDS=YEAR, SECURE_SSL_REDIRECT=True, SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
                           SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):  # fmt: skip
        yield Client(enforce_csrf_checks=True, raise_request_exception=False)


def check(response, name: str, *, is_framed: bool = False) -> None:
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy, name
    assert "*" not in policy.replace("frame-ancestors *", ""), name
    if not is_framed:
        assert all(each in policy for each in STRICT), name
        assert response["X-Frame-Options"] == "DENY", name
    assert response["X-Content-Type-Options"] == "nosniff", name
    assert response["Referrer-Policy"] == "same-origin", name
    assert "geolocation=()" in response["Permissions-Policy"], name
    assert not {"Server", "X-Powered-By"} & set(response.headers), name


@pytest.mark.parametrize("name", ANSWERS)
def test_every_type_of_answer_carries_the_headers(records, over_https, name):
    method, address, status = ANSWERS[name]
    response = over_https.generic(method, address, secure=True)
    assert response.status_code == status
    check(response, name)
    if not address.endswith("z"):  # what only watches asks for, over http
        assert response["Strict-Transport-Security"] == f"max-age={YEAR}; includeSubDomains"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    response.close()


def test_so_do_the_way_to_https_a_wrong_host_and_an_answer_that_nothing_changed(records, over_https):
    led = over_https.get("/models/")
    assert (led.status_code, led["Location"]) == (301, "https://testserver/models/")
    check(led, "to https")
    refused = over_https.get("/models/", secure=True, headers={"host": "evil.example"})
    assert refused.status_code == 400
    check(refused, "wrong host")
    tag = over_https.get("/models/", secure=True)["ETag"]
    same = over_https.get("/models/", secure=True, headers={"if-none-match": tag})
    assert same.status_code == 304
    check(same, "not modified")


def test_so_do_errors_of_ours_and_a_database_that_is_away(records, over_https, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("labs.web.lists.requested_day", broken)
    for address in ("/access/", "/access.json"):
        response = over_https.get(address, secure=True)
        assert response.status_code == 500
        check(response, address)
    monkeypatch.setattr("evaltracker.web.errors.is_away", lambda _: True)
    response = over_https.get("/access/", secure=True)
    assert response.status_code == 503 == unavailable(response.wsgi_request).status_code
    check(response, "away")


def test_only_what_is_made_for_it_may_be_framed(records, over_https):
    framed = over_https.get("/embed/timeline/", secure=True)
    check(framed, "embed", is_framed=True)
    assert "X-Frame-Options" not in framed.headers
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    check(over_https.get("/embed/timeline/?colour=red", secure=True), "a refusal of it")


def test_cookies_stay_within_https_and_away_from_scripts(records, over_https):
    person = people.person("Editor")
    person.set_password("a long enough passphrase")
    person.save()
    client = Client()
    page = client.get("/admin/login/", secure=True)
    assert page.cookies["csrftoken"]["secure"]
    sent = client.post(
        "/admin/login/", {"username": person.username, "password": "a long enough passphrase"}, secure=True
    )
    session = sent.cookies["sessionid"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert "public" not in sent.get("Cache-Control", "")
    assert over_https.get("/models/", secure=True).cookies == {}, "who reads gets no cookie"


def test_other_sites_may_load_what_is_public_and_nothing_of_the_desk(records):
    assert Client().get("/charts/releases.svg")["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert desk_of(people.person("Editor")).get("/admin/")["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in desk_of(people.person("Editor")).get("/admin/labs/lab/export/").headers


@pytest.mark.parametrize(
    ("address", "hosts", "expected"),
    [
        ("https://evaltracker.example", ["evaltracker.example"], []),
        ("https://evaltracker.example:8443", [".example"], []),
        ("", ["evaltracker.example"], ["evaltracker.W001"]),
        ("evaltracker.example", ["evaltracker.example"], ["evaltracker.W001"]),
        ("http://evaltracker.example", ["evaltracker.example"], ["evaltracker.W002"]),
        ("https://evaltracker.example", ["other.example"], ["evaltracker.W003"]),
    ],
)
def test_the_check_of_a_deployment_asks_for_the_address_of_the_site(settings, address, hosts, expected):
    settings.PERMALINKS_AT, settings.ALLOWED_HOSTS, settings.HTTPS = address, hosts, True
    settings.TRUST_X_FORWARDED_PROTO = settings.TRUST_X_FORWARDED_FOR = True
    found = [each.id for each in run_checks(tags=["security"], include_deployment_checks=True)]
    assert [each for each in found if each.startswith("evaltracker.")] == expected


@pytest.mark.parametrize(
    ("proto", "address", "https", "expected"),
    [
        (True, True, True, []),
        (False, False, True, []),  # no proxy, and somebody said so
        (None, None, True, ["evaltracker.W004"]),
        (True, None, True, ["evaltracker.W004"]),
        (None, False, True, ["evaltracker.W004"]),
        (False, True, True, ["evaltracker.W005"]),
        (False, True, False, []),
        (True, False, True, ["evaltracker.W006"]),
    ],
)
def test_the_check_of_a_deployment_asks_whether_a_proxy_stands_in_front(settings, proto, address, https, expected):
    settings.PERMALINKS_AT, settings.ALLOWED_HOSTS, settings.HTTPS = "https://a.example", ["a.example"], https
    settings.TRUST_X_FORWARDED_PROTO, settings.TRUST_X_FORWARDED_FOR = proto, address
    found = run_checks(tags=["security"], include_deployment_checks=True)
    ours = [each for each in found if str(each.id).startswith("evaltracker.")]
    assert [each.id for each in ours] == expected
    assert all("set both to false" in str(each.hint) for each in ours)
    settings.DEBUG = True
    assert not checks.proxy()
