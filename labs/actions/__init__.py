"""Writes of the records: all of it is saved, or none."""

from labs.actions.records import (
    NO_CITATION,
    NO_EVALUATOR,
    check_answers,
    check_citations,
    check_evaluators,
    delete_source,
    name_of,
    records_of,
    save_access_event,
    save_ai_model,
    save_parts,
)

__all__ = [
    "NO_CITATION",
    "NO_EVALUATOR",
    "check_answers",
    "check_citations",
    "check_evaluators",
    "delete_source",
    "name_of",
    "records_of",
    "save_access_event",
    "save_ai_model",
    "save_parts",
]
