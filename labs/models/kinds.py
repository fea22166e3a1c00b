"""The kinds of records of this app."""

from labs.choices import SearchField
from labs.models.events import AccessEvent, AccessEventCitation, Participation
from labs.models.parties import Evaluator, EvaluatorCitation, EvaluatorName, Lab, LabName
from labs.models.registry import RecordKind
from labs.models.releases import AIModel, AIModelCitation, AIModelName, Search
from labs.models.sources import Source
from labs.models.statements import Statement
from labs.rules.lookalikes import KnownBy

KINDS = (
    RecordKind(
        Lab,
        slug="lab",
        rank=1,
        file_names=("labs",),
        fixtures=("labs",),
        parts={"other_names": LabName},
        lab_paths=("key",),
        is_mergeable=True,
        other_names="other_names",
        known_by={"name": KnownBy.NAME, "other_names__name": KnownBy.NAME, "website": KnownBy.ADDRESS},
        searched={"name": SearchField.NAME, "other_names__name": SearchField.OTHER_NAME, "key": SearchField.KEY},
    ),
    RecordKind(
        Evaluator,
        slug="evaluator",
        rank=2,
        file_names=("evaluators",),
        fixtures=("evaluators",),
        parts={"former_names": EvaluatorName, "citations": EvaluatorCitation},
        evaluator_paths=("key",),
        is_mergeable=True,
        other_names="former_names",
        known_by={"name": KnownBy.NAME, "former_names__name": KnownBy.NAME, "website": KnownBy.ADDRESS},
        searched={
            "name": SearchField.NAME,
            "former_names__name": SearchField.OTHER_NAME,
            "key": SearchField.KEY,
            "citations__quote": SearchField.QUOTE,
            "note": SearchField.ARRANGEMENTS,
        },
    ),
    RecordKind(
        AIModel,
        slug="ai-model",
        rank=3,
        file_names=("models",),
        fixtures=("models",),
        parts={"other_names": AIModelName, "citations": AIModelCitation, "searches": Search},
        lab_paths=("lab__key",),
        is_mergeable=True,
        other_names="other_names",
        known_by={"name": KnownBy.NAME, "other_names__name": KnownBy.NAME, "lab__key": KnownBy.MAKER},
        searched={
            "name": SearchField.NAME,
            "other_names__name": SearchField.OTHER_NAME,
            "key": SearchField.KEY,
            "citations__quote": SearchField.QUOTE,
        },
        searched_by=("lab",),
    ),
    RecordKind(
        AccessEvent,
        slug="access-event",
        rank=4,
        file_names=("access_events", "access"),
        fixtures=("access_events",),
        parts={"participations": Participation, "citations": AccessEventCitation},
        lab_paths=("lab__key",),
        evaluator_paths=("participations__evaluator__key",),
        searched={
            "activity": SearchField.ACTIVITY,
            "citations__quote": SearchField.QUOTE,
            "summary": SearchField.SUMMARY,
        },
        searched_by=("lab", "model", "participations__evaluator"),
        is_listed_if_cited=True,
    ),
    RecordKind(
        Source,
        slug="source",
        rank=2,
        file_names=("sources",),
        fixtures=("sources", "evaluator_citations"),  # citations of evaluators refer to sources
        lab_paths=("lab__key",),
        evaluator_paths=("evaluator__key",),
        is_mergeable=True,
        known_by={
            "url": KnownBy.ADDRESS,
            "archived_url": KnownBy.ADDRESS,
            "edition": KnownBy.EDITION,
            "title": KnownBy.TEXT,
        },
        searched={
            "title": SearchField.TITLE,
            "publisher": SearchField.PUBLISHER,
            "url": SearchField.ADDRESS,
        },
        searched_by=("lab", "evaluator"),
    ),
    RecordKind(
        Statement,
        slug="statement",
        rank=5,
        file_names=("statements",),
        fixtures=("statements",),
        lists={"related_events": AccessEvent},
        lab_paths=("related_events__lab__key",),
        evaluator_paths=("related_events__participations__evaluator__key",),
        known_by={"text": KnownBy.TEXT, "quote": KnownBy.TEXT},
        searched={"text": SearchField.TITLE, "quote": SearchField.QUOTE},
    ),
)
