"""Generated bad requests: no error of ours, and nothing of what is not public in any answer.

``make attack`` sends ten thousand and prints what they were answered (docs/security.md); the tests send a part.
"""

import gzip
import io
import os
import zipfile
from collections import Counter

import brotli
import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from tests import people
from tests.attack.hostile import Hostile, Request
from tests.attack.routes import Addresses
from tests.evaltracker.desk_pages import desk_of
from tests.test_public import HIDDEN, STATUSES, hide

pytestmark = pytest.mark.django_db

SENT, SEED = (int(each) for each in os.environ.get("EVALTRACKER_ATTACK", "300:13").split(":"))


def plain(response: HttpResponseBase) -> bytes:
    """Head and body of an answer as a reader could get at them: neither packed nor compressed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    match response.headers.get("Content-Encoding"):
        case "gzip":
            body = gzip.decompress(body) if body else body
        case "br":
            body = brotli.decompress(body) if body else body
    if body.startswith(b"PK"):
        packed = zipfile.ZipFile(io.BytesIO(body))
        body = b"".join(packed.read(name) for name in packed.namelist())
    return str(response.headers).encode() + body


def sent(client: Client, request: Request) -> HttpResponseBase:
    content_type, body = request.body
    as_a_server_gives_it = request.path.encode(errors="surrogatepass").decode("latin-1")
    extra = {"QUERY_STRING": request.query, "PATH_INFO": as_a_server_gives_it}
    extra |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    if (length := extra.pop("HTTP_CONTENT_LENGTH", None)) is not None:
        extra["CONTENT_LENGTH"] = length
    return client.generic(request.method, "/", body, content_type, **extra)


def test_no_generated_request_is_an_error_of_ours_or_finds_what_is_not_public(records, capsys):
    for status in STATUSES:
        hide(status)
    visitor = Client(raise_request_exception=False)
    at_the_desk = desk_of(people.person())  # signed in, without a role
    at_the_desk.raise_request_exception = False
    statuses: Counter[tuple[str, int]] = Counter()
    errors, shown = [], []
    for number, request in enumerate(Hostile(SEED, Addresses()).requests(SENT)):
        response = sent(at_the_desk if number % 10 == 0 else visitor, request)
        statuses[request.method, response.status_code] += 1
        if response.status_code >= 500:
            errors.append((response.status_code, request))
        if HIDDEN.encode() in plain(response):
            shown.append(request)
        assert "X-Injected" not in response.headers

    if "EVALTRACKER_ATTACK" in os.environ:
        with capsys.disabled():
            print(
                f"\n{SENT:,} requests of seed {SEED}: {len(errors)} errors of ours, {len(shown)} answers with a draft"
            )
            for status in sorted({status for _, status in statuses}):
                of_status = {method: count for (method, each), count in statuses.items() if each == status}
                print(f"{status}: {sum(of_status.values()):>6,}  {dict(sorted(of_status.items()))}")
    assert errors == []
    assert shown == []
    assert statuses["GET", 200] > SENT / 20, "most are refused, but not all"


def test_a_seed_makes_the_same_requests_again(records):
    addresses = Addresses()
    assert [*Hostile(7, addresses).requests(50)] == [*Hostile(7, addresses).requests(50)]
    assert [*Hostile(7, addresses).requests(50)] != [*Hostile(8, addresses).requests(50)]
