"""Our files as other programs read them: the recipes of the page ``/data/``, run as they are printed there.

`tests/evaltracker/test_readers.py` runs those whose programs pip installs; `make readers` (`python -m tests.readers`)
installs and runs all of them, and prints the table of docs/readers.md.
"""
