"""Which part is stopped when, and what is looked for afterwards."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.outage.load import LEAST_SECONDS, Load
from tests.outage.setting import Setting

ALL_THERE, THERE_AGAIN = "all there", "all there again"
PHASES = (
    ("without the replica", ("replica",)),
    ("without Redis", ("redis",)),
    ("without one gunicorn", ("8001",)),
    ("without the primary", ("primary",)),
    ("without both databases", ("primary", "replica")),
    ("without both gunicorn", ("8001", "8002")),
)
"""Each ends with its parts started again; nothing else is touched."""
REPORTS = 150
"""How many are sent at most; the site takes 200 in a day."""
SETTLED = 2.5
"""Seconds for which nginx still leaves alone a gunicorn that was away (fail_timeout)."""
PATIENCE = 30
"""Seconds within which all is as before, after the last part came back."""


@dataclass
class Outcome:
    """What readers and writers got; which accepted reports are gone; how many of them the replica has."""

    load: Load
    lost: list[str]
    on_replica: int


def run(
    setting: Setting,
    seconds: float,
    phases: tuple[tuple[str, tuple[str, ...]], ...] = PHASES,
    log: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Put load on all parts, and stop them in turn."""
    length = seconds * (2 + 1.5 * len(phases)) + 30
    with Load(setting.ports["nginx"], writes_each=length / REPORTS) as load:
        load.run("warm-up", max(seconds, LEAST_SECONDS))
        load.run(ALL_THERE, seconds)
        for phase, parts in phases:
            log(phase)
            load.phase = phase
            for part in parts:
                setting.kill(part)
            load.run(phase, seconds)
            load.phase = f"coming back {phase.removeprefix('without ')}"
            setting.start(*parts)
            load.run(load.phase, seconds / 2)
        load.run("settling", SETTLED)
        load.run(THERE_AGAIN, seconds)
    stored = _claims(setting, "primary")
    lost = [claim for claim in load.accepted if claim not in stored]
    until = time.monotonic() + PATIENCE
    while _claims(setting, "replica") != stored and time.monotonic() < until:
        time.sleep(0.1)
    return Outcome(load, lost, len(_claims(setting, "replica") & set(load.accepted)))


def _claims(setting: Setting, database: str) -> set[object]:
    return {claim for (claim,) in setting.sql(database, "SELECT claim FROM evaltracker_errorreport")}
