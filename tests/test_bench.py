"""The bench's records are valid at any factor, and its comparison notices what differs."""

import datetime as dt
import sys
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.apps import apps
from django.conf import settings

from commitments.models import Commitment
from labs.models import AccessEvent, AIModel, Record, Source
from labs.models.registry import kind_of
from tests.bench import goals
from tests.bench.builds import lacking_packages
from tests.bench.compare import difference
from tests.bench.figures import Figures
from tests.bench.first_views import FirstView
from tests.bench.first_views import table as first_views_table
from tests.bench.generate import NOT_COPIED, copies, shipped_rows
from tests.bench.growth import Grown, Growth, table_of
from tests.bench.growth_picture import drawn
from tests.bench.load import load
from tests.bench.measure import FIRST, FURTHER
from tests.bench.report import table
from tests.bench.stream import NOTHING_KEPT, OWN, OWN_LABELS, PREPARED, Measured, report

SHIPPED = shipped_rows(settings.BASE_DIR / "fixtures")
PER_MODEL = 2


def counts(rows):
    return Counter(row["model"] for row in rows)


def test_copies_hold_each_kind_of_record_as_often_as_the_factor_says():
    once, ten_times = counts(SHIPPED), counts(copies(SHIPPED, range(10)))
    assert ten_times == {model: count * (1 if model in NOT_COPIED else 10) for model, count in once.items()}


def test_copies_make_new_labs_and_let_the_shipped_ones_grow():
    labs = Counter(row["fields"]["lab"][0] for row in copies(SHIPPED, range(10)) if row["model"] == "labs.aimodel")
    shipped = Counter(row["fields"]["lab"][0] for row in SHIPPED if row["model"] == "labs.aimodel")
    assert labs["openai"] > 3 * shipped["openai"]
    assert len(labs) > 3 * len(shipped)


def test_the_records_of_a_copy_are_valid(records):
    load(copies(SHIPPED, [1]))
    for label in counts(SHIPPED):
        model = apps.get_model(label)
        total = model._base_manager.count()
        for row in model._base_manager.order_by("-pk")[: total // 2 : max(1, total // 2 // PER_MODEL)]:
            row.full_clean()
            if isinstance(row, Record):
                row.check_parts({name: list(getattr(row, name).all()) for name in kind_of(row).relations})
    assert Source.objects.filter(published_on_latest__lt=dt.date(2022, 12, 31)).exists()  # bounds follow the text
    for model in (AIModel, AccessEvent, Commitment):
        assert model.objects.filter(key__endswith="-copy-1").count() * 2 == model.objects.count()


VIEW = {"status": 200, "type": "text/html", "body": '<p>Ten</p><input name="csrfmiddlewaretoken" value="a">'}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"body": VIEW["body"].replace('"a"', '"b"')}, ""),
        ({"body": VIEW["body"].replace("Ten", "Tea")}, "at 5"),
        ({"body": VIEW["body"] + " "}, "at 18"),
        ({"status": 404}, "status 200 → 404"),
        ({"type": "text/csv"}, "type text/html → text/csv"),
    ],
)
def test_the_comparison_says_what_differs_but_for_tokens(changed, said):
    found = difference(VIEW, VIEW | changed)
    assert found.startswith(said) if said else found == ""


def a_view(**changes: Any) -> FirstView:
    sizes = {"html": 20_000, "css": 10_000, "js": 2_000, "images": 0, "other": 1_000}
    view = FirstView("events", "/access/", paint=0.8, bytes_of=sizes | changes.pop("bytes_of", {}))
    for name, value in changes.items():
        setattr(view, name, value)
    return view


