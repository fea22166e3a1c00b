"""What pages say of one access event: who, what, when, how deep, where the report is, and whose words say so.

Composed from plain values, as ``labs.rules.sentences`` is. What a source leaves open is “not disclosed”, never “no”
(methodology, section 1).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from labs.choices import Activity, Answer, Domain, Outcome, Owner, ReadIn, Results, Timing
from labs.rules.as_of import public_on
from labs.rules.dates import day_label
from labs.rules.depth import Deeper, Depth, Level
from labs.rules.evidence import DENIALS
from labs.rules.facts import SourceFact
from labs.rules.words import listed, possessive

UNNAMED = "Unnamed testers"
"""Outsiders whom no source names, as pages call them."""

_READ_IN = {
    ReadIn.ORIGINAL: "read as published",
    ReadIn.ARCHIVED: "read in an archived copy",
    ReadIn.COPY: "read in a copy",
    ReadIn.QUOTED: "read only as quoted by somebody else",
}
_TIMING = {
    Timing.DURING_TRAINING: "during training",
    Timing.BEFORE_INTERNAL_DEPLOYMENT: "before the lab itself used it",
    Timing.BEFORE_DEPLOYMENT: "before release",
    Timing.AFTER_DEPLOYMENT: "after release",
}
_REPORT = {
    Results.EVALUATOR_REPORT: "the tester’s own report",
    Results.EVALUATOR_SUMMARY: "the tester’s own summary",
    Results.LAB_DETAILED: "the lab’s detailed account",
    Results.LAB_SUMMARY: "the lab’s summary",
    Results.NONE_PUBLISHED: "a source says that no results were published",
}
_NOT_GRANTED = {
    Outcome.REFUSED: "the lab refused access",
    Outcome.CONFIRMED_NONE: "a source says that none took place",
    Outcome.NOT_NEEDED: "no permission needed: the model was public",
    Outcome.UNKNOWN: "whether access was given is not disclosed",
}


def quote_words(owner: Owner, name: str, publisher: str, read_in: ReadIn) -> str:
    """Whose words a quote is, and where we read them: “METR’s words, read in a copy” (methodology, section 1).

    ``name`` is the lab or the evaluator that the source belongs to. The words of a third party go by its publisher.
    """
    match owner:
        case Owner.LAB | Owner.EVALUATOR:
            whose = f"{possessive(name)} words"
        case Owner.GOVERNMENT:
            whose = f"{possessive(publisher)} words (a government’s)"
        case Owner.THIRD_PARTY:
            whose = f"{possessive(publisher)} words (a third party’s)"
    return f"{whose}, {_READ_IN[read_in]}"


_MARKED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)\s*")


def fairly_quoted(text: str, quotes: Iterable[str]) -> str:
    """The text with quotation marks only round words that one of the quotes contains (methodology, section 1).

    ``quotes`` are those stored with the record. What stands in marks and in none of them keeps its words and loses the
    marks. Letter case, white space and the kind of marks make no difference, and an ellipsis leaves words out.
    """
    if not _MARKED.search(text):
        return text
    stored = [_folded(quote) for quote in quotes]

    def judged(match: re.Match[str]) -> str:
        words = next(group for group in match.groups() if group is not None)
        parts = [_folded(part).strip(" .,;:") for part in _ELLIPSIS.split(words)]
        is_stored = any(all(part in quote for part in parts) for quote in stored)
        return match[0] if is_stored else words

    return _MARKED.sub(judged, text)


def _folded(text: str) -> str:
    plain_marks = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return " ".join(plain_marks.split()).casefold()


def tester_names(
    names: Iterable[str | None], activity: Activity, domains: Sequence[Domain], outcome: Outcome
) -> list[str]:
    """Who took part, by name; None stands for outsiders whom no source names, who go by what they did.

    “Unnamed testers (cyber, bio)”; where the source names no domain, “Unnamed testers (red-teaming)”. Where no test
    took place nobody tested: they are “outsiders”.
    """
    return [name if name is not None else _unnamed(activity, tuple(domains), outcome) for name in names]


@lru_cache(maxsize=1000)
def _unnamed(activity: Activity, domains: tuple[Domain, ...], outcome: Outcome) -> str:
    """One text for the many events of which this is all that is known."""
    if outcome in DENIALS:
        return "Outsiders"
    named = ", ".join(domain.label for domain in domains if domain is not Domain.OTHER)
    did = named or ("" if activity in (Activity.UNKNOWN, Activity.MODEL_EVALUATION) else activity.label)
    return f"{UNNAMED} ({did})" if did else UNNAMED


def event_title(
    testers: Sequence[str],
    activity: Activity,
    outcome: Outcome,
    model: str,
    lab: str,
    domains: Sequence[Domain] = (),
) -> str:
    """An event in a line: “METR: model evaluation of GPT-4”. ``model`` is empty where it is tied to no single release.

    What did not happen is not titled as if it had, and a “no” says of what: “Said not to have taken place: model
    evaluation of GPT-5 (cyber) by METR”.
    """
    what = activity.label if activity is not Activity.UNKNOWN else "test of a kind not disclosed"
    subject = f"{what} of {model or f'models of {lab}, tied to no single release'}"
    if outcome is Outcome.CONFIRMED_NONE:
        named = ", ".join(domain.label for domain in domains)
        whose = listed([lower_first(each) for each in testers], "or")
        parts = [subject, f"({named})" if named else "", f"by {whose}" if whose else ""]
        return f"Said not to have taken place: {' '.join(filter(None, parts))}"
    refused = ", refused" if outcome is Outcome.REFUSED else ""
    return f"{', '.join(testers) or 'Testers not recorded'}: {subject}{refused}"


def what_words(activity: Activity, domains: Sequence[Domain]) -> str:
    """What was done: “model evaluation (cyber, bio)”."""
    what = activity.label if activity is not Activity.UNKNOWN else "what was done is not disclosed"
    named = ", ".join(domain.label for domain in domains)
    return f"{what} ({named})" if named else what


def when_words(timing: Timing, is_by_document: bool, started: str, ended: str, days: int | None) -> str:
    """When a test took place against the release, its dates and its days, as far as disclosed; "" where nothing is.

    ``timing`` is the timing by the rules; ``is_by_document`` says that a launch document settled it (section 4).
    """
    parts = []
    if timing is not Timing.UNKNOWN:
        parts.append(_TIMING[timing] + (" (a document of the launch describes it)" if is_by_document else ""))
    if started and ended:
        parts.append(started if started == ended else f"{started} to {ended}")
    elif started or ended:
        parts.append(f"started: {started}" if started else f"ended: {ended}")
    if days is not None:
        parts.append(f"{days} {'day' if days == 1 else 'days'} of access")
    return ", ".join(parts)


def outcome_words(outcome: Outcome) -> str:
    """What stands beside a test to which the lab did not give access; "" where it did."""
    return "" if outcome is Outcome.GRANTED else _NOT_GRANTED[outcome]


def report_words(results: Results, *, is_quoted: bool) -> str:
    """Where the report is; "" where no source says whether there is one.

    ``is_quoted``: whether a quote is cited for the results. That a source says that there are none needs one.
    """
    if results is Results.NONE_PUBLISHED and not is_quoted:
        return "we found no published results"
    return "" if results is Results.UNKNOWN else _REPORT[results]


def depth_words(depth: Depth, is_anything_known: bool) -> str:
    """How deep access went, in words: “at least deeper than users get” (methodology, section 5).

    ``is_anything_known``: whether a source answers any of filters, harmlessness training, fine-tuning and weights. The
    full range by number stands on the event's own page only.
    """
    if depth.high is Level.NONE:
        return depth.low.label
    if depth.low <= Level.AS_USERS and not is_anything_known:
        return "depth not disclosed"
    if depth.is_exact:
        return depth.low.label
    return f"at least {max(depth.low, Level.AS_USERS).label}"


def depth_word(depth: Depth, is_anything_known: bool) -> Level | Deeper:
    """The word whose meaning tells what ``depth_words`` says."""
    if depth.high is not Level.NONE and depth.low <= Level.AS_USERS and not is_anything_known:
        return Deeper.UNKNOWN
    return depth.low if depth.is_exact else max(depth.low, Level.AS_USERS)


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of depth of one event. ``state``: shown, open, or not_shown; ``words`` say it."""

    level: Level
    state: str
    words: str

    @property
    def answer(self) -> Answer | None:
        """The word whose meaning tells what ``words`` says, where it is a coded one."""
        return Answer.UNKNOWN if self.state == "open" else None


