"""Every route × role × method against the table of what is allowed (``tests.attack.allowed``)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from evaltracker.web.health import WATCHED
from tests import people
from tests.attack.allowed import (
    DESK,
    EVERYBODY,
    METHODS,
    OF_FORMS,
    OF_PAGES,
    REFUSED,
    WAYS_IN_AND_OUT,
    May,
    public_methods,
)
from tests.attack.routes import Addresses, Route, routes
from tests.evaltracker.desk_pages import desk_of, nothing_is_written

pytestmark = [pytest.mark.django_db, pytest.mark.answers]

ROUTES = list(routes())
AT_THE_DESK = [route for route in ROUTES if route.is_desk and route.form not in WAYS_IN_AND_OUT]
PUBLIC = [route for route in ROUTES if not route.is_desk]


@pytest.fixture
def addresses(records) -> Addresses:
    return Addresses()


def of_role(role: str) -> Client:
    return desk_of(people.person(*([] if role == "no role" else [role])))


def expected(may: May, role: str, method: str) -> set[int]:
    """The statuses that one of the people at the desk may get."""
    if method not in OF_FORMS:
        return {405}
    who, status = (may.who_posts, may.post) if method == "POST" else (may.gets, may.get)
    return {status} if role in who else REFUSED


def asked_of(role: str) -> Iterator[tuple[Route, str]]:
    """What somebody asks for: each form of address."""
    for route in one_of_each_form():
        # To the Editor as to the Researcher: the same pages, so of one the head alone.
        for method in ("GET", "POST") if role != "Editor" else ("HEAD", "POST"):
            yield route, method


def one_of_each_form() -> Iterator[Route]:
    """Each form of address, of one kind of record in turn (test_roles.py has them all)."""
    by_form: dict[str, list[Route]] = {}
    for route in AT_THE_DESK:
        if route.pattern != "admin/commitments/reply/<str:number>/merge/":  # a reply is merged into none
            by_form.setdefault(route.form, []).append(route)
    for number, alike in enumerate(by_form.values()):
        yield alike[number % len(alike)]


def test_every_route_has_a_place_in_the_table_and_every_place_a_route():
    assert {route.form for route in AT_THE_DESK} == set(DESK)
    for route in PUBLIC:
        assert public_methods(route.form)
    assert [route.form for route in PUBLIC if route.takes_forms] == ["report/"]
    with pytest.raises(LookupError):
        public_methods("new/")


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_the_desk_gives_each_role_what_the_table_says_and_writes_nothing_for_others(addresses, role):
    client, wrong = of_role(role), []
    asked = list(asked_of(role))
    with nothing_is_written():
        for route, method in asked:
            may = DESK[route.form]
            if method == "POST" and role in may.who_posts and may.post == 302:
                continue  # it does something
            status = client.generic(method, addresses.of(route)).status_code
            if status not in expected(may, role, method):
                wrong.append((route.pattern, method, status))
    assert wrong == []
    assert len(asked) > 100


@pytest.mark.parametrize("who", [None, {"is_staff": False}, {"is_active": False}], ids=str)
def test_the_desk_asks_visitors_to_sign_in_whatever_they_send(addresses, who):
    visitor, wrong = desk_of(people.person("Editor", **who)) if who else Client(), []
    with nothing_is_written():
        for route in one_of_each_form() if who else AT_THE_DESK:
            for method in OF_FORMS:
                answer = visitor.generic(method, addresses.of(route))
                if not answer.headers.get("Location", "").startswith(reverse("admin:login")):
                    wrong.append((route.pattern, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ["", "Editor"])
def test_the_desk_takes_no_other_method(addresses, role):
    client = of_role(role) if role else Client()
    answers = {
        (route.pattern, method): client.generic(method, addresses.of(route))
        for route in (*AT_THE_DESK, *(Route(form, form) for form in WAYS_IN_AND_OUT))
        for method in METHODS
        if method not in OF_FORMS
    }
    assert {answer.status_code for answer in answers.values()} == {405}
    assert {answer["Allow"] for answer in answers.values()} == {"GET, HEAD, POST"}


def test_public_addresses_are_read_only_but_for_the_form_of_reports(addresses):
    visitor, wrong = Client(), []
    with nothing_is_written():
        for route in PUBLIC:
            allowed = public_methods(route.form)
            for method in METHODS:
                if method in OF_PAGES or (method in allowed and method == "POST"):
                    continue  # tests/test_urls.py, tests/test_public.py and tests/evaltracker/test_reports.py
                answer = visitor.generic(method, addresses.of(route))
                status = 204 if method in allowed else 405
                if (answer.status_code, answer.get("Allow")) != (status, ", ".join(allowed)):
                    wrong.append((route.pattern, method, answer.status_code, answer.get("Allow")))
    assert wrong == []


def test_who_is_signed_in_may_write_no_public_address_either(addresses):
    editor = of_role("Editor")
    written = [route for route in PUBLIC if public_methods(route.form) != OF_FORMS]
    assert {editor.post(addresses.of(route)).status_code for route in written} == {405}


def test_head_answers_as_get_does_without_the_body(addresses):
    visitor, wrong = Client(), []
    for route in PUBLIC:
        if route.form.rpartition(".")[2] in ("png", "sqlite", "zip", "parquet", "xlsx"):
            continue  # dear to make; their views are those of the other endings
        answer = visitor.head(addresses.of(route))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code not in (200, 301, 302, 404) or body:
            wrong.append((route.pattern, answer.status_code))
    assert wrong == []


def test_the_way_in_and_out(records):
    assert Client().get("/admin/login/").status_code == 200
    assert Client().post("/admin/login/").status_code == 200
    assert Client().get("/admin/logout/").status_code == 302
    editor = of_role("Editor")
    assert editor.get("/admin/login/").status_code == 302
    assert editor.get("/admin/logout/").status_code == 405
    assert editor.post("/admin/logout/").status_code in (200, 302)
    assert editor.get("/admin/").status_code == 302


def test_a_machine_asks_without_signing_in_and_changes_nothing(records):
    for address in WATCHED:
        assert {method: Client().generic(method, address).status_code for method in METHODS} == {
            method: 200 if method in OF_PAGES else 405 for method in METHODS
        }


def test_what_is_no_address_is_not_found_whatever_is_sent(records):
    for method in METHODS:
        assert Client().generic(method, "/no/such/page/").status_code == 404
