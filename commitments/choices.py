"""Enumerations of the promises. What a record states about one can be ``unknown``."""

from labs.rules.vocabulary import Term


class Origin(Term):
    """The kind of document that contains a commitment."""

    STATEMENT = "statement", "statement", "A post, letter or remark."
    POLICY = "policy", "lab policy", "A policy or framework of the lab's own."
    JOINT_PLEDGE = "joint_pledge", "joint pledge", "Promised together with other labs."
    AGREEMENT = "agreement", "agreement", "An agreement with an evaluator or a government."
    CODE_OF_PRACTICE = "code_of_practice", "code of practice", "A code that labs sign."
    LAW = "law", "law", "A law: an obligation, listed apart from promises."
    UNKNOWN = "unknown", "not recorded", "We have not recorded where it stands."


class About(Term):
    """What a commitment is about."""

    EXTERNAL_MODEL_EVALUATION = (
        "external_model_evaluation",
        "model evaluation by outsiders",
        "Letting outsiders evaluate models.",
    )
    EXTERNAL_RED_TEAMING = "external_red_teaming", "red-teaming by outsiders", "Letting outsiders probe models."
    GOVERNMENT_ACCESS = "government_access", "access for governments", "Letting public bodies test models."
    THIRD_PARTY_AUDIT = "third_party_audit", "audit by a third party", "Having documents or conduct audited."
    PUBLISHING_RESULTS = "publishing_results", "publishing results", "Publishing what tests found."
    RESEARCHER_ACCESS = "researcher_access", "access for researchers", "Letting researchers study models."
    OTHER = "other", "something else", "Related, and none of the above."
    UNKNOWN = "unknown", "not recorded", "We have not recorded what it is about."


class Firmness(Term):
    """How firmly it was promised (methodology, section 6, commitment)."""

    FIRM = "firm", "firm", "The text says that it will be done."
    CONDITIONAL = "conditional", "conditional", "It will be done if something else holds."
    EXPLORATORY = "exploratory", "exploratory", "The text promises to explore or to consider it."
    MENTION = "mention", "mention", "The text describes it without promising it."
    DISPUTED = "disputed", "disputed", "What was promised is disputed."
    UNKNOWN = "unknown", "not recorded", "We have not recorded how firm it is."


class StatedBy(Term):
    """Who stated the commitment (methodology, section 6, commitment)."""

    LAB = "lab", "the lab itself", "In the lab's own words."
    JOINTLY = "jointly", "jointly", "A text that the labs signed."
    OTHER = "other", "others", "Somebody else says that the lab promised it."
    UNKNOWN = "unknown", "not recorded", "We have not recorded who stated it."


class Binding(Term):
    """Whether the lab said that it will not deploy unless the outside test passes (methodology, section 8)."""

    YES = "yes", "binding on deployment", "The lab said that it will not deploy unless it passes."
    NO = "no", "not binding on deployment", "The text says that deployment does not depend on it."
    UNKNOWN = "unknown", "not disclosed", "No source that we read says either way."


class Wording(Term):
    """How the words of a commitment stand beside those of its source."""

    VERBATIM = "verbatim", "word for word", "The words as they stand in the source."
    CONDENSED = "condensed", "condensed, not word for word", "The words of the source, shortened."
    TRANSLATED = "translated", "translated, not word for word", "The words of the source in translation."


class Reading(Term):
    """A commitment may carry two readings (methodology, section 7)."""

    STRICT = "strict", "strict reading", "What the words ask for when taken narrowly."
    LENIENT = "lenient", "lenient reading", "What would still satisfy the words when taken broadly."


class RequiredEvaluators(Term):
    """Who has to be let in (methodology, section 7)."""

    ANY_OUTSIDE = "any_outside", "anyone outside the lab", "Any evaluator outside the lab satisfies it."
    GOVERNMENT = "government", "a government body", "Only a public body satisfies it."
    NAMED = "named", "a named evaluator", "Only the evaluator that the text names satisfies it."


class RequiredReleases(Term):
    """For which releases it holds (methodology, section 7)."""

    FRONTIER = "frontier", "frontier releases", "Only frontier releases."
    ALL = "all", "all releases", "Every release."


class CommitmentField(Term):
    """The fields of a commitment that a quote can support."""

    QUOTE = "quote", "quote"
    LABS = "labs", "labs"
    COUNTERPARTY = "counterparty", "counterparty"
    MADE_ON = "made_on", "day made"
    EFFECTIVE_ON = "effective_on", "effective day"
    DUE_ON = "due_on", "due day"
    ENDED_ON = "ended_on", "end"
    SUPERSEDED_BY = "superseded_by", "successor"
    ABOUT = "about", "topic"
    FIRMNESS = "firmness", "firmness"
    STATED_BY = "stated_by", "who stated it"
    SCOPE = "scope", "scope"
    BINDING = "binding", "binding on deployment"
    FULFILLED_ON = "fulfilled_on", "fulfilled on"


FRAMEWORK_TITLES = {
    "advanced-ai-scaling-framework": "Advanced AI Scaling Framework (Meta)",
    "bletchley-2023": "Bletchley Park summit (2023)",
    "eu-ai-act": "EU AI Act",
    "eu-gpai-code-2025": "EU code of practice for general-purpose AI (2025)",
    "fcf": "Frontier Compliance Framework (Anthropic)",
    "frontier-ai-framework": "Frontier AI Framework (Meta)",
    "frontier-governance-framework": "Frontier Governance Framework (Microsoft)",
    "frontier-model-safety-framework": "Frontier Model Safety Framework (Amazon)",
    "frontier-safety-framework": "Frontier Safety Framework (Google DeepMind)",
    "illinois-sb-315": "Illinois Senate Bill 315",
    "openai-frontier-governance-framework": "Frontier Governance Framework (OpenAI)",
    "preparedness-framework": "Preparedness Framework (OpenAI)",
    "raise-act": "New York RAISE Act",
    "rsp": "Responsible Scaling Policy (Anthropic)",
    "sb-53": "California Senate Bill 53",
    "secure-ai-frontier-model-framework": "Secure AI Frontier Model Framework (Cohere)",
    "seoul-2024": "Seoul summit commitments (2024)",
    "us-aisi-2024": "Agreements with the US AI Safety Institute (2024)",
    "us-eo-2026": "US executive order (2026)",
    "white-house-2023": "White House commitments (2023)",
    "xai-frontier-ai-framework": "Frontier AI Framework (xAI)",
    "xai-risk-management-framework": "Risk Management Framework (xAI)",
}
"""What the documents and series that commitments belong to are called, by the key that ``framework`` holds."""
