"""Sign-in by password. It answers who somebody is and nothing about what they may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User


class PasswordBackend(BaseBackend):
    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 (the framework's signature)
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        user = User.objects.select_related("person").filter(username=username or "").first()
        if user is None:
            # The same work as for a real account, so that the time does not tell who exists.
            User().set_password(password or "")
            return None
        return user if user.is_active and user.check_password(password or "") else None

    def get_user(self, user_id: str) -> User | None:
        return User.objects.select_related("person").filter(pk=user_id, is_active=True).first()
