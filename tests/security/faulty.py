"""The product's addresses and, beside them, some that fail: how a fault of ours is answered."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.api import Api
from mrm.urls import handler400, handler403, handler404, handler500
from mrm.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the secret of the fault")


class BrokenApi(Api):
    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 (the framework's signature)
        raise ZeroDivisionError("the secret of the fault")


urlpatterns = [
    path("broken", broken),
    path("api/v1/broken", BrokenApi.as_view()),
    path("api/broken", broken),
    *ours,
]
