from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from commitments import urls as commitments_urls
from evaltracker.web.views import changes, data, methodology, versions
from evaltracker.web.views.about import about
from evaltracker.web.views.api import api_description
from evaltracker.web.views.check import check_json, check_page
from evaltracker.web.views.citing import cite
from evaltracker.web.views.compare import compare, compare_file
from evaltracker.web.views.facts import event_detail, model_card, model_detail
from evaltracker.web.views.figures import figure_urls
from evaltracker.web.views.home import headline_file, home
from evaltracker.web.views.labs import lab_detail, lab_file, lab_list, lab_record, lab_scorecard
from evaltracker.web.views.pack import pack
from evaltracker.web.views.package import (
    package_datasette,
    package_page,
    package_parquet,
    package_sqlite,
    package_zip,
)
from evaltracker.web.views.promises import promises_by_lab
from evaltracker.web.views.reports import received, report
from evaltracker.web.views.search import search_file, search_page
from evaltracker.web.views.sitemap import robots, sitemap, sitemap_part
from evaltracker.web.views.style import style_page
from labs import urls as labs_urls
from labs.web.formats import twins

pages_of_facts_and_promises = [
    path("labs/", lab_list, name="lab_list"),
    *twins("labs", lab_file, "lab"),
    path("labs/compare/", compare, name="compare"),
    *twins("labs/compare", compare_file, "compare"),
    path("labs/<slug:key>.json", lab_record, name="lab_record"),
    path("labs/<slug:key>/", lab_detail, name="lab_detail"),
    path("labs/<slug:key>/scorecard/", lab_scorecard, name="lab_scorecard"),
    path("labs/<slug:key>/feed.atom", changes.lab_feed, name="lab_feed"),
    path("evaluators/<slug:key>/feed.atom", changes.evaluator_feed, name="evaluator_feed"),
    path("models/<slug:key>/", model_detail, name="model_detail"),
    path("models/<slug:key>/card.png", model_card, name="model_card"),
    path("access/<slug:key>/", event_detail, name="event_detail"),
]
pages_of_promises = [path("commitments/matrix/", promises_by_lab, name="matrix")]
urlpatterns = [
    # Before the records: /models/cite.json is no record of the key “cite”.
    re_path(r"^(?P<page>(?:[-\w]+/)*)cite\.(?P<ending>bib|ris|json|txt)$", cite, name="cite"),
    re_path(r"^(?P<page>(?:[-\w]+/)+)pack\.zip$", pack, name="pack"),
    path("", home, name="home"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemap_part, name="sitemap_part"),
    *twins("headline", headline_file, "headline"),
    path("charts/timeline.json", RedirectView.as_view(url="/timeline.json", query_string=True), name="timeline_moved"),
    *figure_urls(),
    path("changes/", changes.changes, name="changes"),
    path("changes/feed.atom", changes.changes_feed, name="changes_feed"),
    *twins("changes", changes.changes_file, "changes"),
    path("corrections/", changes.corrections, name="corrections"),
    path("data/check/", check_page, name="check"),
    path("data/check.json", check_json, name="check_json"),
    path("data/", data.data_page, name="data"),
    path("data/dictionary/", data.dictionary_page, name="data_dictionary"),
    path("data/dictionary.csv", data.dictionary_csv, name="data_dictionary_csv"),
    path("data/dictionary.json", data.dictionary_json, name="data_dictionary_json"),
    *twins("corrections", changes.corrections_file, "corrections"),
    path("data/openapi.json", api_description, name="api_description"),
    path("data/versions/", versions.data_versions, name="data_versions"),
    path("data/package/", package_page, name="package"),
    path("data/evaltracker-<str:version>.zip", package_zip, name="package_zip"),
    path("data/evaltracker-<str:version>.sqlite", package_sqlite, name="package_sqlite"),
    path("data/evaltracker-<str:version>-datasette.json", package_datasette, name="package_datasette"),
    path("data/evaltracker-<str:version>/<str:table>.parquet", package_parquet, name="package_parquet"),
    *twins("data/versions", versions.versions_file, "data_versions"),
    path("search/", search_page, name="search"),
    *twins("search", search_file, "search"),
    path("report/", report, name="report"),
    path("report/received/", received, name="report_received"),
    path("about/", about, name="about"),
    path("methodology/", methodology.methodology, name="methodology"),
    path("", include(([*pages_of_facts_and_promises, *labs_urls.urlpatterns], "labs"))),
    path("", include(([*pages_of_promises, *commitments_urls.urlpatterns], "commitments"))),
    *([path("style/", style_page, name="style")] if settings.DEBUG else []),
    path("admin/", admin.site.urls),
]
handler400 = "evaltracker.web.errors.bad_request"
handler404 = "evaltracker.web.errors.not_found"
handler500 = "evaltracker.web.errors.server_error"
