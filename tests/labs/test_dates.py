import datetime as dt
import gc
import json
import weakref
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labs.rules import dates
from labs.rules.dates import NO_DATE, Span, day_label, label, span


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "words"),
    [
        ("2023-03-14", "2023-03-14", "2023-03-14", "14 March 2023"),
        ("2024-05", "2024-05-01", "2024-05-31", "May 2024"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
        ("2023-02", "2023-02-01", "2023-02-28", "February 2023"),
        ("2023", "2023-01-01", "2023-12-31", "2023"),
        ("202X", "2020-01-01", "2029-12-31", "the 2020s"),
        ("2023-40", "2023-01-01", "2023-06-30", "first half of 2023"),
        ("2023-41", "2023-07-01", "2023-12-31", "second half of 2023"),
        ("2023-33", "2023-01-01", "2023-03-31", "first quarter of 2023"),
        ("2023-36", "2023-10-01", "2023-12-31", "fourth quarter of 2023"),
        ("2023-21", "2023-03-01", "2023-05-31", "spring 2023"),
        ("2023-23", "2023-09-01", "2023-11-30", "autumn 2023"),
        ("2024-02?", "2024-02-01", "2024-02-29", "February 2024 (uncertain)"),
        ("2025~", "2025-01-01", "2025-12-31", "about 2025"),
        ("2025%", "2025-01-01", "2025-12-31", "about 2025 (uncertain)"),
        ("2023-01/2023-06", "2023-01-01", "2023-06-30", "January 2023 to June 2023"),
        ("../2025-02-14", None, "2025-02-14", "until 14 February 2025"),
        ("2025-02-14/..", "2025-02-14", None, "from 14 February 2025"),
    ],
)
def test_a_date_has_an_earliest_and_a_latest_possible_day_and_keeps_its_own_precision(text, earliest, latest, words):
    assert span(text) == Span(earliest and dt.date.fromisoformat(earliest), latest and dt.date.fromisoformat(latest))
    assert label(text) == words


def test_no_text_is_no_date():
    assert span("") == NO_DATE
    assert label("") == ""
    assert not NO_DATE.is_dated


@pytest.mark.parametrize("text", ["2025-02-14/..", "../2025-02-14", "2025"])
def test_one_known_end_makes_a_date(text):
    assert span(text).is_dated


@pytest.mark.parametrize(
    "text",
    [
        "May 2024",
        "2024-13",
        "2023-02-29",
        "2024-5",
        "2023-01/2023-02/2023-03",
        "../..",
        "/",
        "unknown",
        "2024-99",
    ],
)
def test_anything_else_is_refused_with_good_examples(text):
    with pytest.raises(ValueError, match=r"is not a date in EDTF.*first half of 2023"):
        span(text)


def test_an_interval_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends before it begins"):
        span("2024-06/2024-01")


@pytest.mark.parametrize(("text", "is_allowed"), [("1949", False), ("1950", True), ("2100", True), ("2101", False)])
def test_years_far_from_the_field_are_refused(text, is_allowed):
    if is_allowed:
        assert span(text).is_dated
    else:
        with pytest.raises(ValueError, match="outside the years 1950 to 2100"):
            span(text)


def test_a_day_is_named_without_a_leading_zero():
    assert day_label(dt.date(2024, 5, 4)) == "4 May 2024"


FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
CURATED = sorted(
    {
        row["fields"][name]
        for path in FIXTURES.glob("*.json")
        for row in json.loads(path.read_text(encoding="utf-8"))
        for name in row["fields"]
        if f"{name}_earliest" in row["fields"]
    }
)


def answers(text: str) -> tuple[Span, str] | str:
    """Bounds and words, or the sentence of the error; nothing remembered from before."""
    span.cache_clear()
    label.cache_clear()
    try:
        return span(text), label(text)
    except ValueError as error:
        return str(error)


