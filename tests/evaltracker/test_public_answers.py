"""What caches are told, what is kept, and that nobody can see which of both they got."""

import datetime as dt
import gzip
import re

import brotli
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaltracker.web import public_answers
from evaltracker.web.public_answers import FOR_A_DAY, FOR_A_MINUTE, PERSONAL, PublicAnswersMiddleware
from evaltracker.web.streams import WHOLE
from labs.actions import review
from labs.actions.versions import renew_stamp
from labs.models import DataVersion, Lab, Stamp
from labs.queries.kept import version_now
from tests.test_urls import OF_A_RECORD, PLAIN, RECORDS, read

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

LONG_AGO = dt.datetime(2026, 9, 1, 12, 0, 0, 500, tzinfo=dt.UTC)
NOT_WALKED = ("report/", "data/check", "search", "style/")
"""The first is of one person; what two others answer without words has no work in it; the last is for builders."""


@pytest.fixture
def pages(settings):
    """A cache of eight megabytes, as it is in production."""
    settings.PAGE_CACHE_BYTES = 8 * 1024 * 1024
    return settings


@pytest.fixture
def long_ago(records):
    """The records last changed on a day that is long past."""
    Stamp.objects.update(renewed_at=LONG_AGO)


@pytest.fixture
def editor():
    return User.objects.create_superuser("editor")


def addresses() -> list[str]:
    """Every public address that needs no record, and the pages and files of one record of each kind."""
    found = [f"/{route}" for route in PLAIN if not route.startswith(NOT_WALKED)]
    for route in OF_A_RECORD:
        if (model := RECORDS.get(route.split("/")[0])) is not None:
            found.append("/" + route.replace("<slug:key>", model.objects.published().first().key))
    version = DataVersion.objects.latest().name
    found += [f"/data/evaltracker-{version}-datasette.json", "/labs/openai/cite.bib", "/labs/openai/pack.zip"]
    return [*found, "/access/?lab=openai", "/models.csv?as_of=2024-05-24&sort=key"]


def queries(client: Client, address: str, **headers: str):
    """The answer, and how often the database was asked."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address, headers=headers)
    return response, len(asked)


def said(response) -> dict[str, str]:
    """The headers, but for the name that each request has of its own."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def test_an_answer_is_the_same_made_kept_compressed_and_not_modified(pages, client, records, files_as_text):
    without_cache = Client()
    pages.PAGE_CACHE_BYTES = 0
    without_cache.get("/")
    pages.PAGE_CACHE_BYTES = 64 * 1024 * 1024
    with_cache = Client()
    for address in addresses():
        plain = without_cache.get(address)
        body = read(plain)
        made, kept = with_cache.get(address), queries(with_cache, address)
        for response in (made, kept[0]):
            assert read(response) == body, address
            assert said(response) | {"Content-Length": ""} == said(plain) | {"Content-Length": ""}, address
        assert kept[1] == 1, f"{address}: only the stamp is asked for"
        assert re.fullmatch(r'"[0-9a-f]{32}"', made["ETag"]), address
        assert "Accept-Encoding" in made["Vary"], address
        assert "Cookie" not in made["Vary"], address
        assert made["Cache-Control"] in (FOR_A_MINUTE, FOR_A_DAY), address
        assert not made.cookies, address

        again, asked = queries(with_cache, address, **{"if-none-match": f'W/"x", {made["ETag"]}'})
        assert (again.status_code, read(again), asked) == (304, b"", 1), address
        assert [again.get(name) for name in ("ETag", "Cache-Control", "Vary")] == [
            made.get(name) for name in ("ETag", "Cache-Control", "Vary")
        ], address
        assert "Content-Type" not in again

        head = with_cache.head(address)
        assert (read(head), said(head)) == (b"", said(kept[0])), address

        by_tag = {made["ETag"]: body}
        for coding, decompress in (("gzip", gzip.decompress), ("br", brotli.decompress)):
            for _ in ("made", "kept"):
                packed = with_cache.get(address, headers={"accept-encoding": coding})
                got = sent = read(packed)
                if "Content-Encoding" in packed:
                    assert packed["Content-Encoding"] == coding, address
                    got = decompress(got)
                    assert packed["Content-Length"] == str(len(sent)), address
                assert by_tag.setdefault(packed["ETag"], sent) == sent, f"{address}: a tag names one answer"
                assert got == body, (address, coding)


