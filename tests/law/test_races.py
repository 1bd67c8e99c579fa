"""The races of `make prove ONLY=law`, a few of each kind."""

from __future__ import annotations

import random

import pytest

from audit.selectors import verify
from tests.law.races import RACES, Tally, Track, race
from tests.law.world import built

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.control("SR26-2:approval")
def test_whoever_comes_first_the_outcome_is_one_the_law_knows(drawn):
    world = built(drawn)
    track, tally = Track(world, world.drafts[1].version.candidate), Tally()
    for prepared in RACES:
        for seed in (1, 2):
            race(track, prepared, random.Random(seed), tally)
    assert tally.races == 2 * len(RACES)
    assert tally.illegal == []
    assert tally.counted_twice == []
    assert verify().is_intact
