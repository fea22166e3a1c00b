"""`python -m tests.bench pages BASE`, `… growth`, `… stream BASE`, `… first` and others; -h says more."""

import argparse
import signal
import sys
from pathlib import Path

from tests.bench import addresses, goals, growth, growth_picture, work
from tests.bench.builds import BenchError, progress
from tests.bench.cached import measure as cached_pages
from tests.bench.change_list import measure as change_list
from tests.bench.compare import compare
from tests.bench.figures import FILE, Figures, code_now
from tests.bench.measure import measure
from tests.bench.report import at_factor, memory
from tests.bench.report import growth as growth_beside_base
from tests.bench.stream import measure as stream_of


def _factors(text: str) -> list[int]:
    factors = [int(each) for each in text.split(",")]
    if min(factors) < 1:
        raise ValueError
    return factors


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    keeping = argparse.ArgumentParser(add_help=False)
    keeping.add_argument("--anew", action="store_true", help="measure again what was measured of this code before")
    commands = parser.add_subparsers(dest="command", required=True)
    beside = argparse.ArgumentParser(add_help=False)
    beside.add_argument("base", help="the commit to compare with")
    beside.add_argument("--postgres", action="store_true", help="on a throwaway PostgreSQL cluster; else on SQLite")
    beside.add_argument("--limit", type=float, default=120, help="seconds of CPU that a request may take (120)")
    pages = commands.add_parser("pages", parents=[beside, keeping], help="what each type of page costs in both builds")
    pages.add_argument("--factor", type=_factors, default=[1, 10, 100], help="times the records (1,10,100)")
    pages.add_argument("--pages", type=lambda text: text.split(","), default=[], help="types of pages (all)")
    pages.add_argument("--rounds", type=int, default=5, help="requests of each address (5; fewer of slow ones)")
    pages.add_argument("--all", action="store_true", help="in place of it, the shorter benches and a table of goals")
    pages.add_argument("--minutes", type=float, default=12, help="for each of these benches (12)")
    commands.add_parser("compare", parents=[beside], help="whether both builds answer alike, byte for byte")
    stream = commands.add_parser("stream", help="how fast a file of many access events is written")
    stream.add_argument("base", help="the commit to compare with")
    stream.add_argument("--sqlite", action="store_true", help="on SQLite; else on a throwaway PostgreSQL cluster")
    stream.add_argument("--count", type=int, default=1_000_000, help="access events (1000000)")
    stream.add_argument("--fewer", type=int, default=10_000, help="of files for which each record is read (10000)")
    stream.add_argument("--rounds", type=int, default=3, help="of each plain file; the median counts (3)")
    grown = commands.add_parser(
        "growth", parents=[keeping], help="what each type of page of this build costs with more records"
    )
    grown.add_argument("--factor", type=_factors, default=[1, 10, 100], help="times the records (1,10,100)")
    grown.add_argument("--pages", type=lambda text: text.split(","), default=[], help="types of pages (all)")
    grown.add_argument("--rounds", type=int, default=2, help="views of each page (2; one where it takes seconds)")
    grown.add_argument("--limit", type=float, default=120, help="seconds of CPU that a request may take (120)")
    grown.add_argument("--minutes", type=float, default=7, help="at one factor (7); 0 prints what is measured")
    grown.add_argument("--postgres", action="store_true", help="on a throwaway PostgreSQL cluster; else on SQLite")
    grown.add_argument("--svg", type=Path, help="the file to draw the figures into")
    every = commands.add_parser("addresses", parents=[keeping], help="what every public address costs, dearest first")
    every.add_argument("--factor", type=int, default=10, help="times the records (10)")
    every.add_argument("--limit", type=float, default=120, help="seconds of CPU that a request may take (120)")
    every.add_argument(
        "--of", action="append", default=[], help="only addresses with this in them, several times if need be (all)"
    )
    first = commands.add_parser("first", help="what the first view of each page costs on a slow line, beside its goals")
    first.add_argument("--pages", type=lambda text: text.split(","), default=[], help="types of pages (all)")
    first.add_argument("--rounds", type=int, default=3, help="views of each page (3)")
    cached = commands.add_parser("cached", help="a kept page beside the base, Datasette and nginx’s own file")
    cached.add_argument("base", help="the commit to compare with")
    commands.add_parser("list", help="our list of access events, not kept, beside Django’s change list")
    commands.add_parser("work", help="the scorecards, and an import, of this build alone")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made goes
    figures = Figures(FILE, code_now())
    if getattr(asked, "anew", False):
        figures.forget()
    try:
        match asked.command:
            case "pages" if asked.all:
                summary, is_met = goals.run_all(asked.base, figures, asked.minutes)
                print(f"## Goals\n\n{summary}")
                return int(not is_met)
            case "pages":
                results = []
                for result in measure(
                    asked.base,
                    factors=asked.factor,
                    names=asked.pages,
                    rounds=max(1, asked.rounds),
                    limit=asked.limit,
                    is_postgres=asked.postgres,
                ):
                    print(at_factor(result, asked.limit), flush=True, end="\n\n")
                    results.append(result)
                if len(results) > 1:
                    print(growth_beside_base(results, asked.limit), end="\n\n")
                print(memory(results))
            case "compare":
                count, differing = compare(asked.base, limit=asked.limit, is_postgres=asked.postgres)
                print(f"{count} addresses, {len(differing)} differ", *differing, sep="\n")
                return int(bool(differing))
            case "stream":
                rounds = max(1, asked.rounds)
                print(
                    stream_of(
                        asked.base, count=asked.count, fewer=asked.fewer, rounds=rounds, is_postgres=not asked.sqlite
                    )
                )
            case "growth":
                found = []
                for each in growth.measure(
                    figures,
                    factors=asked.factor,
                    names=asked.pages,
                    rounds=max(1, asked.rounds),
                    limit=asked.limit,
                    minutes=asked.minutes,
                    is_postgres=asked.postgres,
                ):
                    found.append(each)
                    progress(growth.table_of([each]))
                    if asked.svg:
                        asked.svg.write_text(growth_picture.drawn(found), encoding="utf-8")
                print(growth.table_of(found))
            case "addresses":
                print(addresses.measure(figures, asked.factor, asked.limit, asked.of))
            case "first":
                from tests.bench import first_views  # it needs Playwright, the others do not

                views = first_views.measure(asked.pages, max(1, asked.rounds))
                print(first_views.table(views))
                return int(any(view.missed() for view in views))
            case "cached":
                print(cached_pages(asked.base))
            case "list":
                print(change_list())
            case "work":
                work.main()
    except BenchError as error:
        progress(f"bench: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
