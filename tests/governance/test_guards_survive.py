"""A later migration that adds a constraint makes SQLite rebuild the table and drop its triggers without a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import IntegrityError, connection, models

from approvals.models import SignOff
from audit import guards
from scoring.models import Decision
from tests.governance.committed import db, names
from tests.governance.test_database_refuses import GUARDED, rows_of, send, table_in
from tests.validation.drawing import drawn

__all__ = ["db", "drawn", "names"]

ADDED = (
    (SignOff, models.CheckConstraint(condition=~models.Q(meaning=""), name="added_later_signoff")),
    (Decision, models.CheckConstraint(condition=~models.Q(reference=""), name="added_later_decision")),
)
TOUCHED = {model._meta.db_table for model, _ in ADDED}
STATEMENTS = {name: said for name, said in GUARDED.items() if table_in(said) in TOUCHED}


@pytest.fixture(scope="module")
def lost(names: dict[str, str], django_db_blocker: object) -> Iterator[tuple[str, ...]]:
    """What the migration dropped; then post_migrate ran, as `migrate` runs it."""
    with django_db_blocker.unblock():
        emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
        for model, constraint in ADDED:
            with connection.schema_editor() as editor:
                editor.add_constraint(model, constraint)
        dropped = guards.missing()
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        yield dropped
        emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
        for model, constraint in ADDED:
            with connection.schema_editor() as editor:
                editor.remove_constraint(model, constraint)
        guards.install()


@pytest.mark.sqlite
def test_the_migration_did_drop_guards(lost: tuple[str, ...]) -> None:
    """The danger is real: otherwise the tests below prove nothing."""
    assert len(lost) >= len(STATEMENTS) - 1


def test_all_guards_are_back_after_the_migration(lost: tuple[str, ...]) -> None:
    assert guards.missing() == ()


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_the_statement_is_refused_after_the_migration(
    lost: tuple[str, ...], names: dict[str, str], name: str
) -> None:
    statement = STATEMENTS[name].format(**names)
    before = rows_of(table_in(statement))
    with pytest.raises(IntegrityError):
        send(statement)
    assert rows_of(table_in(statement)) == before
