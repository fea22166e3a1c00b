"""Enumerations of the facts. Where a source can be silent, ``unknown`` is a member: silence is never a "no"."""

from typing import Self

from labs.rules.vocabulary import Term


class Answer(Term):
    """One answer of the access profile (methodology, sections 1 and 5)."""

    YES = "yes", "yes", "A source says so."
    PARTIAL = "partial", "in part", "A source says that it held for a part of the test or to some degree."
    NO = "no", "no", "A source says that it was not so."
    UNKNOWN = "unknown", "not disclosed", "No source that we read says either way."


class YesNo(Term):
    """The answer to a question that our own records always answer."""

    YES = "yes", "yes"
    NO = "no", "no"

    @classmethod
    def of(cls, answer: bool) -> Self:
        """The word for it."""
        return cls.YES if answer else cls.NO


class Frontier(Term):
    """Whether a release was among the most capable of its day (methodology, section 3)."""

    YES = "yes", "frontier", "Among the most capable models when it came out; counts in the figures."
    NO = "no", "not frontier", "Listed, and left out of the figures."
    UNKNOWN = "unknown", "not assessed", "Nobody has assessed it yet; left out of the figures."


class ReleaseKind(Term):
    """How a release reached people (methodology, section 3)."""

    API_OR_PRODUCT = "api_or_product", "API or product", "Offered to the public as a service."
    OPEN_WEIGHTS = "open_weights", "open weights", "The weights themselves can be downloaded."
    LIMITED = "limited", "limited release", "Offered to a chosen group of people outside the lab."
    INTERNAL_ONLY = "internal_only", "internal only", "Used inside the lab only; listed, and not counted."
    UNKNOWN = "unknown", "not disclosed", "No source that we read says how it was released."


class EvaluatorKind(Term):
    """The kind of organisation that an evaluator is."""

    NONPROFIT = "nonprofit", "nonprofit", "A charity or other body without owners to pay."
    GOVERNMENT = "government", "government body", "A public body, such as an AI security institute."
    COMPANY = "company", "company", "A business; a lab that tests another lab's model is one too."
    ACADEMIC = "academic", "academic group", "A university or a research group within one."
    UNSPECIFIED = "unspecified", "not specified", "No source that we read says what sort of body it is."


class Country(Term):
    """Seat of a lab or evaluator, as an ISO 3166-1 code (EU for the Union's own bodies)."""

    AE = "AE", "United Arab Emirates"
    AU = "AU", "Australia"
    BR = "BR", "Brazil"
    CA = "CA", "Canada"
    CH = "CH", "Switzerland"
    CN = "CN", "China"
    DE = "DE", "Germany"
    ES = "ES", "Spain"
    EU = "EU", "European Union"
    FR = "FR", "France"
    GB = "GB", "United Kingdom"
    IL = "IL", "Israel"
    IN = "IN", "India"
    IT = "IT", "Italy"
    JP = "JP", "Japan"
    KE = "KE", "Kenya"
    KR = "KR", "South Korea"
    NL = "NL", "Netherlands"
    SA = "SA", "Saudi Arabia"
    SE = "SE", "Sweden"
    SG = "SG", "Singapore"
    TW = "TW", "Taiwan"
    US = "US", "United States"
    UNKNOWN = "unknown", "not recorded", "We have not recorded a country."


class SourceKind(Term):
    """The kind of document that a source is. Whose word it is follows from its owner (methodology, section 1)."""

    LAB_MODEL_CARD = "lab_model_card", "system or model card", "The lab's own document about a release."
    LAB_POLICY = "lab_policy", "lab policy", "A policy or framework that the lab published."
    LAB_STATEMENT = "lab_statement", "lab statement", "A post, letter or remark of the lab."
    EVALUATOR_REPORT = "evaluator_report", "evaluator's report", "An evaluator's account of its own tests."
    EVALUATOR_STATEMENT = "evaluator_statement", "evaluator's statement", "A post or remark of an evaluator."
    GOVERNMENT = "government", "government document", "Published by a government or one of its bodies."
    LEGAL = "legal", "legal text", "A law, or a document about one."
    JOURNALISM = "journalism", "journalism", "Reporting by the press."
    ANALYSIS = "analysis", "analysis", "A third party's analysis, index or collection."
    UNKNOWN = "unknown", "not recorded", "We have not recorded what sort of document it is."


