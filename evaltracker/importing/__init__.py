"""Import files of records as drafts and proposals that wait for a second person.

``files`` reads files into tables, ``plan`` imports these: ``forms`` cleans each row into a record, and
``labs/actions/imports.py`` writes it. A preview is the same, rolled back. See docs/importing.md.
"""
