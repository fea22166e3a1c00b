"""The API against its own description, as schemathesis tries it: within the process, a few examples of each address."""

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from evaltracker.web.openapi import described_addresses
from evaltracker.web.openapi_files import OTHER_FILES
from evaltracker.wsgi import application

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("path", PATHS)
def test_an_address_answers_as_described_whatever_it_is_asked(records, path, mode):
    described = Client().get("/data/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described | {"servers": [{"url": "http://testserver"}]})

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    def tried(case):
        case.call_and_validate(app=application, checks=CHECKS)

    tried()