def test_a_page_is_made_anew_once_something_is_accepted(pages, client, records, editor):
    lab, author = Lab.objects.get(key="openai"), User.objects.create_superuser("author")
    first = client.get("/labs/openai/")
    assert client.get("/labs/openai/", headers={"if-none-match": first["ETag"]}).status_code == 304
    proposal = review.propose(record=lab, state={"name": "New name"}, reason="It has one.", by=author)
    assert b"New name" not in client.get("/labs/openai/").content
    review.accept(proposal=proposal, by=editor)
    second = client.get("/labs/openai/", headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert b"New name" in second.content
    assert second["ETag"] != first["ETag"]


def test_whoever_is_signed_in_gets_nothing_that_was_kept_and_leaves_nothing(pages, records, editor):
    signed_in, anybody = Client(), Client()
    signed_in.force_login(editor)
    personal = signed_in.get("/labs/", headers={"accept-encoding": "br"})
    assert personal["Cache-Control"] == PERSONAL
    assert not {"ETag", "Last-Modified", "Content-Encoding"} & {*personal.headers}
    made = anybody.get("/labs/")
    assert made.templates, "what a signed-in person got was not kept"
    assert not anybody.get("/labs/").templates
    again = signed_in.get("/labs/", headers={"if-none-match": made["ETag"]})
    assert again.status_code == 200
    assert again.templates, "it is made for this person"
    with_authorization = Client().get("/labs/", headers={"authorization": "Basic eDp5"})
    assert with_authorization["Cache-Control"] == PERSONAL


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_the_desk_is_never_kept(pages, editor, path):
    client = Client()
    if path == "/admin/":
        client.force_login(editor)
    response = client.get(path)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response


def test_the_form_for_reports_is_one_persons_and_works(pages, records):
    client = Client(enforce_csrf_checks=True)
    first = client.get("/report/?page=/labs/", headers={"accept-encoding": "br, gzip"})
    assert {"private", "no-store"} <= set(first["Cache-Control"].replace(" ", "").split(","))
    assert "ETag" not in first
    assert "Content-Encoding" not in first
    tokens = {
        re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/report/").content.decode())[1]
        for client in (client, Client())
    }
    assert len(tokens) == 2
    sent = client.post("/report/", {"csrfmiddlewaretoken": tokens.pop(), "page": "/", "wrong": ""})
    assert sent.status_code in (400, 403)
    assert "no-store" in sent["Cache-Control"]
    # The cookie of the form changes nothing of the other pages.
    public = client.get("/labs/")
    assert public["Cache-Control"] == FOR_A_MINUTE


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/access/?lba=openai", 400),
        ("/access/?lba=openai&utm_source=x", 400),
        ("/access.csv?lba=openai", 400),
        ("/labs/nothing/", 404),
        ("/no/such/page/", 404),
        ("/labs", 301),
    ],
)
def test_what_is_no_answer_is_never_kept(pages, client, records, address, status):
    for conditions in ({}, {"if-none-match": "*"}, {"if-modified-since": "Mon, 30 Nov 2099 00:00:00 GMT"}):
        response = client.get(address, headers=conditions)
        assert response.status_code == status
        assert response["Cache-Control"] == "no-store"
        assert "ETag" not in response


def test_tags_of_campaigns_neither_fill_the_cache_nor_reach_the_page(pages, client, records):
    plain = client.get("/access/?lab=openai&as_of=2024-05-24")
    for query in (
        "utm_source=letter&lab=openai&as_of=2024-05-24",
        "lab=openai&utm_x=%FF&as_of=2024-05-24&utm_campaign=a+b",
        "lab=%6fpenai&&as_of=2024-05-24",
    ):
        tagged, asked = queries(client, f"/access/?{query}")
        assert (tagged.content, tagged["ETag"], asked) == (plain.content, plain["ETag"], 1), query
    assert b"utm_" not in tagged.content
    alone = client.get("/?utm_source=letter")
    assert alone.content == client.get("/").content


@pytest.mark.parametrize("address", ["/labs/openai/", "/labs.json", "/data/", "/data/openapi.json", "/data/check.json"])
@pytest.mark.parametrize("site", ["", "https://evaltracker.example"])
def test_the_host_of_a_request_plays_no_part(settings, records, address, site):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    settings.PERMALINKS_AT = site
    one, two = (Client(headers={"host": host}).get(address) for host in ("one.example", "two.example"))
    assert one.content == two.content
    assert b"one.example" not in one.content
    if address == "/labs/openai/":
        permalink = re.search(r'id="permalink-url" value="([^"]+)"', one.content.decode())[1]
        assert permalink.startswith(f"{site}/labs/openai/?as_of=")


def test_a_wrong_host_is_refused_also_where_the_answer_is_kept(pages, records):
    assert Client().get("/labs/").status_code == 200
    assert Client(headers={"host": "evil.example"}).get("/labs/").status_code == 400


@pytest.mark.parametrize(
    ("address", "control"),
    [
        ("/labs/", FOR_A_MINUTE),
        ("/labs/?as_of=2024-05-24", FOR_A_MINUTE),
        ("/labs/?as_of=2024-05-24&data_version={version}", FOR_A_DAY),
        ("/labs.csv?as_of=2024-05-24&data_version={version}&method_version=2", FOR_A_DAY),
    ],
)
def test_how_long_an_answer_holds_is_said(pages, client, records, address, control):
    assert client.get(address.format(version=DataVersion.objects.latest()))["Cache-Control"] == control


