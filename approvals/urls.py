from django.urls import URLPattern, path

from approvals import (
    act_views,
    cap_views,
    condition_views,
    delegation_views,
    dependency_views,
    inbox_views,
    overlay_views,
    quality_views,
    views,
)
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
from approvals.cap_api import CapListApi
from approvals.condition_api import (
    BreakGlassAskApi,
    ConditionApi,
    ConditionListApi,
    ConditionMeetApi,
    ExceptionAskApi,
    ExpiryListApi,
)
from approvals.delegation_api import DelegationEndApi, DelegationListApi
from approvals.dependency_api import DependencyListApi
from approvals.overlay_api import OverlayListApi
from approvals.snapshot_api import SnapshotExceptionListApi

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
    path("approval-delegations", DelegationListApi.as_view(), name="api-delegation-list"),
    path(
        "approval-delegations/<uuid:delegation_id>/end", DelegationEndApi.as_view(), name="api-delegation-end"
    ),
    path("approval-conditions", ConditionListApi.as_view(), name="api-condition-list"),
    path("approval-conditions/<uuid:condition_id>", ConditionApi.as_view(), name="api-condition"),
    path(
        "approval-conditions/<uuid:condition_id>/fulfilment",
        ConditionMeetApi.as_view(),
        name="api-condition-meet",
    ),
    path("dependencies", DependencyListApi.as_view(), name="api-dependency-list"),
    path("approval-expiries", ExpiryListApi.as_view(), name="api-expiry-list"),
    path(
        "models/<slug:slug>/versions/<int:number>/break-glass",
        BreakGlassAskApi.as_view(),
        name="api-break-glass-ask",
    ),
    path(
        "models/<slug:slug>/versions/<int:number>/overlays", OverlayListApi.as_view(), name="api-overlay-list"
    ),
    path("models/<slug:slug>/versions/<int:number>/caps", CapListApi.as_view(), name="api-cap-list"),
    path(
        "validation-results/<uuid:result_id>/exception-requests",
        ExceptionAskApi.as_view(),
        name="api-exception-ask",
    ),
    path(
        "snapshots/<uuid:snapshot_id>/exceptions",
        SnapshotExceptionListApi.as_view(),
        name="api-snapshot-exception-list",
    ),
    path("approval-requests", RequestListApi.as_view(), name="api-approval-request-list"),
    path("approval-requests/<uuid:request_id>", RequestReadApi.as_view(), name="api-approval-request"),
    path("approval-requests/<uuid:request_id>/sign-offs", SignOffApi.as_view(), name="api-sign-off"),
]
pages: list[URLPattern] = [
    path("snapshots/<uuid:snapshot_id>/quality", quality_views.quality, name="snapshot-quality"),
    path("snapshots/<uuid:snapshot_id>/exception", quality_views.exception, name="snapshot-exception"),
    path(
        "models/<slug:slug>/versions/<int:number>/approval-request", views.request_open, name="request-open"
    ),
    path("models/<slug:slug>/versions/<int:number>/requests/<slug:act>", act_views.ask, name="act-ask"),
    path("approval-requests/<uuid:request_id>/withdrawal", act_views.withdrawal, name="request-withdraw"),
    path("approval-requests/<uuid:request_id>/recusal", act_views.recusal, name="request-recuse"),
    path("approval-requests/<uuid:request_id>/claim", act_views.claim, name="request-claim"),
    path("approval-requests/<uuid:request_id>/release", act_views.release, name="request-release"),
    path(
        "models/<slug:slug>/versions/<int:number>/break-glass",
        condition_views.break_glass,
        name="break-glass",
    ),
    path(
        "models/<slug:slug>/versions/<int:number>/exception", condition_views.exception, name="exception-ask"
    ),
    path("models/<slug:slug>/versions/<int:number>/overlays", overlay_views.overlays, name="overlays"),
    path("models/<slug:slug>/versions/<int:number>/overlay", overlay_views.ask, name="overlay-ask"),
    path("models/<slug:slug>/versions/<int:number>/pre-validation-use", cap_views.cap, name="cap-ask"),
    path("dependencies", dependency_views.dependencies, name="dependencies"),
    path("expiries", condition_views.expiries, name="expiries"),
    path("conditions/<uuid:condition_id>", condition_views.condition, name="condition"),
    path("approvals", inbox_views.inbox, name="approvals"),
    path("delegations", delegation_views.delegations, name="delegations"),
    path("delegations/<uuid:delegation_id>/end", delegation_views.end, name="delegation-end"),
    path("approval-requests/<uuid:request_id>", views.sign_off, name="sign-off"),
]
