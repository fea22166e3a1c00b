"""The pictures of depth, days, promises, risk domains, freedom to publish and scores: marks, table and ledger agree."""

import datetime as dt
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from commitments.queries import commitments_as_of, ledger
from commitments.rules.criteria import DEFAULT_WEIGHTS
from commitments.rules.scorecards import scorecard
from evaltracker.web.charts import drawing
from evaltracker.web.charts.days import DAYS, days_rows
from evaltracker.web.charts.depth import DEPTH
from evaltracker.web.charts.domains import DOMAINS, NONE_NAMED
from evaltracker.web.charts.kinds import Asked, Picture
from evaltracker.web.charts.promises import PROMISES, Letter
from evaltracker.web.charts.publishing import LETTERS, PUBLISHING
from evaltracker.web.charts.registry import FIGURES
from evaltracker.web.charts.rows import TIMELINE
from evaltracker.web.charts.scores import SCORES
from evaltracker.web.charts.who import WHO
from labs.choices import Activity, Answer, Domain, Outcome
from labs.queries.events import events_as_of
from labs.rules.access import Window
from labs.rules.order import people_order
from labs.web.columns import published_fields

# Pictures are drawn from what is kept of the records; tests/test_urls.py asks for each on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
THEN, NOW = dt.date(2024, 5, 24), dt.date(2026, 8, 31)
DAYS_ASKED = pytest.mark.parametrize("day", [THEN, NOW], ids=str)
KINDS = (DEPTH, DAYS, PROMISES, DOMAINS, PUBLISHING, SCORES)


def picture(kind, day) -> Picture:
    return kind.draw(Asked(day, kind.window, is_past=True))


def drawings(shown: Picture) -> list[ET.Element]:
    """The wide and the narrow drawing, which have to hold the same."""
    return [ET.fromstring(shown.svg), ET.fromstring(shown.narrow)]


def links(root: ET.Element) -> list[ET.Element]:
    """Its marks and names; the links from coded words lead to what they mean."""
    return [each for each in root.iter("a") if "/methodology/" not in each.get("href", "")]


def titles(root: ET.Element) -> list[str]:
    return [link.findtext("title") for link in links(root)]


def words_in(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter("text")]


def hatched(root: ET.Element) -> int:
    """How many boxes are hatched: a hatching is the only path that has many strokes and no fill."""
    return sum(each.get("fill") == "none" and each.get("d").count("M") > 1 for each in root.iter("path"))


def granted(day: dt.date) -> list:
    return [each for each in events_as_of(day).values() if each.fact.outcome is Outcome.GRANTED]


def drawn_events(root: ET.Element) -> list[str]:
    """The keys of the access events to which the links of a picture lead."""
    found = [re.fullmatch(r"/access/([-\w]+)/", link.get("href")) for link in links(root)]
    return sorted(match[1] for match in found if match)


def test_a_picture_is_written_as_pythons_writer_of_xml_writes_it():
    root = drawing.picture(10.04, 0)
    link = drawing.linked(root, "/a/?b=1&c=<2>", 'R&D "quoted", it\'s\tone\nline\r')
    drawing.text(link, 1, 2.25, 'a < b & c > "d"')
    link.tail = "& after"
    drawing.rect(root, 1, 2, 3, 4, fill="none", pointer_events="all")
    assert drawing.written(root) == ET.tostring(root, encoding="unicode")


def test_a_length_of_minus_nothing_is_nothing():
    assert [drawing.number(each) for each in (-0.0, 0.0, 0, 1, 2.25)] == ["0", "0", "0", "1", "2.2"]


