"""The sentences of pages about facts: what they say, and what they never say (methodology, sections 1 to 6)."""

import datetime as dt
import re

import pytest

from labs.choices import (
    Activity,
    Domain,
    EventLowering,
    Evidence,
    LinkLowering,
    Outcome,
    Owner,
    ReadIn,
    Results,
    Timing,
)
from labs.rules import event_words, sentences
from labs.rules.access import UNSPECIFIED_GROUPS, weigh
from labs.rules.depth import Depth, Level
from labs.rules.evidence import release_evidence
from labs.rules.facts import EventFact
from labs.rules.words import counted, listed, possessive, sentence
from tests.facts import a_lab_source, a_release, a_source, an_evaluator, an_evaluator_source, an_event, cited


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
    assert event_words.quote_words(owner, name, "The Paper", read_in) == words


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
    assert event_words.tester_names(["METR", None], activity, domains, Outcome.GRANTED) == ["METR", who]


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        (Outcome.GRANTED, "METR: model evaluation of GPT-9"),
        (Outcome.NOT_NEEDED, "METR: model evaluation of GPT-9"),
        (Outcome.REFUSED, "METR: model evaluation of GPT-9, refused"),
        (Outcome.CONFIRMED_NONE, "Said not to have taken place: model evaluation of GPT-9 by METR"),
    ],
)
def test_what_did_not_happen_is_not_titled_as_if_it_had(outcome, title):
    assert event_words.event_title(["METR"], Activity.MODEL_EVALUATION, outcome, "GPT-9", "Lab") == title


def test_a_title_without_a_release_or_without_testers_says_so():
    title = event_words.event_title([], Activity.RED_TEAMING, Outcome.GRANTED, "", "Lab A")
    assert title == "Testers not recorded: red-teaming of models of Lab A, tied to no single release"


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
    assert event_words.depth_words(Depth(Level(low), Level(high)), is_anything_known) == words


def test_the_ladder_fills_the_known_rungs_only():
    states = [rung.state for rung in event_words.ladder(Depth(Level.DEEPER, Level.FINE_TUNING))]
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
    assert event_words.when_words(timing, by_document, started, ended, days) == words


def test_what_is_unknown_of_a_test_is_said_once():
    known = dict.fromkeys(("is_timing_known", "is_days_known", "is_depth_known", "is_report_known"), True)
    assert event_words.undisclosed_words(**known) == ""
    words = event_words.undisclosed_words(**(known | {"is_days_known": False, "is_depth_known": False}))
    assert words == "not disclosed: days, depth"


@pytest.mark.parametrize("timing", [each for each in Timing if each is not Timing.UNKNOWN])
def test_every_timing_has_words(timing):
    assert event_words.when_words(timing, False, "", "", None)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("results", list(Results))
def test_every_outcome_and_result_has_words(outcome, results):
    assert bool(event_words.outcome_words(outcome)) == (outcome is not Outcome.GRANTED)
    assert bool(event_words.report_words(results, is_quoted=True)) == (results is not Results.UNKNOWN)


@pytest.mark.parametrize(
    ("is_quoted", "words"),
    [(True, "a source says that no results were published"), (False, "we found no published results")],
)
def test_that_a_source_denies_results_is_said_only_with_its_quote(is_quoted, words):
    assert event_words.report_words(Results.NONE_PUBLISHED, is_quoted=is_quoted) == words


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
    assert event_words.public_words(a_source(published, read_on=dt.date(2026, 11, 23))) == words


@pytest.mark.parametrize(("checked", "words"), [(0, "0 of 9 records"), (1, "1 of 9 records"), (9, "9 of 9 records")])
def test_how_many_records_were_checked_is_said_with_their_number(checked, words):
    said = sentences.checked_words("2026.12", checked, 9)
    assert said == f"The records are those of edition 2026.12; so far a second person has checked {words}."


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


# The headline


def said(
    maker: str = "", is_past: bool = False, other_work: int = 0, deeper: int = 0, not_deeper: int = 0, **of: int
) -> str:
    counts = sentences.EvidenceCounts(
        {Evidence(word): count for word, count in of.items()},
        other_work,
        (Activity.RED_TEAMING, Activity.SAFEGUARDS_TESTING) if other_work else (),
        deeper,
        not_deeper,
    )
    window = "in the 12 months to 31 August 2026"
    return " ".join(sentences.headline(counts, window, is_past=is_past, maker=maker))


