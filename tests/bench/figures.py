"""What benches have measured, kept in a file: one that was cut off goes on where it was when it is started again."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.bench.builds import ROOT

ANEW = ["begun anew"]
FILE = ROOT / "bench-figures" / "figures.jsonl"


class Figures:
    """The figures of one state of the code, each by what it is of; others in the file are left alone."""

    def __init__(self, file: Path, code: str) -> None:
        self.file, self.code = file, code
        self._found: dict[str, Any] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                row = _row(line)
                if row.get("code") == code:
                    if row["of"] == ANEW:
                        self._found.clear()
                    self._found[_name(row["of"])] = row["figure"]

    def get(self, *of: Any) -> Any:
        """What was measured; None where nothing was."""
        return self._found.get(_name(of))

    def put(self, figure: Any, *of: Any) -> None:
        """Keep what was measured, at once."""
        self._found[_name(of)] = figure
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps({"code": self.code, "of": of, "figure": figure}))  # behind what was cut off

    def forget(self) -> None:
        """Measure all of this code anew."""
        self._found.clear()
        self.put(None, *ANEW)


def _name(of: Any) -> str:
    return json.dumps(of)


def _row(line: str) -> dict[str, Any]:
    """A line of the file; nothing where writing it was cut off."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def code_now() -> str:
    """The commit, and what differs from it."""
    commit, changes = (
        subprocess.run(["git", "-C", str(ROOT), *command], capture_output=True, text=True, check=True).stdout
        for command in (["rev-parse", "--short", "HEAD"], ["diff", "HEAD"])
    )
    return commit.strip() + (f"+{hashlib.sha256(changes.encode()).hexdigest()[:8]}" if changes else "")