def without_calendar(text: str) -> tuple[Span, str] | str:
    """The same with every date left to edtf."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_calendar_span", lambda _: None)
        return answers(text)


@pytest.mark.parametrize("text", CURATED)
def test_a_curated_date_reads_as_edtf_reads_it(text):
    assert answers(text) == without_calendar(text)


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_the_ends_of_months_read_as_edtf_reads_them(year):
    for month in ("00", "01", "02", "04", "12", "13"):
        for end in ("", "-00", "-28", "-29", "-30", "-31", "-32"):
            text = f"{year}-{month}{end}"
            assert answers(text) == without_calendar(text)


NUMBER = st.integers(0, 45).map("{:02}".format)
POINT = st.builds(
    "".join,
    st.tuples(
        st.one_of(st.integers(1940, 2110), st.integers(0, 9999)).map("{:04}".format),
        st.one_of(st.just(""), st.builds("-{}".format, NUMBER), st.builds("-{}-{}".format, NUMBER, NUMBER)),
        st.sampled_from(["", "?", "~", "%", "X", " "]),
    ),
)
END = st.one_of(POINT, st.sampled_from(["", "..", "202X", "٢٠٢٣", "unknown"]))


@given(st.one_of(POINT, st.builds("{}/{}".format, END, END)))
@settings(max_examples=60, deadline=None)
@example("٢٠٢٣-٠١")
@example("2023-21~")
@example("0000-01")
def test_any_text_reads_as_edtf_reads_it(text):
    assert answers(text) == without_calendar(text)


def test_a_date_of_the_calendar_needs_no_library(monkeypatch):
    monkeypatch.delattr(dates, "_library_span")
    assert answers("2024-02~/2024-03-31?") == (
        Span(dt.date(2024, 2, 1), dt.date(2024, 3, 31)),
        "about February 2024 to 31 March 2024 (uncertain)",
    )


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2024/", dt.date(2024, 1, 1), None),
        ("/2024", None, dt.date(2024, 12, 31)),
        ("2024-02/", dt.date(2024, 2, 1), None),
    ],
)
def test_an_unknown_end_is_open_and_no_day_is_invented_for_it(text, earliest, latest):
    # edtf 5.0.2 puts it ten years away: findings/edtf-unknown-end.sh
    assert span(text) == Span(earliest, latest)


@pytest.mark.parametrize("text", ["1984-1X", "2023-1X", "2024-0X/2024-05"])
def test_a_month_with_an_unspecified_digit_is_refused_and_nothing_is_printed(text, capsys):
    # edtf 5.0.2 prints a line and raises AttributeError: findings/edtf-month-with-an-unspecified-digit.sh
    with pytest.raises(ValueError, match="is not a date in EDTF"):
        span(text)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "words"),
    [
        ("2023-24", dt.date(2022, 12, 1), dt.date(2024, 2, 29), "winter 2023"),
        ("2024-24", dt.date(2023, 12, 1), dt.date(2025, 2, 28), "winter 2024"),
        ("2024-24/2025-21", dt.date(2023, 12, 1), dt.date(2025, 5, 31), "winter 2024 to spring 2025"),
        ("2024-24/..", dt.date(2023, 12, 1), None, "from winter 2024"),
    ],
)
def test_a_winter_is_the_one_that_ends_or_the_one_that_begins_in_its_year(text, earliest, latest, words):
    # edtf 5.0.2 has December alone: findings/edtf-winter-is-december.sh
    assert span(text) == Span(earliest, latest)
    assert label(text) == words


@pytest.mark.parametrize("text", ["1950-24", "2100-24"])
def test_a_winter_that_may_lie_outside_the_years_is_refused(text):
    with pytest.raises(ValueError, match="lies outside the years"):
        span(text)


@pytest.mark.parametrize(
    "text", ["Q3 2024", "week 12 of 2024", "GPT-4 in May 2024", "5-9 May 2024", "from March 2024", "winter 2024"]
)
def test_words_for_a_date_are_refused_and_not_guessed(text):
    # edtf 5.0.2 guesses March, December, the 4th and May 2005: findings/edtf-text-takes-a-quarter-for-a-month.sh
    with pytest.raises(ValueError, match="is not a date in EDTF"):
        span(text)


@pytest.mark.parametrize("text", ["2024-06/2024", "2024-06-11/2024-06", "2024-06-11/2024"])
def test_an_end_of_lower_precision_is_all_of_it(text):
    # edtf-validate 2.0.0 calls them invalid: findings/edtf-validate-an-end-in-the-same-year.sh
    assert span(text).earliest.year == span(text).latest.year == 2024
    assert span(text).earliest < span(text).latest


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, ""),
        ("2025-01-01", "2026-12-31", "2025–2026"),
        ("2025-01-01", "2025-12-31", "2025"),
        ("2026-01-01", "2025-12-31", "from 1 January 2026 up to 31 December 2025"),
        ("2025-01-01", "2026-12-30", "from 1 January 2025 up to 30 December 2026"),
        ("2025-01-01", None, "from 1 January 2025"),
        (None, "2024-05-24", "up to 24 May 2024"),
    ],
)
def test_days_from_one_to_another_in_words(first, last, words):
    days = [dt.date.fromisoformat(day) if day else None for day in (first, last)]
    assert dates.days_in_words(*days) == words


class _Held:
    """Something large in a local variable of whoever reads a date."""


def test_a_date_that_edtf_reads_holds_nothing_of_who_read_it():
    # edtf 5.0.2 remembers exceptions with the frames of all its callers: findings/edtf-holds-its-callers.sh
    def reading() -> weakref.ref[_Held]:
        held = _Held()
        assert dates._library_span("2024-21").earliest == dt.date(2024, 3, 1)
        return weakref.ref(held)

    held = reading()
    gc.collect()
    assert held() is None