def test_the_headline_of_the_shipped_records():
    assert said(
        confirmed=18, timing_not_shown=1, reported=1, after_release_only=4, nothing_found=15, other_work=8, deeper=5
    ) == (
        "Of the 39 frontier models released in the 12 months to 31 August 2026, **18** were tested by outsiders before "
        "release, by the word of the lab or the tester. For **2** more something is reported or undated. For **4** we "
        "found tests after release only. For **15** we found no outside model evaluation (for 8 of these other outside "
        "work is on record: red-teaming and tests of safeguards). For **5** of the 18 the record shows deeper access "
        "than users get; for the other 13 no source that we read says."
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "No frontier release in the 12 months to 31 August 2026 is on record."),
        (
            {"confirmed": 3},
            "All **3** frontier models released in the 12 months to 31 August 2026 were tested by outsiders",
        ),
        ({"confirmed": 2}, "Both frontier models released in the 12 months to 31 August 2026 were tested by outsiders"),
        (
            {"nothing_found": 3},
            "no words of the lab or a tester that we read say of **any** that outsiders tested it before release.",
        ),
        (
            {"confirmed": 1, "nothing_found": 2},
            "**1** was tested by outsiders before release, by the word of the lab or",
        ),
        ({"confirmed": 1, "reported": 2}, "For **2** more something is reported, not confirmed."),
        ({"nothing_found": 1, "reported": 2}, "For **2** something is reported, not confirmed."),
        ({"confirmed": 1, "timing_not_shown": 2}, "a test is on record, and not whether it came before release."),
        ({"confirmed": 1, "said_none": 1}, "For **1** outside model evaluation was refused or had not taken place"),
        ({"confirmed": 1, "said_none": 2}, "For **2** outside model evaluation was refused or had not taken place"),
        ({"confirmed": 1, "nothing_found": 1, "other_work": 1}, "(other outside work is on record: red-teaming and"),
        ({"confirmed": 1, "nothing_found": 2, "other_work": 2}, "(for all of these other outside work is on record:"),
        ({"confirmed": 3, "deeper": 3}, "For all 3 the record shows deeper access than users get."),
        ({"confirmed": 3}, "Whether access went deeper than users get, no source that we read says for any of the 3."),
        ({"confirmed": 3, "not_deeper": 3}, "For 3 of the 3 it shows that access was no deeper."),
        (
            {"confirmed": 3, "deeper": 1, "not_deeper": 1},
            "it shows that access was no deeper; for the other one no source",
        ),
        (
            {"confirmed": 1, "nothing_found": 1, "deeper": 1},
            "For the one tested before release, the record shows deeper",
        ),
    ],
)
def test_the_headline_counts_each_word_and_says_no_more(counts, words):
    assert words in said(**counts)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("confirmed", "it was tested by outsiders before release, by the word of the lab or the tester."),
        ("timing_not_shown", "a test of it is on record, and not whether it came before release."),
        ("reported", "a test of it is reported, not confirmed."),
        (
            "said_none",
            "outside model evaluation was refused or had not taken place, by the word of the lab or the tester.",
        ),
        ("after_release_only", "we found tests of it after release only."),
        ("nothing_found", "we found no outside model evaluation of it."),
    ],
)
def test_a_single_release_has_a_sentence_for_each_word(word, words):
    one = said(**{word: 1})
    assert one.startswith(f"One frontier model was released in the 12 months to 31 August 2026: {words}")
    of_lab = said(maker="Lab A", **{word: 1})
    assert of_lab.startswith(f"Lab A released one frontier model in the 12 months to 31 August 2026: {words}")


@pytest.mark.parametrize("word", [each.value for each in Evidence])
@pytest.mark.parametrize("count", [1, 2])
def test_on_a_past_day_the_record_is_spoken_of_in_the_past(word, count):
    text = said(is_past=True, other_work=int(word == "nothing_found"), **{word: count}).replace("that we read", "")
    assert not set(re.findall(r"\w+", text)) & {"is", "are", "says", "say", "shows", "show", "does", "we"}


