"""CSV: golden files per table, with what breaks spreadsheets: commas, quotes, newlines, other scripts, formulas."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection

from labs.choices import Answer, Domain, EventLowering, Results
from labs.models import AccessEvent, AIModel, EvaluatorName, Search
from labs.rules.csv_cells import cell
from labs.rules.method import METHOD_VERSION
from labs.web.carried import lines_in
from labs.web.streaming import rows_of
from tests import factories
from tests.published import header

pytestmark = pytest.mark.django_db

DAY = "2025-01-01"


def body(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.streaming
    return b"".join(response.streaming_content).decode()


def table(client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client, address))))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@me", "'@me"),
        ("\tx", "'\tx"),
        ("a=b", "a=b"),
        (None, ""),
        (0, "0"),
        (-3, "-3"),
        (True, "yes"),
        (False, "no"),
        (Answer.UNKNOWN.value, "unknown"),
        (dt.date(2024, 5, 24), "2024-05-24"),
        (["a", "b"], "a; b"),
        ([], ""),
        (["=x", "y"], "'=x; y"),
    ],
)
def test_a_cell_is_what_a_spreadsheet_can_hold_without_running_it(value, written):
    assert cell(value) == written


@pytest.fixture
def parties(empty_database):
    lab = factories.lab(key="lab-a", name="Лаборатория, “A”")
    evaluator = factories.evaluator(key="evaluator-a", name='=Evaluator, "A"', country="GB")
    EvaluatorName.objects.create(evaluator=evaluator, name="Alt\nname", used="2023")
    source = factories.source(
        key="source-a",
        title="標題, with comma",
        publisher='The "Post"',
        url="https://example.org/a",
        lab=lab,
        published_on="2024-06",
    )
    return lab, evaluator, source


@pytest.fixture
def event(parties):
    lab, evaluator, source = parties
    later = factories.source(published_on="2025-06-01", read_on=dt.date(2025, 6, 1))
    model = factories.ai_model(key="model-a", name="Modèle, 1", lab=lab, released_on="2024-40", cited=False)
    AIModel.objects.update(changed_at=dt.datetime(2024, 7, 1, 10, 0, 0, 1, dt.UTC))
    for name in ("A former name", "Another"):
        model.other_names.create(name=name)
    for day, where in ((dt.date(2024, 12, 31), "everywhere"), (dt.date(2025, 2, 1), "again")):
        Search.objects.create(model=model, searched_on=day, where=where)
    factories.citation(model, source=source, supports=["released_on"], quote="Out now.")
    factories.citation(model, source=later, supports=["name"])
    factories.citation(evaluator, source=source, supports=["kind"], quote="A charity.")
    factories.citation(evaluator, source=later)
    return factories.access_event(
        key="event-a",
        lab=lab,
        model=model,
        evaluators=[evaluator],
        citations=[
            {
                "source": source,
                "supports": ["evaluators", "activity", "timing"],
                "quote": "Two lines\nof a | \\ quote.",
            },
            {"source": later, "supports": ["summary"]},
        ],
        started_on="2024-02~",
        access_days=7,
        domains=[Domain.CYBER.value, Domain.BIO.value],
        no_safety_filters=Answer.YES.value,
        helpful_only=Answer.NO.value,
        results=Results.EVALUATOR_REPORT.value,
        summary='=First line,\n"second" line.',
        lowered_to=EventLowering.INFERRED.value,
        lowered_because="Nobody says so outright.",
    )


def test_access_csv_is_as_published(client, event):
    assert body(client, f"/access.csv?as_of={DAY}") == header("access") + (
        'event-a,lab-a,"Лаборатория, “A”",model-a,"Modèle, 1",2024-40,2024-01-01,2024-06-30,'
        'first half of 2024,1,"\'=Evaluator, ""A""",model_evaluation,model evaluation,granted,access given,'
        "before_deployment,before deployment,before_deployment,before deployment,unknown,not disclosed,"
        '2024-02~,2024-02-01,2024-02-29,about February 2024,,,,,7,2,"cyber, bio",yes,yes,no,no,unknown,'
        "not disclosed,unknown,not disclosed,unknown,not disclosed,unknown,not disclosed,unknown,"
        "not disclosed,unknown,not disclosed,unknown,not disclosed,evaluator_report,own report,unknown,"
        "not disclosed,inferred,inferred,Nobody says so outright.,2,4,lenient,"
        'counts in the high figure only,"it is inferred, not stated",no,1,,2025-01-01,inferred,inferred,1,'
        "\r\n"
    )


