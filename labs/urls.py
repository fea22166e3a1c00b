"""Addresses of the facts' pages.

The pages of a lab and of a release show promises too, and the page of an access event replies, so they belong to the
site.
"""

from django.urls import path, re_path

from labs.web import views
from labs.web.formats import twins

urlpatterns = [
    path("models/", views.AIModelList.as_view(), name="model_list"),
    *twins("models", views.AIModelList.as_view(), "model"),
    path("models/<slug:key>.json", views.model_record, name="model_record"),
    path("evaluators/", views.EvaluatorList.as_view(), name="evaluator_list"),
    *twins("evaluators", views.EvaluatorList.as_view(), "evaluator"),
    path("evaluators/<slug:key>/", views.evaluator_detail, name="evaluator_detail"),
    path("evaluators/<slug:key>.json", views.evaluator_record, name="evaluator_record"),
    path("access/", views.AccessEventList.as_view(), name="event_list"),
    *twins("access", views.AccessEventList.as_view(), "event"),
    path("access/<slug:key>.json", views.event_record, name="event_record"),
    path("sources/", views.SourceList.as_view(), name="source_list"),
    *twins("sources", views.SourceList.as_view(), "source"),
    path("sources/<slug:key>/", views.source_detail, name="source_detail"),
    path("sources/<slug:key>.json", views.source_record, name="source_record"),
    re_path(r"^sources/(?P<key>[-\w]+)/quote\.(?P<ending>bib|ris|json|txt)$", views.source_quote, name="source_quote"),
]
