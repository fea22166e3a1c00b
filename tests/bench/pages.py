"""The types of pages and an address of each; and some 400 addresses for the comparison of two builds."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

from tests.bench.generate import Row

VERDICTS = "/commitments/verdicts.csv"
# Each needs the ledger of today, so after it the ledger is kept.
LEDGER_PAGES = ("/", "/labs/")


def page_types(rows: Sequence[Row], verdicts: str) -> dict[str, str]:
    """The address of each type of page by its name; of each kind of record the one that has most on its page.

    ``verdicts`` is the download of all verdicts.
    """

    def most(model: str, field: str) -> str:
        return _most(row["fields"][field][0] for row in rows if row["model"] == model and row["fields"][field])

    commitment = _most(row["commitment"] for row in csv.DictReader(io.StringIO(verdicts.lstrip("\ufeff"))))
    return {
        "home": "/",
        "labs": "/labs/",
        "lab-anthropic": "/labs/anthropic/",
        "lab-openai": "/labs/openai/",
        "compare": "/labs/compare/?lab=anthropic&lab=openai",
        "models": "/models/",
        "model": f"/models/{most('labs.accessevent', 'model')}/",
        "evaluators": "/evaluators/",
        "access": "/access/",
        "access-lab": "/access/?lab=anthropic",
        "event": f"/access/{most('labs.accesseventcitation', 'record')}/",
        "commitments": "/commitments/",
        "commitment": f"/commitments/{commitment}/",
        "matrix": "/commitments/matrix/",
        "sources": "/sources/",
        "source": f"/sources/{most('labs.accesseventcitation', 'source')}/",
        "timeline": "/timeline/",
        "changes": "/changes/",
        "methodology": "/methodology/",
        "labs.csv": "/labs.csv",
        "models.csv": "/models.csv",
        "access.csv": "/access.csv",
        "verdicts.csv": VERDICTS,
    }


def _most(keys: Iterable[str]) -> str:
    """The key that comes most often; of several the first by name."""
    return min(Counter(keys).items(), key=lambda item: (-item[1], item[0]))[0]


PAST_DAYS = ("as_of=2024-05-24", "as_of=2025-10-01")
LISTS = (
    "/", "/labs/", "/models/", "/evaluators/", "/access/", "/commitments/", "/commitments/matrix/", "/sources/",
    "/timeline/", "/changes/", "/corrections/", "/methodology/", "/replies/", "/labs/compare/", "/charts/share/",
    "/labs.csv", "/models.csv", "/evaluators.csv", "/access.csv", "/commitments.csv", VERDICTS, "/sources.csv",
    "/timeline.csv", "/changes.csv", "/corrections.csv", "/replies.csv", "/charts/share.csv", "/timeline.json",
    "/charts/share.json",
)  # fmt: skip
WINDOWED = (
    "/", "/labs/", "/labs/openai/", "/labs/anthropic/", "/labs.csv", "/commitments/matrix/", VERDICTS,
)  # fmt: skip
OTHERS = (
    "/report/", "/robots.txt", "/nope/", "/labs/none/", "/access/none/", "/commitments/none/", "/models/?x=1",
    "/labs/?as_of=x", "/access/?lab=nolab", "/methodology/?weights=evaluated:50",
    "/labs/compare/?lab=openai&lab=anthropic", "/labs/compare/?lab=openai&lab=meta&as_of=2025-10-01",
    "/access/?lab=openai", "/access/?activity=model_evaluation&sort=-released", "/access/?page=2",
    "/access/?evaluator=metr&as_of=2024-05-24", "/access/?sort=evaluators", "/access/?sort=timing",
    "/access.csv?lab=anthropic", "/models/?lab=openai", "/models/?sort=-released", "/commitments/?lab=openai",
    "/commitments.csv?lab=openai", "/commitments/?in_force=yes", "/commitments/?testable=no", "/sources/?lab=openai",
    "/evaluators/?kind=government", "/timeline/?lab=openai",
)  # fmt: skip
# The folder of the addresses of a kind of record, and how many of them are compared.
RECORDS = {
    "labs.lab": ("labs", 40),
    "labs.aimodel": ("models", 40),
    "labs.accessevent": ("access", 60),
    "commitments.commitment": ("commitments", 50),
    "labs.evaluator": ("evaluators", 20),
    "labs.source": ("sources", 40),
}


def compared_addresses(rows: Sequence[Row]) -> list[str]:
    """Lists, downloads, filters, refusals and records of each kind, today and on days gone by."""
    found = [*LISTS, *(f"{path}?{day}" for path in LISTS for day in PAST_DAYS)]
    found += [f"{path}?window={window}" for path in WINDOWED for window in ("24", "all")]
    found += OTHERS
    for model, (folder, count) in RECORDS.items():
        keys = sorted(row["fields"]["key"] for row in rows if row["model"] == model)
        keys = keys[:: max(1, len(keys) // count)][:count]
        found += [f"/{folder}/{key}/" for key in keys]
        found += [f"/{folder}/{key}/?{PAST_DAYS[1]}" for key in keys[::3]]
    return list(dict.fromkeys(found))
