from django.urls import URLPattern, path

from training.api import RecipeListApi, TrainingRequestApi

api = [
    path("models/<slug:slug>/training-runs", TrainingRequestApi.as_view(), name="api-training-request"),
    path("training-recipes", RecipeListApi.as_view(), name="api-recipe-list"),
]
pages: list[URLPattern] = []
