"""What takes long to make is made before readers ask for it, as they would get it."""

import os

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from evaltracker.web import in_process, long_answers, prepared, public_answers
from labs.actions.kept_figures import FigureName, KeptFigure, keep_figure, read_figure
from labs.queries import records as reading
from labs.queries.editions import data_version
from labs.queries.kept import forget
from tests.test_urls import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, monkeypatch, tmp_path):
    """Where files are kept; what is above ten thousand bytes is long."""
    settings.SITE_URL = "http://testserver"
    settings.PAGE_CACHE_BYTES = 8 * 1024 * 1024
    settings.KEPT_FIGURES_DIR = str(tmp_path / "figures")
    settings.LONG_ANSWERS_DIR, settings.LONG_ANSWERS_BYTES = str(tmp_path / "long"), 8 * 1024 * 1024
    for module in (public_answers, long_answers):
        monkeypatch.setattr(module, "WHOLE", 10_000)
    in_process.the_site.cache_clear()  # it read the settings when it was made
    yield tmp_path
    in_process.the_site.cache_clear()


def test_whole_lists_pictures_and_the_package_are_prepared(records):
    found = prepared.addresses()
    version = data_version()
    assert {"/access.csv", "/access.jsonl", "/commitments/verdicts.csv", "/timeline.png", "/charts/depth/card.png"} <= {
        *found
    }
    assert {f"/data/evaltracker-{version}.zip", f"/data/evaltracker-{version}/terms.parquet"} <= {*prepared.addresses()}
    assert not [path for path in found if path.startswith(("/search", "/labs/compare", "/admin"))]
    assert len(found) == len(set(found))


def test_without_a_data_version_only_lists_are_prepared_for_nothing_else_is_kept(empty_database):
    found = prepared.addresses()
    assert "/access.csv" in found
    assert all(path.endswith((".csv", ".jsonl")) for path in found)


def test_what_was_prepared_comes_from_disk_and_no_record_is_read_for_it(records, folder, monkeypatch, capsys):
    version = data_version()
    files = ["/access.csv", "/access.jsonl", "/charts/share/card.png"]
    files += [f"/data/evaltracker-{version}{ending}" for ending in (".zip", ".sqlite", "-datasette.json")]
    monkeypatch.setattr(prepared, "addresses", lambda: [*files, "/labs.csv"])

    call_command("prepare")

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == [*files, "/labs.csv"]
    assert "was there" not in "".join(lines)
    assert "7 files" in lines[-1]

    fresh = {path: read(Client().get(path)) for path in files}
    forget()  # as a worker that has just started
    monkeypatch.setattr(reading.Records, "__init__", _nobody_reads)
    for path in files:
        assert read(Client().get(path)) == fresh[path], path
    in_process.the_site.cache_clear()
    monkeypatch.setattr(prepared, "addresses", lambda: files)
    call_command("prepare")
    *lines, _ = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines if "was there" in line] == files[:2]


def _nobody_reads(*_, **__):
    raise AssertionError("Records are read.")


def test_a_file_that_cannot_be_made_is_named_and_the_others_are_made(records, folder, monkeypatch, capsys):
    monkeypatch.setattr(prepared, "addresses", lambda: ["/access.csv?", "/nothing.csv", "/labs.csv"])
    with pytest.raises(CommandError, match="2 of 3 files"):
        call_command("prepare")
    said = capsys.readouterr()
    assert "/nothing.csv answers 404." in said.err
    assert said.out.startswith("/labs.csv: ")


def test_a_site_that_does_not_answer_to_its_own_name_is_told_so(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://elsewhere.example", ["evaltracker.example"]
    with pytest.raises(CommandError, match=r"elsewhere\.example, which ALLOWED_HOSTS does not"):
        call_command("prepare")


def test_with_debug_nothing_is_kept_so_nothing_is_prepared(settings):
    settings.DEBUG = True
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("prepare")


def test_the_newest_pictures_are_kept_and_what_may_be_cited_is_never_replaced(settings, tmp_path):
    settings.KEPT_FIGURES_DIR = str(tmp_path)

    def kept(kind: str, *, in_place_of_oldest: bool) -> list[bool]:
        names = [FigureName(f"/{number}", "2026.12.0", "s" * 8, 2, kind) for number in range(3)]
        for number, name in enumerate(names):
            keep_figure(name, KeptFigure("a.png", b"x"), most=2, in_place_of_oldest=in_place_of_oldest)
            if name.path.exists():
                os.utime(name.path, (number, number))
        return [read_figure(name) is not None for name in names]

    assert kept("images", in_place_of_oldest=True) == [False, True, True]
    assert kept("packages", in_place_of_oldest=False) == [True, True, False]
