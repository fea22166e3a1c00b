"""The corpus of quotes: what must and must not be found in files of several kinds and programs."""

from functools import lru_cache
from pathlib import Path

import pytest

from labs.choices import QuoteCheck
from tests.quotes.corpus import SENTENCES, Case, cases
from tests.quotes.measure import is_found, result, table

# A raised digit that the file calls a digit; a letter with an accent, of a font that names no characters.
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


@lru_cache
def results() -> list[tuple[Case, QuoteCheck]]:
    return [(case, result(case)) for case in cases()]


@pytest.mark.parametrize("group", [*dict.fromkeys(case.group for case in cases())])
def test_what_a_document_says_is_found_and_nothing_else(group):
    of_group = [(case, check) for case, check in results() if case.group == group]

    wrong = {(case.name, case.quote) for case, check in of_group if is_found(check) != case.is_said}

    assert wrong == {(name, quote) for name, quote in KNOWN if name in {case.name for case, _ in of_group}}


def test_the_corpus_has_every_program_twice_and_every_sentence_in_each():
    programs = [case.name for case in cases() if case.group.startswith("PDF") and case.is_said]

    assert {programs.count(name) for name in programs} == {len(SENTENCES)}
    assert len(set(programs)) == 10


def test_the_documentation_has_the_counts():
    text = (Path(__file__).parents[2] / "docs" / "quotes.md").read_text()
    told = {}
    for line in text.split("## Counts")[1].splitlines():
        if line.startswith("| ") and "of" in line and "found" not in line:
            group, said, found, doubtful, marked, marks, not_said, wrong = line.strip("| ").split(" | ")
            marks = f"{marks} of {marked.split(' of ')[1]}" if " of " in marked else "–"
            told[group] = (
                f"| {group} | {found} of {said.split(' of ')[1]} | {marks} | {doubtful} "
                f"| {wrong} of {not_said.split(' of ')[1]} |"
            )

    assert [line.lower() for line in told.values()] == [line.lower() for line in table(results())]
