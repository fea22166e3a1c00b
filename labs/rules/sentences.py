"""The sentences of the public pages about facts, composed from plain values: no page words a finding by itself.

Each says what the record shows, by whose word, and no more. What a source leaves open is “not disclosed”, never “no”;
what nobody found is “we found no …”, never “did not happen” (methodology, section 1).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labs.choices import (
    BEFORE_RELEASE,
    Activity,
    Certainty,
    Domain,
    Evidence,
    LinkLowering,
    Outcome,
)
from labs.rules.access import UNSPECIFIED_GROUPS, Count, WeighedEvent
from labs.rules.as_of import public_on
from labs.rules.certainty import SPEAKING_FIELDS, is_documented, is_of_evaluator, is_of_lab, is_outside, link_certainty
from labs.rules.dates import day_label
from labs.rules.depth import Deeper
from labs.rules.event_words import lower_first, public_words, tester_names
from labs.rules.evidence import DENIALS, OtherWork, ReleaseEvidence
from labs.rules.facts import SourceFact
from labs.rules.ledger import Assessment
from labs.rules.words import counted, listed, sentence


def checked_words(edition: str, checked: int, records: int) -> str:
    """Of which edition the records are, and how many of them a second person has checked; one for all pages."""
    count = f"{checked} of {counted(records, 'record')}"
    return f"The records are those of edition {edition}; so far a second person has checked {count}."


@dataclass(frozen=True, slots=True)
class EvidenceCounts:
    """How many releases of a window have each word for evidence, and what is known of depth for the confirmed ones.

    ``other_work`` counts the releases of which nothing was found but other outside work, of the ``activities``.
    ``deeper`` and ``not_deeper`` count confirmed releases; of the rest of these no source says.
    """

    of: Mapping[Evidence, int]
    other_work: int = 0
    activities: tuple[Activity, ...] = ()
    deeper: int = 0
    not_deeper: int = 0

    @property
    def releases(self) -> int:
        return sum(self.of.values())

    @property
    def confirmed(self) -> int:
        return self.of.get(Evidence.CONFIRMED, 0)

    @property
    def depth_unknown(self) -> int:
        return self.confirmed - self.deeper - self.not_deeper


def evidence_counts(assessments: Iterable[Assessment]) -> EvidenceCounts:
    """The counts over some releases: of a window, or of one lab in it (methodology, sections 1 and 6)."""
    words: Counter[Evidence] = Counter()
    activities: set[Activity] = set()
    other_work = deeper = not_deeper = 0
    for each in assessments:
        evidence = each.evidence
        words[evidence.word] += 1
        if evidence.word is Evidence.NOTHING_FOUND and evidence.other_work:
            other_work += 1
            activities |= {work.activity for work in evidence.other_work}
        answer = each.deeper
        deeper += answer is Deeper.YES
        not_deeper += answer is Deeper.NO
    in_order = tuple(activity for activity in Activity if activity in activities)
    return EvidenceCounts(words, other_work, in_order, deeper, not_deeper)


def timing_note(evidence: ReleaseEvidence, events: Iterable[WeighedEvent]) -> str:
    """Why a release is “tested, timing not shown” though tests of it say “before release”; "" where none does.

    The word rests on what is documented, and those tests are not (methodology, section 1).
    """
    says_before = any(
        each.count_by_itself is Count.LENIENT and each.timing in BEFORE_RELEASE and not is_documented(each.certainty)
        for each in events
    )
    if evidence.word is not Evidence.TIMING_NOT_SHOWN or not says_before:
        return ""
    return (
        "“Tested, timing not shown” is said of the tests that are documented: no source that we read shows when those "
        "took place. The tests below that say “before release” are not documented, so they confirm nothing by "
        "themselves and count in the high figure only."
    )


def headline(counts: EvidenceCounts, window: str, *, is_past: bool, maker: str = "") -> list[str]:
    """What the record shows of the frontier releases of a window, of all labs or of one, as sentences.

    ``window`` is in words (“in the 12 months to 31 August 2026”); ``maker`` names one lab. Figures to be set in bold
    stand between two stars. Each count has its denominator; of what is not known nothing is said (section 6).
    """
    say = _Tense(is_past)
    if not counts.releases:
        whose = f" by {maker}" if maker else ""
        return [f"No frontier release{whose} {window} {say('is')} on record."]
    if counts.releases == 1:
        return _headline_of_one(counts, window, maker, say)
    found = [_headline_confirmed(counts, window, maker, say)]
    found += [words for evidence in _IN_HEADLINE if (words := _headline_count(evidence, counts, say))]
    return [*found, *_headline_depth(counts, say)]


_IN_HEADLINE = (
    Evidence.TIMING_NOT_SHOWN,
    Evidence.REPORTED,
    Evidence.AFTER_RELEASE_ONLY,
    Evidence.SAID_NONE,
    Evidence.NOTHING_FOUND,
)
BY_WHOSE_WORD = "by the word of the lab or the tester"
_DENIED = f"outside model evaluation was refused or had not taken place, {BY_WHOSE_WORD}"
"""Of a count: what was refused and what did not take place, and of that whether all or some risk domains, are one."""


class _Tense:
    """The verbs of a sentence about the record: in the present for today, in the past for a past day."""

    def __init__(self, is_past: bool) -> None:
        self.is_past = is_past

    def __call__(self, verb: str) -> str:
        return _PAST[verb] if self.is_past else verb


_PAST = {
    "is": "was",
    "are": "were",
    "says": "said",
    "say": "said",
    "shows": "showed",
    "describes": "described",
    "show": "showed",
    "does": "did",
    "reports": "reported",
    "report": "reported",
    "contradict": "contradicted",
    "infer": "inferred",
}


def _none_found(say: _Tense, of: str = "") -> str:
    if say.is_past:
        return f"no source that we read, public by then, told of an outside model evaluation{of}"
    return f"we found no outside model evaluation{of}"


def _only_after(say: _Tense, of: str = "") -> str:
    if say.is_past:
        return f"the sources that we read, public by then, told of tests{of} after release only"
    return f"we found tests{of} after release only"


def _headline_confirmed(counts: EvidenceCounts, window: str, maker: str, say: _Tense) -> str:
    released = f"frontier models that {maker} released {window}" if maker else f"frontier models released {window}"
    total, confirmed = counts.releases, counts.confirmed
    if confirmed == total:
        every = "Both" if total == 2 else f"All **{total}**"
        return f"{every} {released} were tested by outsiders before release, {BY_WHOSE_WORD}."
    if not confirmed:
        return (
            f"Of the {total} {released}, no words of the lab or a tester that we read {say('say')} of **any** "
            "that outsiders tested it before release."
        )
    were = "was" if confirmed == 1 else "were"
    return f"Of the {total} {released}, **{confirmed}** {were} tested by outsiders before release, {BY_WHOSE_WORD}."


def _headline_count(evidence: Evidence, counts: EvidenceCounts, say: _Tense) -> str:
    """One sentence for the releases with a word; reported and undated ones share one."""
    count = counts.of.get(evidence, 0)
    more = " more" if counts.confirmed else ""
    if evidence is Evidence.TIMING_NOT_SHOWN:
        reported = counts.of.get(Evidence.REPORTED, 0)
        if count and reported:
            return f"For **{count + reported}**{more} something {say('is')} reported or undated."
        if reported:
            return f"For **{reported}**{more} something {say('is')} reported, not confirmed."
        if count:
            return f"For **{count}**{more} a test {say('is')} on record, and not whether it came before release."
        return ""
    if not count or evidence is Evidence.REPORTED:
        return ""
    if evidence is Evidence.AFTER_RELEASE_ONLY:
        return f"For **{count}** {_only_after(say)}."
    if evidence is Evidence.SAID_NONE:
        return f"For **{count}** {_DENIED}."
    return f"For **{count}** {_none_found(say)}{_other_work_in(counts, count, say)}."


def _other_work_in(counts: EvidenceCounts, count: int, say: _Tense) -> str:
    """“ (for 8 of these other outside work is on record: red-teaming and tests of safeguards)”; "" without any."""
    if not counts.other_work:
        return ""
    work = listed([activity_words(each) for each in counts.activities])
    these = (
        ""
        if count == 1
        else "for all of these "
        if count == counts.other_work
        else f"for {counts.other_work} of these "
    )
    return f" ({these}other outside work {say('is')} on record: {work})"


def _headline_depth(counts: EvidenceCounts, say: _Tense) -> list[str]:
    """“For 5 of the 18 the record shows deeper access than users get; for the other 13 no source that we read says.”"""
    total = counts.confirmed
    if not total:
        return []
    if total == 1:
        return [f"For the one tested before release, {lower_first(_depth_of_one(counts, say))}"]
    of = f"of the {total}"
    if counts.depth_unknown == total:
        return [f"Whether access went deeper than users get, {_unsaid(say)} for any {of}."]
    if counts.deeper == total:
        return [f"For all {total} the record {say('shows')} deeper access than users get."]
    parts = []
    if counts.deeper:
        parts.append(f"for **{counts.deeper}** {of} the record {say('shows')} deeper access than users get")
    if counts.not_deeper:
        which = f"{counts.not_deeper}" if parts else f"{counts.not_deeper} {of}"
        parts.append(f"for {which} it {say('shows')} that access was no deeper")
    if counts.depth_unknown:
        others = "other one" if counts.depth_unknown == 1 else f"other {counts.depth_unknown}"
        parts.append(f"for the {others} {_unsaid(say)}")
    return [sentence("; ".join(parts))]


def _depth_of_one(counts: EvidenceCounts, say: _Tense) -> str:
    if counts.deeper:
        return f"The record {say('shows')} deeper access than users get."
    if counts.not_deeper:
        return f"The record {say('shows')} that access was no deeper than what users get."
    return f"Whether access went deeper than users get, {_unsaid(say)}."


def _unsaid(say: _Tense) -> str:
    return f"no source that we read {say('says')}"


def _headline_of_one(counts: EvidenceCounts, window: str, maker: str, say: _Tense) -> list[str]:
    (word,) = (each for each, count in counts.of.items() if count)
    what = f"{maker} released one frontier model {window}" if maker else f"One frontier model was released {window}"
    match word:
        case Evidence.CONFIRMED:
            said = f"it was tested by outsiders before release, {BY_WHOSE_WORD}"
        case Evidence.TIMING_NOT_SHOWN:
            said = f"a test of it {say('is')} on record, and not whether it came before release"
        case Evidence.REPORTED:
            said = f"a test of it {say('is')} reported, not confirmed"
        case Evidence.SAID_NONE:
            said = _DENIED
        case Evidence.AFTER_RELEASE_ONLY:
            said = _only_after(say, " of it")
        case Evidence.NOTHING_FOUND:
            said = f"{_none_found(say, ' of it')}{_other_work_in(counts, 1, say)}"
    first = f"{what}: {said}."
    return [first, _depth_of_one(counts, say)] if word is Evidence.CONFIRMED else [first]


def activity_words(activity: Activity) -> str:
    """An activity within a sentence; a model evaluation here is one that none of the words for evidence fits."""
    return _ACTIVITIES.get(activity, activity.label)


_ACTIVITIES = {
    Activity.MODEL_EVALUATION: "tests of something else than dangerous capabilities",
    Activity.SAFEGUARDS_TESTING: "tests of safeguards",
    Activity.AUDIT_OR_REVIEW: "audits or reviews",
}


def emphasised(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is to be set in bold: what stands between two stars is."""
    return [(piece, place % 2 == 1) for place, piece in enumerate(text.split("**")) if piece]


