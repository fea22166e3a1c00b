"""Long files are made once for a state of the records, and nobody can see whether they were made or kept."""

import gzip
import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaltracker.web import long_answers, public_answers
from evaltracker.web.long_answers import LongAnswers
from labs.actions.versions import renew_stamp
from labs.models import AccessEvent
from tests.test_urls import read

LONG = "/access.csv"
PLAIN = "/access.csv?columns=activity&columns=started&columns=profile&columns=summary&sort=key"


@pytest.fixture
def folder(settings, monkeypatch, tmp_path) -> Path:
    """Where long files are kept, and what is above ten thousand bytes is long."""
    settings.PAGE_CACHE_BYTES = 8 * 1024 * 1024
    settings.LONG_ANSWERS_DIR, settings.LONG_ANSWERS_BYTES = str(tmp_path / "long"), 8 * 1024 * 1024
    for module in (public_answers, long_answers):
        monkeypatch.setattr(module, "WHOLE", 10_000)
    return tmp_path / "long"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def asked(client: Client, address: str, coding: str = "", method: str = "get"):
    """The answer, its body, and how often the database was asked."""
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(address, headers={"accept-encoding": coding})
        body = read(response)
    return response, body, len(queries)


@pytest.mark.django_db
def test_a_long_file_is_the_same_made_and_kept_packed_and_not(folder, records):
    client = Client()
    for address in (LONG, "/access.jsonl?lab=openai", "/access.csv?as_of=2025-06-01"):
        made, body, many = asked(client, address, "gzip")
        plain = gzip.decompress(body)
        assert many > 1
        before = len(files(folder))
        for coding, expected in (("gzip", body), ("br, gzip", body), ("", plain), ("identity", plain)):
            kept, found, queries = asked(Client(), address, coding)  # as another process has it
            assert (found, queries) == (expected, 1), f"{address} {coding}: only the stamp is asked for"
            assert kept["Content-Length"] == str(len(expected))
            assert kept.get("Content-Encoding", "") == ("gzip" if "gzip" in coding else "")
            for name in ("Content-Type", "Content-Disposition", "Data-Version", "Cache-Control", "Vary"):
                assert kept[name] == made[name], name
            if coding == "gzip":
                assert kept["ETag"] == made["ETag"]
            again = client.get(address, headers={"accept-encoding": coding, "if-none-match": kept["ETag"]})
            assert again.status_code == 304
        head, nothing, queries = asked(client, address, "gzip", "head")
        assert (nothing, queries, head["Content-Length"]) == (b"", 1, str(len(body)))
        assert len(files(folder)) == before
    assert len(files(folder)) == 3


@pytest.mark.django_db
def test_a_change_of_the_records_drops_what_was_kept(folder, records):
    client = Client()
    _, before, _ = asked(client, LONG)
    asked(client, "/access.jsonl")
    event = AccessEvent.objects.published().first()
    event.summary = "Changed since."
    event.save()
    renew_stamp()
    _, after, queries = asked(client, LONG)
    assert (before != after, b"Changed since." in after, queries > 1) == (True, True, True)
    (new,) = files(folder)
    assert asked(Client(), LONG)[1:] == (after, 1)
    asked(client, "/access.jsonl")
    assert len(files(folder)) == 2
    assert new.exists()


@pytest.mark.django_db
def test_the_next_day_asks_anew(folder, records, monkeypatch):
    client = Client()
    asked(client, LONG)
    later = public_answers.today().replace(year=public_answers.today().year + 1)
    monkeypatch.setattr(public_answers, "today", lambda: later)
    assert asked(client, LONG)[2] > 1


@pytest.mark.django_db
def test_what_the_database_writes_and_what_is_of_a_person_is_not_kept(folder, records):
    client = Client()
    client.force_login(User.objects.create_superuser("editor"))
    assert asked(client, LONG)[0]["Cache-Control"] == "private, no-store"
    asked(Client(), PLAIN)
    assert files(folder) == []


@pytest.mark.django_db
def test_a_change_while_the_file_goes_out_and_a_reader_who_leaves_keep_nothing(folder, records, monkeypatch):
    monkeypatch.setattr(public_answers, "is_newest", lambda version: False)
    assert asked(Client(), LONG)[1]
    monkeypatch.setattr(public_answers, "is_newest", _is_away)
    assert asked(Client(), LONG)[1]
    assert files(folder) == []
    pieces = LongAnswers(folder, 10**6).keeping("a" * 32, "b" * 32, {}, [b"x" * 70_000] * 5, lambda: True)
    assert len(next(pieces)) == 70_000
    assert len(files(folder)) == 1
    pieces.close()
    assert files(folder) == []


def _is_away(version):
    raise DatabaseError


STATE, OTHER = "1" * 32, "2" * 32


def kept(store: LongAnswers, name: str, body: bytes, state: str = STATE) -> bool:
    """Whether the store has the file once it went out."""
    chunks = [body[at : at + 50_000] for at in range(0, len(body), 50_000)]
    assert b"".join(store.keeping(state, name, {"Content-Type": "text/csv"}, chunks, lambda: True)) == body
    found = store.get(state, name)
    if found is None:
        return False
    content = found.content(is_gzip=False)
    assert b"".join(content) == body
    assert found.unpacked == len(body)
    content.close()
    assert found.file.closed
    return True


def test_the_room_is_bounded_and_the_oldest_goes_first(folder):
    body = os.urandom(60_000)  # which no coding makes smaller
    store = LongAnswers(folder, 250_000)
    assert not kept(store, "of-more-than-a-quarter", os.urandom(70_000))
    assert not kept(store, "short", b"x" * 9_000)
    for age, name in enumerate("abcd"):
        assert kept(store, name, body)
        os.utime(folder / STATE / name, (1000 + age, 1000 + age))
    store.get(STATE, "a").file.close()  # asked for just now
    assert kept(store, "e", body)
    assert sorted(path.name for path in files(folder)) == ["a", "c", "d", "e"]
    (folder / "no-state").mkdir()
    assert kept(store, "f", body, OTHER)
    assert sorted(path.name for path in folder.iterdir()) == [OTHER, "no-state"]


def test_a_folder_that_cannot_be_written_harms_nobody(tmp_path, folder, caplog, monkeypatch):
    (tmp_path / "file").write_text("")
    assert not kept(LongAnswers(tmp_path / "file", 10**6), "a", b"x" * 90_000)
    assert "cannot be kept" in caplog.text
    monkeypatch.setattr(long_answers, "LEAST_FREE", 1 << 60)
    assert not kept(LongAnswers(folder, 10**6), "a", b"x" * 90_000)
    assert "No room" in caplog.text


@pytest.mark.parametrize("harm", ["cut", "changed", "empty"])
def test_a_damaged_file_breaks_off_once_and_is_made_anew(folder, harm):
    store, body = LongAnswers(folder, 10**6), os.urandom(90_000)
    assert kept(store, "a", body)
    path = folder / STATE / "a"
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-20], "changed": whole[:-9000] + b"?" * 10 + whole[-8990:], "empty": b""}[harm])
    if harm == "empty":
        assert store.get(STATE, "a") is None
        return
    content = store.get(STATE, "a").content(is_gzip=False)
    with pytest.raises(long_answers.zlib.error):
        list(content)
    content.close()
    assert store.get(STATE, "a") is None
    assert kept(store, "a", body)
