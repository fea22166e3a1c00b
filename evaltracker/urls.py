from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from evaltracker import timeline
from labs import urls as labs_urls

lab_pages = [
    path("labs/", TemplateView.as_view(template_name="base.html"), name="lab_list"),
    path("labs/<slug:key>/", TemplateView.as_view(template_name="base.html"), name="lab_detail"),
]
commitment_pages = [
    path("commitments/", TemplateView.as_view(template_name="base.html"), name="commitment_list"),
    path("commitments/<slug:key>/", TemplateView.as_view(template_name="base.html"), name="commitment_detail"),
]
urlpatterns = [
    path("", TemplateView.as_view(template_name="base.html"), name="home"),
    path("timeline/", timeline.timeline_page, name="timeline"),
    path("timeline.csv", timeline.timeline_csv, name="timeline_csv"),
    path("charts/timeline.json", timeline.timeline_json, name="timeline_figure"),
    path("charts/share/", timeline.share_page, name="share"),
    path("charts/share.csv", timeline.share_csv, name="share_csv"),
    path("charts/share.json", timeline.share_json, name="share_figure"),
    path("methodology/", TemplateView.as_view(template_name="base.html"), name="methodology"),
    path("", include(([*lab_pages, *labs_urls.urlpatterns], "labs"))),
    path("", include((commitment_pages, "commitments"))),
    path("admin/", admin.site.urls),
]
handler400 = "evaltracker.errors.bad_request"