def test_a_day_later_the_page_is_another(pages, client, long_ago, monkeypatch):
    first = client.get("/labs/?as_of=2024-05-24")
    day = timezone.localdate() + dt.timedelta(days=1)
    monkeypatch.setattr(public_answers, "today", lambda: day)
    second = client.get("/labs/?as_of=2024-05-24", headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert second["ETag"] != first["ETag"]


def test_a_moment_is_told_once_it_is_settled(pages, client, long_ago, monkeypatch):
    now = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    first = client.get("/labs/")
    assert first["Last-Modified"] == "Mon, 05 Oct 2026 00:00:00 GMT"
    for moment, status in (("Mon, 05 Oct 2026 00:00:00 GMT", 304), ("Sun, 04 Oct 2026 23:59:59 GMT", 200)):
        assert client.get("/labs/", headers={"if-modified-since": moment}).status_code == status
    renew_stamp()
    assert "Last-Modified" not in client.get("/labs/")
    now += dt.timedelta(seconds=3)
    assert client.get("/models/")["Last-Modified"] == "Mon, 05 Oct 2026 09:00:00 GMT"
    assert client.get("/models/", headers={"if-match": '"x"'}).status_code == 412


def through(pages, view, method: str = "get", path: str = "/x/", **meta: str):
    """The answer of the middleware around a view, and the middleware."""
    middleware = PublicAnswersMiddleware(view)
    return middleware(getattr(RequestFactory(), method)(path, **meta)), middleware


def test_a_long_stream_goes_on_as_it_is_made_and_is_not_kept(pages, records):
    made = []

    def view(request):
        def rows():
            for number in range(3 * WHOLE // 1024):
                made.append(number)
                yield b"x" * 1024

        return StreamingHttpResponse(rows(), content_type="text/csv")

    response, middleware = through(pages, view)
    assert response.streaming
    assert len(made) <= WHOLE // 1024 + 1
    assert middleware.pages.size == 0
    assert sum(map(len, response.streaming_content)) == 3 * WHOLE
    made.clear()
    again = middleware(RequestFactory().get("/x/", HTTP_IF_NONE_MATCH=response["ETag"]))
    assert again.status_code == 304
    assert made == []


def test_a_short_stream_is_kept_whole(pages, records):
    calls = []

    def view(request):
        calls.append(request)
        return StreamingHttpResponse([b"a", b"b"], content_type="text/csv", headers={"Content-Disposition": "x"})

    response, middleware = through(pages, view)
    again = middleware(RequestFactory().get("/x/"))
    assert [each.content for each in (response, again)] == [b"ab", b"ab"]
    assert again["Content-Disposition"] == "x"
    assert len(calls) == 1


def test_an_answer_made_while_records_changed_is_not_kept(pages, records):
    def view(request):  # the snapshot of its request is of what was saved meanwhile
        renew_stamp()
        request.made_of = version_now()
        return HttpResponse(b"x" * 1000)

    response, middleware = through(pages, view)
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    assert middleware.pages.size == 0


@pytest.mark.parametrize("control", ["private", "no-store", "max-age=0, no-cache"])
def test_what_a_view_says_of_caching_stands(pages, records, control):
    def view(request):
        return HttpResponse(b"x" * 1000, headers={"Cache-Control": control})

    response, middleware = through(pages, view, HTTP_ACCEPT_ENCODING="gzip")
    assert response["Cache-Control"] == control
    assert "ETag" not in response
    assert "Content-Encoding" not in response
    assert middleware.pages.size == 0


def test_an_answer_with_a_cookie_is_one_persons(pages, records):
    def view(request):
        response = HttpResponse(b"x", headers={"Cache-Control": "max-age=60"})
        response.set_cookie("a", "b")
        return response

    response, middleware = through(pages, view)
    assert response["Cache-Control"] == PERSONAL
    assert middleware.pages.size == 0


@pytest.mark.parametrize("method", ["post", "options", "put", "trace"])
def test_only_reading_is_answered_from_the_cache(pages, records, method):
    _, middleware = through(pages, lambda request: HttpResponse(request.method), "get")
    response = middleware(getattr(RequestFactory(), method)("/x/"))
    assert response.content == method.upper().encode()
    assert response["Cache-Control"] == "no-store"


def test_the_files_of_a_data_version_keep_the_tag_of_their_bytes(pages, client, records):
    address = f"/data/evaltracker-{DataVersion.objects.latest()}/labs.parquet"
    first = client.get(address)
    renew_stamp()
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_nothing_is_kept_while_the_code_may_change(pages, client, records):
    pages.DEBUG = True
    response = client.get("/methodology/")
    assert "ETag" not in response
