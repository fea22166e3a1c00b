"""How addresses are written, in labs.web.parameters."""

import pytest
from django.http import QueryDict
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix

from labs.models.addresses import one_root, page_path
from labs.web.parameters import address, kept_parameters, with_kept


@pytest.mark.parametrize(
    ("path", "query", "changes", "expected"),
    [
        ("/x/", "", {}, "/x/"),
        ("", "", {}, "?"),
        ("", "page=2", {"page": None}, "?"),
        ("/x/", "lab=a&lab=b&page=2", {"page": None}, "/x/?lab=a&lab=b"),
        ("/x/", "lab=a&lab=b", {"lab": "c"}, "/x/?lab=c"),
        ("/x/", "", {"lab": ["a", "b"]}, "/x/?lab=a&lab=b"),
        ("/x/", "", {"lab": []}, "/x/"),
        ("", "window=24&q=a", {"window": "all"}, "?window=all&q=a"),
        ("/x/", "weights=depth:15,timing:5", {}, "/x/?weights=depth:15,timing:5"),
        ("/x/", "q=a+b%26c", {}, "/x/?q=a%20b%26c"),
        ("/x/?lab=a", "page=2", {}, "/x/?lab=a&page=2"),
        ("/x/#here", "page=2", {}, "/x/?page=2#here"),
    ],
)
def test_an_address_holds_the_parameters_with_their_changes(path, query, changes, expected):
    assert address(path, QueryDict(query), **changes) == expected


def test_an_address_leaves_the_parameters_of_the_request_alone():
    parameters = QueryDict("lab=a&lab=b&page=2")
    address("/x/", parameters, page=None, lab="c")
    assert parameters.urlencode() == "lab=a&lab=b&page=2"


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/x/", "", "/x/"),
        ("/x/", "lab=a&page=2", "/x/"),
        ("/x/", "window=24&lab=a&as_of=2024-05-24", "/x/?as_of=2024-05-24&window=24"),
        ("/x/?lab=a#here", "weights=depth:15", "/x/?lab=a&weights=depth:15#here"),
        ("/x/", "as_of=", "/x/?as_of="),
    ],
)
def test_a_link_keeps_the_day_the_window_and_the_weights_only(path, query, expected):
    assert with_kept(path, QueryDict(query)) == expected


def test_what_is_kept_can_be_changed_on_the_way():
    assert address("/x/", kept_parameters(QueryDict("as_of=2024-05-24&weights=depth:15&q=a")), weights=None) == (
        "/x/?as_of=2024-05-24"
    )


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("labs:lab_detail", ["openai"]),
        ("labs:model_detail", ["gpt-4_1-2"]),
        ("labs:model_detail", ["where-a-key-stands"]),
        ("labs:source_quote", ["a-source", "bib"]),
        ("package_zip", ["2026.12.1"]),
        ("methodology", []),
    ],
)
def test_the_path_of_a_page_is_that_of_django(name, args):
    for _ in range(2):
        assert page_path(name, *args) == reverse(name, args=args)
    before = get_script_prefix()
    set_script_prefix("/below/")
    try:
        assert page_path(name, *args) == reverse(name, args=args)
        with one_root():
            assert page_path(name, *args) == reverse(name, args=args)
    finally:
        set_script_prefix(before)


@pytest.mark.parametrize(
    ("name", "args"),
    [("labs:lab_detail", ["a/b"]), ("labs:lab_detail", []), ("methodology", ["a"]), ("nothing", ["a"])],
)
def test_a_page_that_is_not_there_has_no_path(name, args):
    with pytest.raises(NoReverseMatch):
        page_path(name, *args)
