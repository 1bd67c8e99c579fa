"""The rules of signing, exhaustively: every set of signatures by every kind of person, at every quorum."""

from __future__ import annotations

import itertools

import pytest

from approvals.policy import (
    Insiders,
    Signed,
    SignVerdict,
    Standing,
    approvers,
    quorum_of,
    standing,
    why_not_sign,
)

INSIDERS = Insiders(author="dana", trainer="tess", submitter="sam", validator="victor")
PEOPLE = ("dana", "tess", "sam", "victor", "ada", "amir")
INDEPENDENT = {"ada", "amir"}


@pytest.mark.parametrize(("tier", "quorum"), [(1, 2), (2, 1), (3, 0), (None, 2), (9, 2), (0, 2)])
def test_quorum_of_every_tier_and_the_most_for_an_unknown_one(tier, quorum):
    assert quorum_of(tier) == quorum


@pytest.mark.parametrize("person", PEOPLE)
def test_only_people_without_a_part_sign(person):
    assert (why_not_sign(person, INSIDERS, []) is None) == (person in INDEPENDENT)


@pytest.mark.parametrize("verdict", list(SignVerdict))
def test_nobody_signs_twice_whatever_they_said_first(verdict):
    said = why_not_sign("ada", INSIDERS, [Signed("ada", verdict)])
    assert said is not None
    assert "count once" in said


def test_missing_parts_exclude_nobody():
    nobody = Insiders(author="dana", trainer="dana", submitter=None, validator=None)
    assert why_not_sign(None, nobody, []) is None
    assert why_not_sign("victor", nobody, []) is None


def expected(signed, quorum):
    """The same rules in other words: the first word that ends it, among people without a part."""
    counted = [
        each for each in signed if each.person in INDEPENDENT and each.verdict is not SignVerdict.DISSENT
    ]
    ends = [each.verdict for each in counted if each.verdict in {SignVerdict.REJECT, SignVerdict.RETURN}]
    if ends:
        return {SignVerdict.REJECT: Standing.REJECTED, SignVerdict.RETURN: Standing.RETURNED}[ends[0]]
    return Standing.GRANTED if len({each.person for each in counted}) >= quorum else Standing.OPEN


@pytest.mark.control("21CFR11.200:two-people")
@pytest.mark.parametrize("quorum", [0, 1, 2])
@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_every_sequence_of_signatures_amounts_to_what_the_rules_say(quorum, length):
    words = [Signed(person, verdict) for person in PEOPLE for verdict in SignVerdict]
    checked = 0
    for signed in itertools.product(words, repeat=length):
        assert standing(signed, INSIDERS, quorum) is expected(signed, quorum), signed
        checked += 1
    assert checked == len(words) ** length


def test_two_accounts_of_one_person_are_one_approver():
    twice = [Signed("ada", SignVerdict.APPROVE), Signed("ada", SignVerdict.APPROVE)]
    assert approvers(twice, INSIDERS) == 1
    assert standing(twice, INSIDERS, 2) is Standing.OPEN


@pytest.mark.parametrize("insider", ["dana", "tess", "sam", "victor"])
def test_signature_of_an_insider_never_counts(insider):
    signed = [Signed("ada", SignVerdict.APPROVE), Signed(insider, SignVerdict.APPROVE)]
    assert approvers(signed, INSIDERS) == 1
    assert standing(signed, INSIDERS, 2) is Standing.OPEN
    assert standing([Signed(insider, SignVerdict.REJECT)], INSIDERS, 1) is Standing.OPEN