class ReadIn(Term):
    """In what form we read a source. Whose words they are is another question: its owner's, unless only quoted."""

    ORIGINAL = "original", "as published", "We read the text as published at its address."
    ARCHIVED = "archived", "in an archived copy", "We read an archived copy of the text."
    COPY = "copy", "in a copy elsewhere", "We read a whole copy of the text elsewhere."
    QUOTED = "quoted", "as quoted by somebody else", "We read only what somebody else quotes of it."


class Owner(Term):
    """To whom a source belongs: who speaks in it (methodology, section 1)."""

    LAB = "lab", "the lab", "The lab itself says so."
    EVALUATOR = "evaluator", "the evaluator", "An evaluator says so."
    GOVERNMENT = "government", "a government", "A government or a public body says so."
    THIRD_PARTY = "third_party", "a third party", "Somebody else says so: press, analysts, indexes."


class Found(Term):
    """What a search for access events of a release found."""

    NOTHING = "nothing", "nothing found", "It found nothing. That is no evidence that nothing took place."
    SOMETHING = "something", "something found", "It found something; the note says what."


class Activity(Term):
    """What outsiders did. Only model evaluation counts as such (methodology, section 4)."""

    MODEL_EVALUATION = (
        "model_evaluation",
        "model evaluation",
        "Specialists measured what the model can do, with suites made for it.",
    )
    RED_TEAMING = (
        "red_teaming",
        "red-teaming",
        "People probed the model open-endedly; shown and counted on its own, never as a model evaluation.",
    )
    SAFEGUARDS_TESTING = (
        "safeguards_testing",
        "safeguards testing",
        "The filters and other safeguards were tested, not the model's capabilities.",
    )
    AUDIT_OR_REVIEW = (
        "audit_or_review",
        "audit or review",
        "Documents, processes or claims were reviewed.",
    )
    SAFETY_RESEARCH = (
        "safety_research",
        "safety research",
        "Researchers had access in order to study the model.",
    )
    UNKNOWN = "unknown", "not disclosed", "No source that we read says what was done."


class Outcome(Term):
    """Whether access was given (methodology, section 1)."""

    GRANTED = "granted", "access given", "The lab let them in."
    REFUSED = "refused", "access refused", "A source says that the lab refused."
    CONFIRMED_NONE = (
        "confirmed_none",
        "confirmed that none took place",
        "A source says that it did not happen.",
    )
    NOT_NEEDED = (
        "not_needed",
        "no permission needed",
        "Public weights or a public service were tested; never counted as access given.",
    )
    UNKNOWN = "unknown", "not disclosed", "No source that we read says whether access was given."


class Timing(Term):
    """When it took place, against the release (methodology, section 4)."""

    DURING_TRAINING = "during_training", "during training", "While the model was still being trained."
    BEFORE_INTERNAL_DEPLOYMENT = (
        "before_internal_deployment",
        "before internal deployment",
        "Before the lab itself put the model to use.",
    )
    BEFORE_DEPLOYMENT = (
        "before_deployment",
        "before deployment",
        "Before people outside the lab could use it.",
    )
    AFTER_DEPLOYMENT = "after_deployment", "after deployment", "Once the release was out."
    UNKNOWN = "unknown", "not disclosed", "No source that we read says when."


BEFORE_RELEASE = frozenset({Timing.DURING_TRAINING, Timing.BEFORE_INTERNAL_DEPLOYMENT, Timing.BEFORE_DEPLOYMENT})


class Domain(Term):
    """A risk domain that was tested. An empty list means that the source names none."""

    AUTONOMY = "autonomy", "autonomy", "Acting, copying itself or gathering resources on its own."
    AI_RND = "ai_rnd", "AI R&D", "Speeding up the making of AI."
    CYBER = "cyber", "cyber", "Attacks on computer systems."
    BIO = "bio", "bio", "Biological weapons."
    CHEM = "chem", "chem", "Chemical weapons."
    NUCLEAR = "nuclear", "nuclear", "Nuclear and radiological weapons."
    DECEPTION = "deception", "deception", "Misleading its users or makers, scheming, sabotage."
    PERSUASION = "persuasion", "persuasion", "Manipulating what people believe or do."
    LOSS_OF_CONTROL = "loss_of_control", "loss of control", "Evading human oversight."
    SAFEGUARDS = "safeguards", "safeguards", "How well filters and other safeguards hold."
    OTHER = "other", "other", "A domain that is named and outside this list."


