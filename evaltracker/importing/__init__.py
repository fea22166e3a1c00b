"""Spreadsheets: records out of the site and into it, where what comes in waits for a second person.

The way of a file: ``formats`` reads it into rows of text, ``plan`` holds these against what the site exports and says
what is new, changed, unchanged or wrong, ``run`` makes drafts and proposals of it. Nothing but ``run`` writes.
"""
