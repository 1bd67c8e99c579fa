"""No record, no change; no change to a record."""

import json

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models.signals import post_migrate, pre_migrate

from accounts.models import Person
from audit import chain, guards, selectors, services
from audit.chain import Subject
from audit.events import Event
from audit.models import Entry
from tests.cast import enrol_cast

pytestmark = pytest.mark.django_db
SUBJECT = Subject("person", "somebody")


def _record(actor, **facts):
    services.record(event=Event.PERSON_ENROLLED, actor=actor, subject=SUBJECT, facts=facts)


def test_recording_outside_a_unit_of_work_is_refused(cast):
    with pytest.raises(services.NoUnitOfWork):
        _record(cast.dana)


def test_entries_are_chained_without_gaps_from_one(cast):
    with services.opened():
        _record(cast.dana, n=1)
        _record(cast.victor, n=2)
    sequences = list(Entry.objects.values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
    assert selectors.verify().is_intact


def test_the_leaf_is_the_hash_of_the_stored_body_and_names_the_one_before(cast):
    first, second = Entry.objects.order_by("sequence")[:2]
    assert bytes(second.leaf) == chain.leaf_of(bytes(second.body))
    assert json.loads(bytes(second.body))["previous"] == bytes(first.leaf).hex()


def test_an_inner_service_joins_the_outer_unit_of_work(cast):
    before = Entry.objects.count()
    with services.opened():
        with services.opened():
            _record(cast.dana)
        assert Entry.objects.count() == before
    assert Entry.objects.count() == before + 1


def test_a_change_whose_entry_cannot_be_written_does_not_happen(cast):
    with pytest.raises(TypeError), services.opened():
        Person(name="never").save()
        _record(cast.dana, share=0.5)  # floats have no canonical form
    assert not Person.objects.filter(name="never").exists()


def test_facts_that_a_verifier_would_refuse_are_never_written(cast):
    deep = {"n": 1}
    for _ in range(chain.DEEPEST):
        deep = {"n": deep}
    before = Entry.objects.count()
    with pytest.raises(ValueError, match="no form"), services.opened():
        _record(cast.dana, deep=deep)
    assert Entry.objects.count() == before


def test_a_failing_unit_of_work_leaves_no_entry_behind(cast):
    before = Entry.objects.count()
    with pytest.raises(RuntimeError), services.opened():
        _record(cast.dana)
        raise RuntimeError
    with services.opened():
        _record(cast.dana)
    assert Entry.objects.count() == before + 1


def test_a_write_after_the_append_is_caught_by_the_suite_itself(cast):
    with pytest.raises(AssertionError, match="after the ledger's append"), transaction.atomic():
        with services.opened():
            _record(cast.dana)
        # The unit of work is over but its transaction is not; a savepoint released means it may go on.
        services._append([chain.Fact("2026-01-01T00:00:00.000000Z", "x:y", "a", "b", SUBJECT, {})])
        Person(name="late").save()


def _tampered(cast, statement):
    """Entries as somebody with the whole database in hand would leave them."""
    guards.lift()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return [(fault.place, fault.what) for fault in selectors.verify().faults]
    finally:
        guards.install()


@pytest.mark.parametrize(
    ("statement", "caught_at"),
    [
        ("UPDATE audit_entry SET event = 'role:revoked' WHERE sequence = 3", 3),
        ("UPDATE audit_entry SET actor_name = 'Nobody' WHERE sequence = 4", 4),
        ("DELETE FROM audit_entry WHERE sequence = 5", 6),
        (
            "UPDATE audit_entry SET body = (SELECT body FROM audit_entry WHERE sequence = 2) WHERE sequence = 7",
            7,
        ),
    ],
)
def test_tampering_is_caught_at_the_entry_where_it_happened(cast, statement, caught_at):
    assert _tampered(cast, statement)[0][0] == caught_at


def test_every_flipped_byte_of_every_body_is_caught(cast):
    rows = list(selectors.rows())[:6]
    for index, row in enumerate(rows):
        for position in range(len(row.body)):
            altered = bytearray(row.body)
            altered[position] ^= 1
            changed = row._replace(body=bytes(altered))
            found = list(chain.faults([*rows[:index], changed, *rows[index + 1 :]]))
            assert found
            assert found[0].sequence == row.sequence


REFUSED = (
    "UPDATE audit_entry SET event = event WHERE sequence = 1",
    "DELETE FROM audit_entry WHERE sequence = 1",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1",
    "INSERT INTO audit_entry (sequence, body, leaf, at, event, actor_id, actor_name, subject_type, subject_id)"
    " SELECT sequence + 1000, body, leaf, at, event, actor_id, actor_name, subject_type, subject_id"
    " FROM audit_entry WHERE sequence = 1",
)
REFUSED_BY_SQLITE = (
    "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1",
    "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1"
    " ON CONFLICT (sequence) DO UPDATE SET event = 'x'",
)
REFUSED_BY_POSTGRESQL = (
    "TRUNCATE audit_entry",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1"
    " ON CONFLICT (sequence) DO UPDATE SET event = 'x'",
    "SET LOCAL session_replication_role = replica; DELETE FROM audit_entry",
)


def test_the_database_refuses_to_change_an_entry(cast):
    own = REFUSED_BY_SQLITE if connection.vendor == "sqlite" else REFUSED_BY_POSTGRESQL
    for statement in (*REFUSED, *own):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert selectors.verify().is_intact


def test_start_up_sees_a_guard_that_is_gone(cast):
    victim = guards.declared()[0]
    with connection.cursor() as cursor:
        for statement in guards._drop(victim.trigger, victim.table):
            cursor.execute(statement, None)
    assert guards.missing() == (victim.trigger,)
    guards.install()
    assert guards.missing() == ()


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_adds_a_constraint_leaves_the_guards_in_place():
    """On SQLite adding a constraint rebuilds the table and drops its triggers; post_migrate brings them back."""
    enrol_cast()
    constraint = models.CheckConstraint(condition=models.Q(sequence__lt=10**15), name="entry_not_endless")
    ledger = apps.get_app_config("audit")
    pre_migrate.send(sender=ledger, app_config=ledger, verbosity=0, interactive=False, using="default")
    with connection.schema_editor() as editor:
        editor.add_constraint(Entry, constraint)
    try:
        assert bool(guards.missing()) == (connection.vendor == "sqlite")
        post_migrate.send(sender=ledger, app_config=ledger, verbosity=0, interactive=False, using="default")
        assert guards.missing() == ()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_entry WHERE sequence = 1")
    finally:
        guards.let_tables_be_rebuilt()
        with connection.schema_editor() as editor:
            editor.remove_constraint(Entry, constraint)
        guards.install()
