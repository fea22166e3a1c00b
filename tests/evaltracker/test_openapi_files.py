"""The description of the API names every address that serves something other than a page."""

import re

import pytest
from django.urls import resolve

from evaltracker.web.openapi import described_addresses, named_addresses
from evaltracker.web.openapi_files import LEFT_OUT, OTHER_FILES
from labs.web.problems import AS_DETAILS, MEDIA_TYPE
from tests.evaltracker.test_twins import KEYS
from tests.test_urls import read

pytestmark = [pytest.mark.django_db, pytest.mark.answers]
EXAMPLES = {"version": "2026.12.0", "table": "labs", "page": "labs", "key": "openai"}
OF_OTHERS = {"labs:evaluator_feed": "metr", "labs:source_quote": KEYS["labs:source_record"], "labs:model_card": "gpt-4"}


def example(file) -> str:
    values = EXAMPLES | ({"key": OF_OTHERS[file.name]} if file.name in OF_OTHERS else {})
    return re.sub(r"{(\w+)}", lambda name: values[name[1]], file.path)


def test_every_address_that_is_no_page_is_described_or_left_out_with_a_reason(client, records):
    described = {name for _, name, _, _ in described_addresses()} | {file.name for file in OTHER_FILES}
    assert not described & LEFT_OUT.keys()
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())
    names = dict(named_addresses())
    assert described | LEFT_OUT.keys() <= names.keys()
    for name in names.keys() - described - LEFT_OUT.keys():
        route = str(names[name].pattern)
        assert route.endswith("/") or not route, f"{name} serves a file: describe it, or say why not"
        if "<" not in route:
            assert client.get(f"/{route}")["Content-Type"].startswith("text/html"), name


def test_the_description_has_each_file_once_with_its_parameters(client, records):
    found = client.get("/data/openapi.json").json()
    assert {file.path for file in OTHER_FILES} <= found["paths"].keys()
    assert len({file.path for file in OTHER_FILES}) == len(OTHER_FILES)
    operations = [each["get"]["operationId"] for each in found["paths"].values()]
    assert len(set(operations)) == len(operations)
    for path, operation in found["paths"].items():
        in_path = [each["name"] for each in operation["get"]["parameters"] if each["in"] == "path"]
        assert in_path == re.findall(r"{(\w+)}", path)


@pytest.mark.parametrize("file", OTHER_FILES, ids=lambda file: file.path)
def test_each_file_answers_and_refuses_as_described(client, records, files_as_text, file):
    path = example(file)
    match = resolve(path)
    assert match.view_name == file.name
    answer = client.get(path)
    read(answer)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, file.media_type)
    refused = client.get(f"{path}?colour=red")
    kind = MEDIA_TYPE if path.rpartition(".")[2] in AS_DETAILS else "text/plain"
    assert (refused.status_code, refused["Content-Type"].partition(";")[0]) == (400, kind)
    for name in file.parameters:
        value = {"as_of": "2026-11-29", "lab": "openai", "page": "1", "evaluator": "metr", "model": "gpt-4"}.get(name)
        if value is not None:
            found = client.get(path, {name: value})
            read(found)
            assert found.status_code == 200, name
    if file.schema["type"] == "object":
        assert set(file.schema["required"]) <= answer.json().keys()
