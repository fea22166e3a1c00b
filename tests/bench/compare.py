"""Whether two builds answer some 400 addresses alike, byte for byte, on the base's shipped records."""

import re
from collections.abc import Mapping
from typing import Any

from tests.bench.builds import progress, two_builds
from tests.bench.generate import copies, shipped_rows
from tests.bench.pages import compared_addresses

# What differs from request to request: tokens against forgery, and when a form was opened.
CHANGING = re.compile(r'name="(csrfmiddlewaretoken|started|token|opened|moment|shown)" value="[^"]*"')
EXCERPT = 80

View = Mapping[str, Any]


def compare(base: str, *, limit: float, is_postgres: bool) -> tuple[int, list[str]]:
    """How many addresses were asked for, and a line for each that differs."""
    differing = []
    with two_builds(base, is_postgres) as builds:
        rows = shipped_rows(builds[0].folder / "fixtures")
        addresses = compared_addresses(rows)
        for build in builds:
            progress(f"{build.name}: loading the records")
            build.load(copies(rows, [0]))
        progress(f"asking for {len(addresses)} addresses")
        with builds[0].worker(limit) as old, builds[1].worker(limit) as new:
            for path in addresses:
                if found := difference(*(worker.ask("view", path=path, body=True) for worker in (old, new))):
                    differing.append(f"{path}: {found}")
    return len(addresses), differing


def difference(old: View, new: View) -> str:
    """What differs first between two answers, in words; empty if nothing does."""
    for name in ("status", "type"):
        if old[name] != new[name]:
            return f"{name} {old[name]} → {new[name]}"
    before, after = (CHANGING.sub("", view["body"]) for view in (old, new))
    if before == after:
        return ""
    place = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    if place is None:
        place = min(len(before), len(after))
    start = max(0, place - EXCERPT // 2)
    return f"at {place}: {before[start : start + EXCERPT]!r} → {after[start : start + EXCERPT]!r}"
