"""Runs recipes in the programs that they are for, and returns what each read."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.readers.left_alone import SAMPLES, Seen
from tests.readers.truth import Read

SITE = "http://testserver"
"""What the site calls itself for a client within the tests."""
DRIVERS = Path(__file__).parent
MISSING = "<missing>"
AFTER_R = f"""
write.csv(events, "OUT.csv", row.names = FALSE, na = "{MISSING}", fileEncoding = "UTF-8")
writeLines(sapply(events, class), "OUT.classes")
"""
AFTER_JAVASCRIPT = """
import { writeFileSync } from "node:fs";
writeFileSync("OUT", JSON.stringify(events.objects ? events.objects() : [...events]));
"""
ALL_ROWS = '--setting max_returned_rows 9999 --get "/evaltracker.json?sql=select+*+from+TABLE&_shape=array"'


@dataclass(frozen=True)
class Job:
    """A recipe as the page prints it, for one of our files."""

    key: str
    language: str
    name: str
    text: str

    def at(self, site: str) -> "Job":
        """The same with another address for the site."""
        return replace(self, text=self.text.replace(SITE, site))

    def as_of(self, day: str) -> "Job":
        """The same as of a day, for a file of the same name; today's where the day is empty."""
        ending = f".csv?as_of={day}" if day else ".csv"
        return replace(self, name=f"{self.name}-{day}", text=re.sub(r"(?<=/)(\w+)\.csv", rf"\1{ending}", self.text))

    @property
    def out(self) -> str:
        return f"{self.key}-{self.name}.read.json"


@dataclass(frozen=True)
class Programs:
    """Where the programs are: Python, the folders of commands, node's packages, and Pythons by what they need."""

    python: str = sys.executable
    commands: Sequence[Path] = (Path(sys.executable).parent,)
    node_folder: Path | None = None
    own: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 120


class Failed(AssertionError):
    """A recipe stopped with an error."""


def run(jobs: Sequence[Job], folder: Path, programs: Programs) -> dict[tuple[str, str], Read]:
    """What each recipe read, by its key and the name of the file; ``folder`` is theirs to write to."""
    python = [job for job in jobs if job.language == "Python"]
    if python:
        asked = json.dumps([{"text": job.text, "out": job.out} for job in python])
        _run([programs.python, str(DRIVERS / "drivers.py")], folder, programs, given=asked)
    for job in jobs:
        match job.language:
            case "R":
                (folder / "recipe.R").write_text(job.text + AFTER_R.replace("OUT", job.out))
                _run(["Rscript", "--vanilla", "recipe.R"], folder, programs)
                _r_as_json(folder, job)
            case "JavaScript":
                assert programs.node_folder is not None
                script = programs.node_folder / f"{job.key}.mjs"
                script.write_text(job.text + AFTER_JAVASCRIPT.replace("OUT", job.out))
                _run(["node", str(script)], folder, programs)
            case "shell":
                _run(["bash", "-euo", "pipefail", "-c", _ending(job)], folder, programs)
                _shell_as_json(folder, job, programs)
    return {(job.key, job.name): Read.of((folder / job.out).read_text()) for job in jobs}


def printed(sights: Sequence[Seen], folder: Path, programs: Programs) -> list[str]:
    """What the code of each prints, among the samples of ``left_alone``."""
    for name, sample in SAMPLES.items():
        (folder / name).write_text(sample)
    python = [(at, seen) for at, seen in enumerate(sights) if seen.language == "Python"]
    if python:
        asked = json.dumps([{"text": seen.code, "out": f"seen-{at}.txt"} for at, seen in python])
        _run([programs.python, "-W", "ignore", str(DRIVERS / "drivers.py")], folder, programs, given=asked)
    for at, seen in enumerate(sights):
        match seen.language:
            case "shell":
                out = _run(["bash", "-euo", "pipefail", "-c", seen.code], folder, programs)
            case "R":
                out = _run(["Rscript", "--vanilla", "-e", seen.code], folder, programs)
            case "JavaScript":
                assert programs.node_folder is not None
                script = programs.node_folder / f"seen-{at}.mjs"
                script.write_text(seen.code)
                out = _run(["node", str(script)], folder, programs)
            case "Python of its own":
                out = _run([programs.own[seen.needs], "-W", "ignore", "-c", seen.code], folder, programs)
            case _:
                continue
        (folder / f"seen-{at}.txt").write_text(out)
    return [(folder / f"seen-{at}.txt").read_text().strip() for at in range(len(sights))]


def _ending(job: Job) -> str:
    """A server would not end, so Datasette is asked one address of it."""
    lines = job.text.split("\n")
    if lines[-1].startswith("datasette "):
        table = "events" if "sqlite-utils" in job.key else job.name
        return "\n".join(
            ["rm -f evaltracker.db", *lines[:-1], f"{lines[-1]} {ALL_ROWS.replace('TABLE', table)} > {job.out}"]
        )
    return job.text


def _run(command: Sequence[str], folder: Path, programs: Programs, given: str = "") -> str:
    path = os.pathsep.join([*map(str, programs.commands), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        input=given,
        capture_output=True,
        text=True,
        timeout=programs.timeout,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)[:300]}\n{done.stdout[-500:]}\n{done.stderr[-2000:]}")
    return done.stdout


def _r_as_json(folder: Path, job: Job) -> None:
    with (folder / f"{job.out}.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    classes = (folder / f"{job.out}.classes").read_text().split()

    def value(cell: str, kind: str) -> str | int | None:
        if cell == MISSING:
            return None
        return int(cell) if kind == "integer" else cell

    read = [[value(cell, kind) for cell, kind in zip(row, classes, strict=True)] for row in rows]
    (folder / job.out).write_text(json.dumps({"columns": header, "rows": read}))


def _shell_as_json(folder: Path, job: Job, programs: Programs) -> None:
    match job.key:
        case "csvkit":
            (folder / "events.json").rename(folder / job.out)
        case "libreoffice":
            _run(["soffice", "--headless", "--convert-to", "xlsx", f"{job.name}.ods"], folder, programs)
            (folder / job.out).write_text(json.dumps(workbook_as_json(folder / f"{job.name}.xlsx")))


def workbook_as_json(path: Path) -> dict[str, list]:
    """The first sheet of a workbook as openpyxl reads it. Raises Failed for a cell that is neither text nor number."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    header, *rows = book.worksheets[0].iter_rows()
    odd = {cell.data_type for row in rows for cell in row if cell.value is not None} - {"s", "n"}
    if odd:
        raise Failed(f"{path.name} has cells of the types {odd}")
    return {"columns": [cell.value for cell in header], "rows": [[cell.value for cell in row] for row in rows]}
