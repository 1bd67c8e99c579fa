from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        pre_migrate.connect(_let_tables_be_rebuilt, dispatch_uid="audit.rebuilds")
        post_migrate.connect(_install_guards, dispatch_uid="audit.guards")


def _let_tables_be_rebuilt(**_: object) -> None:
    from audit import guards

    guards.let_tables_be_rebuilt()


def _install_guards(**_: object) -> None:
    """Runs for every app's post_migrate, so the last one finds all tables; installing is idempotent."""
    from audit import guards

    guards.install()
