"""The same statements as the application's own database role, which owns nothing (PostgreSQL)."""

from __future__ import annotations

import io
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection

from mrm.management.commands.database_grants import SEALERS, statements
from tests.governance import forbidden
from tests.governance.committed import db, names
from tests.governance.test_database_refuses import CONSTRAINED, GUARDED, TABLES, rows_of, send, table_in
from tests.plugin_services import application_database_url, sealer_database_url
from tests.validation.drawing import drawn

__all__ = ["db", "drawn", "names"]

pytestmark = pytest.mark.postgresql
NOT_ALLOWED, CHECKED, UNIQUE = "42501", "23514", "23505"
FIRST = "audit_entry"


@pytest.fixture(scope="module")
def role(names: dict[str, str], django_db_blocker: object) -> Iterator[object]:
    """A connection of the role that the web and the workers have, to this run's database."""
    if not application_database_url():
        pytest.skip("MRM_TEST_APP_DATABASE_URL is not set")
    with django_db_blocker.unblock():
        for statement in statements():
            send(statement)
        database = connection.settings_dict["NAME"]
    connected = psycopg2.connect(application_database_url(), dbname=database)
    connected.autocommit = True
    yield connected
    connected.close()


@pytest.fixture(scope="module")
def sealer(role: object) -> Iterator[object]:
    """A connection of the sealer's role, after the same grants."""
    if not sealer_database_url():
        pytest.skip("MRM_TEST_SEALER_DATABASE_URL is not set")
    connected = psycopg2.connect(sealer_database_url(), dbname=role.info.dbname)
    connected.autocommit = True
    yield connected
    connected.close()


def code_of(role: object, statement: str) -> str | None:
    try:
        with role.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error as refused:
        return refused.pgcode
    return None


@pytest.mark.parametrize("name", sorted({**GUARDED, **CONSTRAINED}))
def test_the_statement_is_refused_and_changes_nothing(role: object, names: dict[str, str], name: str) -> None:
    statement = {**GUARDED, **CONSTRAINED}[name].format(**names)
    before = rows_of(table_in(statement))
    assert code_of(role, statement) in {NOT_ALLOWED, CHECKED, UNIQUE}
    assert rows_of(table_in(statement)) == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "attempt",
    [
        "TRUNCATE {0}",
        "TRUNCATE {0} CASCADE",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "ALTER TABLE {0} DISABLE TRIGGER USER",
        "ALTER TABLE {0} OWNER TO mrm_app",
        "ALTER TABLE {0} ADD COLUMN more text",
        "DROP TABLE {0} CASCADE",
        "CREATE RULE away AS ON DELETE TO {0} DO INSTEAD NOTHING",
    ],
)
def test_the_role_cannot_get_around_a_guard(
    role: object, names: dict[str, str], table: str, attempt: str
) -> None:
    before = rows_of(table)
    assert code_of(role, attempt.format(table)) == NOT_ALLOWED
    assert rows_of(table) == before


def test_the_role_cannot_switch_triggers_off_for_its_session(role: object) -> None:
    assert code_of(role, "SET session_replication_role = 'replica'") == NOT_ALLOWED


def test_the_role_cannot_become_the_owner(role: object) -> None:
    assert code_of(role, f"SET ROLE {connection.settings_dict['USER']}") == NOT_ALLOWED


def test_no_trigger_and_no_function_can_be_dropped_or_rewritten(role: object, names: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname, p.proname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname LIKE 'guard%'"
        )
        found = cursor.fetchall()
    assert len(found) > len(GUARDED) - 1
    for trigger, table, function in found:
        assert code_of(role, f"DROP TRIGGER {trigger} ON {table}") == NOT_ALLOWED
        body = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        assert code_of(role, f"CREATE OR REPLACE FUNCTION {function}() {body}") == NOT_ALLOWED
        assert code_of(role, f"DROP FUNCTION {function}() CASCADE") == NOT_ALLOWED


