from django.urls import URLPattern, path

from approvals import views
from approvals.api import RequestListApi, RequestOpenApi, RequestReadApi, SignOffApi

api = [
    path(
        "models/<slug:slug>/versions/<int:number>/approval-requests",
        RequestOpenApi.as_view(),
        name="api-approval-request-open",
    ),
    path("approval-requests", RequestListApi.as_view(), name="api-approval-request-list"),
    path("approval-requests/<uuid:request_id>", RequestReadApi.as_view(), name="api-approval-request"),
    path("approval-requests/<uuid:request_id>/sign-offs", SignOffApi.as_view(), name="api-sign-off"),
]
pages: list[URLPattern] = [
    path(
        "models/<slug:slug>/versions/<int:number>/approval-request", views.request_open, name="request-open"
    ),
    path("approval-requests/<uuid:request_id>", views.sign_off, name="sign-off"),
]