@DAYS_ASKED
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_a_picture_is_well_formed_says_its_n_and_holds_no_script_style_or_nameless_link(kind, day):
    shown = picture(kind, day)
    for root, width in zip(drawings(shown), (drawing.WIDE, drawing.NARROW), strict=True):
        assert root.tag == "svg"
        assert not any(each.tag in ("script", "style", "foreignObject", "image") for each in root.iter())
        assert not any(name.startswith(("on", "style")) for each in root.iter() for name in each.attrib)
        assert all(link.findtext("title") == link.get("aria-label") != "" for link in links(root))
        assert any(re.search(r"n = \d+", words) for words in words_in(root))
        for text in root.iter("text"):
            size = float(text.get("font-size", drawing.SIZE))
            assert size >= 12, "a phone shows it almost as large as it is"
            if text.get("transform"):
                continue
            wide = drawing.width_of(text.text or "", size, is_bold=text.get("font-weight") == "600") * 0.85
            left = (
                float(text.get("x")) - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "start")]
            )
            assert left >= -4, text.text
            assert left + wide <= width + 4, text.text
    assert shown.question.endswith("?")
    assert shown.finding.endswith(".")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_without_any_record_a_picture_says_so(kind, empty_database):
    shown = picture(kind, NOW)
    assert list(shown.rows) == []
    assert shown.finding.startswith(("No ", "Of 0 "))
    for root in drawings(shown):
        assert any("n = 0" in words for words in words_in(root))
        assert links(root) == []


@DAYS_ASKED
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_each_row_has_every_published_column(kind, day):
    for row in picture(kind, day).rows:
        for field in published_fields(kind.columns):
            field.plain(row)
        for column in kind.columns:
            if column.cell:
                assert column.cell(row) is not None


@pytest.mark.parametrize(
    ("kind", "day"),
    [*((kind, THEN) for kind in KINDS), (PROMISES, NOW)],
    ids=lambda each: getattr(each, "slug", str(each)),
)
def test_each_link_of_a_picture_leads_to_a_page_and_to_its_place_there(client: Client, kind, day):
    shown = picture(kind, day)
    wide, narrow = ({link.get("href") for link in links(root)} for root in drawings(shown))
    assert wide or not shown.rows
    places: dict[str, set[str]] = {}
    for address in wide | narrow:
        path, _, place = address.partition("#")
        places.setdefault(path, set()).add(place)
    for path, within in places.items():
        page = client.get(path + ("&" if "?" in path else "?") + f"as_of={day}")
        assert page.status_code == 200, path
        found = set(re.findall(r' id="([^"]+)"', page.content.decode()))
        assert within - {""} <= found, path


@DAYS_ASKED
def test_the_ladders_are_the_depth_of_the_releases_of_which_a_test_counts(day):
    counted = [each for each in ledger(day).access.counted_in(Window.ALL) if each.counted]
    shown = picture(DEPTH, day)
    assert {row.key for row in shown.rows} == {each.release.key for each in counted}
    assert len(shown.rows) == len(counted)
    for root in drawings(shown):
        of_releases = [link for link in links(root) if link.get("href").startswith("/models/")]
        assert len(of_releases) == len(counted)
        for link, row in zip(of_releases, shown.rows, strict=True):
            boxes = [each for each in link.iter("rect") if each.get("class") != "picture__target"]
            assert sum(box.get("fill") != "none" for box in boxes) == row.assessment.depth.low
            assert hatched(link) == row.assessment.depth.high - row.assessment.depth.low
            assert len(boxes) == 5
    confirmed = sum(bool(each.strict) for each in counted)
    assert f"{confirmed} {'is' if confirmed == 1 else 'are'} confirmed" in shown.finding


def test_the_ladder_of_one_lab_has_its_releases_only():
    shown = DEPTH.draw(Asked(NOW, Window.ALL, about="openai"))
    assert {row.record.lab.key for row in shown.rows} == {"openai"}
    assert "OpenAI" in shown.question
    assert "OpenAI" in shown.finding


@DAYS_ASKED
def test_there_is_a_dot_for_each_event_that_states_its_days_and_a_bar_for_all_others(day):
    events = granted(day)
    stated = {each.key: each.fact.access_days for each in events if each.fact.access_days is not None}
    shown = picture(DAYS, day)
    assert {row.event.key: row.days for row in shown.rows if row.event} == stated
    assert sum(row.event_count for row in shown.rows) == len(events)
    of_activity = Counter(each.fact.activity for each in events)
    for root in drawings(shown):
        assert len(list(root.iter("circle"))) == len(stated)
        assert drawn_events(root) == sorted(stated)
        for activity, total in of_activity.items():
            known = sum(each.key in stated for each in events if each.fact.activity is activity)
            assert f"{known} of {total}" in words_in(root)


