from django.urls import URLPattern, path

from scoring import views
from scoring.api import (
    DecisionListApi,
    DecisionReadApi,
    DecisionReplayApi,
    DeploymentEndApi,
    DeploymentStartApi,
    ScoreView,
)

api = [
    path("models/<slug:slug>/score", ScoreView.as_view(), name="api-score"),
    path("models/<slug:slug>/deployments", DeploymentStartApi.as_view(), name="api-deployment-start"),
    path("deployments/<uuid:deployment_id>/end", DeploymentEndApi.as_view(), name="api-deployment-end"),
    path("decisions", DecisionListApi.as_view(), name="api-decision-list"),
    path("decisions/<uuid:decision_id>", DecisionReadApi.as_view(), name="api-decision"),
    path("decisions/<uuid:decision_id>/replays", DecisionReplayApi.as_view(), name="api-decision-replay"),
]
pages: list[URLPattern] = [
    path("decisions", views.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>", views.decision, name="decision"),
    path("decisions/<uuid:decision_id>/inquiry", views.decision_inquiry, name="decision-inquiry"),
    path("decisions/<uuid:decision_id>/replay", views.decision_replay, name="decision-replay"),
]