def test_models_csv_is_as_published(client, event):
    assert body(client, f"/models.csv?as_of={DAY}") == header("models") + (
        'model-a,"Modèle, 1",lab-a,"Лаборатория, “A”",2024-40,2024-01-01,2024-06-30,first half of 2024,'
        'api_or_product,API or product,yes,frontier,,1,no,yes,0,1,"\'=Evaluator, ""A"" (possibly)",0,4,,,'
        "cannot_tell,cannot tell,cannot_tell,cannot tell,2025-01-01,1,1,2024-07-01T10:00:00.000001Z,"
        'reported,reported by others,"A former name, Another"\r\n'
    )


def test_evaluators_csv_is_as_published(client, event):
    assert body(client, f"/evaluators.csv?as_of={DAY}") == header("evaluators") + (
        'evaluator-a,"\'=Evaluator, ""A""","Alt\nname (2023)",nonprofit,nonprofit,GB,United Kingdom,,,1,1,'
        '1,"Лаборатория, “A”",,2025-01-01,1,\r\n'
    )


def test_sources_csv_is_as_published(client, event):
    assert body(client, f"/sources.csv?as_of={DAY}") == header("sources") + (
        'source-a,"標題, with comma","The ""Post""",https://example.org/a,,2024-06,2024-06-01,2024-06-30,'
        "in June 2024,2024-06-30,lab_statement,lab statement,lab-a,,lab,the lab,3,,original,as published,"
        "\r\n"
    )


@pytest.mark.parametrize(
    ("address", "count"), [("/access.csv", 264), ("/models.csv", 107), ("/evaluators.csv", 48), ("/sources.csv", 352)]
)
def test_a_download_holds_every_record_once(client, records, address, count):
    keys = [row["key"] for row in table(client, address)]
    assert len(keys) == len(set(keys)) == count


def test_a_download_has_the_rows_of_the_page_with_the_same_filters(client, records):
    query = "evaluator=metr&activity=model_evaluation"
    rows = table(client, f"/access.csv?{query}")
    assert f"{len(rows)} access events" in client.get(f"/access/?{query}").content.decode()
    assert all("METR" in row["evaluator_names"] for row in rows)


def test_the_page_links_to_the_download_with_the_same_filters(client, records):
    page = client.get("/access/?evaluator=metr&sort=lab&page=1&as_of=2026-11-01").content.decode()
    assert 'href="/access.csv?evaluator=metr&amp;sort=lab&amp;as_of=2026-11-01"' in page


def test_an_empty_table_is_a_header(client, empty_database):
    assert body(client, "/access.csv").count("\r\n") == 1


def test_the_file_is_named_after_its_content_and_day(client, records):
    response = client.get("/access.csv?as_of=2024-05-24")
    versions = f"data-2026.12.0-method-{METHOD_VERSION}"
    assert response["Content-Disposition"] == f'attachment; filename="access-2024-05-24-{versions}.csv"'


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_rows_are_read_inside_a_transaction(records):
    seen = [(event, connection.in_atomic_block) for event in rows_of(AccessEvent.objects.order_by("key"))]

    assert [event for event, _ in seen] == list(AccessEvent.objects.order_by("key"))
    assert all(is_inside for _, is_inside in seen)
    assert not connection.in_atomic_block


@pytest.mark.parametrize("length", [1, 3, 7, 1000])
def test_lines_are_found_in_whatever_pieces_a_file_comes(length):
    lines = [b'"key","quote"\r\n', b"a,b\r\n", b'b,"it says ""so""\r\nin two\nlines"\r\n', b"c,\r\n"]
    file = b"".join(lines)

    def pieces():
        return (file[at : at + length] for at in range(0, len(file), length))

    assert list(lines_in(pieces())) == list(zip([b'"key"', b"a", b"b", b"c"], lines, strict=True))
    assert [line for _, line in lines_in([file[:-1]])] == lines[:3]
