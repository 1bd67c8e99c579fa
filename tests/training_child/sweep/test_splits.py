"""Parts of a sweep: by days with a gap, or by chance where that is declared."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from quant.features.plain import SchemaFault
from training.splits import ByChance, ByTime, divide, dump, load

TIME = {
    "method": "time",
    "column": "day",
    "validation_from": "2023-01-01",
    "test_from": "2023-07-01",
    "gap_days": 30,
}
DAYS = [
    "2022-12-01",
    "2022-12-02",
    "2022-12-31",
    "2023-01-01",
    "2023-05-31",
    "2023-06-01",
    "2023-06-30",
    "2023-07-01",
]


def _column(*days):
    return {"day": np.array([date.fromisoformat(day).toordinal() if day else np.nan for day in days])}


def test_rows_whose_outcome_was_not_known_yet_are_left_out():
    places = divide(load(TIME), _column(*DAYS, ""), len(DAYS) + 1)
    assert places.train.tolist() == [True] + [False] * 8
    assert places.validation.tolist() == [False] * 3 + [True] * 2 + [False] * 4
    assert places.test.tolist() == [False] * 7 + [True, False]
    assert places.counts() == {"train": 1, "validation": 2, "test": 1, "left_out": 5}


def test_no_row_learned_from_is_later_than_one_that_compares():
    days = np.random.default_rng(1).integers(738_000, 739_500, 5000).astype(float)
    places = divide(load(TIME), {"day": days}, 5000)
    assert days[places.train].max() < days[places.validation].min() - 30
    assert days[places.validation].max() < days[places.test].min() - 30
    assert not (places.train & places.validation | places.validation & places.test).any()


def test_by_chance_every_row_has_one_part_and_the_draw_is_the_same_again():
    first, again = (divide(ByChance(20, 30), {}, 1000) for _ in range(2))
    assert first.counts() == {"train": 500, "validation": 200, "test": 300, "left_out": 0}
    assert np.array_equal(first.test, again.test)


@pytest.mark.parametrize("split", [ByChance(20, 20), ByTime("day", "2023-01-01", "2023-07-01", 90)])
def test_a_split_reads_back_equal(split):
    assert load(dump(split)) == split


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "spatial"}, {"gap_days": -1}, {"gap_days": True}, {"gap_days": 181}, {"validation_from": "2023-1-1"},
        {"test_from": "2022-01-01"}, {"column": 7}, {"more": 1},
    ],
)  # fmt: skip
def test_a_split_that_says_nothing_clear_is_refused(wrong):
    with pytest.raises(SchemaFault):
        load(TIME | wrong)


def test_a_split_without_its_date_or_with_an_empty_part_is_refused():
    with pytest.raises(SchemaFault, match="no input"):
        divide(load(TIME), {}, 3)
    with pytest.raises(SchemaFault, match="no row for: validation, test"):
        divide(load(TIME), _column("2022-01-01", "2022-02-01"), 2)
