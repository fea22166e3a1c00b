"""Where whole answers are kept."""

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured

from evaltracker.web import page_store
from evaltracker.web.codings import coding_for
from evaltracker.web.page_store import NoPages, Page, PageSerializer, ProcessPages, SharedPages, size_of
from tests.evaltracker.test_public_answers import said

PAGE = Page((("Content-Type", "text/html"), ("ETag", '"1"')), b"\x00\n\xff" * 300)


def test_what_was_used_last_stays_within_the_bytes_that_are_allowed():
    most = 10 * size_of("page-00", PAGE)
    pages = ProcessPages(most)
    assert pages.get("s", ("page-00",)) is None
    for number in range(1000):
        pages.put("s", f"page-{number % 50:02}", PAGE)
        assert 0 < pages.size <= most
    assert pages.get("s", ("none", "page-49")) == PAGE
    assert len(pages._pages) == 10


def test_a_page_that_is_put_again_counts_once():
    pages = ProcessPages(100_000)
    pages.get("s", ())
    for _ in range(3):
        pages.put("s", "a", PAGE)
    assert pages.size == size_of("a", PAGE)


def test_what_is_too_large_is_not_kept_and_pushes_nothing_out():
    pages = ProcessPages(20_000)
    pages.get("s", ())
    pages.put("s", "a", PAGE)
    pages.put("s", "b", Page((), b"x" * 2_500))
    assert pages.get("s", ("b",)) is None
    assert pages.get("s", ("a",)) == PAGE


def test_a_newer_state_drops_all_and_takes_nothing_of_an_older_one():
    pages = ProcessPages(100_000)
    pages.get("old", ())
    pages.put("old", "a", PAGE)
    assert pages.get("new", ("a",)) is None
    assert pages.size == 0
    pages.put("old", "a", PAGE)
    assert (pages.size, pages.get("new", ("a",))) == (0, None)


def test_threads_share_the_pages_and_the_count_stays_right():
    pages = ProcessPages(20 * size_of("0-00", PAGE))
    pages.get("s", ())

    def work(thread: int) -> None:
        for number in range(300):
            pages.put("s", f"{thread}-{number % 30:02}", PAGE)
            pages.get("s", (f"{number % 4}-{number % 30:02}",))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert pages.size == sum(size_of(name, page) for name, page in pages._pages.items()) <= pages.most


def test_a_store_of_nothing_keeps_nothing():
    NoPages().put("s", "a", PAGE)
    assert NoPages().get("s", ("a",)) is None


@pytest.mark.parametrize("page", [PAGE, Page((), b""), Page((("X", "é\n"),), b"\n\n")])
def test_a_page_survives_redis_as_it_is(page):
    assert PageSerializer().loads(PageSerializer().dumps(page)) == page


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("*;q=0.2, br;q=0", "gzip"),
        ("identity", ""),
        ("gzip;q=0", ""),
        ("gzip;q=x, br;q=", ""),
        ("X-GZIP", "gzip"),
        ("BR", "br"),
    ],
)
def test_the_coding_is_the_one_that_the_reader_likes_best(asked, coding):
    assert coding_for(asked) == coding


@contextlib.contextmanager
def redis_server(port: int) -> Iterator[None]:
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + 20
            while time.monotonic() < until:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.02)
            yield
        finally:
            server.terminate()


@pytest.fixture
def shared(settings) -> int:
    """A port for a Redis, which the settings name."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.CACHES = {
        **settings.CACHES,
        "pages": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"serializer": "evaltracker.web.page_store.PageSerializer", "socket_timeout": 5},
        },
    }
    return port


def test_processes_share_pages_in_redis_and_go_on_while_it_is_away(shared, caplog):
    one, other = SharedPages(), SharedPages()
    with redis_server(shared):
        assert one.get("s", ("a",)) is None
        one.put("s", "a", PAGE)
        assert other.get("s", ("b", "a")) == PAGE
        assert other.get("newer", ("a",)) is None
        one.put("s", "large", Page((), b"x" * (one.longest + 1)))
        assert one.get("s", ("large",)) is None
        caches["pages"]._cache.get_client(write=True).set(":1:s:broken", b"no page")
        assert one.get("s", ("broken",)) is None
    for store in (one, other):
        store._silent_until = 0.0
        store.put("s", "a", PAGE)
        assert store.get("s", ("a",)) is None
    assert sum("is away" in record.message for record in caplog.records) == 3, "once for each pause"
    with redis_server(shared):
        assert one.get("s", ("a",)) is None, "it is left alone for a while"
        one._silent_until = 0.0
        one.put("s", "a", PAGE)
        assert one.get("s", ("a",)) == PAGE


@pytest.mark.django_db
def test_a_site_with_redis_answers_as_one_without(shared, client, records):
    with redis_server(shared):
        first = client.get("/labs/", headers={"accept-encoding": "br"})
        again = client.get("/labs/", headers={"accept-encoding": "br"})
        assert (first.content, said(first)) == (again.content, said(again))
        assert caches["pages"]._cache.get_client().dbsize() == 1
    assert client.get("/labs/", headers={"accept-encoding": "br"}).content == first.content


def test_redis_without_its_package_is_one_clear_line(monkeypatch):
    monkeypatch.setattr(page_store, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"evaltracker\[redis\]"):
        SharedPages()
