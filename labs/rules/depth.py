"""How deep access went, and whether that is enough for a threat (methodology, section 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Self

from labs.choices import Answer, ReleaseKind
from labs.rules.ranges import range_words
from labs.rules.vocabulary import Term

DEPTH_QUESTIONS = ("no_safety_filters", "helpful_only", "fine_tuning", "weights")
"""The questions of the access profile that decide the depth, in the order of the methodology's table."""


class Level(IntEnum):
    """A level of depth: its number, its public label and what it needs (methodology, section 5)."""

    label: str
    explanation: str

    def __new__(cls, value: int, label: str, explanation: str) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.explanation = explanation
        return member

    NONE = 0, "no counted test", "No event that counts."
    AS_USERS = 1, "as users", "An event, nothing more."
    DEEPER = 2, "deeper than users", "Safety filters off or harmlessness training off."
    MITIGATIONS_OFF = 3, "mitigations off", "Safety filters off and harmlessness training off."
    FINE_TUNING = 4, "fine-tuning", "The evaluator could fine-tune the model."
    WEIGHTS = 5, "weights", "The evaluator had the weights."


@dataclass(frozen=True, slots=True)
class Depth:
    """The lowest and the highest level that the evidence allows. Raises ValueError where low exceeds high."""

    low: Level
    high: Level

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"A depth runs from low to high, not from {self.low} to {self.high}.")

    @property
    def is_exact(self) -> bool:
        """Whether the evidence allows one level only."""
        return self.low == self.high

    @property
    def words(self) -> str:
        """The range by name: “as users”, or “as users to fine-tuning”."""
        return range_words(self.low.label, self.high.label, " to ")

    @property
    def label(self) -> str:
        """The range by number and name: “1–4, as users to fine-tuning”."""
        return f"{range_words(str(self.low.value), str(self.high.value))}, {self.words}"


NO_DEPTH = Depth(Level.NONE, Level.NONE)


def depth_of(access: Mapping[str, Answer]) -> Depth:
    """The depth of one event from its access profile (methodology, section 5).

    ``access`` maps the questions to answers. Low: unknown and partial count as no. High: they count as yes,
    except for weights, which only a documented yes reaches.
    """
    answers = [access[question] for question in DEPTH_QUESTIONS]
    surely = [answer is Answer.YES for answer in answers]
    possibly = [answer is not Answer.NO for answer in answers[:-1]] + [surely[-1]]
    return _between(_level(*surely), _level(*possibly))


@lru_cache(maxsize=100)
def _between(low: Level, high: Level) -> Depth:
    """One value for the many events of the same depth."""
    return Depth(low, high)


def undecided(access: Mapping[str, Answer]) -> tuple[str, ...]:
    """The questions without a yes or no whose answer can narrow the range between low and high."""
    depth = depth_of(access)
    return tuple(
        question
        for question in DEPTH_QUESTIONS[:-1]
        if access[question] in (Answer.UNKNOWN, Answer.PARTIAL)
        and any(_narrows(depth, {**access, question: answer}) for answer in (Answer.YES, Answer.NO))
    )


def best_depth(strict: Iterable[Depth], counted: Iterable[Depth]) -> Depth:
    """The depth over several events: the best low of the strict ones, the best high of all that count (section 6).

    ``counted`` includes the strict ones.
    """
    low = max((depth.low for depth in strict), default=Level.NONE)
    high = max((depth.high for depth in counted), default=Level.NONE)
    return Depth(low, high)


class Deeper(Term):
    """Whether the evaluators of a release got deeper access than its users: three answers, never two (section 6)."""

    YES = "yes", "deeper than users get", "The record shows access that users do not get."
    NO = "no", "no deeper than users get", "The record shows that the evaluators had what users get."
    UNKNOWN = "unknown", "depth not disclosed", "No source that we read says whether they got more than users."


def deeper_than_users(strict: Iterable[Depth], counted: Iterable[Depth]) -> Deeper:
    """Yes by the low level of the best strict event, no by the high level over all that count (section 6).

    ``counted`` includes the strict ones.
    """
    best = best_depth(strict, counted)
    if best.low >= Level.DEEPER:
        return Deeper.YES
    return Deeper.NO if best.high <= Level.AS_USERS else Deeper.UNKNOWN


