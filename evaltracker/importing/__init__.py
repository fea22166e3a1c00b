"""Spreadsheets: export records, and import them as drafts and proposals that wait for a second person.

``formats`` reads a file into rows of text, ``plan`` compares them with the site's export and says what is new, changed,
unchanged or wrong, and ``run`` writes drafts and proposals. Only ``run`` writes to the database.
"""
