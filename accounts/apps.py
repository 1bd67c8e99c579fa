from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        post_migrate.connect(_ensure_installation, sender=self, dispatch_uid="accounts.installation")


def _ensure_installation(**_: object) -> None:
    from accounts.services import ensure_installation

    ensure_installation()
