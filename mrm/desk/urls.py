from django.urls import include, path

pages = [
    path("i18n/", include("django.conf.urls.i18n")),
]
