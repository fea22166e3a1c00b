"""The corpus of quotes: what must and must not be found in files of several kinds and programs."""

import pytest

from labs.choices import QuoteCheck
from tests.quotes.corpus import SENTENCES, cases
from tests.quotes.measure import is_found, result

# A raised digit of the font itself, which the file calls a digit; a letter with an accent, of a font without names.
KNOWN = {
    (
        "typst-narrow.pdf",
        "A search over 10⁴ prompts gave up to 10,000 answers, of which the fifth part was read by hand.",
    ),
    (
        "typst-wide.pdf",
        "A search over 10⁴ prompts gave up to 10,000 answers, of which the fifth part was read by hand.",
    ),
    ("typst-narrow.pdf", "A search over 104 prompts gave up"),
    ("typst-wide.pdf", "A search over 104 prompts gave up"),
    ("tex-T1.pdf", "The café’s guests weren’t told that “Nova” wrote the menu."),
    ("tex-OT1.pdf", "The café’s guests weren’t told that “Nova” wrote the menu."),
}
GROUPS = [*dict.fromkeys(case.group for case in cases())]


@pytest.mark.parametrize("group", GROUPS)
def test_what_a_document_says_is_found_and_nothing_else(group):
    of_group = [case for case in cases() if case.group == group]

    wrong = {(case.name, case.quote) for case in of_group if is_found(result(case)) != case.is_said}

    assert wrong == {(name, quote) for name, quote in KNOWN if name in {case.name for case in of_group}}


def test_the_corpus_has_every_program_twice_and_every_sentence_in_each():
    programs = [case.name for case in cases() if case.group.startswith("PDF") and case.is_said]

    assert {programs.count(name) for name in programs} == {len(SENTENCES)}
    assert len(set(programs)) == 10


def test_few_quotes_are_doubtful():
    results = [result(case) for case in cases() if case.is_said]

    assert 0 < results.count(QuoteCheck.DOUBTFUL) < len(results) / 10
