"""Streams reach their reader whole, or so that the reader's program notices: for real, through gunicorn."""

import contextlib
import gzip
import http.client
import os
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from evaltracker.web.codings import coding_for
from evaltracker.web.streams import PIECE, WHOLE, StreamsMiddleware, gzipped, in_pieces

ROW = b"key,of a row of a file of rows,2024-05-24\r\n"
MANY = 3 * WHOLE // len(ROW)

APPLICATION = """
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x" * 50, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__,
    MIDDLEWARE=["evaltracker.web.streams.StreamsMiddleware"],
)
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import StreamingHttpResponse
from django.urls import path


def rows(request, count, good):
    def lines():
        for number in range(count):
            if number == good:
                raise RuntimeError("it broke")
            yield {row!r}

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


urlpatterns = [path("<int:count>/<int:good>", rows)]
application = get_wsgi_application()
"""


@pytest.fixture(scope="module", params=["1", "2"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A port at which gunicorn answers, with one thread or two: /10/99 streams ten rows, /10/5 breaks after five."""
    folder = tmp_path_factory.mktemp("streams")
    (folder / "rows_app.py").write_text(APPLICATION.replace("{row!r}", repr(ROW)))
    root = Path(__file__).resolve().parents[2]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{root}", "TMPDIR": str(folder)}
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--threads", request.param]
        process = subprocess.Popen(
            [*command, "--log-level", "critical", "rows_app:application"],
            env=environment,
            cwd=folder,
            pass_fds=[listening.fileno()],
        )
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(30)


def ask(port: int, path: str, version: str = "1.1", **headers: str) -> bytes:
    """All that the server sends before it closes the connection."""
    lines = [f"GET {path} HTTP/{version}", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def read(port: int, path: str) -> bytes:
    """What Python's own client makes of the answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read()


def parts(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


def test_a_short_stream_has_its_length(server):
    for version in ("1.0", "1.1"):
        first, headers, body = parts(ask(server, "/10/99", version))
        assert first.split()[1] == "200"
        assert headers["content-length"] == str(len(body))
        assert body == ROW * 10


def test_a_long_stream_is_sent_in_chunks_to_a_reader_who_knows_them(server):
    _, headers, body = parts(ask(server, f"/{MANY}/{MANY}"))
    assert headers["transfer-encoding"] == "chunked"
    assert body.endswith(b"0\r\n\r\n")
    assert read(server, f"/{MANY}/{MANY}") == ROW * MANY


def test_a_long_stream_has_its_length_where_there_are_no_chunks(server):
    _, headers, body = parts(ask(server, f"/{MANY}/{MANY}", "1.0"))
    assert headers["content-length"] == str(len(body)) == str(len(ROW) * MANY)


def test_a_stream_that_breaks_is_seen_to_be_incomplete(server):
    path = f"/{MANY}/{MANY - 1}"
    _, headers, body = parts(ask(server, path))
    assert headers["transfer-encoding"] == "chunked"
    assert not body.endswith(b"0\r\n\r\n")
    with pytest.raises(http.client.IncompleteRead):
        read(server, path)
    first, _, body = parts(ask(server, path, "1.0"))  # nothing was sent yet
    assert first.split()[1] == "500"
    assert ROW not in body


def test_a_stream_that_breaks_early_is_an_error_to_every_reader(server):
    for version in ("1.0", "1.1"):
        assert parts(ask(server, "/10/5", version))[0].split()[1] == "500"


def test_a_compressed_stream_is_the_same_and_its_break_is_seen(server):
    _, headers, body = parts(ask(server, f"/{MANY}/{MANY}", "1.0", Accept_Encoding="gzip"))
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-length"] == str(len(body))
    assert gzip.decompress(body) == ROW * MANY
    _, headers, body = parts(ask(server, f"/{MANY}/{MANY - 1}", Accept_Encoding="gzip"))
    assert headers["transfer-encoding"] == "chunked"
    assert not body.endswith(b"0\r\n\r\n")


def through(request, response):
    return StreamsMiddleware(lambda _: response)(request)


def test_the_first_rows_leave_before_the_last_are_made():
    """Compressed or not, with no more made than is sent."""
    for headers in ({}, {"HTTP_ACCEPT_ENCODING": "gzip"}):
        made = []

        def rows(made=made):
            for number in range(MANY * 10):
                made.append(number)
                yield ROW

        request = RequestFactory().get("/", SERVER_SOFTWARE="gunicorn/1", **headers)
        response = through(request, StreamingHttpResponse(rows(), content_type="text/csv"))
        assert len(made) * len(ROW) < WHOLE + 2 * PIECE
        first = next(iter(response.streaming_content))
        if headers:
            first = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(first)
        assert first.startswith(ROW * 100)
        assert len(made) * len(ROW) < WHOLE + 2 * PIECE


@pytest.mark.parametrize(
    ("asked", "takes"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, gzip;q=0.5, br", True),
        ("GZIP ; q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=much", False),
        ("x-gzip", True),
        ("nogzip", False),
    ],
)
def test_gzip_is_for_who_takes_it(asked, takes):
    assert bool(coding_for(asked, ("gzip",))) is takes


def test_other_answers_pass_as_they_are():
    request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip")
    page = HttpResponse("a page")
    assert through(request, page) is page
    assert "Content-Encoding" not in page
    package = through(request, StreamingHttpResponse([b"PK"], content_type="application/zip"))
    assert "Content-Encoding" not in package
    assert package["Content-Length"] == "2"
    sized = StreamingHttpResponse([b"abc"], content_type="text/csv", headers={"Content-Length": "3"})
    assert list(through(request, sized).streaming_content) == [b"abc"]


def test_what_is_compressed_says_on_what_that_depends():
    request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip")
    response = StreamingHttpResponse([b"a"], content_type="text/csv", headers={"Vary": "Cookie"})
    assert through(request, response)["Vary"] == "Cookie, Accept-Encoding"


def test_head_makes_no_rows():
    def rows():
        raise AssertionError("a row was made")
        yield b""

    response = through(RequestFactory().head("/"), StreamingHttpResponse(rows(), content_type="text/csv"))
    assert list(response.streaming_content) == []
    assert "Content-Length" not in response


@pytest.mark.django_db  # the end of a request looks at the connection
def test_what_was_streamed_is_closed_with_the_answer():
    closed = []

    def rows():
        try:
            yield ROW * MANY
            yield ROW
        finally:
            closed.append(True)

    for method, server in (("get", "gunicorn/1"), ("get", "another"), ("head", "gunicorn/1")):
        request = getattr(RequestFactory(), method)("/", SERVER_SOFTWARE=server)
        source = rows()
        next(source)
        response = through(request, StreamingHttpResponse(source, content_type="text/csv"))
        response.close()
        assert closed.pop()


def test_small_pieces_are_sent_together_and_compress_to_the_same_bytes():
    pieces = list(in_pieces([ROW] * 5000))
    assert all(len(piece) >= PIECE for piece in pieces[:-1])
    assert b"".join(pieces) == ROW * 5000
    assert b"".join(gzipped(pieces)) == b"".join(gzipped(pieces))
    assert list(in_pieces([])) == []
    assert gzip.decompress(b"".join(gzipped([]))) == b""
