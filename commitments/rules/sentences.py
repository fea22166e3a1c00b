"""The sentences of the public pages about promises, composed from plain values (methodology, section 7)."""

from collections import Counter
from collections.abc import Collection, Sequence

from commitments.choices import FRAMEWORK_TITLES, Firmness, Origin, StatedBy
from commitments.rules.verdicts import Verdict, VerdictOutcome
from labs.rules.words import counted, listed, sentence

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


_WHERE = {
    Origin.STATEMENT: "in a statement",
    Origin.POLICY: "in a policy of its own",
    Origin.JOINT_PLEDGE: "in a joint pledge",
    Origin.AGREEMENT: "in an agreement",
    Origin.CODE_OF_PRACTICE: "by signing a code of practice",
    Origin.LAW: "in a law",
    Origin.UNKNOWN: "in a document of a kind not recorded",
}
_FIRM = {
    Firmness.FIRM: "It says that this will be done",
    Firmness.CONDITIONAL: "It says that this will be done if a condition holds",
    Firmness.EXPLORATORY: "It says that this will be explored or considered, not that it will be done",
    Firmness.MENTION: "It describes this and does not promise it",
    Firmness.DISPUTED: "What was promised is disputed",
    Firmness.UNKNOWN: "How firm it is, we have not recorded",
}
NAMED = 3
"""A sentence names so many labs, and counts the others."""


def maker_words(labs: Sequence[str]) -> str:
    """“OpenAI”, “Amazon, Anthropic, Google and 13 other labs”."""
    if len(labs) <= NAMED + 1:
        return listed(labs)
    return f"{', '.join(labs[:NAMED])} and {counted(len(labs) - NAMED, 'other lab')}"


def commitment_sentences(
    labs: Sequence[str], reported: Sequence[str], *, origin: Origin, stated_by: StatedBy, firmness: Firmness, made: str
) -> list[str]:
    """Who said it, when, in what document, and how firmly (methodology, sections 6 and 7).

    ``labs`` are the names of those of whom it is documented, ``reported`` of those of whom only others say so; ``made``
    is the day made, in words. A law is nobody's promise.
    """
    when = f" ({made})" if made else ""
    if origin is Origin.LAW:
        return [f"A law{when}: it binds labs, and no lab promised it."]
    if stated_by is StatedBy.OTHER:
        labs, reported = (), [*labs, *reported]
    where = "in a policy" if origin is Origin.POLICY and len(labs) + len(reported) > 1 else _WHERE[origin]
    if not labs and not reported:
        first = f"A lab that no source names said so {where}{when}."
    elif not reported:
        first = f"{maker_words(labs)} said so {where}{when}."
    elif not labs:
        first = f"Others say that {maker_words(reported)} said so {where}{when}."
    else:
        first = f"{maker_words(labs)} said so {where}{when}; that {maker_words(reported)} did, only others say."
    return [first, sentence(_FIRM[firmness])]
