"""The documents are true to the code: the files that they name exist, and their counts are right."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps

from labs.rules.glossary import Word

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_the_files_that_a_document_names_are_there(document):
    text = document.read_text()
    named = [ROOT / name for name in re.findall(r"`((?:[a-z_]+/)+(?:\w+\.\w+)?)`", text) if not name.startswith("css/")]
    linked = [document.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    for path in (*named, *linked):
        assert path.exists() or any(ROOT.glob(f"*/{path.relative_to(ROOT)}")), path


def test_the_index_of_decisions_lists_each_with_its_title():
    folder = ROOT / "docs" / "decisions"
    for number, path in enumerate(sorted(folder.glob("0*.md")), start=1):
        title = path.read_text().split("\n")[0].removeprefix(f"# {number}. ")
        assert f"{number}. [{title}]({path.name})" in (folder / "README.md").read_text()


def test_the_architecture_names_every_rule():
    text = (ROOT / "docs" / "architecture.md").read_text()
    for app in ("labs", "commitments"):
        for path in (ROOT / app / "rules").glob("[!_]*.py"):
            assert f"`{app}/rules/{path.name}`" in text


def test_readme_counts_the_curated_records():
    paths = (ROOT / "fixtures").glob("*.json")
    rows = [
        row["model"]
        for path in paths
        for row in json.loads(path.read_text("utf-8"))
        if row["fields"].get("status") != "withdrawn"
    ]
    counts = [
        rows.count(model)
        for model in ("labs.aimodel", "labs.accessevent", "commitments.commitment", "labs.evaluator", "labs.source")
    ]
    text = " ".join((ROOT / "README.md").read_text().split())
    said = "{} releases, {} access events, {} commitments, {} evaluators and {} sources"
    assert said.format(*counts) in text


def test_pre_commit_runs_what_make_lint_runs():
    recipe = (ROOT / "Makefile").read_text().split("\nlint: ")[1].split("\n\n")[0].splitlines()[1:]
    commands = [line.strip().replace("$(PY)", ".venv/bin/python") for line in recipe]
    text = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"entry: (.*)", text) == commands
    assert text.count("language: system") == text.count("pass_filenames: false") == len(commands)


def test_importing_names_every_module():
    text = (ROOT / "docs" / "importing.md").read_text()
    for path in (ROOT / "evaltracker" / "importing").glob("[!_]*.py"):
        assert f"`{path.stem}`" in text, path.stem
    for path in (ROOT / "evaltracker" / "exporting").glob("[!_]*.py"):
        assert f"`exporting/{path.name}`" in text, path.stem


def test_other_tools_lists_every_finding():
    text = (ROOT / "docs" / "other-tools.md").read_text()
    for path in (ROOT / "findings").iterdir():
        assert text.count(f"](../findings/{path.name})") == 1, path.name


def test_the_sections_of_the_methodology_that_code_names_are_there():
    there = set(re.findall(r"^## (\d+)\. ", (ROOT / "docs" / "methodology.md").read_text(), re.MULTILINE))
    for app in ("labs", "commitments", "evaltracker"):
        for path in (ROOT / app).rglob("*.py"):
            for numbers in re.findall(r"methodology, sections? ((?:\d+(?:, | and )?)+)", path.read_text()):
                assert set(re.findall(r"\d+", numbers)) <= there, path


@pytest.mark.parametrize("word", list(Word))
def test_the_glossary_has_each_word_of_the_field_as_the_public_reads_it(word):
    rows = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    assert any(
        re.match(rf"\| {word.label}[^|]* \| {re.escape(word.explanation)}( \([^)]*\))? \|$", row) for row in rows
    )


@pytest.mark.parametrize(
    ("model", "field", "word"),
    [
        ("labs.AIModel", "frontier", Word.FRONTIER),
        ("labs.AIModel", "variant_of", Word.VARIANT),
        ("labs.AccessEvent", "timing", Word.LAUNCH_DOCUMENT),
        ("labs.AccessEvent", "lowered_to", Word.CERTAINTY),
        ("commitments.CommitmentCitation", "quote", Word.QUOTE),
    ],
)
def test_a_help_text_that_says_what_a_word_means_takes_it_from_the_glossary(model, field, word):
    assert word.explanation in apps.get_model(model)._meta.get_field(field).help_text


FALSE_SENTENCES = ("turned out well", 'never counts as a "no"', "never counts as a “no”", "silence never counts")


def test_nowhere_is_it_said_that_silence_counts_for_nothing_in_a_score():
    """A release that no source mentions is worth 0 to 0 (methodology, section 1)."""
    folders = ("docs", "templates", "evaltracker", "labs", "commitments")
    files = [ROOT / "README.md", *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    texts = {path: path.read_text().casefold() for path in files if path.suffix in (".md", ".html", ".py")}
    found = [
        (path.name, false) for path, text in texts.items() for false in FALSE_SENTENCES if false.casefold() in text
    ]
    assert found == []


def test_a_score_says_what_it_rates_wherever_one_stands():
    """The pages with scores include the choices of window and weights, which say it; so does the methodology."""
    rates = "A test that no source mentions counts 0 in both."
    assert rates in (ROOT / "templates/evaltracker/_choices.html").read_text()
    for name in ("home", "lab_list", "lab_detail", "compare"):
        assert '{% include "evaltracker/_choices.html" %}' in (ROOT / f"templates/evaltracker/{name}.html").read_text()
    for other in ("templates/evaltracker/methodology.html", "README.md", "docs/methodology.md"):
        assert rates.casefold() in " ".join((ROOT / other).read_text().split()).casefold(), other
