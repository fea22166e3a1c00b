"""Programs that pip installs read our files right, by the lines that /data/ prints; the others in `make readers`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from evaltracker.web.presenters.data import FILE
from evaltracker.web.recipes import RECIPES
from tests.readers import left_alone
from tests.readers.pages import judged
from tests.readers.running import Programs, printed, run
from tests.readers.served import served
from tests.readers.site import addresses, blocks, fetch, jobs, truth, truth_of_package, without_guards
from tests.readers.truth import Read, as_table, differences, four_things

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
LISTS = {name: FILE[name] for name in ("access", "models", "commitments", "labs")}
ACCESS = {"access": FILE["access"]}
"""For programs that take seconds to start: `make readers` gives them all lists."""
DAYS = ("2023-06-30", "2024-05-24")
ANSWERS: Mapping[str, Mapping[str, set[str | None]]] = {
    "access": {"no_safety_filters": {"yes", "partial", "no", "unknown"}, "weights": {"yes", "no", "unknown"}},
    "models": {"deep_enough_deployment": {"yes", "no", "cannot_tell", None}},
    "commitments": {"strict_visible_in_public": {"yes", "no", None}},
}
"""Columns of answers with what they hold; None is an empty cell. No two of these may become one."""
PYTHON = ("pandas", "polars", "duckdb")


@pytest.fixture
def files(client, records) -> dict[str, tuple[str, bytes]]:
    """Our lists as the site serves them, by their paths; the access events also as of two past days."""
    paths = [f"/{name}.csv" for name in LISTS] + [f"/access.csv?as_of={day}" for day in DAYS]
    return {path: fetch(client, path) for path in paths}


@pytest.fixture
def site(files) -> Iterator[str]:
    with served(files) as address:
        yield address


def read_by(keys, site: str, folder: Path, lists=LISTS) -> dict[tuple[str, str], Read]:
    return run([job.at(site) for job in jobs(lists, keys)], folder, Programs())


def assert_all_right(read, files, is_typed=True):
    """Every cell is what we wrote, and yes, no, unknown and empty stay four things."""
    for (key, name), got in read.items():
        said = truth(LISTS[name], files[f"/{name}.csv"][1])
        assert differences(got, said, is_typed) == [], (key, name)
        for column, answers in ANSWERS.get(name, {}).items():
            assert four_things(got, column).keys() == answers, (key, column)


def test_the_page_prints_the_recipes_that_are_run(client, records):
    on_the_page = blocks(client)
    of_all = jobs(ACCESS, [key.removeprefix("recipe-") for key in on_the_page])
    assert len(of_all) == len(RECIPES)
    for job in of_all:
        assert on_the_page.pop(f"recipe-{job.key}") == job.text
        assert len(job.text.splitlines()) <= 3
    assert not [key for key in on_the_page if key.startswith("recipe-")]


def test_frames_and_relations_hold_what_we_wrote(files, site, tmp_path):
    assert_all_right(read_by(PYTHON, site, tmp_path), files)


def test_workbooks_are_read_as_what_we_wrote(client, files, tmp_path):
    with served({path: fetch(client, path) for path in [f"/{name}.xlsx" for name in LISTS]}) as site:
        read = read_by(["openpyxl"], site, tmp_path)
    for (_, name), got in read.items():
        said = truth(LISTS[name], files[f"/{name}.csv"][1])
        assert differences(got, without_guards(said)) == [], name


def test_columns_and_types_are_the_same_on_every_day(files, site, tmp_path):
    """Left to guess, DuckDB and polars take the started_on of one day for dates and that of another for text."""
    asked = [job.at(site).as_of(day) for day in ("", *DAYS) for job in jobs(ACCESS, PYTHON)]
    read = run(asked, tmp_path, Programs())
    for key in PYTHON:
        of_days = {name: each.types for (by, name), each in read.items() if by == key}
        assert len(of_days) == 3
        assert len({tuple(types.items()) for types in of_days.values()}) == 1, key


def test_csvkit_reads_what_we_wrote(files, site, tmp_path):
    assert_all_right(read_by(["csvkit"], site, tmp_path, ACCESS), files, is_typed=False)


def test_sqlite_utils_and_datasette_read_what_we_wrote(files, site, tmp_path):
    assert_all_right(read_by(["sqlite-utils"], site, tmp_path, ACCESS), files)


def test_programs_read_what_the_package_says(client, records, tmp_path):
    package = jobs(ACCESS, ["pyarrow", "frictionless", "datasette"])
    files = {path: fetch(client, path) for path in addresses(job.text for job in package)}
    with served(files) as address:
        read = run([job.at(address) for job in package], tmp_path, Programs())
    assert len(read) == 3
    said = truth_of_package(files["/data/evaltracker-latest.zip"][1])
    for (key, _), got in read.items():
        assert differences(got, said) == [], key
        assert four_things(got, "no_safety_filters").keys() == ANSWERS["access"]["no_safety_filters"], key


def test_left_alone_they_do_what_the_page_warns_of(tmp_path):
    assert printed(left_alone.PIP, tmp_path, Programs()) == [seen.printed for seen in left_alone.PIP]


def test_the_document_has_each_program_and_each_sight():
    text = (ROOT / "docs" / "readers.md").read_text()
    for recipe in RECIPES:
        assert f"| {recipe.program} |" in text
    for seen in (*left_alone.PIP, *left_alone.OTHERS):
        assert as_table([("", ""), (seen.program, seen.says, seen.instead)]).splitlines()[-1] in text


# What pages say of themselves, as extruct gives it (`make readers` runs extruct itself)

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
GRAPH = {
    "og:title": "All events",
    "og:type": "website",
    "og:image": "http://ours/share.png",
    "og:image:width": "1200",
    "og:image:height": "630",
    "og:url": "http://ours/access/",
}
DATASET = {
    "@type": "Dataset",
    "name": "Events",
    "description": "Each event. " * 5,
    "distribution": [{"contentUrl": "http://ours/access.csv", "encodingFormat": "text/csv"}],
    **dict.fromkeys(("creator", "isPartOf", "isAccessibleForFree", "keywords", "license"), "said"),
    **dict.fromkeys(("measurementTechnique", "temporalCoverage", "url", "variableMeasured", "version"), "said"),
}


def faults_of(graph=GRAPH, dataset=DATASET, csv="text/csv;charset=utf-8") -> list[str]:
    answers = {"http://ours/share.png": ("image/png", PICTURE), "http://ours/access.csv": (csv, b"key")}
    found = {"opengraph": [{"properties": list(graph.items())}], "json-ld": [{"@graph": [dataset]}]}
    return judged("http://ours", "/access/", found, answers.__getitem__)[1]


def test_a_page_that_says_all_that_is_asked_for_is_right():
    assert faults_of() == []


def test_what_a_page_leaves_out_or_says_wrong_is_a_fault():
    assert faults_of(graph={**GRAPH, "og:type": ""}) == ["no og:type"]
    assert faults_of(graph={**GRAPH, "og:image:width": "600"}) == ["the image is image/png, 1200 × 630"]
    assert faults_of(graph={**GRAPH, "og:url": "http://ours/"}) == ["og:url is http://ours/"]
    assert faults_of(dataset={**DATASET, "description": "Short."}) == ["a description of 6 characters"]
    assert faults_of(dataset={**DATASET, "license": ""}) == ["no license"]
    assert faults_of(dataset={"@type": "BreadcrumbList"}) == ["0 data sets"]
    assert faults_of(csv="text/html") == ["http://ours/access.csv is text/html, not text/csv"]
