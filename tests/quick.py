"""Runs the rules' tests and those of what changed: `python -m tests.quick`, with options of pytest if any.

The rules' tests are those that need no database, no browser and no process, and use no action. For what changed against
`main`, committed or not, it takes each changed test file, and those named after a changed file or one of its folders:
`labs/web/lists.py` brings `tests/labs/test_lists.py`, and `evaltracker/importing/plans.py` all `test_importing_….py`.
It does not replace `make test`.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath

import pytest

from tests.conftest import asks_for_database

ROOT = Path(__file__).resolve().parent.parent
# Folders that say the layer, not what a file is about.
LAYERS = {"actions", "admin", "commitments", "evaltracker", "includes", "labs", "models", "queries", "rules", "views"}
LAYERS |= {"migrations", "templates", "tests", "web"}


def changed_files() -> set[PurePath]:
    """The files that differ from the commit at which this branch left `main`, and those that git does not track."""
    start = _git("merge-base", "HEAD", "main") or _git("rev-parse", "HEAD")
    names = _git("diff", "--name-only", *start) + _git("ls-files", "--others", "--exclude-standard")
    return set(map(PurePath, names))


def _git(*arguments: str) -> list[str]:
    """The lines that git prints; none where it fails, as it does outside a repository."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()


def files_named_after(changed: Iterable[PurePath], tests: Iterable[PurePath]) -> set[PurePath]:
    """The test files among ``tests`` that changed, or are named after what changed."""
    changed = set(changed)
    folders = {folder for path in changed for folder in path.parts[:-1]} - LAYERS
    names = folders | {path.stem.strip("_") for path in changed}
    return {
        test for test in tests if test in changed or any(f"{test.stem}_".startswith(f"test_{name}_") for name in names)
    }


def may_be_quick(test: Path) -> bool:
    """Whether a test file may hold tests that need no database, no browser and no process, and uses no action."""
    text = test.read_text(encoding="utf-8")
    return not any(word in text for word in ("django_db", "subprocess", "IN_A_BROWSER", "labs.actions"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the rules' files the tests that do need a database. (This module is a plugin of the quick run.)"""
    files = {item.path.relative_to(ROOT) for item in items}
    changed = files_named_after(changed_files(), files)
    chosen = [item for item in items if item.path.relative_to(ROOT) in changed or not asks_for_database(item)]
    config.hook.pytest_deselected(items=set(items) - set(chosen))
    items[:] = chosen


def main(options: list[str]) -> None:
    tests = {path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")}
    chosen = files_named_after(changed_files(), tests) | {test for test in tests if may_be_quick(ROOT / test)}
    command = [sys.executable, "-m", "pytest", "-p", "tests.quick", *options, *map(str, sorted(chosen))]
    os.chdir(ROOT)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
