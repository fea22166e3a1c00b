"""Our citations as other programs read them, beyond those in the tests: `make readers` (`python -m tests.citations`).

It installs citation-js, the styles of citeproc-py and the schema of CITATION.cff into a temporary folder, in pinned
versions.
"""
