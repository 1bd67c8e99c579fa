"""The application's verifier and the offline verifier were written apart from one page; they must say the same."""

import pytest

from audit import bundle, verifier
from tests.audit import made
from tests.prove import _ledger_mutants, ledger

MUTANTS = 300


@pytest.fixture(scope="module")
def tally():
    return ledger.examine_mutants(ledger.SEED, MUTANTS)


@pytest.mark.control("ledger:tamper-evidence")
def test_both_verifiers_say_the_same_of_every_mutant(tally):
    assert tally.disagreements == []


def test_no_verifier_calls_altered_content_intact(tally):
    assert tally.missed == []


def test_no_verifier_breaks_down(tally):
    assert tally.tracebacks == []


def test_the_mutants_are_of_every_kind(tally):
    """So that an empty pass cannot look like a full one."""
    assert tally.mutants == MUTANTS
    assert set(tally.verdicts) == {"intact", "broken", "unreadable", "unproven"}
    assert tally.verdicts["broken"] > MUTANTS / 3
    assert set(tally.operators) == set(_ledger_mutants.OPERATORS)


@pytest.mark.control("ledger:stolen-key")
@pytest.mark.parametrize("reader", [bundle, verifier], ids=["app", "offline"])
def test_no_verifier_trusts_a_key_that_signed_nothing(reader, tmp_path):
    """A thief's ledger may name the key you trust in a rotation, after everything that was signed."""
    forged = made.made(made.full_plan(keys={1: made.THIEF, 60: made.FIRST}, sizes=(1, 7, 39, 50)))
    (tmp_path / "forged").write_bytes(forged.content)
    found = reader.examine_file(tmp_path / "forged", key=made.FIRST.public.text).plain()
    assert (found["verdict"], found["faults"]) == ("unproven", [])
