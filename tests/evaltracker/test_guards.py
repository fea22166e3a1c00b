"""What is refused before anything is parsed: large bodies, bodies of no length, long addresses, zero bytes."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from evaltracker.models import ErrorReport
from evaltracker.web.guards import LONGEST_ADDRESS, most_bytes, refusal
from labs.actions.uploads import PREFIX, uploads_folder
from tests import factories, people

pytestmark = pytest.mark.django_db

MIB = 1024 * 1024


class Unread:
    """A body that nobody may read."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = read


def sent(client, path: str, length: int | str, **more: str):
    """The answer to a head that says how long the body is."""
    head = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": Unread()}
    return client.generic("POST", path, **head, **more)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "128 KiB"),
        ("/report/", "128 KiB"),
        ("/labs.json", "128 KiB"),
        ("/nothing/here/", "128 KiB"),
        ("/admin/login/", "2 MiB"),
        ("/admin/labs/source/add/", "2 MiB"),
        ("/admin/import/", "48 MiB"),
        ("/admin/labs/accessevent/import/", "48 MiB"),
        ("/admin/system-card/", "48 MiB"),
        ("/admin/labs/source/7/snapshot/", "48 MiB"),
    ],
)
def test_a_body_that_is_too_large_is_refused_unread_and_told_what_is_taken(client, path, words):
    answer = sent(client, path, most_bytes(path) + 1)
    assert (answer.status_code, answer["Cache-Control"]) == (413, "no-store")
    assert f"takes at most {words}" in answer.content.decode()
    assert refusal(RequestFactory().generic("POST", path, CONTENT_LENGTH=str(most_bytes(path)))) is None


def test_a_large_file_is_read_only_from_who_is_signed_in(client):
    url = reverse("admin:labs_source_snapshot", args=[factories.source().pk])
    answer = sent(client, url, 3 * MIB)
    assert answer.status_code == 413
    assert "Sign in in another window" in answer.content.decode()

    client.force_login(people.researcher())
    file = SimpleUploadedFile("card.txt", b"The card says what was tested. " * 100_000)
    assert client.post(url, {"file": file, "taken_on": "2026-01-05"}).status_code == 302


@pytest.mark.parametrize("path", ["/", "/report/", "/admin/import/"])
def test_a_body_without_a_length_is_asked_for_one(client, path):
    answer = client.generic("POST", path, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411
    assert "Content-Length" in answer.content.decode()


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "²", "1,1"])
def test_a_length_that_is_no_number_is_a_bad_request(client, length):
    assert sent(client, "/report/", length).status_code == 400


@pytest.mark.parametrize("path", ["/access/", "/admin/", "/nothing/"])
def test_a_long_address_is_refused(client, path):
    assert client.get(f"{path}?q={'a' * LONGEST_ADDRESS}").status_code == 414


@pytest.mark.parametrize(
    "path", ["/", "/labs/", "/labs.json", "/report/", "/admin/", "/admin/login/", "/no/such/page/"]
)
def test_a_zero_byte_is_a_bad_request(path):
    client = Client(raise_request_exception=False)
    for name in ("sessionid", "csrftoken", "messages", "other"):
        assert client.get(path, headers={"cookie": f"{name}=a\0b"}).status_code == 400, name
        assert client.get(path, headers={"cookie": f'{name}="a\\000b"'}).status_code == 400, name
    assert client.get(f"{path}%00").status_code == 400
    if path != "/no/such/page/":
        assert client.get(f"{path}?q=%00").status_code == 400
        assert client.get(f"{path}?%00=1").status_code == 400


def test_a_zero_byte_in_a_form_is_never_an_error_of_ours_and_is_not_stored(client):
    url = reverse("report")
    fields = {"page": "/", "claim": "a\0b", "wrong": "c", "source": "https://example.org/\0", "contact": "\0"}
    client.raise_request_exception = False
    for name in fields:
        values = {each: value.replace("\0", "") for each, value in fields.items()} | {name: f"{fields[name]}\0"}
        assert client.post(url, values).status_code in (302, 400, 429), name
    assert not [row for row in ErrorReport.objects.all() if "\0" in f"{row.claim}{row.page}{row.source}{row.contact}"]
    assert client.post(reverse("admin:login"), {"username": "a\0", "password": "b\0"}).status_code in (200, 400)


BODIES = {
    "no boundary": ("multipart/form-data", b"x"),
    "an empty boundary": ("multipart/form-data; boundary=", b"x"),
    "a boundary that is not ASCII": ("multipart/form-data; boundary=\xe4", b"x"),
    "no end": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),
    "no head": ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--\r\n"),
    "an unknown set of characters": ("multipart/form-data; boundary=x; charset=nothing", b"--x--\r\n"),
    "base64 that is none": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n\xff=\r\n--x--\r\n",
    ),
    "a form in an unknown set of characters": ("application/x-www-form-urlencoded; charset=nothing", b"a=1"),
    "bytes that are no text": ("application/x-www-form-urlencoded", b"a=%ff&%fe=\xff"),
    "many fields": ("application/x-www-form-urlencoded", b"a&" * 6000),
}


@pytest.mark.parametrize(
    "path", ["/", "/labs.json", "/report/", "/admin/login/", "/admin/import/", "/admin/labs/lab/add/"]
)
def test_a_body_that_is_damaged_is_never_an_error_of_ours(path):
    person = people.researcher()
    for strict in (False, True):
        client = Client(raise_request_exception=False, enforce_csrf_checks=strict)
        for is_signed_in in (False, True):
            if is_signed_in:
                client.force_login(person)
            for what, (kind, body) in BODIES.items():
                assert client.generic("POST", path, body, content_type=kind).status_code < 500, what


@pytest.mark.parametrize("path", ["/", "/labs/", "/report/", "/charts/", "/admin/", "/admin/login/", "/admin/import/"])
def test_a_page_takes_only_the_methods_that_it_has(client, path):
    client.force_login(people.researcher())
    allowed = "GET, HEAD, POST" if path.startswith(("/admin/", "/report/")) else "GET, HEAD"
    for method in ("TRACE", "OPTIONS", "CONNECT", "PROPFIND", "PUT", "DELETE", "PATCH", "X" * 40):
        answer = client.generic(method, path)
        assert (answer.status_code, answer["Allow"]) == (405, allowed), method


def test_what_an_interrupted_upload_left_is_deleted_at_a_start_and_by_the_command(capsys):
    now = time.time()
    ages = {"a.upload": 2, "new.upload": 0.5, f"{PREFIX}old": 25, f"{PREFIX}waiting": 23}
    for name, hours in ages.items():
        path = uploads_folder() / name
        path.write_bytes(b"x")
        os.utime(path, (now, now - hours * 3600))

    call_command("sweep_uploads")

    assert capsys.readouterr().out == "2 files deleted.\n"
    assert {path.name for path in uploads_folder().iterdir()} & set(ages) == {"new.upload", f"{PREFIX}waiting"}
    assert Path(settings.FILE_UPLOAD_TEMP_DIR).stat().st_mode & 0o077 == 0
    os.utime(uploads_folder() / "new.upload", (now, now - 7200))
    Client().get("/healthz")  # a process that starts
    assert not (uploads_folder() / "new.upload").exists()
