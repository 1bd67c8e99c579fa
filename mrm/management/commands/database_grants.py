"""Grant the application's database role what it may do, table by table (PostgreSQL, run as the owner)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit import guards

APP_ROLE = "mrm_app"


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles; there is nothing to grant.")
        for statement in statements():
            with connection.cursor() as cursor:
                cursor.execute(statement, None)
        self.stdout.write(
            f"Granted to {APP_ROLE}; {len(guards.append_only_tables())} tables are append-only.\n"
        )


def statements() -> list[str]:
    """Everything first, then what append-only tables take away. Names come from our own declarations."""
    granted = [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
    ]
    taken = [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}" for table in guards.append_only_tables()
    ]
    return [*granted, *taken, f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}"]
