"""Every sentence on every shipped record, on five days, held to the record as a hostile fact-checker would.

It refuses: a “no” without a cited no, a count without its denominator, “by the word of” where only others say so, a
present tense for a past day, and quotation marks round words that are in none of the record's stored quotes.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from commitments.choices import Firmness, Origin, StatedBy
from commitments.rules.findings import Ground
from commitments.rules.ledger import Ledger
from commitments.rules.sentences import commitment_sentences, rate_words
from labs.choices import ACCESS_ANSWERS, Answer, Evidence, Outcome, Owner, Results, Timing
from labs.rules import event_words, sentences
from labs.rules.access import Reason, Window, weigh
from labs.rules.certainty import is_documented, is_of_evaluator, is_of_lab
from labs.rules.depth import DEPTH_QUESTIONS
from labs.rules.evidence import release_evidence
from labs.rules.facts import EventFact
from labs.rules.ledger import Assessment
from tests.curated import Curated, Row, curated, fixture_rows

DAYS = [dt.date.fromisoformat(day) for day in ("2023-11-01", "2024-05-24", "2025-06-30", "2026-08-31", "2026-11-29")]
TODAY = DAYS[-1]
PRESENT = {"is", "are", "says", "say", "shows", "show", "does", "do", "has", "reports", "infer", "find"}
NO = re.compile(r"\b(no|not|none|never|nobody|neither|refused)\b", re.IGNORECASE)
NOT_A_NO = (
    r"we found no outside model evaluation",
    r"no source that we read, public by then, told of an outside model evaluation",
    r"no source cited for that (shows|showed) whether",
    r"no source that we read (says|said)",
    r"none (says|said) so outright",
    r"no words of the lab or a tester that we read (say|said) (so|of \*\*any\*\*)",
    r"at a time not disclosed",
    r"reported, not confirmed",
    r"and not whether it came before release",
    r"Neither the lab nor the tester (says|said), in what we read,",
    r"none (is|was) shown to have been given access before release",
    r"No (frontier release|access event).* (is|was) on record",
    r"found none",
    r"our date for the card does not show that it was out at launch",  # of our own date, on whichever day
)
A_CITED_NO = (
    r"no outside model evaluation( \([^)]*\))? of it had taken place",
    r"outsiders had been refused access to it",
    r"access was (refused or that no test took place|no deeper)",
)
A_CITED_NO += (r"outside model evaluation was refused or had not taken place, by the word of the lab or the tester",)
Said = tuple[dt.date, str]


@cache
def rows() -> dict[str, list[Row]]:
    return fixture_rows()


@cache
def facts() -> Curated:
    return curated(rows())


@cache
def ledger(day: dt.date) -> Ledger:
    return facts().ledger(day)


@cache
def evaluator_names() -> dict[str, str]:
    return {row["key"]: row["name"] for row in rows()["labs.evaluator"]}


@cache
def lab_names() -> dict[str, str]:
    return facts().names


def of_release(day: dt.date, each: Assessment) -> list[str]:
    words = sentences.ReleaseWords(
        each.evidence,
        lab_names()[each.release.lab],
        evaluator_names(),
        None,
        is_past=day < TODAY,
        has_more=sentences.has_more(each.evidence, each.events),
    )
    return sentences.release_sentences(words)


def headlines(day: dt.date) -> Iterator[tuple[sentences.EvidenceCounts, list[Assessment], list[str]]]:
    """The headline of every window, of all labs and of each."""
    for window in Window:
        for lab, name in {None: "", **lab_names()}.items():
            counted = list(ledger(day).access.counted_in(window, lab))
            counts = sentences.evidence_counts(counted)
            yield counts, counted, sentences.headline(counts, "in the window", is_past=day < TODAY, maker=name)


def of_evaluators(day: dt.date) -> Iterator[list[str]]:
    found = defaultdict(list)
    for each in ledger(day).access.assessments.values():
        for weighed in each.events:
            for part in weighed.event.participations:
                found[part.evaluator].append(weighed)
    for key in evaluator_names():
        names = sorted({lab_names()[weighed.event.lab] for weighed in found[key]})
        yield sentences.evaluator_sentences(key, found[key], names, is_past=day < TODAY)


def everything(day: dt.date) -> Iterator[str]:
    for each in ledger(day).access.assessments.values():
        yield from of_release(day, each)
    for _, _, said in headlines(day):
        yield from said
    for said in of_evaluators(day):
        yield from said


@pytest.mark.parametrize("day", DAYS)
def test_every_release_has_a_sentence_that_ends(day):
    for each in ledger(day).access.assessments.values():
        for said in of_release(day, each):
            assert said[0].isupper(), said
            assert re.search(r"[^.]\.$", said), said


@pytest.mark.parametrize("day", DAYS)
def test_no_no_is_said_without_a_cited_no(day):
    for said in everything(day):
        rest = re.sub("|".join((*NOT_A_NO, *A_CITED_NO)), "", said, flags=re.IGNORECASE)
        assert not NO.search(rest), said
    for each in ledger(day).access.assessments.values():
        if any(re.search(pattern, said) for said in of_release(day, each) for pattern in A_CITED_NO):
            assert each.evidence.events, each.release.key
            for weighed in each.evidence.events:
                assert weighed.event.outcome in (Outcome.REFUSED, Outcome.CONFIRMED_NONE), weighed.event.key
                assert is_documented(weighed.certainty), weighed.event.key


@pytest.mark.parametrize("day", DAYS)
def test_access_is_said_to_be_no_deeper_only_where_sources_answer_every_question_with_no(day):
    for counts, counted, said in headlines(day):
        assert any("no deeper" in each for each in said) == bool(counts.not_deeper), said
        confirmed = [each for each in counted if each.evidence.word is Evidence.CONFIRMED]
        denied = [
            each
            for each in confirmed
            if all(
                weighed.event.access[question] is Answer.NO
                for weighed in each.counted
                for question in DEPTH_QUESTIONS[:3]
            )
        ]
        assert counts.not_deeper == len(denied)


@pytest.mark.parametrize("day", DAYS)
def test_the_counts_of_a_headline_add_up_to_its_denominator(day):
    for counts, counted, said in headlines(day):
        text = " ".join(said)
        if len(counted) < 2:
            assert "**" not in text
            continue
        assert re.search(rf"(Of the|All|Both) \**({len(counted)}\b)?", said[0]), said
        bold = [int(number) for each in said if "deeper" not in each for number in re.findall(r"\*\*(\d+)\*\*", each)]
        if said[0].startswith("Both"):
            bold = [2]
        assert sum(bold) == len(counted), said
        assert counts.deeper + counts.not_deeper + counts.depth_unknown == counts.confirmed


@pytest.mark.parametrize("day", DAYS)
def test_the_counts_of_an_evaluator_have_their_denominators(day):
    for said in of_evaluators(day):
        for each in said[1:]:
            assert re.search(r"\d+ of (the )?\d+|^(It|Both|All|Of the \d+|Neither)", each), each


@pytest.mark.parametrize("day", DAYS)
def test_by_the_word_of_is_said_only_of_those_whose_own_words_are_cited(day):
    for each in ledger(day).access.assessments.values():
        text = " ".join(of_release(day, each))
        events = each.evidence.events
        by_lab = any(is_of_lab(it.event, cited.source) for it in events for cited in it.event.citations)
        by_tester = any(is_of_evaluator(it.event, cited.source) for it in events for cited in it.event.citations)
        text = text.replace("By the", "by the")
        if re.search(r"by the word of the lab[.;,]", text):
            assert by_lab, each.release.key
        elif "by the word of the tester" in text:
            assert by_tester, each.release.key
        elif "by the word of" in text:
            assert (by_lab, by_tester) == (True, True), each.release.key
        assert "by the word of others" not in text
        if events and not any(is_documented(it.certainty) for it in events):
            assert "by the word of" not in text, each.release.key


@pytest.mark.parametrize("day", [day for day in DAYS if day < TODAY])
def test_a_past_day_is_spoken_of_in_the_past(day):
    for said in everything(day):
        ours = said.startswith("Our date for the card")
        assert ours or not set(re.findall(r"[a-z]+", said)) & PRESENT, said


@pytest.mark.parametrize("day", DAYS)
def test_what_became_of_each_promise_is_counted_to_its_denominator(day):
    for window in Window:
        for key in ledger(day).commitments:
            verdicts = ledger(day).verdicts(window, commitment=key)
            rated = [each for each in verdicts if each.value is not None]
            words = rate_words(verdicts)
            if rated:
                counts = [int(number) for number in re.findall(r"(?:on|for) (\d+)\b", words)]
                assert f"of {len(rated)} release" in words
                assert sum(counts) == len(rated), words
                assert counts[0] == max(counts), words


def test_each_promise_names_who_made_it_and_how_firmly():
    for row in rows()["commitments.commitment"]:
        labs = [lab_names()[lab[0]] for lab in row["labs"]]
        said = commitment_sentences(
            labs,
            [],
            origin=Origin(row["origin"]),
            stated_by=StatedBy(row["stated_by"]),
            firmness=Firmness(row["firmness"]),
            made=row["made_on"],
        )
        assert (row["origin"] == Origin.LAW) == said[0].startswith("A law"), row["key"]
        assert ("Others say" in said[0]) == (row["stated_by"] == StatedBy.OTHER and row["origin"] != Origin.LAW)


def test_every_no_of_the_shipped_records_has_a_quote_that_is_cited_for_it():
    named = defaultdict(set)
    for row in rows()["labs.accesseventcitation"]:
        named[row["record"][0]] |= set(row["supports"].split())
    for row in rows()["labs.accessevent"]:
        fields = named[row["key"]]
        for question in ACCESS_ANSWERS:
            if row[question] == Answer.NO:
                assert fields & {"access", f"access.{question}"}, (row["key"], question)
        if row["free_to_publish"] == Answer.NO:
            assert "free_to_publish" in fields, row["key"]
        if row["outcome"] in (Outcome.REFUSED, Outcome.CONFIRMED_NONE):
            assert "outcome" in fields, row["key"]


@pytest.mark.parametrize("reason", [*Reason, *Ground])
def test_no_reason_tells_of_a_test_what_only_its_sources_leave_out(reason):
    """A test whose sources name no danger may have been about one all the same."""
    assert not re.search(r"\b(tested|measured|found) no\b", reason.label), reason


def sureness(event: EventFact) -> int:
    """How sure the sentence of a release with this event alone is: 2 a fact by an own word, 1 without its timing."""
    releases = {each.key: each for each in facts().releases}
    evidence = release_evidence([weigh(event, releases[event.model])])
    if evidence.is_only_reported or not evidence.events:
        return 0
    return 1 if evidence.word is Evidence.TIMING_NOT_SHOWN else 2


def events_of_releases() -> list[EventFact]:
    return [event for event in facts().events if event.model]


def test_an_unknown_made_known_never_makes_a_sentence_less_sure():
    for event in events_of_releases():
        known = [replace(event, access=event.access | {question: Answer.YES}) for question in DEPTH_QUESTIONS]
        if event.timing is Timing.UNKNOWN:
            known += [replace(event, timing=timing) for timing in Timing if timing is not Timing.UNKNOWN]
        if event.results is Results.UNKNOWN:
            known.append(replace(event, results=Results.LAB_SUMMARY))
        for each in known:
            assert sureness(each) >= sureness(event), event.key


def test_words_that_are_only_somebody_else_s_never_make_a_sentence_surer():
    for event in events_of_releases():
        for place, cited in enumerate(event.citations):
            of_others = replace(cited.source, owner=Owner.THIRD_PARTY, lab=None, evaluator=None, is_government=False)
            for source in (of_others, replace(cited.source, is_quoted=True)):
                citations = list(event.citations)
                citations[place] = replace(cited, source=source)
                assert sureness(replace(event, citations=tuple(citations))) <= sureness(event), event.key


def test_quotation_marks_stand_only_round_words_of_the_record_s_stored_quotes():
    """What our own texts set in marks: whatever is in no stored quote loses them."""
    quotes = defaultdict(list)
    for model, found in rows().items():
        for row in found if model.endswith("citation") else ():
            quotes[row["record"][0]].append(row["quote"])
    events = {row["key"]: row for row in rows()["labs.accessevent"]}
    of_release_ = defaultdict(list)
    for row in events.values():
        if row["model"]:
            of_release_[row["model"][0]] += quotes[row["key"]]
    texts = [(row["summary"], quotes[row["key"]]) for row in events.values()]
    texts += [(row["lowered_because"], quotes[row["event"][0]]) for row in rows()["labs.participation"]]
    texts += [(row["scope"], [*quotes[row["key"]], row["quote"]]) for row in rows()["commitments.commitment"]]
    for row in rows()["labs.search"]:
        own = quotes[row["model"][0]] + of_release_[row["model"][0]]
        texts += [(row["where"], own), (row["note"], own)]
    marked = re.compile("“([^”]+)”|\"([^\"]+)\"|(?<!\\w)'([^']+)'(?!\\w)")
    bare = 0
    for text, stored in texts:
        shown = event_words.fairly_quoted(text, stored)
        bare += shown != text
        folded = [" ".join(quote.replace("’", "'").split()).casefold() for quote in stored]
        for match in marked.finditer(shown):
            words = next(group for group in match.groups() if group)
            parts = [
                part.strip(" .,;:") for part in re.split(r"\s*(?:\.\.\.|…)\s*", words.replace("’", "'").casefold())
            ]
            assert any(all(part in quote for part in parts) for quote in folded), (text, words)
    assert bare, "the shipped records have such marks, so the walk can fail"
