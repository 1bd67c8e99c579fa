from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        post_migrate.connect(_ensure_installation, sender=self, dispatch_uid="accounts.installation")
        user_logged_in.connect(_begin_session, dispatch_uid="accounts.sessions")


def _ensure_installation(**_: object) -> None:
    from accounts.services import ensure_installation

    ensure_installation()


def _begin_session(request: Any, user: Any, **_: object) -> None:  # Any: the signal's untyped arguments
    """Whatever door somebody came in by, this is where the framework says that they did."""
    from accounts import sessions

    sessions.begin(request, user)
