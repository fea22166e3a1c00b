"""Addresses of the facts' pages.

The pages of a lab show promises too, and the page of an access event replies, so they belong to the site.
"""

from django.urls import path, re_path

from labs.web import views

urlpatterns = [
    path("models/", views.AIModelList.as_view(), name="model_list"),
    path("models.csv", views.AIModelList.as_view(as_csv=True), name="model_csv"),
    path("models/<slug:key>/", views.model_detail, name="model_detail"),
    path("evaluators/", views.EvaluatorList.as_view(), name="evaluator_list"),
    path("evaluators.csv", views.EvaluatorList.as_view(as_csv=True), name="evaluator_csv"),
    path("evaluators/<slug:key>/", views.evaluator_detail, name="evaluator_detail"),
    path("access/", views.AccessEventList.as_view(), name="event_list"),
    path("access.csv", views.AccessEventList.as_view(as_csv=True), name="event_csv"),
    path("sources/", views.SourceList.as_view(), name="source_list"),
    path("sources.csv", views.SourceList.as_view(as_csv=True), name="source_csv"),
    path("sources/<slug:key>/", views.source_detail, name="source_detail"),
    re_path(r"^sources/(?P<key>[-\w]+)/quote\.(?P<ending>bib|ris|json|txt)$", views.source_quote, name="source_quote"),
]
