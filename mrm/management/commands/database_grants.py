"""Grant the database roles of application and sealer what they may do, table by table (PostgreSQL, as the owner)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit import guards

APP_ROLE, SEALER_ROLE = "mrm_app", "mrm_sealer"
SEALERS = ("audit_segment", "audit_segmentrow", "audit_tile", "audit_checkpoint", "audit_sealerlease")


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles; there is nothing to grant.")
        for statement in statements():
            with connection.cursor() as cursor:
                cursor.execute(statement, None)
        self.stdout.write(
            f"Granted to {APP_ROLE} and {SEALER_ROLE}; {len(guards.append_only_tables())} tables are append-only.\n"
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
    # The queue is the application's to fill and the sealer's to empty; what is sealed is the sealer's alone.
    taken += [
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}",
        f"REVOKE UPDATE, DELETE ON audit_unsealed FROM {APP_ROLE}",
        *(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {APP_ROLE}" for table in SEALERS),
    ]
    return [*granted, *taken, *_of_the_sealer()]


def _of_the_sealer() -> list[str]:
    """It reads the ledger and the account it acts for, appends, and empties the queue."""
    read = ("audit_entry", "audit_unsealed", "audit_anchor", "accounts_user", "accounts_person", *SEALERS)
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {SEALER_ROLE}",
        f"GRANT SELECT ON {', '.join(read)} TO {SEALER_ROLE}",
        f"GRANT INSERT ON audit_entry, audit_anchor, {', '.join(SEALERS)} TO {SEALER_ROLE}",
        f"GRANT UPDATE ON audit_sealerlease TO {SEALER_ROLE}",
        f"GRANT DELETE ON audit_unsealed TO {SEALER_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {SEALER_ROLE}",
    ]
