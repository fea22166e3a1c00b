"""Enumerations of the site itself."""

from labs.rules.vocabulary import Term


class ReportState(Term):
    """What became of a report of error."""

    OPEN = "open", "open", "Nobody has looked into it yet."
    LATER = "later", "for later", "It came when many came on one day. Choose “open” to move it among those to answer."
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


class AuditKind(Term):
    """What the audit log of the desk tells."""

    SIGNED_IN = "signed_in", "signed in", "With the right password."
    FAILED = "failed", "log-in failed", "A wrong password; no more than twenty an hour are told of each name."
    LOCKED = "locked", "has to wait", "Too many wrong passwords for this name from one connection."
    SIGNED_OUT = "signed_out", "signed out", "Or the session ended."
    ENTERED = "entered", "person entered", "A new account."
    ROLES = "roles", "roles changed", "Which roles the person gained or lost."
    PERMISSIONS = "permissions", "permissions changed", "Of a person or a role, beside what a migration gives."
    PASSWORD = "password", "password set", "By whom the log says; no person means: on the server."
    ACTIVE = "active", "active changed", "Whether the person may sign in."
    STAFF = "staff", "desk access changed", "Whether the person may open the desk."
    SUPERUSER = "superuser", "superuser changed", "Whether the person may do everything."
    FACTOR_ENROLLED = "factor_enrolled", "second factor set up", "The person's own device."
    FACTOR_RESET = "factor_reset", "second factor reset", "Its device was lost; the person sets up another one."
    FACTOR_CODES = "factor_codes", "codes replaced", "The codes to write down of the person's second factor."
    FACTOR_REMOVED = "factor_removed", "second factor removed", "By the person, who needs none."
