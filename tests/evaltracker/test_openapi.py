"""The API against its own description, as schemathesis tries it: within the process, a few examples of each address."""

from functools import cache

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from evaltracker.web.openapi import described_addresses
from evaltracker.web.openapi_files import OTHER_FILES
from evaltracker.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.answers]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 4
PATHS = sorted(
    {path for path, _, ending, _ in described_addresses() if ending == "json"}
    | {file.path for file in OTHER_FILES if file.media_type == "application/json" or file.path.endswith(".atom")}
    | {"/models.csv", "/models.jsonl", "/models.xlsx", "/cite.json", "/sources/{key}/quote.json", "/{page}/cite.bib"}
)


@cache
def description() -> BaseSchema:
    """What the site says of itself; that hangs on no record."""
    return schemathesis.openapi.from_dict(Client().get("/data/openapi.json").json())


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("path", PATHS)
def test_an_address_answers_as_described_whatever_it_is_asked(records, path, mode):
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=description()[path]["GET"].as_strategy(generation_mode=mode))
    def tried(case):
        answer = case.call_and_validate(
            app=application,
            base_url="http://testserver",
            headers={"Accept-Encoding": "identity"},  # schemathesis unpacks no answer of an application
            checks=CHECKS,
        )
        statuses.add(answer.status_code)
        assert b"cannot be understood" not in answer.content, "refused before anybody read what was asked"

    tried()
    assert mode is GenerationMode.NEGATIVE or statuses & {200, 302, 404}
