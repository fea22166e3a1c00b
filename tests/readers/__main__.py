"""`make readers`: every program that /data/ has a recipe for reads our files, in pinned versions, from this checkout.

It installs what it needs into a temporary folder, but for R, LibreOffice and Node.js, which the system has to have. It
prints the tables of docs/readers.md, and fails where a program reads something else than we wrote, or no longer does
what the second table says.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import django

NODE_PACKAGES = ("d3-dsv@3.0.1", "arquero@8.0.1", "vega-loader@5.1.3", "xlsx@0.18.5")
SYSTEM = {"Rscript": "r-base-core r-cran-data.table", "soffice": "libreoffice-calc", "node": "nodejs", "npm": "npm"}
"""Commands, and the packages of Debian that have them."""


def main() -> None:
    if missing := {command: package for command, package in SYSTEM.items() if shutil.which(command) is None}:
        sys.exit(f"make readers: {', '.join(missing)} is missing (on Debian: apt install {' '.join(missing.values())})")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    _load()
    with tempfile.TemporaryDirectory() as name:
        sys.exit(_report(Path(name)))


def _load() -> None:
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    from evaltracker.fixtures import load_records

    setup_test_environment()
    print("Loading the records …", file=sys.stderr)
    call_command("migrate", verbosity=0)
    load_records()


def _report(folder: Path) -> int:
    from tests.readers.left_alone import OTHERS, PIP
    from tests.readers.running import printed

    programs = _programs(folder)
    rows, wrong = _recipes(folder, programs)
    print(f"Run on {datetime.now(UTC):%d %B %Y} with {_system_versions()}.\n")
    print(_table([_HEADER, *rows]))
    print()
    seen = [*PIP, *OTHERS]
    print(_table([("Program", "Left alone", "Instead"), *((each.program, each.says, each.instead) for each in seen)]))
    for each, was in zip(seen, printed(seen, folder, programs), strict=True):
        if was != each.printed:
            wrong.append(f"{each.program}: {each.says}: printed {was!r}, not {each.printed!r}")
    print("", *(wrong or ["All programs read what we wrote."]), sep="\n")
    return 1 if wrong else 0


def _table(lines):
    from tests.readers.truth import as_table

    return as_table(lines)


def _programs(folder: Path):
    """The programs, installed where the system does not have them."""
    from tests.readers.left_alone import OTHERS
    from tests.readers.running import Programs

    print("Installing …", file=sys.stderr)
    node = folder / "node"
    node.mkdir()
    _quiet(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *NODE_PACKAGES], node)
    own = {}
    for needs in filter(None, (seen.needs for seen in OTHERS)):
        place = folder / needs
        venv.create(place, with_pip=True)
        own[needs] = str(place / "bin" / "python")
        _quiet([own[needs], "-m", "pip", "install", "--disable-pip-version-check", needs], folder)
    return Programs(node_folder=node, own=own, timeout=300)


def _quiet(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"make readers: {' '.join(command)}\n{done.stderr[-2000:]}")


_HEADER = (
    "Program",
    "Version",
    "Rows and columns",
    "Answers",
    "Dates",
    "Earliest, latest",
    "Versions",
    "Whole numbers",
)


def _recipes(folder: Path, programs) -> tuple[list[Sequence[str]], list[str]]:
    """The rows of the table, and where a program read something else than we wrote."""
    from django.test import Client

    from evaltracker.web.presenters.data import FILE
    from evaltracker.web.recipes import RECIPES
    from tests.readers.running import Failed, run
    from tests.readers.served import served
    from tests.readers.site import TABLE, addresses, fetch, jobs, truth, truth_of_package, without_guards
    from tests.readers.truth import differences, how

    client = Client()
    lists = {name: FILE[name] for name in ("access", "models", "commitments", "labs")}
    asked = addresses(job.text for job in jobs(lists, [recipe.key for recipe in RECIPES]))
    files = {path: fetch(client, path) for path in asked}
    of_csv = {name: truth(lists[name], files[f"/{name}.csv"][1]) for name in lists}
    of_package = {TABLE: truth_of_package(files["/data/evaltracker-latest.zip"][1])}
    rows, wrong = [], []
    with served(files) as site:
        for recipe in RECIPES:
            print(f"{recipe.program} …", file=sys.stderr)
            try:
                read = run([job.at(site) for job in jobs(lists, [recipe.key])], folder, programs)
            except Failed as failed:
                wrong.append(f"{recipe.program}: {failed}")
                continue
            said = of_package if recipe.of_package else of_csv
            if ".xlsx" in recipe.text:
                said = {name: without_guards(each) for name, each in said.items()}
            for (_, name), got in read.items():
                wrong += [f"{recipe.program}, {name}: {each}" for each in differences(got, said[name], recipe.is_typed)]
            sizes = ", ".join(f"{len(got.rows)} × {len(got.columns)}" for got in read.values())
            rows.append(
                (
                    recipe.program,
                    _version(recipe.key),
                    sizes,
                    *how((got, said[name]) for (_, name), got in read.items()),
                )
            )
        wrong += _fread_left_alone(lists, site, folder)
    return rows, wrong


def _fread_left_alone(lists, site: str, folder: Path) -> list[str]:
    """What fread finds without our help: since no cell holds several things, all columns."""
    wrong = []
    for name, file in lists.items():
        said = _said(["Rscript", "-e", f'cat(suppressWarnings(ncol(data.table::fread("{site}/{name}.csv"))))'], r"\d+")
        if int(said) != len(file.columns):
            wrong.append(f"data.table, {name}, left alone: {said} columns")
    return wrong


def _version(key: str) -> str:
    match key:
        case "r":
            return _said(["Rscript", "-e", "cat(as.character(getRversion()))"])
        case "fread":
            return _said(["Rscript", "-e", 'cat(as.character(packageVersion("data.table")))'])
        case "libreoffice":
            return _said(["soffice", "--version"])
        case "sqlite-utils":
            return f"{version('sqlite-utils')}, {version('datasette')}"
    of_node: Mapping[str, str] = dict(each.split("@") for each in NODE_PACKAGES)
    return of_node.get({"sheetjs": "xlsx"}.get(key, key)) or version(key)


def _said(command: Sequence[str], look: str = r"\d+(\.\d+)+") -> str:
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.search(look, said)[0]


def _system_versions() -> str:
    node = _said(["node", "--version"])
    return f"Python {sys.version.split()[0]}, Node.js {node}"


if __name__ == "__main__":
    main()
