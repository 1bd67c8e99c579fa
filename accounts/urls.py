from django.urls import path

from accounts import views
from accounts.api import ChallengeOpenApi, MeReadApi

api = [
    path("me", MeReadApi.as_view(), name="api-me"),
    path("signature-challenges", ChallengeOpenApi.as_view(), name="api-challenge-open"),
]
pages = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    # The names by which django-allauth asks for the same two places.
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-out", views.sign_out, name="account_logout"),
]
