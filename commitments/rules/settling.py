"""What would settle a lab's range: its open questions by the release or the promise that they are about (section 6).

Each release and each promise stands once, with the question that would move a figure the furthest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from commitments.rules.event_questions import EventQuestion, PossibleAnswer
from commitments.rules.promise_questions import PromiseQuestion
from labs.rules.ranges import PAGE_PLACES, Range, printed, printed_range
from labs.rules.words import counted, listed, plural, sentence

Question = EventQuestion | PromiseQuestion


@dataclass(frozen=True, slots=True)
class Settling:
    """What is open about one release or one promise.

    ``question`` moves the low or the high figure the furthest, ``alike`` ask the same and move them just as far,
    ``others`` move them less. The points of several questions do not add up.
    """

    question: Question
    alike: tuple[Question, ...]
    others: tuple[Question, ...]

    @property
    def points(self) -> Fraction:
        return self.question.points


def settlings(questions: Iterable[Question]) -> tuple[Settling, ...]:
    """The questions in groups, each release and each promise once, the one with the most points first.

    A question about an event belongs to its release; one about a promise to the promise, for whichever release.
    """
    groups: dict[tuple[str, str], list[Question]] = {}
    for question in sorted(questions, key=lambda each: -each.points):
        groups.setdefault(_about(question), []).append(question)
    found = [_settling(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda each: -each.points))


def _about(question: Question) -> tuple[str, str]:
    if isinstance(question, PromiseQuestion):
        return "promise", question.commitment.key
    return "release", question.release.key


def _settling(group: Sequence[Question]) -> Settling:
    first, *rest = group
    alike = tuple(each for each in rest if each.unknown is first.unknown and each.answers == first.answers)
    return Settling(first, alike, tuple(each for each in rest if each not in alike))


def points_words(points: Fraction) -> str:
    """How far an answer moves a figure, in whole points: “20 points”, “1 point”, “under 1 point”."""
    if points < 1:
        return "under 1 point"
    whole = printed(points, PAGE_PLACES)
    return f"{whole} {plural(int(whole), 'point')}"


def answers_words(answers: Iterable[PossibleAnswer], now: Range | None) -> str:
    """What each answer would make of the range: “Documented: no change by itself; did not take place: 1–29, not 1–48.”

    All else stays as it is, so an answer that changes nothing by itself may still be needed.
    """
    return sentence("; ".join(f"{each.label}: {_change_words(each.score, now)}" for each in answers))


def _change_words(score: Range | None, now: Range | None) -> str:
    if score == now or now is None:
        return "no change by itself"
    if score is None:
        return "no score"
    before, after = printed_range(now, PAGE_PLACES), printed_range(score, PAGE_PLACES)
    return f"{after}, not {before}" if before != after else "moved by under 1 point"


def alike_words(count: int, is_event: bool) -> str:
    """“The same for 2 more tests of it.”; "" for none."""
    return f"The same for {counted(count, 'more test' if is_event else 'more release')}." if count else ""


def missing_sentences(nothing_found: Sequence[str], releases: int, known: int, asked: int) -> list[str]:
    """What the record lacks of a lab's releases in a window, and what would fill it.

    ``nothing_found`` are the names of the releases of which no outside model evaluation was found; of the ``asked``
    facts about the tests that count ``known`` are disclosed.
    """
    found = []
    if nothing_found:
        of = f"{len(nothing_found)} of {counted(releases, 'release')}" if releases > 1 else "the one release"
        found.append(
            f"For {of} we found no outside model evaluation: {listed(nothing_found)}. A document of the lab or of a "
            "tester that tells of one would count; a score holds only tests that the record knows of."
        )
    if asked:
        found.append(f"Of {counted(asked, 'fact')} about the tests that count, {known} {_are(known)} disclosed.")
    return found


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