def ladder(depth: Depth) -> list[Rung]:
    """The levels of depth, the shallowest first: shown up to the low level, open up to the high one (section 5)."""
    found = []
    for level in Level:
        if level is Level.NONE:
            continue
        if level <= depth.low:
            found.append(Rung(level, "shown", "known"))
        elif level <= depth.high:
            found.append(Rung(level, "open", Answer.UNKNOWN.label))
        else:
            found.append(Rung(level, "not_shown", "no source shows it"))
    return found


def undisclosed_words(
    *, is_timing_known: bool, is_days_known: bool, is_depth_known: bool, is_report_known: bool
) -> str:
    """What no source discloses of a test, said once: “not disclosed: days, depth”; "" where all is known."""
    missing = [
        what
        for what, is_known in (
            ("when", is_timing_known),
            ("days", is_days_known),
            ("depth", is_depth_known),
            ("where the results are", is_report_known),
        )
        if not is_known
    ]
    return f"not disclosed: {', '.join(missing)}" if missing else ""


def untold_words(what: Sequence[str]) -> str:
    """What no source answers, said once: “No source that we read tells: fine-tuning, weights.”; "" for nothing."""
    return f"No source that we read tells: {', '.join(what)}." if what else ""


def public_words(source: SourceFact) -> str:
    """Since when a source was public, as far as its date says: “public by 30 November 2025 at the latest”."""
    day = day_label(public_on(source))
    if not source.published.is_dated:
        return f"public by {day} at the latest (source undated)"
    if source.published.earliest == source.published.latest:
        return f"public since {day}"
    return f"public by {day} at the latest"


def lower_first(words: str) -> str:
    """As it stands within a sentence: names keep their capital."""
    is_ours = words.startswith((UNNAMED, "Outsiders", "The ", "Whether "))
    return f"{words[0].lower()}{words[1:]}" if is_ours else words