@pytest.mark.parametrize(
    ("view", "missed"),
    [
        (a_view(), []),
        (a_view(bytes_of={"html": 47_000}), ["HTML 47 kB of 40"]),
        (a_view(bytes_of={"css": 37_000}), []),
        (a_view(bytes_of={"css": 37_001}), ["60 kB of 60"]),
        (a_view(bytes_of={"images": 100_000}, has_picture=True), []),
        (a_view(bytes_of={"images": 120_000}, has_picture=True), ["153 kB of 150"]),
        (a_view(name="sources", bytes_of={"html": 46_000}), []),
        (a_view(paint=1.6), ["paint 1.60 s of 1.5"]),
    ],
)
def test_a_first_view_says_which_goals_it_misses(view, missed):
    assert view.missed() == missed
    assert ("; ".join(missed) or "met") in first_views_table([view]).splitlines()[-1]


def grown(*, ms: float, has_first: bool) -> Grown:
    view = {"status": 200, "ms": ms, "queries": 3}
    first = [view | {"ms": ms * 9}] if has_first else []
    return Grown({FIRST: first, FURTHER: [view, view | {"ms": ms + 2}]}, [], [100.0] if has_first else [], 5000, 900)


def growth(factor: int, *, has_first: bool) -> Growth:
    pages = {"home": "/", "labs": "/labs/"}
    costs = {"home": grown(ms=10 * factor, has_first=True), "labs": grown(ms=20, has_first=has_first)}
    return Growth(factor, pages, costs, limit=120, memory=130)


def test_the_table_of_growth_has_medians_and_a_dash_for_what_was_not_measured():
    lines = table_of([growth(1, has_first=True), growth(10, has_first=False)]).splitlines()
    assert "| `/` | 90 → 900 | 11 → 101 | 3 / 3 → 3 / 3 | 100 → 100 | 5 → 5 | 0.9 → 0.9 |" in lines
    assert "| `/labs/` | 180 → – | 21 → 21 | 3 / 3 → – / 3 | 100 → – | 5 → 5 | 0.9 → 0.9 |" in lines
    assert lines[-1].endswith("Not measured for want of time: at 10 × 1 first views.")


def test_the_picture_of_growth_has_a_point_for_each_figure_and_none_for_what_was_not_measured():
    root = ET.fromstring(drawn([growth(1, has_first=True), growth(10, has_first=False)]))
    name = "{http://www.w3.org/2000/svg}"
    points = root.findall(f".//{name}circle")
    # Of each page and factor two of CPU, one of memory, two of bytes; of one page and factor neither CPU nor memory.
    assert len(points) == 2 * 2 * 5 - 2
    words = [text.text for text in root.iter(f"{name}text")]
    assert "900" in words  # the first view of home with ten times the records
    assert words.count("10 ×") == 3
    assert words.count("100") == 1  # MB, of home alone: what was measured with fewer records is no figure of these


def test_the_speed_of_a_file_counts_cpu_not_the_clock():
    assert Measured("CSV", rows=1000, seconds=60, cpu=0.5).speed == 2000


def met(found) -> dict[str, bool]:
    return {goal.name: goal.is_met for goal in found}


def test_the_goals_are_read_from_what_each_bench_prints():
    heads = ["peer", "ours", "ratio", "goal, at least"]
    kept = table(heads, [["d2fcc21, `/`: 9 ms, 3 kB", "kept `/`: 1 ms, 2 kB", "9.00", "20"]])
    assert met(goals.of_kept_pages(kept)) == {"kept `/`, times as cheap as d2fcc21, `/`": False}
    said = "`/access/`: 1.0 ms of CPU; Django’s change list without counts: 2.0 ms, ratio 0.50"
    assert met(goals.of_the_list(said)) == {
        "`/access/`, not kept, of the cost of Django’s change list without counts": True
    }

    def file(name: str, cpu: float) -> Measured:
        return Measured(name, 1000, 1.0, first=0.1, cpu=cpu)

    files = [file("d2fcc21: CSV", 10), file("this: CSV of all columns, again", 5)]
    files += [file("this: CSV of plain columns", 0.5), file("this: CSV of plain columns with labels", 0.4)]
    files += [
        file("this: CSV of plain columns in gzip", 9),
        file(f"this: {NOTHING_KEPT}", 9),
        file(f"this: {PREPARED}", 1),
    ]
    files += [file("this: manage.py prepare, 9 files, CSV of all columns among them", 20)]
    files += [file(f"psql: {OWN}", 0.1), file(f"psql: {OWN_LABELS}", 0.3)]
    assert met(goals.of_files(report(files, files[0]))) == {
        "CSV of all columns, again, times the base’s rows a second": False,
        f"{PREPARED}, times the base’s rows a second": True,
        "CSV of plain columns, times the base’s rows a second": True,
        "CSV of plain columns, of the database’s own rows": False,
        "CSV of plain columns with labels, times the base’s rows a second": True,
        "CSV of plain columns with labels, of the database’s own rows": True,
    }
    views = first_views_table([FirstView("home", "/", paint=0.5), FirstView("labs", "/labs/", paint=9.0)])
    (view,) = goals.of_first_views(views)
    assert (view.measured, view.is_met) == ("1 of 2; not `/labs/`", False)


