"""Pieces of a page that are made once for what they follow from."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from labs.choices import Answer
from labs.templatetags import pieces


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    pieces.pieces.forget()


def said(template: Template, count: list[int], path: str = "/", **values: object) -> str:
    request = RequestFactory().get(path)
    return template.render(Context({"request": request, "made": lambda: count.append(1) or len(count), **values}))


def test_a_piece_is_made_once_for_its_values_and_what_links_keep():
    template = Template("{% load pieces %}{% made_once a b %}{{ a }}{{ b }} {{ made }}{% endmade_once %}")
    count: list[int] = []
    assert said(template, count, a="x") == said(template, count, a="x") == "x 1"
    assert said(template, count, a="x", b="y") == "xy 2"
    assert said(template, count, "/?as_of=2025-01-01", a="x") == "x 3"
    assert said(template, count, "/?page=2", a="x") == "x 1"


def test_an_object_is_the_same_only_if_it_is_one():
    template = Template("{% load pieces %}{% made_once a %}{{ a }} {{ made }}{% endmade_once %}")
    count: list[int] = []
    one, equal = [1], [1]
    assert [said(template, count, a=each) for each in (one, equal, one)] == ["[1] 1", "[1] 2", "[1] 1"]
    assert [said(template, count, a=(each, 2)) for each in (one, one)] == ["([1], 2) 3"] * 2
    assert said(template, count, a=(equal, 2)) == "([1], 2) 4"


def test_of_one_word_the_first_on_the_page_is_the_link_also_if_it_stands_in_a_piece():
    word = "{% coded term %}"
    plain = Template("{% load words %}" + word * 3)
    template = Template("{% load pieces words %}" + f"{{% made_once term %}}{word}{{% endmade_once %}}" * 2 + word)
    for _ in range(2):
        assert said(template, [], term=Answer.YES) == said(plain, [], term=Answer.YES)
    assert said(template, [], term=Answer.YES).count("<a ") == 1


def test_pieces_of_two_places_are_kept_apart_and_tables_say_their_columns():
    table = '<table class="table"><thead><tr><th>When</th></tr></thead><tr><td>{{ made }}</td></tr></table>'
    one, other = (Template("{% load pieces %}{% made_once %}" + table + "{% endmade_once %}") for _ in range(2))
    count: list[int] = []
    assert '<td data-in="When">1<' in said(one, count)
    assert '<td data-in="When">2<' in said(other, count)


def test_the_last_used_are_kept_up_to_a_size(monkeypatch):
    monkeypatch.setattr(pieces, "MOST_KEPT", 6)
    template = Template("{% load pieces %}{% made_once a %}{{ a }}{{ made }}{% endmade_once %}")
    count: list[int] = []
    assert [said(template, count, a=each) for each in ("aa", "bb", "aa")] == ["aa1", "bb2", "aa1"]
    assert [said(template, count, a=each) for each in ("cc", "aa", "bb")] == ["cc3", "aa1", "bb4"]
