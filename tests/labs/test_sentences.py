"""The sentences of pages about facts: what they say, and what they never say (methodology, sections 1 to 6)."""

import datetime as dt

import pytest

from labs.choices import Activity, Domain, Outcome, Owner, ReadIn, Results, Timing
from labs.rules import sentences
from labs.rules.depth import Depth, Level
from labs.rules.words import counted, listed, possessive, sentence
from tests.facts import a_source


@pytest.mark.parametrize(
    ("owner", "name", "read_in", "words"),
    [
        (Owner.EVALUATOR, "METR", ReadIn.COPY, "METR’s words, read in a copy"),
        (Owner.LAB, "OpenAI", ReadIn.ORIGINAL, "OpenAI’s words, read as published"),
        (Owner.EVALUATOR, "Andon Labs", ReadIn.ARCHIVED, "Andon Labs’ words, read in an archived copy"),
        (Owner.GOVERNMENT, "", ReadIn.ORIGINAL, "The Paper’s words (a government’s), read as published"),
        (
            Owner.THIRD_PARTY,
            "",
            ReadIn.QUOTED,
            "The Paper’s words (a third party’s), read only as quoted by somebody else",
        ),
    ],
)
def test_a_quote_says_whose_words_it_is_and_where_we_read_them(owner, name, read_in, words):
    assert sentences.quote_words(owner, name, "The Paper", read_in) == words


@pytest.mark.parametrize(
    ("activity", "domains", "who"),
    [
        (Activity.MODEL_EVALUATION, [Domain.CYBER], "Unnamed testers (cyber)"),
        (Activity.MODEL_EVALUATION, [Domain.CYBER, Domain.OTHER], "Unnamed testers (cyber)"),
        (Activity.MODEL_EVALUATION, [], "Unnamed testers"),
        (Activity.RED_TEAMING, [], "Unnamed testers (red-teaming)"),
        (Activity.UNKNOWN, [], "Unnamed testers"),
    ],
)
def test_testers_whom_no_source_names_go_by_what_they_did(activity, domains, who):
    assert sentences.tester_names(["METR", None], activity, domains) == ["METR", who]


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        (Outcome.GRANTED, "METR: model evaluation of GPT-9"),
        (Outcome.NOT_NEEDED, "METR: model evaluation of GPT-9"),
        (Outcome.REFUSED, "METR: model evaluation of GPT-9, refused"),
        (Outcome.CONFIRMED_NONE, "No model evaluation of GPT-9 by METR"),
    ],
)
def test_what_did_not_happen_is_not_titled_as_if_it_had(outcome, title):
    assert sentences.event_title(["METR"], Activity.MODEL_EVALUATION, outcome, "GPT-9", "Lab") == title


def test_a_title_without_a_release_or_without_testers_says_so():
    title = sentences.event_title([], Activity.RED_TEAMING, Outcome.GRANTED, "", "Lab A")
    assert title == "Testers not recorded: red-teaming of a model of Lab A, which one is not stated"


@pytest.mark.parametrize(
    ("low", "high", "is_anything_known", "words"),
    [
        (1, 4, False, "depth not disclosed"),
        (1, 4, True, "at least as users"),
        (1, 1, True, "as users"),
        (2, 4, True, "at least deeper than users"),
        (3, 4, True, "at least mitigations off"),
        (5, 5, True, "weights"),
    ],
)
def test_depth_is_never_a_range_of_guesses(low, high, is_anything_known, words):
    assert sentences.depth_words(Depth(Level(low), Level(high)), is_anything_known) == words


def test_the_ladder_fills_the_known_rungs_only():
    states = [rung.state for rung in sentences.ladder(Depth(Level.DEEPER, Level.FINE_TUNING))]
    assert states == ["shown", "shown", "open", "open", "not_shown"]


@pytest.mark.parametrize(
    ("timing", "by_document", "started", "ended", "days", "words"),
    [
        (Timing.UNKNOWN, False, "", "", None, ""),
        (Timing.BEFORE_DEPLOYMENT, False, "", "", 15, "before release, 15 days of access"),
        (
            Timing.BEFORE_DEPLOYMENT,
            True,
            "",
            "",
            1,
            "before release (a document of the launch describes it), 1 day of access",
        ),
        (Timing.AFTER_DEPLOYMENT, False, "May 2024", "June 2024", None, "after release, May 2024 to June 2024"),
        (Timing.UNKNOWN, False, "May 2024", "", None, "started: May 2024"),
        (Timing.UNKNOWN, False, "", "May 2024", None, "ended: May 2024"),
        (Timing.UNKNOWN, False, "May 2024", "May 2024", None, "May 2024"),
    ],
)
def test_when_a_test_took_place_is_said_as_far_as_disclosed(timing, by_document, started, ended, days, words):
    assert sentences.when_words(timing, by_document, started, ended, days) == words


def test_what_is_unknown_of_a_test_is_said_once():
    known = dict.fromkeys(("is_timing_known", "is_days_known", "is_depth_known", "is_report_known"), True)
    assert sentences.undisclosed_words(**known) == ""
    words = sentences.undisclosed_words(**(known | {"is_days_known": False, "is_depth_known": False}))
    assert words == "not disclosed: days, depth"


@pytest.mark.parametrize("timing", [each for each in Timing if each is not Timing.UNKNOWN])
def test_every_timing_has_words(timing):
    assert sentences.when_words(timing, False, "", "", None)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("results", list(Results))
def test_every_outcome_and_result_has_words(outcome, results):
    assert bool(sentences.outcome_words(outcome)) == (outcome is not Outcome.GRANTED)
    assert bool(sentences.report_words(results)) == (results is not Results.UNKNOWN)


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2024-01-10", "public since 10 January 2024"),
        ("2024-01", "public by 31 January 2024 at the latest"),
        ("2026", "public by 23 November 2026 at the latest"),
        ("", "public by 23 November 2026 at the latest (source undated)"),
    ],
)
def test_the_day_on_which_we_read_a_source_is_not_given_as_the_day_on_which_it_came_out(published, words):
    assert sentences.public_words(a_source(published, read_on=dt.date(2026, 11, 23))) == words


@pytest.mark.parametrize(
    ("checked", "words"), [(0, "0 of 9 records have"), (1, "1 of 9 records has"), (9, "9 of 9 records have")]
)
def test_how_many_records_were_checked_is_said_with_their_number(checked, words):
    said = sentences.checked_words("2026.12", checked, 9)
    assert said == f"The records were entered with edition 2026.12; {words} been checked by a second person since."


def test_small_words():
    assert (counted(1, "release"), counted(2, "release"), counted(2, "pair of", "pairs of")) == (
        "1 release",
        "2 releases",
        "2 pairs of",
    )
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")) == (
        "",
        "a",
        "a and b",
        "a, b or c",
    )
    assert (possessive("METR"), possessive("Labs")) == ("METR’s", "Labs’")
    assert (sentence("it is"), sentence("It is."), sentence("")) == ("It is.", "It is.", "")
