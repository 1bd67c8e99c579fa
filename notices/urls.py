from django.urls import URLPattern, path

from notices import views

api: list[URLPattern] = []
pages = [
    path("notices", views.notices, name="notices"),
    path("notices/address", views.address, name="notices-address"),
]
