"""Which part is stopped when, what is done at the desk meanwhile, and what is looked for."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.outage.desk import Desk
from tests.outage.load import LEAST_SECONDS, PAGES, Load
from tests.outage.setting import SHORT, Answer, Setting

ALL_THERE, THERE_AGAIN = "all there", "all there again"
EDIT, LAGGING = "an edit at the desk", "an edit with a lagging replica"
PHASES: dict[str, tuple[str, ...]] = {
    EDIT: (),
    "without the replica": ("replica",),
    "without Redis": ("redis",),
    "without one gunicorn": ("8001",),
    LAGGING: (),
    "without nginx": ("nginx",),
    "without the primary": ("primary",),
    "without both databases": ("primary", "replica"),
    "without both gunicorn": ("8001", "8002"),
}
"""The parts that are stopped in each. It ends with them started again; nothing else is touched."""
SELDOM = "/about/"
"""A page that somebody asked for once, long before."""
REPORTS = 150
"""How many are sent at most; the site takes 200 in a day."""
SETTLED = 2.5
"""Seconds for which nginx still leaves alone a gunicorn that was away (fail_timeout)."""
PATIENCE = 30
"""Seconds within which all is as before, after the last part came back."""


@dataclass
class Outcome:
    """What readers and writers got, what is gone, and what was not as it has to be."""

    load: Load
    lost: list[str] = field(default_factory=list)
    """Accepted reports and edits that the primary does not have."""
    on_replica: int = 0
    edits: int = 0
    problems: list[str] = field(default_factory=list)


class Run:
    """One run through phases, under load."""

    def __init__(self, setting: Setting, load: Load, seconds: float) -> None:
        self.setting, self.load, self.seconds = setting, load, seconds
        self.outcome = Outcome(load)
        self.desk = Desk(setting.ask, setting.filled["editor"], setting.filled["password"])
        self.todo = list(setting.filled["edits"])
        self.done: list[dict[str, Any]] = []
        self.probes = 0

    def phase(self, name: str, parts: tuple[str, ...]) -> None:
        """Stop parts, or edit, and let the load go on."""
        self.load.phase = name
        if name in (EDIT, LAGGING):
            self.edit(name, is_lagging=name == LAGGING)
            return
        for part in parts:
            self.setting.kill(part)
        self.load.run(name, self.seconds)
        if self.done and parts == ("primary",):
            self.look(f"{name}, a page made now", self.made_now(), self.done[-1])
        self.load.phase = f"coming back {name.removeprefix('without ')}"
        self.setting.start(*parts)
        self.load.run(self.load.phase, self.seconds / 2)

    def edit(self, name: str, *, is_lagging: bool) -> None:
        """Accept a proposal: who did so sees it at once, everybody once caches may show no older one."""
        edit = self.todo.pop(0)
        before = self.read(edit["page"]).version
        if is_lagging:
            self.setting.sql("replica", "SELECT pg_wal_replay_pause()")
        self.desk.accept(edit["proposal"])
        accepted_at = time.monotonic()
        self.done.append(edit)
        mine = self.read(edit["page"], self.desk.cookie())
        edit["version"] = mine.version
        if mine.version <= before:
            self.outcome.problems.append(f"{name}: the version did not move from {before}")
        self.look(f"{name}, the editor", mine, edit)
        self.look(
            f"{name}, who just wrote", self.read(edit["page"], self.desk.cookie(self.setting.filled["wrote"])), edit
        )
        self.load.run(name, self.seconds)
        minute, behind = (60, self.setting.filled["lag"]) if self.setting.as_deployed else (SHORT, SHORT)
        # Whole seconds: nginx counts so, and the replica is asked once a second.
        longest = 2 * minute + (behind if is_lagging else 0) + 2
        time.sleep(max(0.0, accepted_at + longest - time.monotonic()))
        for path in (*PAGES, SELDOM, edit["page"]):
            answer = self.read(path)
            if answer.version < edit["version"]:
                self.outcome.problems.append(f"{name}: {path} is of {answer.version} after {longest} s")
        self.look(f"{name}, everybody", self.read(edit["page"]), edit)
        if is_lagging:
            if edit["name"] in self.names("replica"):
                self.outcome.problems.append(f"{name}: the replica was not behind")
            self.setting.sql("replica", "SELECT pg_wal_replay_resume()")

    def read(self, path: str, cookie: str = "") -> Answer:
        """What a reader gets; with a cookie what that one does."""
        return self.setting.ask("GET", path, headers={"Cookie": cookie} if cookie else None)

    def made_now(self) -> Answer:
        """The page of the last edit, which no cache has at this address."""
        self.probes += 1
        return self.read(f"{self.done[-1]['page']}?utm_probe={self.probes}")

    def look(self, where: str, answer: Answer, edit: dict[str, Any]) -> None:
        """Note where an answer is not of the edit."""
        if answer.status != 200 or answer.version < edit["version"] or edit["name"].encode() not in answer.body:
            self.outcome.problems.append(f"{where}: {answer.status}, of {answer.headers['Data-Version']}")

    def names(self, database: str) -> set[object]:
        """What labs are called in a database."""
        return {name for (name,) in self.setting.sql(database, "SELECT name FROM labs_lab")}

    def claims(self, database: str) -> set[object]:
        """The reports that a database has."""
        return {claim for (claim,) in self.setting.sql(database, "SELECT claim FROM evaltracker_errorreport")}

    def finish(self) -> Outcome:
        """What is lost, once the load is over."""
        outcome, stored = self.outcome, self.claims("primary")
        outcome.lost = [claim for claim in self.load.accepted if claim not in stored]
        outcome.lost += [edit["name"] for edit in self.done if edit["name"] not in self.names("primary")]
        until = time.monotonic() + PATIENCE
        while (self.claims("replica"), self.names("replica")) != (stored, self.names("primary")):
            if time.monotonic() > until:
                outcome.problems.append("the replica does not get what the primary has")
                break
            time.sleep(0.1)
        outcome.on_replica = len(self.claims("replica") & set(self.load.accepted))
        outcome.edits = len(self.done)
        return outcome


def run(
    setting: Setting,
    seconds: float,
    phases: dict[str, tuple[str, ...]] = PHASES,
    log: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Put load on all parts, and stop them in turn."""
    length = seconds * (2 + 1.5 * len(phases)) + 30 + (300 if setting.as_deployed else 0)
    with Load(setting, writes_each=length / REPORTS) as load:
        setting.ask("GET", SELDOM)
        load.run("warm-up", max(seconds, setting.filled_at + LEAST_SECONDS - time.monotonic()))
        running = Run(setting, load, seconds)
        load.run(ALL_THERE, seconds)
        for phase, parts in phases.items():
            log(phase)
            running.phase(phase, parts)
        load.run("settling", SETTLED)
        load.run(THERE_AGAIN, seconds)
    return running.finish()
