"""Both versions stand wherever one does, and together name one figure for each day."""

import datetime as dt

import pytest

from labs.actions import review
from labs.models import DataVersion, Lab
from labs.rules.method import METHOD_VERSION
from tests import factories, people

pytestmark = pytest.mark.django_db

PAGES = ["/", "/labs/", "/labs/openai/", "/labs/compare/?lab=openai&lab=anthropic", "/models/", "/timeline/",
         "/charts/share/", "/commitments/matrix/", "/changes/", "/data/versions/", "/methodology/"]  # fmt: skip
FILES = ["/labs.csv", "/models.csv", "/commitments.csv", "/commitments/verdicts.csv", "/changes.csv", "/timeline.csv"]


def renamed(key: str, name: str) -> None:
    lab = Lab.objects.get(key=key)
    proposal = review.propose(record=lab, state={"name": name}, reason="New name.", by=people.researcher())
    review.accept(proposal=proposal, by=people.editor())


@pytest.mark.parametrize("url", PAGES)
def test_every_page_names_both_versions(client, records, url):
    response = client.get(url)
    page = response.content.decode()
    assert page.count("2026.12.0") >= 1
    assert "Method version" in page
    assert (response["Data-Version"], response["Method-Version"]) == ("2026.12.0", str(METHOD_VERSION))
    for words in ("data version 2026.12.0", "Data version <a"):
        for after in page.split(words)[1:]:
            assert "ethod version" in after[:120], "one stands here without the other"


@pytest.mark.parametrize("url", ["/", "/labs/openai/", "/data/versions/"])
def test_the_permalink_names_both(client, records, url):
    page = client.get(url).content.decode()
    assert f"data version <code>2026.12.0</code>, method version {METHOD_VERSION}" in page


@pytest.mark.parametrize("url", FILES)
def test_every_file_names_both_in_headers_and_in_its_name(client, records, url):
    response = client.get(f"{url}?as_of=2026-08-31")
    assert (response["Data-Version"], response["Method-Version"]) == ("2026.12.0", str(METHOD_VERSION))
    assert f'-2026-08-31-data-2026.12.0-method-{METHOD_VERSION}.csv"' in response["Content-Disposition"]


@pytest.mark.parametrize("url", ["/charts/share.json", "/timeline.json"])
def test_every_picture_names_both(client, records, url):
    assert client.get(url)["Data-Version"] == "2026.12.0"
    page = client.get("/charts/share/" if "share" in url else "/timeline/").content.decode()
    assert f"data version 2026.12.0, method version {METHOD_VERSION}." in page


def test_an_accepted_change_moves_the_version_everywhere(client, records):
    renamed("openai", "OpenAI LP")

    for url in ("/", "/labs/", "/labs.csv", "/models.csv", "/charts/share.json"):
        assert client.get(url)["Data-Version"] == "2026.12.1"
    assert "data version <code>2026.12.1</code>" in client.get("/").content.decode()


def test_a_bad_request_and_the_desk_name_no_version_in_their_headers(client, records):
    assert "Data-Version" not in client.get("/labs/?tea=1")
    assert "Data-Version" not in client.get("/admin/login/")


def test_one_version_never_names_two_figures_for_a_day(client, records):
    """Publish changes that do and do not move figures, and look: other figures have another name."""
    urls = [
        f"{path}?as_of={day}"
        for path in ("/labs.csv", "/commitments/verdicts.csv")
        for day in ("2024-05-24", "2026-08-31")
    ]
    seen: dict[tuple[str, str, str], bytes] = {}

    def look() -> None:
        for url in urls:
            response = client.get(url)
            body = b"".join(response.streaming_content)
            name = url, response["Data-Version"], response["Method-Version"]
            assert seen.setdefault(name, body) == body

    ada, editor = people.researcher(), people.editor()
    event = factories.access_event(status="draft")
    look()
    renamed("openai", "OpenAI LP")
    look()
    draft = review.submit(record=event, by=ada)
    look()
    review.accept(proposal=draft, by=editor)
    look()
    review.mark_checked(record=Lab.objects.get(key="anthropic"), by=editor)
    look()
    event.refresh_from_db()
    withdrawal = review.propose_withdrawal(record=event, reason="Not a test.", by=ada)
    review.accept(proposal=withdrawal, by=editor)
    look()

    versions = {version for _, version, _ in seen}
    assert versions == {f"2026.12.{number}" for number in range(DataVersion.objects.count())}
    assert len(versions) == 4
    assert len({seen[urls[1], version, str(METHOD_VERSION)] for version in versions}) > 1


def test_the_list_of_versions_says_when_who_and_what(client, records):
    renamed("openai", "OpenAI LP")
    page = " ".join(client.get("/data/versions/").content.decode().split())

    assert "2 data versions, the newest first" in page
    assert page.index("2026.12.1</th>") < page.index("2026.12.0</th>")
    assert "OpenAI (change)" in page
    assert "an editor" in page
    assert "nobody here" in page
    assert 'href="/changes/?version=2026.12.1"' in page
    found = client.get("/changes/?version=2026.12.1").content.decode()
    assert "1 change, recorded" in " ".join(found.split())
    assert "OpenAI LP" in found
    assert "Data version 2026.12.1." in found
    for person in people.User.objects.all():
        assert person.username not in page


def test_the_list_as_of_a_past_day_leaves_out_later_versions(client, records):
    version = DataVersion.objects.get()
    version.made_at = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    version.save()
    assert "1 data version, " in client.get("/data/versions/?as_of=2026-03-01").content.decode()
    assert "0 data versions, " in client.get("/data/versions/?as_of=2026-02-28").content.decode()


@pytest.mark.parametrize("version", ["2026.12.1", "2026.12", "x", "2026.12.00", "%00"])
def test_an_unknown_version_of_changes_is_a_400_that_names_the_newest(client, records, version):
    response = client.get(f"/changes/?version={version}")
    assert response.status_code == 400
    if version != "%00":
        assert "2026.12.0" in response.content.decode()