def plain(text: str) -> str:
    """The text without the stars."""
    return text.replace("**", "")


@dataclass(frozen=True, slots=True)
class ReleaseWords:
    """What a release's sentences are composed from, as known on a day.

    ``names`` maps evaluators' keys to their names. ``has_more``: further evaluations, which are reported or undated,
    stand beside those that the word rests on.
    """

    evidence: ReleaseEvidence
    lab: str
    names: Mapping[str, str]
    searched_on: dt.date | None
    is_past: bool
    has_more: bool = False


def has_more(evidence: ReleaseEvidence, events: Iterable[WeighedEvent]) -> bool:
    """Whether further evaluations of the release, besides those that its word rests on, are reported or undated."""
    deciding = {id(each) for each in evidence.events}
    return any(each.count_by_itself is Count.LENIENT and id(each) not in deciding for each in events)


def release_sentences(release: ReleaseWords) -> list[str]:
    """What the record shows of outside model evaluation of one release, by whose word (methodology, section 1)."""
    evidence, say = release.evidence, _Tense(release.is_past)
    found = [sentence(_evidence_words(release, say))]
    if evidence.word is Evidence.TIMING_NOT_SHOWN:
        doubts = dict.fromkeys(each.card_doubt for each in evidence.events if each.card_doubt is not None)
        found += [sentence(doubt.label) for doubt in doubts]
    if release.has_more and evidence.word in (Evidence.CONFIRMED, Evidence.TIMING_NOT_SHOWN):
        found.append(f"More {say('is')} reported or undated.")
    if evidence.word is Evidence.NOTHING_FOUND and evidence.other_work:
        work = [_other_work_words(each) for each in evidence.other_work]
        found.append(f"Other outside work {say('is')} on record: {listed(work)}.")
    if evidence.word is Evidence.NOTHING_FOUND and release.searched_on:
        found.append(f"Our last search, on {day_label(release.searched_on)}, found none.")
    return found


