"""The kinds of records as django-import-export sees them."""

import pytest
from tablib import Dataset

from evaltracker.importing.kinds import KINDS
from evaltracker.importing.resources import RecordResource
from labs.models import Lab, Proposal
from tests import factories, people

pytestmark = pytest.mark.django_db

LABS = KINDS[0]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_a_resource_exports_it_imports_without_a_change(kind):
    factories.reply()
    resource = RecordResource(kind, people.researcher())
    data = resource.export()
    result = resource.import_data(data)
    assert data.headers == [column.name for column in kind.columns]
    assert result.totals["skip"] == result.total_rows == len(data) > 0
    assert not Proposal.objects.filter(edition=None).exists()


def test_an_invalid_row_is_told_by_number_and_column_and_nothing_is_written():
    data = Dataset(headers=["key", "name", "country"])
    data.append(["lab-one", "Lab one", "US"])
    data.append(["lab-two", "Lab two", "Atlantis"])
    result = RecordResource(LABS, people.researcher()).import_data(data, reason="Because.", batch="labs")
    assert result.totals["new"] == result.totals["invalid"] == 1
    (invalid,) = result.invalid_rows
    assert invalid.number == 3
    assert list(invalid.field_specific_errors) == ["country"]
    assert not Lab.objects.filter(key="lab-one").exists()


def test_a_dry_run_writes_nothing_and_the_real_one_makes_proposals():
    data = Dataset(headers=["key", "name"])
    data.append(["lab-one", "Lab one"])
    resource = RecordResource(LABS, people.researcher())
    resource.import_data(data, dry_run=True, reason="Because.", batch="labs")
    assert not Proposal.objects.filter(edition=None).exists()
    resource.import_data(data, reason="Because.", batch="labs")
    assert Proposal.objects.filter(edition=None).get().batch == "labs"
    assert Lab.objects.get(key="lab-one").status == "in_review"
