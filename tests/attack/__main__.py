"""`python -m tests.attack --count 10000 --seed 13`: sends generated bad requests and prints what they were answered.

On PostgreSQL: `python -m tests.postgres .venv/bin/python -m tests.attack`.
"""

import argparse
import os
import sys

import pytest


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="requests (10000)")
    parser.add_argument("--seed", type=int, default=13, help="which ones (13)")
    asked = parser.parse_args()
    os.environ["EVALTRACKER_ATTACK"] = f"{max(1, asked.count)}:{asked.seed}"
    return pytest.main(["-q", "--numprocesses=0", "-p", "no:logging", "--show-capture=no",
                        "tests/attack/test_requests.py", "-k", "generated"])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
