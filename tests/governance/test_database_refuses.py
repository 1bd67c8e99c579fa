"""Every invariant that the database keeps, broken by raw SQL: refused, and the rows stay as they were."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from audit import guards
from tests.governance import forbidden
from tests.governance.committed import db, names
from tests.validation.drawing import drawn

__all__ = ["db", "drawn", "names"]

GUARDED = forbidden.guarded()
CONSTRAINED = forbidden.constrained()
TABLES = sorted({*forbidden.APPEND_ONLY, *forbidden.KEPT})


# PostgreSQL names the first of two constraints that the same row breaks: a state nobody knows has no end either.
IMPLIED = {"job_state_is_known": "job_ended_has_a_time"}


class Undone(Exception):
    """Ends a transaction that must leave nothing behind."""


def rows_of(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in cursor.fetchall()
        ]


def send(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, None)


def table_in(statement: str) -> str:
    words = statement.replace("INSERT OR REPLACE", "INSERT").replace("UPDATE OR REPLACE", "UPDATE").split()
    return words[1] if words[0] == "UPDATE" else words[2]


@contextmanager
def only(name: str) -> Iterator[None]:
    """In here one guard stands, or none; outside everything is as before."""
    kept = [guard for guard in guards.declared() if guard.name == name]
    with pytest.raises(Undone), transaction.atomic():
        guards.lift()
        for statement in itertools.chain.from_iterable(guards._create(guard) for guard in kept):
            send(statement)
        yield
        raise Undone


def refusal_of(statement: str) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        send(statement)
    return str(refused.value)


def constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    own = [model for model in apps.get_models() if not model.__module__.startswith(("django.", "allauth."))]
    return {each.name: (model, each) for model in own for each in model._meta.constraints}


def test_every_declared_guard_has_a_statement_that_breaks_it() -> None:
    assert set(GUARDED) == {guard.name for guard in guards.declared()}


def test_every_declared_constraint_has_a_statement_that_breaks_it() -> None:
    assert set(CONSTRAINED) == set(constraints())


def test_every_guarded_table_is_declared_as_written_once_or_kept() -> None:
    assert set(forbidden.APPEND_ONLY) == set(guards.append_only_tables())
    assert set(forbidden.KEPT) == {guard.table for guard in guards.declared() if guard.name.endswith("_kept")}


@pytest.mark.parametrize("name", sorted({**GUARDED, **CONSTRAINED}))
def test_the_statement_is_refused_and_changes_nothing(names: dict[str, str], name: str) -> None:
    statement = {**GUARDED, **CONSTRAINED}[name].format(**names)
    before = rows_of(table_in(statement))
    with pytest.raises(IntegrityError):
        send(statement)
    assert rows_of(table_in(statement)) == before


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_each_guard_refuses_by_itself(names: dict[str, str], name: str) -> None:
    guard = next(guard for guard in guards.declared() if guard.name == name)
    with only(name):
        assert guard.message in refusal_of(GUARDED[name].format(**names))


@pytest.mark.parametrize("name", sorted(CONSTRAINED))
def test_each_constraint_refuses_without_any_guard(names: dict[str, str], name: str) -> None:
    model, constraint = constraints()[name]
    with only("no guard"):
        said = refusal_of(CONSTRAINED[name].format(**names))
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint):
        # SQLite names the columns of a unique index, not the index.
        columns = [model._meta.get_field(field).column for field in constraint.fields]
        assert all(f"{model._meta.db_table}.{column}" in said for column in columns)
        return
    assert name in said or IMPLIED.get(name, name) in said


def test_without_its_guard_the_statement_would_have_passed(names: dict[str, str]) -> None:
    """The table's own proof: what these statements ask for is possible, only the guard stands in the way."""
    passed = 0
    for name in sorted(GUARDED):
        with only("no guard"):
            try:
                with transaction.atomic():
                    send(GUARDED[name].format(**names))
                    passed += 1
            except DatabaseError:
                pass
    # The rest would meet a constraint or a foreign key as well, which is the second lock on the same door.
    assert passed >= len(GUARDED) // 2


def unique_sets(table: str) -> list[tuple[type[models.Model], tuple[str, ...], models.Q | None]]:
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    # An empty value is unique to nobody: there may be many of them.
    single = [
        ((field.name,), models.Q(**{f"{field.name}__isnull": False}) if field.null else None)
        for field in model._meta.concrete_fields
        if field.unique
    ]
    several = [
        (each.fields, each.condition)
        for each in model._meta.constraints
        if isinstance(each, models.UniqueConstraint)
    ]
    return [(model, tuple(fields), condition) for fields, condition in [*single, *several]]


UNIQUE = [
    pytest.param(*each, id=f"{table}-{'-'.join(each[1])}") for table in TABLES for each in unique_sets(table)
]


def fresh(field: models.Field, names: dict[str, str]) -> str:
    kind = field.get_internal_type()
    if kind == "BinaryField":
        return names["blob"]
    return "987654" if "Integer" in kind else f"'{names['fresh']}'"


@pytest.mark.sqlite
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
@pytest.mark.parametrize(("model", "fields", "condition"), UNIQUE)
def test_nothing_is_replaced_by_an_insert(
    names: dict[str, str], model: type[models.Model], fields: tuple[str, ...], condition: object, verb: str
) -> None:
    """OR REPLACE deletes whatever is in the way of any unique index, and no trigger on DELETE hears of it."""
    row = model.objects.filter(condition or models.Q()).order_by("pk").first()
    changed = {
        field.column: fresh(field, names)
        for field in model._meta.concrete_fields
        if field.unique and field.name not in fields
    }
    key = row.pk.hex if hasattr(row.pk, "hex") and not isinstance(row.pk, bytes) else str(row.pk)
    table = model._meta.db_table
    before = rows_of(table)
    with pytest.raises(IntegrityError):
        send(forbidden.copy(table, key, **changed).replace("INSERT", verb, 1))
    assert rows_of(table) == before


@pytest.mark.sqlite
@pytest.mark.parametrize(("model", "fields", "condition"), UNIQUE)
def test_nothing_is_replaced_by_an_update(
    names: dict[str, str], model: type[models.Model], fields: tuple[str, ...], condition: object
) -> None:
    rows = list(model.objects.order_by("pk")[:2])
    if len(rows) < 2:
        rows = rows * 2
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [model._meta.get_field(field).column for field in fields]
    taken, other = (row.pk.hex if hasattr(row.pk, "hex") else str(row.pk) for row in rows)
    chosen = ", ".join(
        f"{column} = (SELECT {column} FROM {table} WHERE {key} = '{taken}')" for column in columns
    )
    statement = f"UPDATE OR REPLACE {table} SET {chosen} WHERE {key} = '{other}'"
    before = rows_of(table)
    try:
        send(statement)
    except IntegrityError:
        pass
    # Where both rows have the same values already nothing was asked for; nothing may have happened either.
    assert rows_of(table) == before


@pytest.mark.postgresql
@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused_to_the_owner(names: dict[str, str], table: str) -> None:
    before = rows_of(table)
    with pytest.raises(IntegrityError):
        send(f"TRUNCATE {table} CASCADE")
    assert rows_of(table) == before
