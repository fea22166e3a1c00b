"""Enumerations of the site itself."""

from labs.rules.vocabulary import Term


class ReportState(Term):
    """What became of a report of error."""

    OPEN = "open", "open", "Nobody has looked into it yet."
    CORRECTED = "corrected", "corrected", "It was right, and the record was corrected."
    DECLINED = "declined", "declined", "Nothing was changed; the note says why."
