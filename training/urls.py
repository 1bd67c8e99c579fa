from django.urls import URLPattern, path

from training import run_views, sweep_views, views
from training.api import (
    AssemblyRequestApi,
    FeatureViewApi,
    FeatureViewListApi,
    RecipeListApi,
    TrainingRequestApi,
)
from training.sweep_api import SweepApi, SweepListApi

_SWEEP = "models/<slug:slug>/sweeps/<uuid:sweep_id>"

api = [
    path("assemblies", AssemblyRequestApi.as_view(), name="api-assembly-request"),
    path("feature-views", FeatureViewListApi.as_view(), name="api-feature-view-list"),
    path("feature-views/<uuid:view_id>", FeatureViewApi.as_view(), name="api-feature-view"),
    path("models/<slug:slug>/training-runs", TrainingRequestApi.as_view(), name="api-training-request"),
    path("models/<slug:slug>/sweeps", SweepListApi.as_view(), name="api-sweep-list"),
    path(_SWEEP, SweepApi.as_view(), name="api-sweep"),
    path("training-recipes", RecipeListApi.as_view(), name="api-recipe-list"),
]
pages: list[URLPattern] = [
    path("assemblies", views.assembly_request, name="assembly-request"),
    path("models/<slug:slug>/training", views.training_request, name="training-request"),
    path("models/<slug:slug>/runs", run_views.runs, name="runs"),
    path("models/<slug:slug>/sweeps", sweep_views.sweeps, name="sweeps"),
    path("models/<slug:slug>/sweeps/request", sweep_views.sweep_request, name="sweep-request"),
    path(_SWEEP, sweep_views.sweep, name="sweep"),
    path(f"{_SWEEP}/candidates/<int:place>", sweep_views.sweep_candidate, name="sweep-candidate"),
]
