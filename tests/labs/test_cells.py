"""On a narrow page the rows of a table are cards: each value stands beside the name of its column."""

import re

import pytest

from labs.web.cells import with_names
from tests.evaltracker.pages import source_of

TABLE = (
    '<table class="table" id="x"><caption>Two</caption><thead><tr><th scope="col"><a class="sort" href="?">Lab'
    '<span class="visually-hidden">, sort</span></a></th><th scope="col" class="num">Of &amp; <code>n</code>'
    "</th>{more}</tr></thead><tbody>{rows}</tbody></table>"
)


def labels(rows: str, more: str = "") -> list[str]:
    return re.findall(r'data-in="([^"]*)"', with_names(TABLE.format(rows=rows, more=more)))


def test_a_cell_and_the_head_of_its_row_say_their_column():
    page = with_names(TABLE.format(more="", rows='<tr><th scope="row">A</th><td class="b">4</td></tr>'))
    assert '<th scope="row" data-in="Lab">A</th><td class="b" data-in="Of &amp; n">4</td>' in page
    assert page.count("data-in") == 2


def test_a_first_cell_that_is_no_head_says_its_column_without_the_arrow():
    assert labels("<tr><td>A</td><td>4</td></tr>") == ["Lab", "Of &amp; n"]


def test_each_row_starts_anew_and_a_cell_over_several_columns_says_none():
    more = '<th scope="col">Third</th>'
    rows = '<tr><th>A</th><td colspan="2">none</td></tr><tr><td colspan="2">B</td><td>5</td></tr>'
    assert labels(rows, more) == ["Lab", "Third"]
    assert labels("<tr><td>1</td></tr>", '<th scope="col" colspan="2">Pair</th>') == ["Lab"]


def test_a_header_over_several_columns_names_each_and_one_with_a_quote_stays_whole():
    more = '<th scope="col" colspan="2">A "pair"</th>'
    rows = "<tr><td>1</td><td>2</td><td>3</td><td>4</td><td>beyond</td></tr>"
    assert labels(rows, more) == ["Lab", "Of &amp; n", "A &quot;pair&quot;", "A &quot;pair&quot;"]


@pytest.mark.parametrize(
    "page",
    [
        TABLE.format(more="", rows="<tr><td>1</td></tr>").replace('class="table"', 'class="table matrix"'),
        '<table class="table"><tbody><tr><td>1</td></tr></tbody></table>',
        "<p>No table</p>",
    ],
)
def test_matrices_and_tables_without_a_head_stay_as_they_are(page):
    assert with_names(page) == page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/access/", "/labs/", "/labs/openai/", "/methodology/", "/data/", "/commitments/"]
)
def test_every_value_below_a_header_says_its_column(client, records, address):
    for table in re.findall(r'<table class="table".*?</table>', source_of(client, address), re.S):
        body = table.partition("</thead>")[2]
        cells = [cell for cell in re.findall(r"<t[dh]\b[^>]*>", body) if "colspan" not in cell]
        assert all("data-in=" in cell for cell in cells), cells[:3]
