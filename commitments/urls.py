"""Addresses of the pages of commitments and replies; the site includes them under the name ``commitments``."""

from django.urls import path

from commitments.web import views

urlpatterns = [
    path("commitments/", views.CommitmentList.as_view(), name="commitment_list"),
    path("commitments.csv", views.CommitmentList.as_view(as_csv=True), name="commitment_csv"),
    path("commitments/matrix/", views.matrix_page, name="matrix"),
    path("commitments/deadlines.ics", views.deadlines_ics, name="deadlines_ics"),
    path("commitments/verdicts.csv", views.verdicts_csv, name="verdicts_csv"),
    path("replies/", views.ReplyList.as_view(), name="reply_list"),
    path("replies.csv", views.ReplyList.as_view(as_csv=True), name="reply_csv"),
    path("commitments/<slug:key>/", views.commitment_detail, name="commitment_detail"),
]
