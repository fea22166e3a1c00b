"""The production setting, started on loopback: whatever goes away, pages go on, and nothing accepted is lost."""

import contextlib
import http.client
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.outage.load import READ, WRITTEN
from tests.outage.phases import EDIT, LAGGING, PHASES, THERE_AGAIN, Outcome, run
from tests.outage.setting import HOST, missing_programs, started
from tests.records import PostgreSQLTemplate

EACH_ALONE = {phase: parts for phase, parts in PHASES.items() if len(parts) < 2}
"""The replica, Redis, one gunicorn, nginx, the primary, and both edits; `make outage` stops both of a kind too."""

# It has databases of its own, which it fills by a copy of the run's, for to load the records takes longest.
pytestmark = pytest.mark.only_on("postgresql")


@pytest.fixture(scope="module")
def outcome(django_db_setup: None) -> Iterator[Outcome]:
    if missing := missing_programs():
        pytest.skip(f"not installed: {', '.join(missing)}")
    there = connection.settings_dict
    source = {"host": there["HOST"], "port": there["PORT"], "user": there["USER"], "dbname": PostgreSQLTemplate().name}
    folder = tempfile.mkdtemp(prefix="evaltracker-outage-", dir="/tmp")  # where the server's own user gets to
    try:
        with started(Path(folder), workers=1, source=source) as setting:
            port = setting.ports["nginx on plain http"]
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as plain:
                plain.request("GET", "/labs/", headers={"Host": HOST})
                assert plain.getresponse().headers["Location"] == f"https://{HOST}/labs/"
            yield run(setting, 0.4, EACH_ALONE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_pages_go_on_and_nothing_accepted_is_lost(outcome):
    fresh, stale, unavailable, silent, other = READ
    accepted, refused, unsaid, odd = WRITTEN
    counts = outcome.load.counts
    assert {phase: each.odd for phase, each in counts.items() if each.odd} == {}
    for phase, each in counts.items():
        assert each.found[other] == each.found[odd] == each.found[unavailable] == 0, (phase, each.missed)
        if phase not in ("without nginx", "coming back nginx"):
            assert each.found[silent] == each.found[unsaid] == 0, phase
    for phase in (*EACH_ALONE, THERE_AGAIN):
        if phase != "without nginx":
            assert counts[phase].found[fresh] + counts[phase].found[stale] > 0, phase
    assert counts["without the primary"].found[accepted] == 0
    assert counts["without the primary"].found[refused] > 0
    assert counts["without nginx"].found[silent] > 0
    assert counts[THERE_AGAIN].found[accepted] > 0
    assert outcome.load.accepted
    assert outcome.lost == []
    assert outcome.on_replica == len(outcome.load.accepted)


def test_what_is_accepted_at_the_desk_shows_at_once_to_who_did_and_soon_to_all(outcome):
    """By an editor, under load, with a replica that keeps up, with one that does not, and without the primary."""
    assert {EDIT, LAGGING} <= EACH_ALONE.keys()
    assert outcome.edits == 2
    assert outcome.problems == []
