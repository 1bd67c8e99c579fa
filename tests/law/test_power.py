"""The lives must be able to fail: each of these breaks of the law is found, with the database's own guards away and with
them in place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from approvals import policy
from audit import guards
from mrm.settings import governance
from tests.law.machine import Disagreement, Size, live

# Lives that begin where approvers sign.
REVIEWED = Size(lives=60, steps=10, seed=20260601, begins=((1, "in review"), (1, "in review by another")))


def approving(**changed):
    return {**governance.ACTS, "approve-version": replace(governance.ACTS["approve-version"], **changed)}


BREAKS = {
    "one signature approves a model of the first tier": (
        governance,
        "ACTS",
        approving(quorum={1: 1, 2: 1, 3: 0}),
    ),
    "whoever made a version signs it": (governance, "ACTS", approving(excluded=("validator",))),
    "a dissent counts as an approval": (policy, "APPROVING", (*policy.APPROVING, policy.SignVerdict.DISSENT)),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("broken", BREAKS)
def test_broken_law_is_found_by_the_lives_alone(world, traveller, monkeypatch, broken):
    guards.lift()
    monkeypatch.setattr(*BREAKS[broken])
    with pytest.raises(Disagreement, match=r"the law says|it is (lawful|refused)"):
        live(world, traveller, REVIEWED)


def test_broken_law_meets_the_guards_of_the_database(world, traveller, monkeypatch):
    monkeypatch.setattr(*BREAKS["one signature approves a model of the first tier"])
    with pytest.raises(Disagreement, match="the database refused what the services let pass"):
        live(world, traveller, REVIEWED)
