"""The application's verifier and the offline verifier were written apart from one page; they must say the same."""

import json

import pytest

from audit import bundle, verifier
from mrm.lib import canonical
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


@pytest.mark.parametrize("reader", [bundle, verifier], ids=["app", "offline"])
@pytest.mark.parametrize(
    ("levels", "expected"), [(62, []), (63, [("canonical", 9)]), (2_000, [("canonical", 9)])]
)
def test_a_body_is_nested_at_most_64_deep_for_both(reader, levels, expected, tmp_path):
    """The body and its facts are two levels; the columns beside it are as they were, so nothing else is looked at."""
    whole = made.made(made.full_plan())
    lines, at = list(whole.lines), whole.first_entry + 8
    entry = json.loads(lines[at])["entry"]
    body = entry["body"].replace('"grade":2', f'"grade":{"[" * levels}{"]" * levels}')
    lines[at] = made.line(
        {"entry": entry | {"body": body, "leaf": canonical.sha256(b"\x00" + body.encode())}}
    )
    (tmp_path / "deep").write_bytes(b"".join(made.sealed(lines)))
    found = reader.examine_file(tmp_path / "deep", key=whole.key_text).plain()["faults"]
    assert [(each["code"], each["place"]) for each in found if each["code"] == "canonical"] == expected
