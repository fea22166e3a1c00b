"""What the columns of public files were called before: a published name stays, and a rename is a change to list here.

A file answers an old name in ``columns=`` with the columns that took its place.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rename:
    """A column of a file (its address without the ending) that has other names since a day, and why."""

    file: str
    old: str
    new: tuple[str, ...]
    since: dt.date
    because: str


_ONE_MEANING = dt.date(2026, 11, 30)
_SAME_NAME = "Another file has a column of this name that means something else, or could have."
_PACKED = "It held a list in one cell: JSON and the data package have each member by itself."
_TYPE = "A program could take its values for numbers or dates in one file and not in the next."


def _renames(file: str, because: str, names: Mapping[str, str]) -> Iterable[Rename]:
    return (Rename(file, old, tuple(new.split()), _ONE_MEANING, because) for old, new in names.items())


_DEPTH = {"depth_low": "depth_level_low", "depth_high": "depth_level_high"}
_CITATIONS = {"citations": "citation_count"}
RENAMES: tuple[Rename, ...] = (
    *_renames("access", _SAME_NAME, _DEPTH),
    *_renames(
        "access",
        _PACKED,
        {
            "evaluators": "evaluator_count evaluator_names",
            "evaluator_certainties": "evaluator_count evaluator_names",
            "evaluator_lowerings": "evaluator_count evaluator_names",
            "evaluator_lowered_because": "evaluator_count evaluator_names",
            "domains": "domain_count domain_names",
            "domain_labels": "domain_count domain_names",
            "sources": "source_count",
            **_CITATIONS,
        },
    ),
    *_renames("models", _SAME_NAME, _DEPTH | {"events": "event_count"}),
    *_renames(
        "models",
        "It was 0 or 1, and in other files a number of releases.",
        {"evaluated_low": "is_surely_evaluated", "evaluated_high": "is_possibly_evaluated"},
    ),
    *_renames(
        "models",
        _PACKED,
        {
            "evaluators_low": "tester_count_low tester_names",
            "evaluators_high": "tester_count_high tester_names",
            "searches": "search_count",
            "other_names": "also_known_as",
            **_CITATIONS,
        },
    ),
    *_renames(
        "evaluators",
        _SAME_NAME,
        {
            "kind": "evaluator_kind",
            "kind_label": "evaluator_kind_label",
            "lab": "same_as_lab",
            "events": "event_count",
            "model_evaluations": "model_evaluation_count",
        },
    ),
    *_renames(
        "evaluators",
        _PACKED,
        {
            "former_names": "formerly_known_as",
            "former_names_used": "formerly_known_as",
            "labs_tested": "tested_lab_count tested_lab_names",
            **_CITATIONS,
        },
    ),
    *_renames(
        "sources",
        _SAME_NAME,
        {
            "kind": "source_kind",
            "kind_label": "source_kind_label",
            "lab": "owner_lab",
            "evaluator": "owner_evaluator",
            "quotes": "quote_count",
            "edition": "text_edition",
        },
    ),
    *_renames("commitments", _SAME_NAME, {"quote": "commitment_words"}),
    *_renames(
        "commitments",
        _PACKED,
        {
            "labs": "lab_count lab_names",
            "lab_certainties": "lab_count lab_names",
            "strict_activities": "strict_activity_names",
            "lenient_activities": "lenient_activity_names",
            "sources": "source_count",
            **_CITATIONS,
        },
    ),
    *_renames(
        "replies",
        _SAME_NAME,
        {
            "event": "about_event",
            "commitment": "about_commitment",
            "lab": "about_lab",
            "standing": "reply_standing",
            "standing_label": "reply_standing_label",
            "outcome": "what_changed",
        },
    ),
    *_renames(
        "headline",
        _SAME_NAME,
        {
            word: f"releases_{word}"
            for word in (
                "confirmed",
                "timing_not_shown",
                "reported",
                "said_none",
                "after_release_only",
                "nothing_found",
            )
        },
    ),
    *(
        each
        for file in ("changes", "corrections")
        for each in (
            *_renames(
                file,
                _SAME_NAME,
                {
                    "key": "record_key",
                    "name": "record_name",
                    "kind": "change_kind",
                    "kind_label": "change_kind_label",
                    "data_version": "public_since",
                },
            ),
            *_renames(file, _TYPE, {"edition": "entered_with"}),
        )
    ),
    *_renames("timeline", _SAME_NAME, {"standing": "release_standing"}),
    *_renames("timeline", _PACKED, {"evaluators": "evaluator_count evaluator_names"}),
    *_renames("charts/share", _SAME_NAME, {"half_year_from": "half_year_earliest", "half_year_to": "half_year_latest"}),
)
"""All renames, by file."""


def new_names(file: str, name: str) -> tuple[str, ...]:
    """What took the place of a column of a file; empty where its name is no old one."""
    return next((each.new for each in RENAMES if (each.file, each.old) == (file, name)), ())
