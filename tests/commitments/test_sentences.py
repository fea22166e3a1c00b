"""The sentences of pages about promises (methodology, section 7)."""

import pytest

from commitments.choices import FRAMEWORK_TITLES, Firmness, Origin, Reading, StatedBy
from commitments.rules.sentences import commitment_sentences, framework_title, owed_sentences, rate_words
from commitments.rules.verdicts import OUTCOME_VALUES, ReadingVerdict, Verdict, VerdictOutcome
from labs.rules.access import ReleaseStanding
from tests.curated import fixture_rows
from tests.facts import a_commitment, a_release, a_requirement


def a_verdict(strict: str, lenient: str = "") -> Verdict:
    outcomes = [VerdictOutcome(strict), VerdictOutcome(lenient or strict)]
    readings = [
        ReadingVerdict(reading, a_requirement(), outcome, OUTCOME_VALUES[outcome], ())
        for reading, outcome in zip(Reading, outcomes, strict=True)
    ]
    return Verdict(a_commitment(), a_release(), *readings, OUTCOME_VALUES[outcomes[0]])


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([], "no release while in force"),
        (["not_yet_due"], "not yet due on any release"),
        (["cannot_tell"] * 3, "cannot tell for 3 of 3 releases"),
        (["kept"] * 5 + ["unclear"] * 2, "kept on 5 of 7 releases, unclear on 2"),
        (["kept"] * 2 + ["unclear"] * 5, "unclear on 5 of 7 releases, kept on 2"),
        (["kept", "not_kept"], "kept on 1 of 2 releases, not kept on 1"),
        (["kept", "not_yet_due"], "kept on 1 of 1 release"),
        (["partly_kept"], "partly kept on 1 of 1 release"),
    ],
)
def test_the_majority_leads_and_all_verdicts_are_counted(outcomes, words):
    assert rate_words([a_verdict(each) for each in outcomes]) == words


def test_a_promise_that_cannot_be_told_is_never_said_to_be_kept_on_none():
    assert "kept" not in rate_words([a_verdict("cannot_tell")] * 3)


def test_a_verdict_that_differs_by_reading_keeps_both_words():
    assert rate_words([a_verdict("unclear", "kept")]) == "kept on the lenient reading only for 1 of 1 release"


def test_a_framework_goes_by_its_title_and_a_new_one_by_the_words_of_its_key():
    assert framework_title("white-house-2023") == "White House commitments (2023)"
    assert framework_title("new-pact-2027") == "New pact 2027"


def test_every_framework_of_the_shipped_records_has_a_title():
    used = {row["framework"] for row in fixture_rows()["commitments.commitment"]} - {""}
    assert used == set(FRAMEWORK_TITLES)


@pytest.mark.parametrize(
    ("labs", "reported", "changes", "words"),
    [
        (["A"], [], {}, "A said so in a policy of its own (May 2024). It says that this will be done."),
        (["A", "B"], [], {}, "A and B said so in a policy (May 2024)."),
        (list("ABCDEF"), [], {"origin": Origin.JOINT_PLEDGE}, "A, B, C and 3 other labs said so in a joint pledge"),
        ([], ["A"], {}, "Others say that A said so in a policy of its own"),
        (
            ["A"],
            ["B"],
            {"origin": Origin.CODE_OF_PRACTICE},
            "A said so by signing a code of practice (May 2024); that B did,",
        ),
        (["A"], [], {"stated_by": StatedBy.OTHER}, "Others say that A said so"),
        ([], [], {"origin": Origin.LAW}, "A law (May 2024): it binds labs, and no lab promised it."),
        (["A"], [], {"firmness": Firmness.EXPLORATORY}, "explored or considered, not that it will be done."),
    ],
)
def test_a_promise_says_who_said_it_and_how_firmly(labs, reported, changes, words):
    values = {"origin": Origin.POLICY, "stated_by": StatedBy.LAB, "firmness": Firmness.FIRM, "made": "May 2024"}
    assert words in " ".join(commitment_sentences(labs, reported, **(values | changes)))


@pytest.mark.parametrize("terms", [Origin, Firmness])
def test_every_origin_and_firmness_has_words(terms):
    for term in terms:
        values = {"origin": Origin.POLICY, "stated_by": StatedBy.LAB, "firmness": Firmness.FIRM, "made": ""}
        name = "origin" if terms is Origin else "firmness"
        assert commitment_sentences(["A"], [], **(values | {name: term}))


FIVE = "Of the 5 promises of X in force when it came out"
ONE = "One promise of X was in force when it came out"


@pytest.mark.parametrize(
    ("verdicts", "unjudged", "untestable", "standing", "said"),
    [
        ([], 0, 0, "counts", "No promise of X that was in force when it came out is on record."),
        ([], 0, 0, "undated", "No day of release is known, so which promises were in force then cannot be told."),
        (["kept"], 0, 0, "counts", f"{ONE}; it is testable, verdict: kept."),
        ([], 0, 1, "counts", f"{ONE}; it is not testable."),
        ([], 1, 0, "variant", f"{ONE}; it is testable, but not on this release: listed under another release."),
        ([], 0, 5, "counts", f"{FIVE}, none is testable."),
        (["unclear"], 0, 4, "counts", f"{FIVE}, one is testable, verdict: unclear."),
        (["kept", "kept", "unclear"], 0, 2, "counts", f"{FIVE}, 3 are testable, verdicts: kept for 2; unclear for 1."),
        (["kept"] * 5, 0, 0, "counts", f"{FIVE}, all are testable, verdicts: kept for 5."),
        ([], 3, 2, "variant", f"{FIVE}, 3 are testable, but not on this release: listed under another release."),
        (
            ["kept"],
            2,
            2,
            "not_frontier",
            f"{FIVE}, one is testable, verdict: kept. 2 more are testable, but not on this release: not frontier.",
        ),
    ],
)
def test_what_was_promised_for_a_release_is_said_with_every_count(verdicts, unjudged, untestable, standing, said):
    standing = ReleaseStanding(standing)
    found = owed_sentences("X", verdicts, unjudged=unjudged, untestable=untestable, mentions=0, standing=standing)
    assert " ".join(found) == said


@pytest.mark.parametrize(
    ("mentions", "untestable", "said"),
    [
        (1, 5, "Of the 5 promises of X in force when it came out (one is described, not promised), none is testable."),
        (2, 5, "Of the 5 promises of X in force when it came out (2 are described, not promised), none is testable."),
        (5, 5, "Of the 5 promises of X in force when it came out (all are described, not promised), none is testable."),
        (1, 1, "One promise of X was in force when it came out (it is described, not promised); it is not testable."),
    ],
)
def test_what_is_only_described_is_not_counted_as_promised_without_a_word(mentions, untestable, said):
    standing = ReleaseStanding.COUNTS
    found = owed_sentences("X", [], unjudged=0, untestable=untestable, mentions=mentions, standing=standing)
    assert found == [said]
