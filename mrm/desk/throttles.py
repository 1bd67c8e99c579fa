"""The limits of accounts.throttles on pages; the API has its own door to the same counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts import throttles
from accounts.models import User
from mrm.desk.faults import answer
from mrm.lib.errors import TooOften


class Throttled:
    """Counts what a person or a stranger sends, once the page is known and its token was found good."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:  # Any: the framework's
        if request.path.startswith("/api/"):
            return None
        try:
            if isinstance(request.user, User):
                throttles.take(request=request, user=request.user)
            else:
                throttles.take_stranger(request=request)
        except TooOften as refusal:
            return answer(request, refusal)
        return None
