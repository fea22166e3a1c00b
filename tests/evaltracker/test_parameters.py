"""What every public address may carry, day, window and weights, is checked on every page."""

import html

import pytest

pytestmark = pytest.mark.django_db

PAGES = ("/", "/labs/", "/models/gpt-4/", "/access/", "/access.csv", "/commitments/", "/sources/", "/methodology/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("as_of=never", "a day such as 2024-05-24"),
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
