"""Part of `make readers`: what extruct reads on pages of a demo that runs, beside what those who define it ask for.

It installs extruct into a temporary folder, has `evaltracker.demo` serve the records there, and prints a table of
docs/readers.md; it fails where a page lacks what is asked for, or a download is not what it is said to be.
"""

import contextlib
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.readers.truth import as_table

ROOT = Path(__file__).resolve().parent.parent.parent
EXTRUCT = "extruct==0.18.0"
PAGES = {
    "the home page": "/",
    "/data/": "/data/",
    "a list": "/access/",
    "a lab": "/labs/openai/",
    "a release": "/models/gpt-4/",
}
WITH_DATASET = ("/", "/data/", "/access/")

OPEN_GRAPH = ("og:title", "og:type", "og:image", "og:url")
"""What each page has to have, by https://ogp.me/#metadata."""
RECOMMENDED = (
    "alternateName",
    "citation",
    "creator",
    "distribution",
    "funder",
    "hasPart or isPartOf",
    "identifier",
    "includedInDataCatalog",
    "isAccessibleForFree",
    "keywords",
    "license",
    "measurementTechnique",
    "sameAs",
    "spatialCoverage",
    "temporalCoverage",
    "url",
    "variableMeasured",
    "version",
)
"""Of a data set, by https://developers.google.com/search/docs/appearance/structured-data/dataset."""
NOT_OURS = frozenset(
    {"alternateName", "citation", "funder", "identifier", "includedInDataCatalog", "sameAs", "spatialCoverage"}
)
"""What we have nothing true to say of: no other name, article, funder, DOI, catalogue, copy elsewhere or place."""
LENGTHS = range(50, 5001)
"""How long Google asks a description to be."""

Answer = tuple[str, bytes]
HEADER = ("Page", "Open Graph", "JSON-LD", "Data set: required", "Recommended", "Downloads that answer")


def judged(
    site: str, path: str, found: Mapping[str, Any], fetch: Callable[[str], Answer]
) -> tuple[list[str], list[str]]:
    """The cells of a page's row after its name, and what is wrong. ``fetch`` gives type and start of an address."""
    wrong: list[str] = []
    graph = [(name, value) for block in found["opengraph"] for name, value in block["properties"]]
    wrong += _open_graph(f"{site}{path}", graph, fetch)
    nodes = [node for block in found["json-ld"] for node in block.get("@graph", [block])]
    datasets = [node for node in nodes if node["@type"] == "Dataset"]
    if len(datasets) != (path in WITH_DATASET):
        wrong.append(f"{len(datasets)} data sets")
    cells = [
        ", ".join(name for name in OPEN_GRAPH if dict(graph).get(name)),
        ", ".join(node["@type"] for node in nodes),
    ]
    if not datasets:
        return [*cells, "", "", ""], wrong
    (node,) = datasets
    required = [name for name in ("name", "description") if node.get(name)]
    wrong += [f"no {name}" for name in ("name", "description") if name not in required]
    if len(node.get("description", "")) not in LENGTHS:
        wrong.append(f"a description of {len(node.get('description', ''))} characters")
    there = [name for name in RECOMMENDED if any(node.get(each) for each in name.split(" or "))]
    wrong += [f"no {name}" for name in RECOMMENDED if name not in there and name not in NOT_OURS]
    downloads = node.get("distribution", [])
    for each in downloads:
        try:
            kind = fetch(each["contentUrl"])[0].partition(";")[0]
        except HTTPError as error:
            wrong.append(f"{each['contentUrl']}: {error}")
            continue
        if kind != each["encodingFormat"]:
            wrong.append(f"{each['contentUrl']} is {kind}, not {each['encodingFormat']}")
    of_kinds = Counter(each["contentUrl"].rpartition(".")[2] for each in downloads)
    counted = ", ".join(f"{count} {kind}" for kind, count in of_kinds.items())
    return [*cells, ", ".join(required), ", ".join(there), counted], wrong


def _open_graph(url: str, graph: Sequence[tuple[str, str]], fetch: Callable[[str], Answer]) -> Iterator[str]:
    said = dict(graph)
    yield from (f"no {name}" for name in OPEN_GRAPH if not said.get(name))
    yield from (
        f"{name} is there {count} times" for name, count in Counter(name for name, _ in graph).items() if count > 1
    )
    if said.get("og:url") != url:
        yield f"og:url is {said.get('og:url')}"
    if image := said.get("og:image"):
        kind, content = fetch(image)
        size = [str(int.from_bytes(content[at : at + 4], "big")) for at in (16, 20)]  # of the header of a PNG
        if kind != "image/png" or size != [said.get("og:image:width"), said.get("og:image:height")]:
            yield f"the image is {kind}, {' × '.join(size)}"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("Installing extruct …", file=sys.stderr)
        venv.create(folder / "venv", with_pip=True)
        python = str(folder / "venv" / "bin" / "python")
        _said([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", EXTRUCT])
        print("Loading the records for a demo …", file=sys.stderr)
        with _demo(folder) as site:
            urls = [f"{site}{path}" for path in PAGES.values()]
            read = json.loads(_said([python, str(Path(__file__).with_name("extracted.py")), *urls]))
            rows, wrong = [], []
            for name, path in PAGES.items():
                cells, faults = judged(site, path, read[f"{site}{path}"], _fetch)
                rows.append((name, *cells))
                wrong += [f"{path}: {fault}" for fault in faults]
    print(f"\nRun on {datetime.now(UTC):%d %B %Y} with {EXTRUCT.replace('==', ' ')}.\n")
    print(as_table([HEADER, *rows]), "", *(wrong or ["All pages say what is asked for."]), sep="\n")
    sys.exit(bool(wrong))


@contextlib.contextmanager
def _demo(folder: Path) -> Iterator[str]:
    """The address of a demo of its own, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "evaltracker.demo", "--port", str(port), "--folder", str(folder / "demo")]
    with (folder / "demo.log").open("w") as log, subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as demo:
        site = f"http://127.0.0.1:{port}"
        try:
            until = time.monotonic() + 300
            while not _answers(site):
                if demo.poll() is not None or time.monotonic() > until:
                    sys.exit(f"make readers: the demo does not start\n{(folder / 'demo.log').read_text()[-2000:]}")
                time.sleep(0.5)
            yield site
        finally:
            demo.terminate()


def _answers(site: str) -> bool:
    try:
        _fetch(f"{site}/robots.txt")
    except (URLError, OSError):
        return False
    return True


def _fetch(url: str) -> Answer:
    with urlopen(url, timeout=120) as answer:
        return re.sub(r"\s", "", answer.headers["Content-Type"]), answer.read(64)


def _said(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"make readers: {' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