def test_what_is_set_in_bold_stands_between_stars():
    assert sentences.emphasised("Of 3, **2** were") == [("Of 3, ", False), ("2", True), (" were", False)]
    assert sentences.plain("Of 3, **2** were") == "Of 3, 2 were"


# One release


def words_on(
    *events: EventFact, is_past: bool = False, searched_on: dt.date | None = None, aisi: str = "UK AISI"
) -> str:
    evidence = release_evidence([weigh(event, a_release()) for event in events])
    names = {"metr": "METR", "aisi": aisi}
    words = sentences.ReleaseWords(evidence, "Lab A", names, searched_on, is_past)
    return " ".join(sentences.release_sentences(words))


PRESS = (cited(a_source()),)
DENIED = {"outcome": Outcome.CONFIRMED_NONE, "participations": (an_evaluator(UNSPECIFIED_GROUPS),)}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({}, "METR tested it before release, by the word of the lab."),
        (
            {"citations": (cited(an_evaluator_source("metr")),)},
            "METR tested it before release, by the word of the tester.",
        ),
        (
            {"citations": (cited(an_evaluator_source("metr")), cited(a_lab_source()))},
            "METR tested it before release, by the word of the lab and the tester.",
        ),
        (
            {"timing": Timing.UNKNOWN},
            "METR tested it, by the word of the lab; a document of the launch describes that, "
            "so it counts as before release.",
        ),
        (
            {"timing": Timing.UNKNOWN, "citations": (cited(a_lab_source(published="2024-09-01")),)},
            "METR tested it, by the word of the lab; no source cited for that shows whether it was before release.",
        ),
        (
            {"citations": PRESS},
            "Others report that METR tested it before release; no words of the lab or a tester that we read say so.",
        ),
        (
            {"lowering": EventLowering.INFERRED},
            "We infer from what sources say that METR tested it before release; none says so outright.",
        ),
        (
            {"lowering": EventLowering.DISPUTED},
            "Sources contradict each other on whether METR tested it before release.",
        ),
        (
            DENIED,
            "By the word of the lab, public since 10 January 2024, no outside model evaluation of it had taken place.",
        ),
        (
            DENIED | {"outcome": Outcome.REFUSED},
            "By the word of the lab, public since 10 January 2024, outsiders had been refused access to it.",
        ),
        (
            {"timing": Timing.AFTER_DEPLOYMENT},
            "METR tested it after release; we found no outside model evaluation before it.",
        ),
        (
            {"timing": Timing.AFTER_DEPLOYMENT, "citations": PRESS},
            "METR tested it after release, as others report; we found no outside model evaluation before it.",
        ),
        (
            {"activity": Activity.RED_TEAMING},
            "We found no outside model evaluation of it. Other outside work is on record: red-teaming.",
        ),
        (
            {"activity": Activity.SAFEGUARDS_TESTING, "citations": PRESS},
            "Other outside work is on record: tests of safeguards (reported).",
        ),
    ],
)
def test_a_release_has_a_sentence_for_each_word_and_says_by_whose_word(event, words):
    assert words in words_on(an_event(**event))


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2024", "Our date for the card does not show that it was out at launch."),
        ("", "Our date for the card does not show that it was out at launch."),
        ("2024-09-01", "The card came out after the launch."),
    ],
)
def test_a_card_that_does_not_settle_the_timing_says_why(published, words):
    card = a_lab_source(published=published, is_model_card=True)
    found = words_on(an_event(timing=Timing.UNKNOWN, citations=(cited(card, "activity"),)))
    tested = "METR tested it, by the word of the lab; no source cited for that shows whether it was before release."
    assert found == f"{tested} {words}"


def test_further_evaluations_that_are_reported_or_undated_are_not_passed_over():
    events = [weigh(each, a_release()) for each in (an_event(), an_event(key="other", citations=PRESS))]
    evidence = release_evidence(events)
    assert sentences.has_more(evidence, events)
    assert not sentences.has_more(evidence, events[:1])
    words = sentences.ReleaseWords(evidence, "Lab A", {"metr": "METR"}, None, is_past=False, has_more=True)
    assert sentences.release_sentences(words)[1] == "More is reported or undated."