def _other_work_words(work: OtherWork) -> str:
    words = activity_words(work.activity)
    return words if work.is_documented else f"{words} (reported)"


def _evidence_words(release: ReleaseWords, say: _Tense) -> str:
    evidence = release.evidence
    who = _who(evidence.events, release.names)
    match evidence.word:
        case Evidence.CONFIRMED:
            # Where no source says when, a document of the launch settles it (section 4).
            by_document = [each.launch_document is not None for each in evidence.events]
            if all(by_document):
                return (
                    f"{who} tested it, {_by_whose_word(evidence.events)}; "
                    f"a document of the launch {say('describes')} that, so it counts as before release"
                )
            settled = f"; for some, a document of the launch {say('shows')} it" if any(by_document) else ""
            return f"{who} tested it before release, {_by_whose_word(evidence.events)}{settled}"
        case Evidence.TIMING_NOT_SHOWN:
            return (
                f"{who} tested it, {_by_whose_word(evidence.events)}; "
                f"no source cited for that {say('shows')} whether it was before release"
            )
        case Evidence.REPORTED:
            return _reported_words(evidence.events, release.names, say)
        case Evidence.SAID_NONE:
            return _denial_words(evidence.events)
        case Evidence.AFTER_RELEASE_ONLY:
            reported = f", as others {say('report')}" if evidence.is_only_reported else ""
            return f"{who} tested it after release{reported}; {_none_found(say)} before it"
        case Evidence.NOTHING_FOUND:
            return _none_found(say, " of it")


