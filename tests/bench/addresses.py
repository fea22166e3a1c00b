"""What every public address costs with ten times the records: the first view, with nothing kept, and one more.

The addresses are those that the description of the API names, the pages, and searches and filters with many words; on
days gone by, and in an older data version.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence

from tests.bench.builds import PYTHON, ROOT, BenchError, Build, Worker, progress, this_build
from tests.bench.figures import Figures
from tests.bench.generate import Row, copies, shipped_rows
from tests.bench.growth import MORE
from tests.bench.measure import chosen_pages
from tests.bench.report import table

WORST = 10
PAGES = (
    "/corrections/", "/replies/", "/data/package/", "/data/versions/", "/data/dictionary/", "/data/check/", "/about/",
    "/report/", "/robots.txt", "/sitemap.xml", "/labs/openai/scorecard/",
    "/labs/compare.xlsx?lab=openai&lab=anthropic", "/access/?sort=evaluators", "/access/?page=12",
    "/access/?filters=all", "/access.csv?sort=lab", "/access.csv?sort=key",
    "/access/?lab=openai&outcome=granted&results=unknown&activity=model_evaluation",
)  # fmt: skip
FIGURES = ("releases", "who-tests-whom", "share", "depth", "days", "promises", "domains", "free-to-publish", "scores")
PACKS = ("labs/anthropic", "labs", "models", "evaluators", "access", "commitments", "sources", "replies")
TYPED = ("the", "+".join("abcdefghijklmnopqrstuvwxyz"), "the+of+and+to+in+model+access+test+safety+evaluation+release")
SEARCHED = ("labs", "models", "evaluators", "access", "commitments", "sources", "changes", "replies")
AT_OTHER_TIMES = (
    "/", "/labs/", "/labs/openai/", "/labs/openai/scorecard/", "/models/", "/evaluators/", "/access/", "/commitments/",
    "/commitments/matrix/", "/sources/", "/timeline/", "/charts/", "/changes/", "/labs.csv", "/models.csv",
    "/access.csv", "/access.xlsx", "/commitments/verdicts.csv", "/search/?q=metr", "/search.csv?q=the",
    "/access/?q=metr", "/labs/openai/pack.zip", "/access/pack.zip", "/charts/depth.png",
)  # fmt: skip
DAYS = ("as_of=2025-06-30", "as_of=2023-11-01")
MAKE_VERSIONS = """
import django; django.setup()
from django.utils import timezone
from labs.actions.histories import complete_histories
from labs.actions.versions import raise_data_version
from labs.models import AccessEvent
complete_histories()
first = raise_data_version()
event = AccessEvent.objects.published().first()
event.summary += " More."
event.save()
print(first, raise_data_version("A change."), timezone.localdate())
"""


def measure(figures: Figures, factor: int, limit: float, of: Sequence[str] = ()) -> str:
    """The dearest addresses, or of those with a text ``of`` in them, as a table, and which are above a second."""
    rows = shipped_rows(ROOT / "fixtures")
    with this_build(False) as build:
        progress(f"loading {factor} times the records")
        build.load(copies(rows, range(factor)))
        old, new, today = _versions(build)
        pages = chosen_pages((), rows, build, limit, MORE)
        with build.worker(limit) as worker:
            described = json.loads(worker.ask("view", path="/data/openapi.json", body=True)["body"])["paths"]
            addresses = [*pages.values(), *_addresses(described, rows, pages, new)]
            addresses += [_with(path, f"as_of={today}&data_version={old}") for path in AT_OTHER_TIMES]
            worker.ask("view", path="/charts/share.png")  # its code and fonts are loaded
            wanted = [path for path in dict.fromkeys(addresses) if not of or any(each in path for each in of)]
            found = {path: _asked(worker, path, figures, factor) for path in wanted}
    return _table(found)


def _versions(build: Build) -> tuple[str, str, str]:
    """Make two data versions: the names of the older and of the newer, and the day."""
    command = [*PYTHON, "-c", MAKE_VERSIONS]
    done = subprocess.run(
        command, cwd=build.folder, env=build.environment, check=True, stdout=subprocess.PIPE, text=True
    )
    old, new, today = done.stdout.split()
    return old, new, today


def _addresses(
    described: Mapping[str, object], rows: Sequence[Row], pages: Mapping[str, str], version: str
) -> Iterator[str]:
    keys = {"labs": "anthropic", "models": pages["model"], "evaluators": "metr", "access": pages["event"]}
    keys |= {"commitments": pages["commitment"], "sources": pages["source"]}
    for path in described:
        if "{page}" not in path:
            key = keys.get(path.split("/")[1], "").strip("/").rpartition("/")[2]
            yield path.replace("{key}", key).replace("{version}", version).replace("{table}", "access_events")
    yield from PAGES
    yield from (f"/charts/{each}/" for each in FIGURES)
    yield from (f"/embed/{each}/" for each in FIGURES)
    yield from (f"/charts/{each}.png?lab=openai" for each in ("releases", "depth", "days"))
    yield from (f"/{each}/pack.zip" for each in PACKS)
    yield from (f"{pages[each]}cite.bib" for each in ("lab-anthropic", "model", "event", "commitment", "source"))
    for typed in TYPED:
        yield from (f"/search{ending}?q={typed}" for ending in ("/", ".csv", ".xlsx"))
        yield from (f"/{each}{ending}?q={typed}" for each in SEARCHED for ending in ("/", ".csv"))
    yield from (_with(path, day) for path in AT_OTHER_TIMES for day in DAYS)
    yield from (f"{path}?window=all" for path in ("/labs/", "/labs.csv", "/labs/anthropic/", "/commitments/matrix/"))


def _with(path: str, parameters: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{parameters}"


def _asked(worker: Worker, path: str, figures: Figures, factor: int) -> tuple[float, float, int]:
    """The milliseconds of CPU of a view with nothing kept and of the next, and the bytes.

    Raises BenchError for an address that does not answer 200.
    """
    known = figures.get("addresses", factor, path)
    if known is None:
        first, further = (worker.ask("view", path=path, forget=forget) for forget in (True, False))
        if first["status"] != 200:
            raise BenchError(f"{path} answers {first['status']}")
        known = [first["ms"], further["ms"], first["bytes"]]
        progress(f"{path}: {first['ms']:.0f} ms, {further['ms']:.0f} ms")
        figures.put(known, "addresses", factor, path)
    return known[0], known[1], known[2]


def _table(found: Mapping[str, tuple[float, float, int]]) -> str:
    dearest = sorted(found.items(), key=lambda pair: -pair[1][0])[:WORST]
    rows = [
        [f"`{path}`", f"{first:,.0f}", f"{further:,.0f}", f"{size / 1000:,.0f}"]
        for path, (first, further, size) in dearest
    ]
    above = [path for path, (first, further, _) in found.items() if max(first, further) > 1000]
    said = f"{len(found)} addresses; above a second: {', '.join(f'`{path}`' for path in above) or 'none'}."
    return f"{table(['address', 'first view, CPU ms', 'further view, CPU ms', 'kB'], rows)}\n\n{said}"
