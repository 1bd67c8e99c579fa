from django.urls import URLPattern, path

from training import views
from training.api import RecipeListApi, TrainingRequestApi

api = [
    path("models/<slug:slug>/training-runs", TrainingRequestApi.as_view(), name="api-training-request"),
    path("training-recipes", RecipeListApi.as_view(), name="api-recipe-list"),
]
pages: list[URLPattern] = [
    path("models/<slug:slug>/training", views.training_request, name="training-request"),
]
