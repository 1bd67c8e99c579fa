from django.urls import URLPattern, path

from approvals import act_views, views
from approvals.api import (
    ActAskApi,
    ClaimApi,
    RecuseApi,
    ReleaseApi,
    RequestListApi,
    RequestOpenApi,
    RequestReadApi,
    SignOffApi,
    WithdrawApi,
)

api = [
    path(
        "models/<slug:slug>/versions/<int:number>/approval-requests",
        RequestOpenApi.as_view(),
        name="api-approval-request-open",
    ),
    path("models/<slug:slug>/versions/<int:number>/act-requests", ActAskApi.as_view(), name="api-act-ask"),
    path("approval-requests/<uuid:request_id>/withdrawal", WithdrawApi.as_view(), name="api-withdraw"),
    path("approval-requests/<uuid:request_id>/recusal", RecuseApi.as_view(), name="api-recuse"),
    path("approval-requests/<uuid:request_id>/claim", ClaimApi.as_view(), name="api-claim"),
    path("approval-requests/<uuid:request_id>/release", ReleaseApi.as_view(), name="api-release"),
    path("approval-requests", RequestListApi.as_view(), name="api-approval-request-list"),
    path("approval-requests/<uuid:request_id>", RequestReadApi.as_view(), name="api-approval-request"),
    path("approval-requests/<uuid:request_id>/sign-offs", SignOffApi.as_view(), name="api-sign-off"),
]
pages: list[URLPattern] = [
    path(
        "models/<slug:slug>/versions/<int:number>/approval-request", views.request_open, name="request-open"
    ),
    path("models/<slug:slug>/versions/<int:number>/requests/<slug:act>", act_views.ask, name="act-ask"),
    path("approval-requests/<uuid:request_id>/withdrawal", act_views.withdrawal, name="request-withdraw"),
    path("approval-requests/<uuid:request_id>/recusal", act_views.recusal, name="request-recuse"),
    path("approval-requests/<uuid:request_id>/claim", act_views.claim, name="request-claim"),
    path("approval-requests/<uuid:request_id>/release", act_views.release, name="request-release"),
    path("approval-requests/<uuid:request_id>", views.sign_off, name="sign-off"),
]
