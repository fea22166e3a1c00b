"""What every public address may carry, day, window and weights, is checked on every page."""

import html
import io
import logging

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

PAGES = (
    "/",
    "/labs/",
    "/models/gpt-4/",
    "/access/",
    "/access.csv",
    "/commitments/",
    "/sources/",
    "/timeline/",
    "/timeline.json",
    "/methodology/",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("as_of=never", "a day such as 2024-05-24"),
        ("as_of=20240524", "a day such as 2024-05-24"),
        ("as_of=2024-W21-5", "a day such as 2024-05-24"),
        ("as_of=0001-01-01", "from 1950-01-01"),
        ("as_of=9999-12-31", "up to "),
        ("window=13", "24"),
        ("window=", "24"),
        ("weights=evaluated:-1", "a finite number of 0 or more"),
        ("weights=evaluated:1,evaluated:2", "at most once"),
        ("weights=beauty:1", "follow_through"),
        ("weights=evaluated:nan", "a finite number of 0 or more"),
        ("weights=evaluated:inf", "a finite number of 0 or more"),
        ("weights=evaluated:0", "not all 0"),
        ("weights=", "at most once"),
    ],
)
def test_a_bad_day_window_or_weight_is_a_400_that_says_what_is_allowed(client, records, page, query, allowed):
    response = client.get(f"{page}?{query}")
    assert response.status_code == 400
    assert allowed in html.unescape(response.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_a_good_day_window_and_weights_are_let_through(client, records, page):
    assert client.get(f"{page}?as_of=2026-08-31&window=24&weights=evaluated:50,depth:50").status_code == 200


def test_the_admin_keeps_its_own_parameters(client):
    assert client.get("/admin/login/?window=13").status_code == 200


@pytest.mark.parametrize("page", ["/", "/models/", "/timeline/", "/timeline.json", "/charts/share/", "/labs.csv"])
def test_the_first_day_that_can_be_asked_for_is_answered(client, records, page):
    assert client.get(f"{page}?as_of=1950-01-01").status_code == 200


def test_a_bad_address_is_one_line_in_the_log_whatever_it_holds(client, monkeypatch):
    handler = next(each for each in logging.getLogger().handlers if each.name == "stderr")
    log = io.StringIO()
    monkeypatch.setattr(handler, "stream", log)
    assert client.get("/access/?a%0A2026-11-26%20ERROR%20forged=1").status_code == 400
    [line] = log.getvalue().splitlines()
    assert "WARNING" in line
    assert "/access/" in line


def test_an_error_of_ours_keeps_its_traceback_in_the_log(client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    handler = next(each for each in logging.getLogger().handlers if each.name == "stderr")
    log = io.StringIO()
    monkeypatch.setattr(handler, "stream", log)
    monkeypatch.setattr("labs.web.lists.requested_day", broken)
    client.raise_request_exception = False
    assert client.get("/access/").status_code == 500
    assert "Traceback" in log.getvalue()
