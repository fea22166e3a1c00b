from django.contrib import admin
from django.urls import include, path, re_path

from commitments import urls as commitments_urls
from evaltracker.web.views import changes, data, methodology, timeline, versions
from evaltracker.web.views.check import check_json, check_page
from evaltracker.web.views.citing import cite
from evaltracker.web.views.compare import compare
from evaltracker.web.views.events import event_detail
from evaltracker.web.views.home import headline_csv, home
from evaltracker.web.views.labs import lab_csv, lab_detail, lab_list
from evaltracker.web.views.package import (
    package_datasette,
    package_page,
    package_parquet,
    package_sqlite,
    package_zip,
)
from evaltracker.web.views.reports import received, report
from evaltracker.web.views.sitemap import robots, sitemap, sitemap_part
from labs import urls as labs_urls

pages_of_facts_and_promises = [
    path("labs/", lab_list, name="lab_list"),
    path("labs.csv", lab_csv, name="lab_csv"),
    path("labs/compare/", compare, name="compare"),
    path("labs/<slug:key>/", lab_detail, name="lab_detail"),
    path("labs/<slug:key>/feed.atom", changes.lab_feed, name="lab_feed"),
    path("evaluators/<slug:key>/feed.atom", changes.evaluator_feed, name="evaluator_feed"),
    path("access/<slug:key>/", event_detail, name="event_detail"),
]
urlpatterns = [
    path("", home, name="home"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemap_part, name="sitemap_part"),
    path("headline.csv", headline_csv, name="headline_csv"),
    path("timeline/", timeline.timeline_page, name="timeline"),
    path("timeline.csv", timeline.timeline_csv, name="timeline_csv"),
    path("charts/timeline.json", timeline.timeline_json, name="timeline_figure"),
    path("charts/share/", timeline.share_page, name="share"),
    path("charts/share.csv", timeline.share_csv, name="share_csv"),
    path("charts/share.json", timeline.share_json, name="share_figure"),
    path("changes/", changes.changes, name="changes"),
    path("changes/feed.atom", changes.changes_feed, name="changes_feed"),
    path("changes.csv", changes.changes_csv, name="changes_csv"),
    path("corrections/", changes.corrections, name="corrections"),
    path("corrections.csv", changes.corrections_csv, name="corrections_csv"),
    path("data/check/", check_page, name="check"),
    path("data/check.json", check_json, name="check_json"),
    path("data/", data.data_page, name="data"),
    path("data/dictionary/", data.dictionary_page, name="data_dictionary"),
    path("data/dictionary.csv", data.dictionary_csv, name="data_dictionary_csv"),
    path("data/dictionary.json", data.dictionary_json, name="data_dictionary_json"),
    path("data/versions/", versions.data_versions, name="data_versions"),
    path("data/package/", package_page, name="package"),
    path("data/evaltracker-<str:version>.zip", package_zip, name="package_zip"),
    path("data/evaltracker-<str:version>.sqlite", package_sqlite, name="package_sqlite"),
    path("data/evaltracker-<str:version>-datasette.json", package_datasette, name="package_datasette"),
    path("data/evaltracker-<str:version>/<str:table>.parquet", package_parquet, name="package_parquet"),
    path("report/", report, name="report"),
    path("report/received/", received, name="report_received"),
    path("methodology/", methodology.methodology, name="methodology"),
    path("", include(([*pages_of_facts_and_promises, *labs_urls.urlpatterns], "labs"))),
    path("", include((commitments_urls.urlpatterns, "commitments"))),
    re_path(r"^(?P<page>(?:[-\w]+/)*)cite\.(?P<ending>bib|ris|json|txt)$", cite, name="cite"),
    path("admin/", admin.site.urls),
]
handler400 = "evaltracker.web.errors.bad_request"
