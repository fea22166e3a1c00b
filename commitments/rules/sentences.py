"""The sentences of the public pages about promises, composed from plain values (methodology, section 7)."""

from collections import Counter
from collections.abc import Collection, Sequence

from commitments.choices import FRAMEWORK_TITLES, Firmness, Origin, StatedBy
from commitments.rules.verdicts import Verdict, VerdictOutcome
from labs.rules.access import ReleaseStanding
from labs.rules.words import counted, listed, plural, sentence

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


def owed_sentences(
    lab: str, verdicts: Sequence[str], *, unjudged: int, untestable: int, mentions: int, standing: ReleaseStanding
) -> list[str]:
    """What the lab had promised when a release came out, and what became of that for it (methodology, section 7).

    ``verdicts`` are the labels of those on the release. ``unjudged`` promises are testable, but not on a release of
    this standing. Of all, ``mentions`` describe a practice without promising it, which the sentence says. “Of the 16
    promises of Google DeepMind in force when it came out, one is testable, verdict: unclear.”
    """
    if standing is ReleaseStanding.UNDATED:
        return ["No day of release is known, so which promises were in force then cannot be told."]
    judged = len(verdicts)
    total = judged + unjudged + untestable
    if not total:
        return [f"No promise of {lab} that was in force when it came out is on record."]
    less = f" ({_are(mentions, total)} described, not promised)" if mentions else ""
    of = f"Of the {total} promises of {lab} in force when it came out{less},"
    if total == 1:
        of = f"One promise of {lab} was in force when it came out{less};"
    if not judged and not unjudged:
        return [f"{of} {'it is not' if total == 1 else 'none is'} testable."]
    found = []
    if judged:
        counts = Counter(verdicts)
        said = "; ".join(label if judged == 1 else f"{label} for {count}" for label, count in counts.items())
        found.append(f"{of} {_are(judged, total)} testable, {plural(judged, 'verdict')}: {said}.")
    if unjudged:
        which = f"{unjudged} more {'is' if unjudged == 1 else 'are'}" if judged else f"{of} {_are(unjudged, total)}"
        found.append(f"{which} testable, but not on this release: {standing.label}.")
    return found


def _are(count: int, total: int) -> str:
    """“it is”, “one is”, “all are”, “3 are”."""
    if count == 1:
        return "it is" if total == 1 else "one is"
    return "all are" if count == total else f"{count} are"