def _reported_words(events: Sequence[WeighedEvent], names: Mapping[str, str], say: _Tense) -> str:
    """By the surest of the events: reported, then inferred, then disputed."""
    certainty = max((each.certainty for each in events), key=_SUREST_LAST.index)
    events = [each for each in events if each.certainty is certainty]
    when = "before release" if any(each.timing in BEFORE_RELEASE for each in events) else "at a time not disclosed"
    tested = f"{lower_first(_who(events, names))} tested it {when}"
    if certainty is Certainty.REPORTED:
        return f"others {say('report')} that {tested}; no words of the lab or a tester that we read {say('say')} so"
    if certainty is Certainty.INFERRED:
        return f"we {say('infer')} from what sources {say('say')} that {tested}; none {say('says')} so outright"
    return f"sources {say('contradict')} each other on whether {tested}"


_SUREST_LAST = (Certainty.DISPUTED, Certainty.INFERRED, Certainty.REPORTED)


def _denial_words(events: Sequence[WeighedEvent]) -> str:
    """Whoever says no says it of the time up to their words: a later test would not make it false."""
    whose = _by_whose_word(events)
    own = [cited.source for each in events for cited in each.event.citations if _is_own(each, cited.source)]
    since = f", {public_words(min(own, key=public_on))}" if own else ""
    named = [domain for domain in Domain if any(domain in each.event.domains for each in events)]
    is_limited = named and all(each.event.domains for each in events)
    what = f"model evaluation ({', '.join(domain.label for domain in named)})" if is_limited else "model evaluation"
    if all(each.event.outcome is Outcome.REFUSED for each in events):
        return f"{whose}{since}, outsiders had been refused access to it"
    return f"{whose}{since}, no outside {what} of it had taken place"


def _is_own(weighed: WeighedEvent, source: SourceFact) -> bool:
    return is_of_lab(weighed.event, source) or is_of_evaluator(weighed.event, source)


def _with_article(name: str) -> str:
    """An evaluator’s name within a sentence: “the UK AI Security Institute”."""
    is_of_country = name.startswith(("UK ", "US ")) and len(name.split()) > len(("UK", "AISI"))
    return f"The {name}" if is_of_country else name