class Results(Term):
    """Where results were published (methodology, section 6, publication)."""

    EVALUATOR_REPORT = "evaluator_report", "own report", "The evaluator published a report of its own."
    EVALUATOR_SUMMARY = "evaluator_summary", "own summary", "The evaluator published a summary."
    LAB_DETAILED = "lab_detailed", "lab's detailed account", "The lab published the results in detail."
    LAB_SUMMARY = "lab_summary", "lab's summary", "The lab published a short summary."
    NONE_PUBLISHED = "none_published", "nothing published", "A source says that nothing was published."
    UNKNOWN = "unknown", "not disclosed", "No source that we read says whether results were published."


class Mode(Term):
    """How the evaluator worked with the model."""

    DIRECT = "direct", "direct access", "The evaluator ran the model itself, for example over an API."
    AT_LAB = "at_lab", "at the lab", "The evaluator worked on the lab's premises or machines."
    CODE_RUN_BY_LAB = "code_run_by_lab", "code run by the lab", "The lab ran the evaluator's tests for it."
    UNKNOWN = "unknown", "not disclosed", "No source that we read says how."


class Certainty(Term):
    """How sure a record is (methodology, section 1): derived from who says so, unless an editor lowered it."""

    CONFIRMED = (
        "confirmed",
        "documented, confirmed by both sides",
        "The lab and one of its evaluators both say so.",
    )
    DOCUMENTED = (
        "documented",
        "documented",
        "The lab, an evaluator or a government body that took part says so.",
    )
    REPORTED = (
        "reported",
        "reported",
        "Only others say so: no words that we read of the lab or of an evaluator that took part say who, what, when or "
        "with what result.",
    )
    INFERRED = "inferred", "inferred", "An editor concluded it from what sources say; none says it outright."
    DISPUTED = "disputed", "disputed", "Sources contradict each other."


class EventLowering(Term):
    """An editor's lowering of an event's certainty by hand. Nobody can raise it (methodology, section 1)."""

    AS_CITED = "as_cited", "as the citations give it", "Derived from who says so."
    INFERRED = "inferred", Certainty.INFERRED.label, Certainty.INFERRED.explanation
    DISPUTED = "disputed", Certainty.DISPUTED.label, Certainty.DISPUTED.explanation


class LinkLowering(Term):
    """How sure one evaluator's part in an event is (methodology, section 1)."""

    AS_EVENT = "as_event", "as the event", "As certain as the event itself."
    REPORTED = "reported", Certainty.REPORTED.label, "Only others name this evaluator."
    INFERRED = (
        "inferred",
        Certainty.INFERRED.label,
        "A source hints at this evaluator without naming it outright.",
    )
    DISPUTED = "disputed", Certainty.DISPUTED.label, "Sources contradict each other about this evaluator."


class Evidence(Term):
    """What the record shows of outside model evaluation of a release: one word for each, the first that fits.

    Methodology, section 1.
    """

    CONFIRMED = (
        "confirmed",
        "confirmed before release",
        "The lab, an evaluator or a government body that took part says that outsiders evaluated the model before its "
        "release.",
    )
    TIMING_NOT_SHOWN = (
        "timing_not_shown",
        "tested, timing not shown",
        "Outsiders evaluated it, as one of them or the lab says. No source that we read shows that it was before "
        "release.",
    )
    REPORTED = (
        "reported",
        "reported by others",
        "Others report an evaluation by outsiders, we infer one, or sources contradict each other about it.",
    )
    SAID_NONE = (
        "said_none",
        "said that none took place",
        "The lab or an evaluator says that no outsider evaluated it, or that outsiders were refused.",
    )
    AFTER_RELEASE_ONLY = (
        "after_release_only",
        "tested after release only",
        "The evaluations by outsiders on record came after release, or needed nobody's permission.",
    )
    NOTHING_FOUND = (
        "nothing_found",
        "no outside model evaluation found",
        "No public source that we read tells of one. That does not mean that none took place.",
    )

    @property
    def badge_label(self) -> str:
        """The label where space is short."""
        return "nothing found" if self is Evidence.NOTHING_FOUND else self.label