@pytest.mark.parametrize("table", TABLES)
def test_an_upsert_is_refused(role: object, names: dict[str, str], table: str) -> None:
    """ON CONFLICT DO UPDATE is an UPDATE by another name."""
    row, key, *change = {**forbidden.KEPT, **forbidden.APPEND_ONLY}[table]
    column = change[0].split(" = ")[0] if change else key
    again = forbidden.copy(table, row).format(**names)
    before = rows_of(table)
    upsert = f"{again} ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}"
    assert code_of(role, upsert) in {NOT_ALLOWED, CHECKED}
    assert rows_of(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_a_bulk_copy_meets_the_same_guards(
    role: object, sealer: object, names: dict[str, str], table: str
) -> None:
    written, role = io.StringIO(), sealer if table in SEALERS else role
    with role.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT", written)
    before = rows_of(table)
    with pytest.raises(psycopg2.Error) as refused, role.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(written.getvalue()))
    assert refused.value.pgcode in {CHECKED, UNIQUE}
    assert rows_of(table) == before


def test_the_role_writes_no_migration_and_creates_nothing(role: object) -> None:
    assert (
        code_of(role, "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())")
        == NOT_ALLOWED
    )
    assert code_of(role, "CREATE TABLE mine (id int)") == NOT_ALLOWED


def test_the_role_does_what_the_application_needs(role: object, names: dict[str, str]) -> None:
    """The other half: a role that may do nothing would pass every test above."""
    assert code_of(role, f"SELECT count(*) FROM {FIRST}") is None
    assert (
        code_of(role, "UPDATE jobs_job SET percent = percent WHERE id = '{j_running}'".format(**names))
        is None
    )


@pytest.mark.parametrize("table", SEALERS)
def test_only_the_sealer_writes_what_is_sealed(role: object, names: dict[str, str], table: str) -> None:
    before = rows_of(table)
    assert code_of(role, f"INSERT INTO {table} SELECT * FROM {table}") == NOT_ALLOWED
    assert code_of(role, f"DELETE FROM {table}") == NOT_ALLOWED
    assert rows_of(table) == before


def test_the_application_fills_the_queue_and_cannot_empty_it(role: object, names: dict[str, str]) -> None:
    queued = f"INSERT INTO audit_unsealed (record, log, at) VALUES ({names['blob']}, 'decisions', now())"
    assert code_of(role, queued) is None
    assert code_of(role, "DELETE FROM audit_unsealed") == NOT_ALLOWED
    assert code_of(role, "UPDATE audit_unsealed SET log = 'access'") == NOT_ALLOWED


@pytest.mark.parametrize("name", sorted({**GUARDED, **CONSTRAINED}))
def test_the_sealer_breaks_no_invariant_either(sealer: object, names: dict[str, str], name: str) -> None:
    statement = {**GUARDED, **CONSTRAINED}[name].format(**names)
    before = rows_of(table_in(statement))
    assert code_of(sealer, statement) in {NOT_ALLOWED, CHECKED, UNIQUE}
    assert rows_of(table_in(statement)) == before


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM scoring_decisionpayload",
        "SELECT * FROM scoring_decision",
        "UPDATE accounts_user SET is_active = true",
        "INSERT INTO audit_access SELECT * FROM audit_access",
        "TRUNCATE audit_unsealed",
        "SET session_replication_role = 'replica'",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_sealer_can_do_nothing_else(sealer: object, attempt: str) -> None:
    assert code_of(sealer, attempt) == NOT_ALLOWED


def test_the_sealer_can_seal(sealer: object, names: dict[str, str]) -> None:
    """With its own rights alone: what it reads, appends, empties and signs."""
    for statement in (
        "SELECT count(*) FROM audit_entry",
        "SELECT record FROM audit_unsealed",
        "DELETE FROM audit_unsealed WHERE log = 'nothing'",
        "UPDATE audit_sealerlease SET turn = turn + 1",
        "SELECT u.id FROM accounts_user u JOIN accounts_person p ON p.id = u.person_id",
    ):
        assert code_of(sealer, statement) is None
