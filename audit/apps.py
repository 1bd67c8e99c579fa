from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        post_migrate.connect(_install_guards, dispatch_uid="audit.guards")


def _install_guards(**_: object) -> None:
    """Runs for every app's post_migrate, so the last one finds all tables; installing is idempotent."""
    from audit import guards

    guards.install()
