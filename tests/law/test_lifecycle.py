"""Lives of versions, drawn by hypothesis: whatever anybody does, the services answer as the law does."""

from __future__ import annotations

import pytest

from tests.law.machine import BEGINNINGS, Size, live
from tests.law.model import Kind

BEGINS = (*((1, beginning) for beginning in BEGINNINGS), (2, "approved"), (3, "in review"))
SMALL = Size(lives=12, steps=10, seed=20260601, begins=BEGINS)


@pytest.mark.control("SR26-2:lifecycle")
def test_whatever_anybody_does_comes_out_as_the_law_says(world, traveller):
    seen = live(world, traveller, SMALL)
    # A run that came past none of these would agree with a law that forbids everything.
    kinds = {Kind.NOT_ALLOWED, Kind.WRONG_STAGE, Kind.BLOCKED, Kind.CONFLICT}
    assert kinds | {"done", "nothing to do"} <= set(seen.outcomes), seen
    assert {"in_validation", "in_review", "approved", "suspended"} <= set(seen.stages), seen
    assert {"open", "granted", "void", "returned"} <= set(seen.states), seen
    assert set(seen.in_force) == {True, False}, seen
