"""What pages cost, beside another commit: `python -m tests.bench`. These are no tests.

The results are in docs/performance.md.
"""