def test_the_dearest_page_counts_and_one_that_never_ends_is_the_dearest():
    heads = ["page", "first view, CPU ms", "further view, CPU ms"]
    printed = table(heads, [["`/`", "1,200", "–"], ["`/labs/`", "over 120 s", "40"], ["`/data/`", "3", "999"]])
    first, further = goals.of_growth(printed)
    assert (first.is_met, "`/labs/`" in first.name) == (False, True)
    assert (further.is_met, "`/data/`" in further.name) == (True, True)


def test_a_bench_that_fails_is_a_goal_that_is_not_met_and_is_run_again(monkeypatch, tmp_path):
    monkeypatch.setattr(goals, "BENCHES", {"no such bench": (goals.of_the_list, ())})
    figures = Figures(tmp_path / "figures", "d2fcc21")
    printed, is_met = goals.run_all("d2fcc21", figures, 1)
    assert not is_met
    assert "it ended with 2 | not met" in printed
    assert figures.get("all", "no such bench") is None


def test_a_bench_that_is_done_is_not_run_again(monkeypatch, tmp_path):
    monkeypatch.setattr(goals, "BENCHES", {"list": (goals.of_the_list, ())})
    figures = Figures(tmp_path / "figures", "d2fcc21")
    figures.put("Django’s change list without counts: 2.0 ms, ratio 0.50", "all", "list")
    assert goals.run_all("d2fcc21", figures, 0)[1]


def test_a_bench_without_end_is_ended_and_what_it_printed_counts():
    endless = "import time; print('a figure', flush=True); time.sleep(60)"
    printed, why = goals.run([sys.executable, "-c", endless], minutes=0.01)
    assert (printed, why) == ("a figure\n", "it was not done in 0.01 minutes")


def test_figures_go_on_where_they_were_cut_off_but_not_those_of_other_code(tmp_path):
    file = tmp_path / "folder" / "figures"
    Figures(file, "new").put({"ms": 3}, "growth", 10, "/")
    Figures(file, "old").put({"ms": 9}, "growth", 10, "/")
    with file.open("a") as cut_off:
        cut_off.write('{"code": "new", "of": ["growth", 100')
    again = Figures(file, "new")
    assert again.get("growth", 10, "/") == {"ms": 3}
    assert again.get("growth", 100, "/") is None
    again.forget()
    again.put({"ms": 4}, "growth", 1, "/")
    assert [Figures(file, "new").get("growth", factor, "/") for factor in (1, 10)] == [{"ms": 4}, None]


def test_a_commit_that_needs_packages_of_its_own_gets_those_alone(tmp_path):
    needed = ["django>=5.2", "psycopg2_binary>=2.9", "a-package-of-long-ago[xlsx]>=4.3,<5"]
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = {needed}\n")
    assert lacking_packages(tmp_path) == ["a-package-of-long-ago[xlsx]>=4.3,<5"]
