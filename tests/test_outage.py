"""The production setting, started on loopback: whatever goes away, pages go on, and nothing accepted is lost."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outage.load import READ, WRITTEN
from tests.outage.phases import PHASES, THERE_AGAIN, Outcome, run
from tests.outage.setting import missing_programs, started

EACH_ALONE = tuple(phase for phase in PHASES if len(phase[1]) == 1)
"""The replica, Redis, one gunicorn, the primary; `make outage` stops both of a kind too."""

pytestmark = pytest.mark.only_on("sqlite")  # it has databases of its own, whichever the run has


@pytest.fixture(scope="module")
def outcome() -> Iterator[Outcome]:
    if missing := missing_programs():
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder = tempfile.mkdtemp(prefix="evaltracker-outage-", dir="/tmp")  # where the server's own user gets to
    try:
        with started(Path(folder)) as setting:
            yield run(setting, 0.4, EACH_ALONE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_pages_go_on_and_nothing_accepted_is_lost(outcome):
    fresh, stale, unavailable, other = READ
    accepted, refused, odd = WRITTEN
    counts = outcome.load.counts
    assert {phase: each.odd for phase, each in counts.items() if each.odd} == {}
    for phase, each in counts.items():
        assert each.found[other] == each.found[odd] == each.found[unavailable] == 0, phase
    for phase in (*(phase for phase, _ in EACH_ALONE), THERE_AGAIN):
        assert counts[phase].found[fresh] + counts[phase].found[stale] > 0, phase
    assert counts["without the primary"].found[accepted] == 0
    assert counts["without the primary"].found[refused] > 0
    assert counts[THERE_AGAIN].found[accepted] > 0
    assert outcome.load.accepted
    assert outcome.lost == []
    assert outcome.on_replica == len(outcome.load.accepted)
