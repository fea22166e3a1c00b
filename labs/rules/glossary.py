"""The words of the field, each with what it means here: the one list from which pages and docs take them.

The words for a status, an answer or a verdict stand with their values in ``choices.py`` and in the rules.
"""

from labs.rules.vocabulary import Term


class Word(Term):
    """A word of the field. ``docs/glossary.md`` has each of them, with the names of the code beside it."""

    LAB = "lab", "lab", "A company or group that makes AI models."
    RELEASE = "release", "release", "One model that a lab brought out, or holds inside."
    VARIANT = (
        "variant",
        "variant",
        "A product on, a mode of, or the same weights as another release; neither it nor its tests count.",
    )
    FRONTIER = "frontier", "frontier", "Among the most capable models of its day; only such releases count in figures."
    EVALUATOR = "evaluator", "evaluator", "Who tested a model: nonprofit, government body, company, academic group."
    ACCESS_EVENT = "access_event", "access event", "One time that outsiders got, or were refused, access to a model."
    LAUNCH_DOCUMENT = (
        "launch_document",
        "launch document",
        "A document of the lab, a tester or a public body that describes a test and was out at the release: what it "
        "describes was done before.",
    )
    DEPTH = (
        "depth",
        "depth",
        "How deep access went: as users have it, or with safeguards off, fine-tuning or the weights.",
    )
    COMMITMENT = "commitment", "commitment", "What a lab said, or a law says, will be done; also called a promise."
    REQUIREMENT = "requirement", "requirement", "What keeping a promise takes under one reading of its words."
    VERDICT = "verdict", "verdict", "Whether a promise was kept for one release: kept, partly kept, unclear, not kept …"
    SOURCE = "source", "source", "A document that anybody can read."
    QUOTE = "quote", "quote", "At most forty words, word for word as the copy that we read has them."
    CERTAINTY = "certainty", "certainty", "How sure a record is; it follows from whose words are cited."
    NOT_DISCLOSED = (
        "not_disclosed",
        "not disclosed",
        "No source that we read says it. That is never a “no”.",
    )
    POSSIBLE = (
        "possible",
        "possible",
        "Counts in the high figure only: it is not documented, or nothing shows that it was before release.",
    )
    PLACE = (
        "place",
        "possible place",
        "Where a lab may stand among those with a score: surely behind those whose low end lies above its high end, "
        "and surely before those whose high end lies below its low end.",
    )
    AS_OF = "as_of", "as of a day", "What was publicly known by then."
    WINDOW = (
        "window",
        "window",
        "The releases that a figure is about: 12 or 24 months, or all time, up to the day to which the records are "
        "complete.",
    )
