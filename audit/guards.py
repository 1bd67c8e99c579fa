"""Invariants that the database keeps by triggers, declared once as data and written for SQLite and PostgreSQL.

Each app lists its own in `<app>/invariants.py`; `governance.INVARIANTS` collects them. They are (re)installed after
every migrate, because Django rebuilds SQLite tables and drops their triggers without a word; start-up compares what
is present with what is declared and fails closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.utils.module_loading import import_string

from mrm.settings import governance


class On(StrEnum):
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True)
class Guard:
    """Refuse `on` a row of `table` when `condition` (SQL over NEW and OLD that both databases read) is true."""

    name: str
    table: str
    on: On
    condition: str
    message: str

    @property
    def trigger(self) -> str:
        """The trigger's name carries a digest of its text: an altered trigger is a missing one."""
        text = f"{self.table}|{self.on}|{self.condition}|{self.message}"
        return f"guard_{self.name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


ALWAYS = "1 = 1"
_CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE"


def append_only(table: str, key: str, *unique: tuple[str, ...]) -> tuple[Guard, ...]:
    """Rows of `table` are written once: no UPDATE, no DELETE, and no INSERT OR REPLACE over an existing key.
    `unique` names the table's other unique columns, over which a row could be replaced as well."""
    return (
        Guard(f"{table}_no_update", table, On.UPDATE, ALWAYS, f"{table} is append-only"),
        Guard(f"{table}_no_delete", table, On.DELETE, ALWAYS, f"{table} is append-only"),
        Guard(
            f"{table}_no_replace",
            table,
            On.INSERT,
            _stands(table, f"{key} = NEW.{key}"),
            f"{table} has this key already",
        ),
        *(alone(table, *columns) for columns in unique),
    )


def alone(table: str, *columns: str, standing: str = "") -> Guard:
    """No INSERT beside a row with the same values here (where both are `standing`, a column that is NULL until then).
    A unique constraint says so too, but SQLite's OR REPLACE obeys it by deleting that row behind the other guards."""
    same = [f"{column} = NEW.{column}" for column in columns]
    if standing:
        same += [f"{standing} IS NULL", f"NEW.{standing} IS NULL"]
    return Guard(
        f"{table}_same_{columns[-1]}",
        table,
        On.INSERT,
        _stands(table, *same),
        f"{table} has this {columns[-1]} already",
    )


def _stands(table: str, *same: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(same)})"  # noqa: S608 (names from our declarations)


def frozen(table: str, *columns: str) -> Guard:
    """These columns keep the value they were inserted with."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return Guard(f"{table}_frozen", table, On.UPDATE, changed, f"{table}: {', '.join(columns)} never change")


def write_once(table: str, *columns: str) -> Guard:
    """These columns may be filled in once and never change after."""
    changed = " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in columns
    )
    return Guard(
        f"{table}_once", table, On.UPDATE, changed, f"{table}: {', '.join(columns)} are written once"
    )


def kept(table: str, key: str = "id") -> tuple[Guard, ...]:
    """Rows of `table` may change but never vanish, nor be replaced."""
    return (Guard(f"{table}_kept", table, On.DELETE, ALWAYS, f"{table} keeps its rows"), alone(table, key))


def declared() -> tuple[Guard, ...]:
    return tuple(guard for path in governance.INVARIANTS for guard in import_string(path))


def append_only_tables() -> tuple[str, ...]:
    """Tables on which the application's database role gets SELECT and INSERT only."""
    ends = "_no_replace"
    return tuple(guard.table for guard in declared() if guard.name.endswith(ends))


def install() -> None:
    """Bring the database's triggers to the declared list; running it twice changes nothing."""
    wanted = {guard.trigger: guard for guard in declared()}
    present = set(_present())
    tables = set(connection.introspection.table_names())
    dropped = [line for trigger, table in _strangers(wanted, present) for line in _drop(trigger, table)]
    created = [
        line
        for guard in wanted.values()
        if (guard.trigger, guard.table) not in present and guard.table in tables
        for line in _create(guard)
    ]
    _execute([*dropped, *created])


def lift() -> None:
    """Remove every guard: for a migration, and for the test suite's flush. Nothing that serves calls it."""
    _execute([line for trigger, table in _present() for line in _drop(trigger, table)])


def let_tables_be_rebuilt() -> None:
    """Before a migration on SQLite: a table that is rebuilt is renamed, which SQLite refuses while a trigger of
    another table names it. post_migrate installs all guards again, and a start without them is refused."""
    if connection.vendor == "sqlite":
        lift()


def _execute(statements: Sequence[str]) -> None:
    """One round trip where the driver allows it. No parameters: a percent sign in trigger text is not one."""
    if not statements:
        return
    # PostgreSQL alters no table while checks are pending on it that were put off to the commit.
    batches = statements if connection.vendor == "sqlite" else [";\n".join([_CHECK_NOW, *statements])]
    with connection.cursor() as cursor:
        for batch in batches:
            cursor.execute(batch, None)


def missing() -> tuple[str, ...]:
    """Names of declared guards that the database does not have, and of guards nobody declared."""
    wanted = {(guard.trigger, guard.table) for guard in declared()}
    present = set(_present())
    return tuple(sorted(trigger for trigger, _ in wanted ^ present))


def _strangers(wanted: dict[str, Guard], present: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for trigger, table in present:
        if trigger not in wanted or wanted[trigger].table != table:
            yield trigger, table


def _present() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'",
                None,
            )
        else:
            # tgenabled 'O' or 'A': a disabled trigger is a missing one.
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
                " AND t.tgname LIKE 'guard\\_%' AND t.tgname NOT LIKE '%\\_truncate'",
                None,
            )
        return iter([(name[:63], table) for name, table in cursor.fetchall()])


def _create(guard: Guard) -> Sequence[str]:
    message = guard.message.replace("'", "''")
    if connection.vendor == "sqlite":
        condition = guard.condition.replace("IS NOT DISTINCT FROM", "IS").replace(
            "IS DISTINCT FROM", "IS NOT"
        )
        return [
            f"CREATE TRIGGER {guard.trigger} BEFORE {guard.on} ON {guard.table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ]
    row = "OLD" if guard.on is On.DELETE else "NEW"
    statements = [
        f"CREATE OR REPLACE FUNCTION {guard.trigger}() RETURNS trigger LANGUAGE plpgsql AS $guard$"
        f" BEGIN IF {guard.condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"
        f" END IF; RETURN {row}; END $guard$",
        f"CREATE TRIGGER {guard.trigger} BEFORE {guard.on} ON {guard.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {guard.trigger}()",
        f"ALTER TABLE {guard.table} ENABLE ALWAYS TRIGGER {guard.trigger}",
    ]
    if guard.on is On.DELETE:
        # TRUNCATE fires no row trigger; whatever refuses DELETE refuses it too.
        statements.append(
            f"CREATE TRIGGER {guard.trigger}_truncate BEFORE TRUNCATE ON {guard.table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION guard_refuse_truncate()"
        )
        statements.insert(
            0,
            "CREATE OR REPLACE FUNCTION guard_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $guard$"
            " BEGIN RAISE EXCEPTION 'rows of this table are kept' USING ERRCODE = 'check_violation'; END $guard$",
        )
    return statements


def _drop(trigger: str, table: str) -> Sequence[str]:
    if connection.vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {trigger}"]
    return [
        f"DROP TRIGGER IF EXISTS {trigger} ON {table}",
        f"DROP TRIGGER IF EXISTS {trigger}_truncate ON {table}",
        f"DROP FUNCTION IF EXISTS {trigger}()",
    ]