def _who(events: Sequence[WeighedEvent], names: Mapping[str, str]) -> str:
    """The testers of some events by name; those whose own part is less sure than their event come last, and say so."""
    sure: dict[str, None] = {}
    unsure: dict[str, Certainty] = {}
    for weighed in events:
        event = weighed.event
        keys = [part.evaluator for part in event.participations if is_outside(event, part)]
        named = [None if key == UNSPECIFIED_GROUPS else names[key] for key in keys]
        domains = [each for each in Domain if each in event.domains]
        shown = [_with_article(each) for each in tester_names(named, event.activity, domains, event.outcome)]
        for part, name in zip((part for part in event.participations if part.evaluator in keys), shown, strict=True):
            if part.lowering is LinkLowering.AS_EVENT:
                sure[name] = None
            else:
                unsure.setdefault(name, link_certainty(weighed.certainty, part))
    doubtful = [f"{name} ({certainty.label})" for name, certainty in unsure.items() if name not in sure]
    first, *others = [*sure, *doubtful] or ["Outsiders"]
    return listed([first, *map(lower_first, others)])


def _by_whose_word(events: Sequence[WeighedEvent]) -> str:
    """By whose word the events are known: the lab's, the tester's, a government's, or the one's or the other's."""
    speakers = {_speakers(each) for each in events}
    if len(speakers) > 1:
        return BY_WHOSE_WORD
    return f"by the word of {listed(sorted(speakers.pop()))}"


def _speakers(weighed: WeighedEvent) -> frozenset[str]:
    event, found = weighed.event, set()
    for citation in event.citations:
        if SPEAKING_FIELDS.isdisjoint(citation.supports):
            continue
        if is_of_lab(event, citation.source):
            found.add("the lab")
        elif is_of_evaluator(event, citation.source):
            found.add("the tester")
    return frozenset(found) or frozenset({"others"})


def evaluator_sentences(
    evaluator: str, events: Sequence[WeighedEvent], labs: Sequence[str], *, is_past: bool
) -> list[str]:
    """What is on record of one evaluator: its model evaluations, how many were before release, and what else.

    ``evaluator`` is its key, ``events`` those in which it took part, ``labs`` the names of the labs whose models it
    tested. A test counts as before release where it counts strictly and this evaluator's own part is documented.
    """
    say = _Tense(is_past)
    if not events:
        return [f"No access event {say('is')} on record."]
    took_place = [each for each in events if each.event.outcome not in DENIALS]
    evaluations = [each for each in took_place if each.event.activity is Activity.MODEL_EVALUATION]
    others = [each for each in took_place if each.event.activity is not Activity.MODEL_EVALUATION]
    of_labs = f" of models of {counted(len(labs), 'lab')} ({listed(labs)})" if labs else ""
    what = [counted(len(evaluations), "model evaluation")] if evaluations else []
    what += [counted(len(others), "other test or review", "other tests or reviews")] if others else []
    found = [f"On record {say('is' if len(took_place) == 1 else 'are')} {listed(what)}{of_labs}."] if what else []
    if evaluations:
        before = sum(_is_surely_before(each, evaluator) for each in evaluations)
        found.append(_before_words(before, len(evaluations), say))
    if denied := len(events) - len(took_place):
        of = counted(len(events), "access event")
        found.append(f"For {denied} of {of} a source {say('says')} that access was refused or that no test took place.")
    return found


def _before_words(before: int, evaluations: int, say: _Tense) -> str:
    if evaluations == 1:
        if before:
            return f"It was before release, {BY_WHOSE_WORD}."
        return (
            f"Neither the lab nor the tester {say('says')}, in what we read, that it was given access before release."
        )
    if before:
        of = (
            "both"
            if before == evaluations == 2
            else f"all {before}"
            if before == evaluations
            else f"{before} of the {evaluations}"
        )
        return (
            f"{of[0].upper()}{of[1:]} evaluations {'was' if before == 1 else 'were'} before release, {BY_WHOSE_WORD}."
        )
    return f"Of the {evaluations} evaluations, none {say('is')} shown to have been given access before release."


def _is_surely_before(weighed: WeighedEvent, evaluator: str) -> bool:
    parts = [part for part in weighed.event.participations if part.evaluator == evaluator]
    return weighed.count_by_itself is Count.STRICT and any(
        is_documented(link_certainty(weighed.certainty, part)) for part in parts
    )
