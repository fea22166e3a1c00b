"""The sentences of the public pages about promises, composed from plain values (methodology, section 7)."""

from collections import Counter
from collections.abc import Collection

from commitments.choices import FRAMEWORK_TITLES
from commitments.rules.verdicts import Verdict, VerdictOutcome
from labs.rules.words import counted

_ORDER = VerdictOutcome.values()


def framework_title(framework: str) -> str:
    """The framework as people call it: “White House commitments (2023)”; a new one by the words of its key."""
    return FRAMEWORK_TITLES.get(framework) or framework.replace("-", " ").capitalize()


def rate_words(verdicts: Collection[Verdict], what: str = "release", many: str = "") -> str:
    """What became of a promise, with all its counts, the majority first (methodology, section 7).

    “kept on 5 of 7 releases, unclear on 2”; “cannot tell for 3 of 3 releases”. A verdict that is left out of the mean
    is left out here.
    """
    if not verdicts:
        return f"no {what} while in force"
    rated = [each for each in verdicts if each.value is not None]
    if not rated:
        return f"not yet due on any {what}"
    counts = Counter(each.label for each in rated)
    places = {each.label: (_ORDER.index(each.strict.outcome), _ORDER.index(each.lenient.outcome)) for each in rated}
    first, *others = sorted(counts, key=lambda label: (-counts[label], places[label]))
    words = [f"{_with_preposition(first)} {counts[first]} of {counted(len(rated), what, many)}"]
    return ", ".join([*words, *(f"{_with_preposition(label)} {counts[label]}" for label in others)])


def _with_preposition(label: str) -> str:
    """“kept on”, “cannot tell for”; a verdict that differs by reading keeps both of its words: “…: 2”."""
    if label == VerdictOutcome.CANNOT_TELL.label or label.startswith("no"):
        return f"{label} {'on' if label == VerdictOutcome.NOT_KEPT.label else 'for'}"
    return f"{label} for" if "reading" in label else f"{label} on"
