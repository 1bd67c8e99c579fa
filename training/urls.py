from django.urls import URLPattern, path

from training import views
from training.api import (
    AssemblyRequestApi,
    FeatureViewApi,
    FeatureViewListApi,
    RecipeListApi,
    TrainingRequestApi,
)

api = [
    path("assemblies", AssemblyRequestApi.as_view(), name="api-assembly-request"),
    path("feature-views", FeatureViewListApi.as_view(), name="api-feature-view-list"),
    path("feature-views/<uuid:view_id>", FeatureViewApi.as_view(), name="api-feature-view"),
    path("models/<slug:slug>/training-runs", TrainingRequestApi.as_view(), name="api-training-request"),
    path("training-recipes", RecipeListApi.as_view(), name="api-recipe-list"),
]
pages: list[URLPattern] = [
    path("assemblies", views.assembly_request, name="assembly-request"),
    path("models/<slug:slug>/training", views.training_request, name="training-request"),
]