class Threat(Term):
    """What could go wrong, which decides how deep a test has to go (methodology, section 5)."""

    DEPLOYMENT = (
        "deployment",
        "the deployed system",
        "Misuse of, or harm through, the system as it is deployed.",
    )
    STOLEN_WEIGHTS = (
        "stolen_weights",
        "stolen weights",
        "The weights get out, and the safeguards no longer hold.",
    )


class Sufficiency(Term):
    """Whether the access was deep enough for a threat (methodology, section 5)."""

    YES = (
        "yes",
        "deep enough",
        "Even the lowest level that the evidence allows reaches what the threat asks for.",
    )
    NO = "no", "not deep enough", "Even the highest level that the evidence allows falls short."
    CANNOT_TELL = "cannot_tell", "cannot tell", "What was disclosed leaves it open."


@dataclass(frozen=True, slots=True)
class Adequacy:
    """The answer for one threat, the level that the threat needs, and whether the lab's argument made it enough."""

    answer: Sufficiency
    needed: Level
    is_argued_for: bool = False

    @property
    def label(self) -> str:
        """The public words; “left on, argued for” where only the lab's argument makes it enough."""
        return f"{self.answer.label} (left on, argued for)" if self.is_argued_for else self.answer.label


def adequacy(depth: Depth, threat: Threat, release_kind: ReleaseKind, mitigations_argued: Answer) -> Adequacy:
    """Whether a depth is enough for a threat to a release of this kind (methodology, section 5).

    Deployment needs level 2, stolen weights need level 4; for open weights both need level 4. Where the lab argued in
    its safety case for a mitigation left on (``mitigations_argued`` is yes), level 1 is enough for deployment. For open
    weights that argument does not help: whoever downloads them can remove the mitigation.
    """
    needed = _needed_level(threat, release_kind)
    plain = _reaches(depth, needed)
    is_argued = needed is Level.DEEPER and mitigations_argued is Answer.YES
    if not is_argued or plain is Sufficiency.YES:
        return Adequacy(plain, needed)
    return Adequacy(_reaches(depth, Level.AS_USERS), Level.AS_USERS, is_argued_for=depth.low >= Level.AS_USERS)


def best_adequacy(strict: Iterable[Adequacy], counted: Iterable[Adequacy]) -> Adequacy | None:
    """The answer for a release: yes by a strict event, no where no counted event can be enough, else cannot tell.

    ``counted`` includes the strict ones. None where no event counts: depth 0 is not enough for anything.
    """
    everything = list(counted)
    if not everything:
        return None
    enough = [each for each in strict if each.answer is Sufficiency.YES]
    if enough:
        return min(enough, key=lambda each: each.is_argued_for)
    for adequacy in everything:
        if adequacy.answer is not Sufficiency.NO:
            return Adequacy(Sufficiency.CANNOT_TELL, adequacy.needed)
    return everything[0]


def _level(filters: bool, harmlessness: bool, fine_tuning: bool, weights: bool) -> Level:
    if weights:
        return Level.WEIGHTS
    if fine_tuning:
        return Level.FINE_TUNING
    if filters and harmlessness:
        return Level.MITIGATIONS_OFF
    if filters or harmlessness:
        return Level.DEEPER
    return Level.AS_USERS


def _narrows(depth: Depth, access: Mapping[str, Answer]) -> bool:
    answered = depth_of(access)
    return answered.low > depth.low or answered.high < depth.high


def _needed_level(threat: Threat, release_kind: ReleaseKind) -> Level:
    if threat is Threat.STOLEN_WEIGHTS or release_kind is ReleaseKind.OPEN_WEIGHTS:
        return Level.FINE_TUNING
    return Level.DEEPER


def _reaches(depth: Depth, needed: Level) -> Sufficiency:
    if depth.low >= needed:
        return Sufficiency.YES
    if depth.high < needed:
        return Sufficiency.NO
    return Sufficiency.CANNOT_TELL