ACCESS_ANSWERS: dict[str, str] = {
    "no_safety_filters": "safety filters off",
    "helpful_only": "harmlessness training off",
    "fine_tuning": "fine-tuning",
    "weights": "weights",
    "raw_reasoning": "raw reasoning shown",
    "internal_information": "internal information shared",
    "final_version": "final version tested",
    "lab_support": "support by the lab's staff",
}
"""The eight questions of the access profile: field name and public label, in reading order."""


class EventField(Term):
    """The fields of an access event that a quote can support (methodology, sections 1 and 2)."""

    LAB = "lab", "lab"
    MODEL = "model", "model"
    EVALUATORS = "evaluators", "evaluators"
    ACTIVITY = "activity", "activity"
    OUTCOME = "outcome", "outcome"
    TIMING = "timing", "timing"
    STARTED_ON = "started_on", "start"
    ENDED_ON = "ended_on", "end"
    ACCESS_DAYS = "access_days", "days of access"
    DOMAINS = "domains", "risk domains"
    MODE = "mode", "mode"
    ACCESS = "access", "the whole access profile"
    ACCESS_NO_SAFETY_FILTERS = "access.no_safety_filters", ACCESS_ANSWERS["no_safety_filters"]
    ACCESS_HELPFUL_ONLY = "access.helpful_only", ACCESS_ANSWERS["helpful_only"]
    ACCESS_FINE_TUNING = "access.fine_tuning", ACCESS_ANSWERS["fine_tuning"]
    ACCESS_WEIGHTS = "access.weights", ACCESS_ANSWERS["weights"]
    ACCESS_RAW_REASONING = "access.raw_reasoning", ACCESS_ANSWERS["raw_reasoning"]
    ACCESS_INTERNAL_INFORMATION = "access.internal_information", ACCESS_ANSWERS["internal_information"]
    ACCESS_FINAL_VERSION = "access.final_version", ACCESS_ANSWERS["final_version"]
    ACCESS_LAB_SUPPORT = "access.lab_support", ACCESS_ANSWERS["lab_support"]
    MITIGATIONS_ARGUED = "mitigations_argued", "mitigations argued for in the safety case"
    RESULTS = "results", "results"
    FREE_TO_PUBLISH = "free_to_publish", "free to publish"
    CERTAINTY = "certainty", "certainty"
    SUMMARY = "summary", "summary"


class ReleaseField(Term):
    """The fields of a release that a quote can support."""

    NAME = "name", "name"
    LAB = "lab", "lab"
    RELEASED_ON = "released_on", "release date"
    RELEASE = "release", "kind of release"
    FRONTIER = "frontier", "frontier"
    VARIANT_OF = "variant_of", "variant of"


class EvaluatorField(Term):
    """The fields of an evaluator that a quote can support."""

    NAME = "name", "name"
    FORMER_NAMES = "former_names", "former names"
    KIND = "kind", "kind"
    COUNTRY = "country", "country"
    NOTE = "note", "standing arrangements"


class RecordStatus(Term):
    """Whether a record is a draft, in review, public or withdrawn."""

    DRAFT = "draft", "draft", "Being written. Nobody outside the desk sees it."
    IN_REVIEW = "in_review", "in review", "Waiting for a second person. Nobody outside the desk sees it."
    PUBLISHED = "published", "published", "Public. Each change of it needs a second person."
    WITHDRAWN = "withdrawn", "withdrawn", "Was public and is no longer; its page says why."


class ProposalKind(Term):
    """What a proposal asks a second person to accept."""

    PUBLISH = "publish", "first publication", "A record that is not public becomes so."
    CHANGE = "change", "change", "A public record gets other content."
    WITHDRAW = "withdraw", "withdrawal", "A public record is withdrawn; its page stays and says why."
    MERGE = "merge", "merger", "A record turns out to be another one: all that refers to it moves there."
    UNMERGE = "unmerge", "merger undone", "Two records turn out to be two after all: what a merger moved goes back."


