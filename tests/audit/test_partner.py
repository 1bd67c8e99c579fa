"""A second process walks parts of the ledger: the verdict is the same, whatever becomes of that process."""

import sys

import pytest
from django.db import transaction

from audit import partner, reading, selectors, stored, walk
from audit.models import Entry
from audit.tree import root
from tests.audit.sealing import add, folder, sealer, tampered

__all__ = ["folder", "sealer"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long(cast, sealer, monkeypatch):
    """A ledger of several parts, with a checkpoint inside one; answers how the partner did."""
    monkeypatch.setattr(partner, "PART", 8)
    monkeypatch.setattr(partner, "WORTH_IT", 1)
    sealer.checkpoint()
    add(cast, 60)
    sealer.checkpoint()
    add(cast, 5)
    answers, answer = [], partner.Partner._answer
    monkeypatch.setattr(partner.Partner, "_answer", lambda self: answers.append(answer(self)) or answers[-1])
    return answers


def alone(monkeypatch):
    monkeypatch.setattr(partner, "WORTH_IT", 10**9)
    return selectors.verify()


def test_two_find_what_one_finds(long, monkeypatch):
    found = selectors.verify()
    assert sum(each is not None for each in long) >= partner.AHEAD
    assert found.is_intact
    assert found.root == root(row.leaf for row in stored.rows()).hex()
    assert found == alone(monkeypatch)


@pytest.mark.control("ledger:tamper-evidence")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'Somebody' WHERE sequence IN (3, 8, 9, 30)",
        "UPDATE audit_entry SET leaf = body WHERE sequence IN (8, 16)",
        "UPDATE audit_entry SET event = 'log_key:adopted' WHERE sequence IN (5, 40)",
        "UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE sequence = 17",
        "UPDATE audit_entry SET sequence = 100000 WHERE sequence = 20",
        "DELETE FROM audit_entry WHERE sequence BETWEEN 7 AND 18",
    ],
)
def test_two_find_the_faults_that_one_finds(long, monkeypatch, statement):
    tampered(statement)
    found = selectors.verify()
    assert not found.is_intact
    assert found == alone(monkeypatch)


def test_a_gap_that_opens_after_it_was_looked_for_is_found_by_two(long, monkeypatch):
    tampered("DELETE FROM audit_entry WHERE sequence BETWEEN 15 AND 33")
    monkeypatch.setattr(reading, "has_no_gap", lambda _: True)
    found = selectors.verify()
    assert any(long)
    assert found == alone(monkeypatch)


@pytest.mark.parametrize("executable", ["/nowhere/python", "/bin/true", "/bin/false", "/bin/cat"])
def test_a_partner_that_does_not_start_or_says_nonsense_has_told_nothing(long, monkeypatch, executable):
    """cat would repeat the question."""
    tampered("UPDATE audit_entry SET event = 'other' WHERE sequence IN (3, 12, 30)")
    expected = alone(monkeypatch)
    monkeypatch.setattr(partner, "WORTH_IT", 1)
    monkeypatch.setattr(sys, "executable", executable)
    assert selectors.verify() == expected
    assert not any(long)
    assert [fault.place for fault in expected.faults if fault.code == "projection"] == [3, 12, 30]


def test_inside_a_transaction_nobody_else_is_asked(long, monkeypatch, cast):
    with transaction.atomic():
        add(cast)
        assert selectors.verify().entries == Entry.objects.count()
    assert long == []


def test_what_a_partner_tells_is_what_it_found(long):
    part = reading.walked(0, 10_000)
    assert part.telling
    assert walk.Part.of_plain(part.plain()) == part


def test_a_part_that_does_not_follow_is_walked_again(long, monkeypatch):
    expected = alone(monkeypatch)
    parts = stored.parts
    monkeypatch.setattr(
        stored,
        "parts",
        lambda until: (
            walk.walked(
                stored.rows(part.began.expected - 1, part.ended.expected - 1), walk.Place("f" * 64, 7)
            )
            for part in parts(until)
        ),
    )
    assert selectors.verify() == expected