@DAYS_ASKED
def test_the_list_behind_a_bar_has_the_events_that_state_no_days(client: Client, day):
    for row in days_rows(Asked(day, Window.ALL)):
        if row.event is None:
            assert count_of(client, row.address, day) == row.event_count


def count_of(client: Client, address: str, day: dt.date) -> int:
    """How many access events the list at the address has."""
    rows = client.get(address.replace("/access/", "/access.csv") + f"&as_of={day}&sort=key&columns=lab")
    return b"".join(rows.streaming_content).count(b"\n") - 1


def test_days_are_drawn_from_0_to_more_than_the_longest_and_the_full_measure():
    shown = picture(DAYS, NOW)
    longest = max(row.days for row in shown.rows if row.event)
    root = ET.fromstring(shown.svg)
    ticks = [int(words) for words in words_in(root) if words.isdecimal()]
    assert ticks[0] == 0
    assert max(ticks) >= max(longest, 28)
    dots = sorted(
        (row.days, float(circle.get("cx"))) for row, circle in zip(_dots(shown), root.iter("circle"), strict=True)
    )
    (d1, x1), (d2, x2) = dots[0], dots[-1]
    zero = next(float(each.get("x")) for each in root.iter("text") if each.text == "0")
    assert x1 - zero == pytest.approx((x2 - zero) * d1 / d2, abs=0.2)


def _dots(shown: Picture) -> list:
    return [row for row in shown.rows if row.event]


@DAYS_ASKED
def test_each_cell_of_the_risk_domains_counts_what_its_list_has(client: Client, day):
    events = [each for each in granted(day) if each.fact.activity is Activity.MODEL_EVALUATION]
    expected = Counter(
        (each.record.lab.key, domain) for each in events for domain in [d.value for d in each.domains] or [NONE_NAMED]
    )
    shown = picture(DOMAINS, day)
    found = {(row.lab.key, name): count for row in shown.rows for name, count in row.named.items()}
    assert {cell: count for cell, count in found.items() if count} == expected
    assert len(found) == len(shown.rows) * (len(Domain) + 1)
    assert sum(row.evaluations for row in shown.rows) == len(events)
    for root in drawings(shown):
        cells = [link for link in links(root) if "domain=" in link.get("href")]
        assert len(cells) == len(expected)
        assert sum(int(link.findtext("text")) for link in cells) == expected.total()
        assert words_in(root).count("·") == len(found) - len(expected)
    for row in shown.rows:
        for name, count in row.named.items():
            if count:
                assert count_of(client, row.address(name), day) == count


@DAYS_ASKED
def test_a_square_has_the_letter_of_its_answer_and_the_unknown_ones_have_none(day):
    events = granted(day)
    answers = Counter(each.free_to_publish for each in events)
    shown = picture(PUBLISHING, day)
    expected = Counter()
    for event in events:
        if event.free_to_publish is not Answer.UNKNOWN:
            expected[LETTERS[event.free_to_publish]] += len(event.parts)
    for root in drawings(shown):
        squares = Counter(
            link.findtext("text")
            for link in links(root)
            if link.get("href").startswith("/access/")
            and link.find("text") is not None
            and len(link.findtext("text")) == 1
        )
        assert squares == expected
        assert f"not disclosed: {answers[Answer.UNKNOWN]}" in words_in(root)
        assert f"no: {answers[Answer.NO]}" in words_in(root)
    for row in shown.rows:
        assert sum(len(row.having(answer)) for answer in Answer) == len(row.events)
    if not answers[Answer.YES]:
        assert "no source says of any" in shown.finding
    assert "never" not in shown.finding