def test_where_a_document_of_the_launch_settles_the_time_of_some_tests_only_it_says_so():
    by_document = an_event(timing=Timing.UNKNOWN, participations=(an_evaluator("aisi"),))
    words = "METR and UK AISI tested it before release, by the word of the lab; for some, a document of the launch "
    assert words_on(an_event(), by_document) == f"{words}shows it."
    assert words_on(an_event(), by_document, is_past=True) == f"{words}showed it."


def test_nobody_tested_where_a_source_says_that_no_test_took_place():
    named = event_words.tester_names([None], Activity.MODEL_EVALUATION, [], Outcome.CONFIRMED_NONE)
    title = event_words.event_title(named, Activity.MODEL_EVALUATION, Outcome.CONFIRMED_NONE, "GPT-9", "Lab A")
    assert title == "Said not to have taken place: model evaluation of GPT-9 by outsiders"


def test_a_release_of_which_nothing_was_found_says_when_we_last_searched():
    found = words_on(searched_on=dt.date(2026, 11, 20))
    assert found == "We found no outside model evaluation of it. Our last search, on 20 November 2026, found none."


def test_testers_whom_the_source_only_hints_at_come_last_and_say_so():
    parts = (an_evaluator("aisi", lowering=LinkLowering.INFERRED), an_evaluator("metr"))
    assert words_on(an_event(participations=parts)).startswith("METR and UK AISI (inferred) tested it before release")


def test_a_body_of_a_country_has_its_article_within_a_sentence_and_a_short_name_has_none():
    for parts in ((an_evaluator("metr"), an_evaluator("aisi")), (an_evaluator("aisi"), an_evaluator("metr"))):
        short = words_on(an_event(participations=parts))
        long = words_on(an_event(participations=parts), aisi="UK AI Security Institute")
        of_others = words_on(an_event(participations=parts, citations=PRESS), aisi="UK AI Security Institute")
        assert " the " not in short.split("tested it")[0]
        assert re.match(r"METR and the UK AI Security|The UK AI Security Institute and METR", long)
        assert "that the UK" in of_others or "and the UK" in of_others


def test_a_no_is_said_only_where_a_source_says_no():
    for event in ({}, {"citations": PRESS}, {"activity": Activity.RED_TEAMING}, {"outcome": Outcome.UNKNOWN}):
        assert "had taken place" not in words_on(an_event(**event))
    assert "had taken place" not in words_on(an_event(**(DENIED | {"citations": PRESS})))


# One evaluator


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "No access event is on record."),
        ([{}], "On record is 1 model evaluation of models of 1 lab (Lab A). It was before release, by the word of"),
        (
            [{}, {"timing": Timing.AFTER_DEPLOYMENT}],
            "1 of the 2 evaluations was before release, by the word of the lab",
        ),
        ([{}, {}], "Both evaluations were before release"),
        ([{"citations": PRESS}] * 2, "Of the 2 evaluations, none is shown to have been given access before release."),
        ([{"activity": Activity.RED_TEAMING}], "On record is 1 other test or review of models of 1 lab (Lab A)."),
        ([{}, {"outcome": Outcome.REFUSED}], "For 1 of 2 access events a source says that access was refused or"),
    ],
)
def test_an_evaluator_has_its_counts_with_their_denominators(events, words):
    weighed = [weigh(an_event(**changes), a_release()) for changes in events]
    assert words in " ".join(sentences.evaluator_sentences("metr", weighed, ["Lab A"], is_past=False))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('It said "we tested it".', 'It said "we tested it".'),
        ("It said “We  tested it.”", "It said “We  tested it.”"),
        ('It said "we never tested it".', "It said we never tested it."),
        ("It said 'we … it' and left.", "It said 'we … it' and left."),
        ("It said 'we ... them' and left.", "It said we ... them and left."),
        ("METR's word and the labs' own.", "METR's word and the labs' own."),
        ("", ""),
    ],
)
def test_quotation_marks_stay_only_round_words_of_a_stored_quote(text, shown):
    assert event_words.fairly_quoted(text, ["On Monday we tested it."]) == shown