class Stage(Term):
    """What became of a proposal."""

    IN_REVIEW = "in_review", "waiting for review", "A second person has yet to look at it."
    SENT_BACK = "sent_back", "sent back", "Its author is asked to change it; the note says what."
    ACCEPTED = "accepted", "accepted", "A second person checked it, and it is public."
    REJECTED = "rejected", "rejected", "It was not let through; the note says why."


class CheckedBy(Term):
    """Who let a data version through. Pages name no person here, only the role."""

    EDITOR = "editor", "an editor", "An editor, who had not written the changes, accepted them."
    NOBODY = "nobody", "nobody here", "It came with an edition of the records, which nobody at this desk has checked."


class NoteKind(Term):
    """With what a note in the thread of a proposal came."""

    COMMENT = "comment", "note"
    SENT_BACK = "sent_back", "sent back"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"


OPEN_STAGES = (Stage.IN_REVIEW, Stage.SENT_BACK)


class QuoteCheck(Term):
    """Whether the snapshot of its source contains a quote, white space and quotation marks folded."""

    FOUND = "found", "found in the snapshot", "The newest snapshot of the source has these words."
    DOUBTFUL = (
        "doubtful",
        "perhaps in the snapshot",
        "The newest snapshot of the source has these words with omissions, or only when it is read very freely.",
    )
    NOT_FOUND = "not_found", "not found in the snapshot", "The newest snapshot of the source lacks these words."
    NO_SNAPSHOT = "no_snapshot", "no snapshot", "We hold no snapshot of the source to check it against."


QUOTES_TO_JUDGE = (QuoteCheck.NOT_FOUND, QuoteCheck.DOUBTFUL)
"""They wait for an editor's word before the record is public."""


class QuoteLook(Term):
    """How a quote was found in a text, from the strictest look to the freest one."""

    WORD_FOR_WORD = "word_for_word", "word for word", "White space, quotation marks and hyphens at line ends apart."
    ACROSS_PAGES = "across_pages", "across a page break", "Word for word, begun on one page and ended on another."
    OTHER_DASHES = "other_dashes", "with other dashes", "A dash is a dash, however long it is."
    WITHOUT_MARKS = "without_marks", "without footnote marks", "The text has footnote marks that the quote lacks."
    SOFT_HYPHENS = "soft_hyphens", "with hyphens that the file has as soft ones", "Each may belong to the word or not."
    LIGATURES = "ligatures", "with ligatures that the file has as control characters", "Some fonts of TeX have them so."
    RUNNING_LINES = (
        "running_lines",
        "across a page break, without the lines that recur on each page",
        "Lines at the top or the bottom of three or more pages, whatever their numbers.",
    )
    MARK_DIGITS = "mark_digits", "with the digits of footnote marks", "The quote has a footnote mark as plain digits."
    MARKS_ON_THE_LINE = (
        "marks_on_the_line",
        "without digits that may be footnote marks",
        "One or two digits after a word in small letters: some files do not say that a mark is raised.",
    )
    CAPITALS = "capitals", "with other capitals", "Small capitals can come as capitals; six words or more."
    BLANKS = (
        "blanks",
        "with blanks inside words",
        "The text of some files has blanks inside words; three words or more.",
    )


class SearchField(Term):
    """Where the words of a search are looked for; what stands in an earlier one comes first among the results."""

    NAME = "name", "name"
    OTHER_NAME = "other_name", "other name"
    KEY = "key", "address of its page"
    TITLE = "title", "title"
    ACTIVITY = "activity", "what was done"
    PROMISE = "promise", "words of the promise"
    QUOTE = "quote", "quote"
    SUMMARY = "summary", "summary"
    ARRANGEMENTS = "arrangements", "standing arrangements"
    SCOPE = "scope", "scope"
    QUESTION = "question", "what we asked"
    ANSWER = "answer", "the answer"
    FRAMEWORK = "framework", "framework"
    PUBLISHER = "publisher", "publisher"
    ADDRESS = "address", "address"


NAMES_SEARCHED = (SearchField.NAME, SearchField.OTHER_NAME, SearchField.KEY, SearchField.TITLE)
"""By these also what belongs to a record is found, such as an access event by the names of its evaluators."""