@DAYS_ASKED
def test_a_promise_has_a_letter_for_each_verdict_and_for_its_day(day):
    promises = [
        each
        for each in commitments_as_of(day, Window.ALL).values()
        if each.is_in_force and not each.record.is_law and (each.is_testable or each.deadline)
    ]
    expected = sum(len(each.verdicts) + (len(each.parts) if each.deadline else 0) for each in promises)
    kept = sum(verdict.label == "kept" for each in promises for verdict in each.verdicts)
    shown = picture(PROMISES, day)
    assert len(shown.rows) == sum(len(each.parts) for each in promises)
    assert sum(len(row.marks) for row in shown.rows) == expected
    letters = {each.value for each in Letter}
    for root in drawings(shown):
        squares = [link for link in links(root) if link.findtext("text") in letters]
        assert len(squares) == expected
        assert sum(link.findtext("text") == "K" for link in squares) == kept
        legend = [words for words in words_in(root) if re.fullmatch(r".+: \d+", words)]
        assert sum(int(words.rpartition(" ")[2]) for words in legend) == expected
    found = commitments_as_of(day, Window.ALL).values()
    in_force = sum(each.is_in_force and not each.record.is_law for each in found)
    assert f"Of {in_force} promises in force" in shown.finding


def test_every_letter_of_the_promises_is_its_own_and_none_but_not_kept_is_red():
    values = [each.value for each in Letter]
    assert len(set(values)) == len(values)
    shown = picture(PROMISES, NOW)
    assert drawing.BAD not in shown.svg or any(
        mark.letter in (Letter.NOT_KEPT, Letter.OVERDUE) for row in shown.rows for mark in row.marks
    )


@DAYS_ASKED
def test_the_scores_stand_by_name_with_both_ends_in_their_places(day):
    shown = picture(SCORES, day)
    names = [row.lab.name for row in shown.rows]
    assert names == sorted(names, key=people_order)
    scored = [row for row in shown.rows if row.score]
    for row in shown.rows:
        assert row.card.score == scorecard(ledger(day), row.lab.key, Window.YEAR, DEFAULT_WEIGHTS).score
    for root in drawings(shown):
        of_labs = [link for link in links(root) if link.get("href").startswith("/labs/")]
        assert [link.get("href").split("/")[2] for link in of_labs] == [row.lab.key for row in scored]
        ticks = {each.text: float(each.get("x")) for each in root.iter("text") if each.text in ("0", "100")}
        for link, row in zip(of_labs, scored, strict=True):
            boxes = [each for each in link.iter("rect") if each.get("class") != "picture__target"]
            share = (ticks["100"] - ticks["0"]) / 100
            end = max(float(box.get("x")) + float(box.get("width")) for box in boxes)
            assert end - ticks["0"] == pytest.approx(float(row.card.score.high) * share, abs=0.3)
            if row.card.score.low:
                assert float(boxes[0].get("width")) == pytest.approx(float(row.card.score.low) * share, abs=0.3)
    left_out = [row.lab.name for row in shown.rows if row.score is None]
    assert all(any(name in words for words in words_in(ET.fromstring(shown.svg))) for name in left_out)
    assert "no ranking" in shown.note


def test_all_figures_stand_on_one_page_each_with_its_bar(client: Client):
    page = client.get(f"/charts/?as_of={NOW}").content.decode()
    for kind in FIGURES:
        if kind.path:  # a page of its own, which this one names
            assert f'href="/{kind.path}/?as_of={NOW}"' in page.partition("<main")[2].partition("</main>")[0]
            continue
        assert page.count(f'<figure class="figure" id="figure-{kind.slug}">') == 1
        assert f'href="/charts/{kind.slug}/?as_of={NOW}#table"' in page
    assert "/charts/" in client.get("/sitemap.xml").content.decode()
    assert client.get("/charts/?lab=openai").status_code == 400


@DAYS_ASKED
@pytest.mark.parametrize("kind", [WHO, TIMELINE, DEPTH, PROMISES, PUBLISHING], ids=lambda kind: kind.slug)
def test_no_name_of_a_lab_a_release_or_a_tester_is_cut(kind, day):
    shown = picture(kind, day)
    parts = [ET.fromstring(svg) for part in shown.parts for svg in (part.svg, part.narrow)]
    for root in parts or drawings(shown):
        assert [words for link in links(root) for words in words_in(link) if words[1:].endswith("…")] == []
