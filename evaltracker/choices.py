"""Enumerations of the site itself."""

from labs.rules.vocabulary import Term


class ReportState(Term):
    """What became of a report of error."""

    OPEN = "open", "open", "Nobody has looked into it yet."
    CORRECTED = "corrected", "corrected", "It was right, and the record was corrected."
    DECLINED = "declined", "declined", "Nothing was changed; the note says why."


class CheckOutcome(Term):
    """What became of what was pasted: of the words where there are any, else of what the permalink showed."""

    STILL_SO = "still_so", "still so", "The newest data version shows the same at this address."
    CHANGED = "changed", "changed", "The newest data version shows something else at this address."
    GONE = "gone", "no longer there", "The newest data version no longer has it at this address."
    NEVER_THERE = "never_there", "not there", "Its own data version does not have these words at this address."
    NEWER = "newer", "there is newer data", "What this address leads to stays; newer data versions have another one."


class WordsOutcome(Term):
    """What became of words that somebody found at a permalink."""

    STILL_THERE = "still_there", "still there", "The words stand at this address with both data versions."
    GONE = "gone", "no longer there", "The words stood at this address, and no longer do with the newest data version."
    NEVER_THERE = (
        "never_there",
        "not there",
        "The words do not stand at this address with the data version that it names.",
    )
    NOT_GIVEN = "not_given", "none given", "Only the address was given."
    NOT_SOUGHT = "not_sought", "not looked for", "Words are looked for on pages and in lists, not in the data package."
