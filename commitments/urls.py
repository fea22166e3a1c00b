"""Addresses of the pages of commitments and replies; the site includes them under the name ``commitments``, with the
page of promises × labs that it adds."""

from django.urls import path

from commitments.web import views
from labs.web.formats import twins

urlpatterns = [
    path("commitments/", views.CommitmentList.as_view(), name="commitment_list"),
    *twins("commitments", views.CommitmentList.as_view(), "commitment"),
    path("commitments/deadlines.ics", views.deadlines_ics, name="deadlines_ics"),
    *twins("commitments/matrix", views.matrix_file, "matrix"),
    *twins("commitments/verdicts", views.verdicts_file, "verdicts"),
    path("replies/", views.ReplyList.as_view(), name="reply_list"),
    *twins("replies", views.ReplyList.as_view(), "reply"),
    path("commitments/<slug:key>/", views.commitment_detail, name="commitment_detail"),
    path("commitments/<slug:key>.json", views.commitment_record, name="commitment_record"),
]
