from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

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
    path("timeline/", TemplateView.as_view(template_name="base.html"), name="timeline"),
    path("methodology/", TemplateView.as_view(template_name="base.html"), name="methodology"),
    path("", include(([*lab_pages, *labs_urls.urlpatterns], "labs"))),
    path("", include((commitment_pages, "commitments"))),
    path("admin/", admin.site.urls),
]
handler400 = "evaltracker.errors.bad_request"
