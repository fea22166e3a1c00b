"""CSV: golden files per table, with what breaks spreadsheets: commas, quotes, newlines, other scripts, formulas."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection

from labs.choices import Answer, Domain, EventLowering, Results
from labs.models import AccessEvent, AIModel, EvaluatorName, Search
from labs.rules.method import METHOD_VERSION
from labs.web.streaming import cell, rows_of
from tests import factories

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
    assert body(client, f"/access.csv?as_of={DAY}") == (
        "key,lab,lab_name,model,model_name,released_on,released_on_earliest,released_on_latest,"
        "evaluators,evaluator_names,evaluator_certainties,activity,activity_label,outcome,outcome_label,"
        "timing,timing_label,timing_by_rule,timing_by_rule_label,mode,mode_label,"
        "started_on,started_on_earliest,started_on_latest,ended_on,ended_on_earliest,ended_on_latest,access_days,domains,domain_labels,"
        "no_safety_filters,no_safety_filters_label,helpful_only,helpful_only_label,fine_tuning,fine_tuning_label,"
        "weights,weights_label,raw_reasoning,raw_reasoning_label,internal_information,internal_information_label,"
        "final_version,final_version_label,lab_support,lab_support_label,mitigations_argued,mitigations_argued_label,"
        "results,results_label,free_to_publish,free_to_publish_label,"
        "certainty,certainty_label,certainty_lowered_because,"
        "depth_low,depth_high,counts,counts_because,is_distinct,sources,summary,as_of,"
        "evaluator_lowerings,lowered_to,citations,changed_at,evaluator_lowered_because\r\n"
        'event-a,lab-a,"Лаборатория, “A”",model-a,"Modèle, 1",2024-40,2024-01-01,2024-06-30,'
        'evaluator-a,"\'=Evaluator, ""A""",inferred,model_evaluation,model evaluation,granted,access given,'
        "before_deployment,before deployment,before_deployment,before deployment,unknown,not disclosed,"
        "2024-02~,2024-02-01,2024-02-29,,,,7,cyber; bio,cyber; bio,"
        "yes,yes,no,no,unknown,not disclosed,unknown,not disclosed,unknown,not disclosed,unknown,not disclosed,"
        "unknown,not disclosed,unknown,not disclosed,unknown,not disclosed,"
        "evaluator_report,own report,unknown,not disclosed,inferred,inferred,Nobody says so outright.,"
        '2,4,lenient,inferred,no,source-a,"\'=First line,\n""second"" line.",2025-01-01,'
        ',inferred,"source-a | evaluators, activity, timing | Two lines\\nof a | \\\\ quote.",,\r\n'
    )


def test_models_csv_is_as_published(client, event):
    assert body(client, f"/models.csv?as_of={DAY}") == (
        "key,name,lab,lab_name,released_on,released_on_earliest,released_on_latest,release,release_label,"
        "frontier,frontier_label,variant_of,events,evaluated_low,evaluated_high,evaluators_low,evaluators_high,"
        "depth_low,depth_high,deeper_than_users,deep_enough_deployment,deep_enough_stolen_weights,as_of,"
        "searches,citations,changed_at,evidence,evidence_label,other_names\r\n"
        'model-a,"Modèle, 1",lab-a,"Лаборатория, “A”",2024-40,2024-01-01,2024-06-30,api_or_product,API or product,'
        "yes,frontier,,1,0,1,,evaluator-a,0,4,,cannot_tell,cannot_tell,2025-01-01,"
        "2024-12-31 | nothing |  | everywhere,source-a | released_on | Out now.,2024-07-01T10:00:00.000001Z,"
        "reported,reported by others,A former name; Another\r\n"
    )


def test_evaluators_csv_is_as_published(client, event):
    assert body(client, f"/evaluators.csv?as_of={DAY}") == (
        "key,name,former_names,former_names_used,kind,kind_label,country,country_label,website,lab,"
        "events,model_evaluations,labs_tested,standing_arrangements,as_of,citations,changed_at\r\n"
        'evaluator-a,"\'=Evaluator, ""A""","Alt\nname",2023,nonprofit,nonprofit,GB,United Kingdom,,,'
        "1,1,lab-a,,2025-01-01,source-a | kind | A charity.,\r\n"
    )


def test_sources_csv_is_as_published(client, event):
    assert body(client, f"/sources.csv?as_of={DAY}") == (
        "key,title,publisher,url,archived_url,published_on,published_on_earliest,published_on_latest,read_on,"
        "kind,kind_label,lab,evaluator,owner,owner_label,quotes,changed_at,read_in,read_in_label,edition\r\n"
        'source-a,"標題, with comma","The ""Post""",https://example.org/a,,2024-06,2024-06-01,2024-06-30,2024-06-30,'
        "lab_statement,lab statement,lab-a,,lab,the lab,3,,original,as published,\r\n"
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
    assert all("metr" in row["evaluators"].split("; ") for row in rows)


def test_the_page_links_to_the_download_with_the_same_filters(client, records):
    page = client.get("/access/?evaluator=metr&sort=lab&page=1&as_of=2026-11-01").content.decode()
    assert 'href="/access.csv?evaluator=metr&amp;as_of=2026-11-01"' in page


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
