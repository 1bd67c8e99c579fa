"""On a simulated portfolio, where those who default have payments returned after applying: features that look ahead tell
them apart, ours hold nothing of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from quant.features.cleaning.dates import DateFormat, read_date
from quant.transactions.definition import Columns, Definition, Measure, MeasureKind
from tests.training.feature_views import viewed
from training.simulator.plan import Kind, Plan
from training.simulator.portfolio import generate

RETURNED = Measure("returned", MeasureKind.RETURNED_PAYMENTS, ("RETURNED_PAYMENT",))
SALARY = Measure("salary", MeasureKind.INFLOW, ("SALARY",))
OURS = Definition(
    Columns("customer_id", "booked_at", "amount_minor", "category"), (30, 365), (RETURNED, SALARY), 0, 30
)
COLUMNS = {"key": "application_id", "customer": "customer_id", "applied_on": "on"}
AHEAD_DAYS = 31


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory):
    """The tables, with applications whose dates are read and with a day beyond the weeks of the later returns."""
    import pyarrow as pa
    from pyarrow import dataset, parquet

    folder = tmp_path_factory.mktemp("simulated") / "micro"
    generate(folder, Plan(loans=2_000, seed=1, kind=Kind.MICRO))
    asked = dataset.dataset(folder / "applications").to_table()
    days = [
        read_date(each, (DateFormat.DAY_FIRST, DateFormat.MONTH_NAME))
        for each in asked["applied_at"].to_pylist()
    ]
    ahead = [day + timedelta(days=AHEAD_DAYS) for day in days]
    table = asked.append_column("on", pa.array(days)).append_column("ahead", pa.array(ahead))
    parquet.write_table(table.combine_chunks(), folder / "applied.parquet")
    return folder


def _features(portfolio, folder, columns=COLUMNS, transactions="transactions", applied="applied.parquet"):
    view = viewed.asked(viewed.source(transactions), viewed.source(applied), definition=OURS, columns=columns)
    return viewed.made(portfolio, folder, view)


def _gap(portfolio, rows):
    """Returned payments of those whose last loan defaults, less those of the others."""
    from pyarrow import dataset, parquet

    outcomes = dataset.dataset(portfolio / "outcomes").to_table()
    became = dict(
        zip(outcomes["application_id"].to_pylist(), outcomes["default_12m"].to_pylist(), strict=True)
    )
    applied = parquet.read_table(portfolio / "applied.parquet")
    whose = dict(zip(applied["application_id"].to_pylist(), applied["customer_id"].to_pylist(), strict=True))
    loans = Counter(whose.values())
    once = {key for key, who in whose.items() if loans[who] == 1}
    told = {0: [], 1: []}
    for row in rows:
        if row["application_id"] in once and became[row["application_id"]] is not None:
            told[became[row["application_id"]]].append(row["returned_30d"])
    return sum(told[1]) / len(told[1]) - sum(told[0]) / len(told[0])


def test_what_is_returned_later_shows_in_features_that_look_ahead_and_not_in_ours(portfolio, tmp_path):
    # Two more are planted in the 30 days after the application of whoever will default (docs/simulator.md): half of it
    # tells the two apart.
    ours, _, _ = _features(portfolio, tmp_path / "ours")
    ahead, _, _ = _features(portfolio, tmp_path / "ahead", COLUMNS | {"applied_on": "ahead"})
    assert _gap(portfolio, ahead) > 1.0
    assert abs(_gap(portfolio, ours)) < 1.0


def test_days_as_applicants_spell_them_are_the_days_that_were_read_before(portfolio, tmp_path):
    spelled = COLUMNS | {"applied_on": "applied_at", "day_formats": ["day_first", "month_name"]}
    read = _features(portfolio, tmp_path / "read")
    found = _features(portfolio, tmp_path / "spelled", spelled, applied="applications")
    # The rows of both parts; of the sources one is another file.
    assert found[:2] == read[:2]


def test_without_any_booking_from_the_first_application_on_its_features_are_the_same(portfolio, tmp_path):
    import pyarrow.compute as pc
    from pyarrow import dataset, parquet

    applied = parquet.read_table(portfolio / "applied.parquet")
    first = applied.group_by("customer_id").aggregate([("on", "min")])
    booked = dataset.dataset(portfolio / "transactions").to_table().join(first, "customer_id")
    kept = booked.filter(pc.less(booked["booked_at"], booked["on_min"])).drop_columns(["on_min"])
    assert kept.num_rows < booked.num_rows
    (portfolio / "past").mkdir()
    parquet.write_table(kept, portfolio / "past" / "past.parquet")
    starts = set(zip(first["customer_id"].to_pylist(), first["on_min"].to_pylist(), strict=True))
    pairs = zip(
        applied["application_id"].to_pylist(),
        applied["customer_id"].to_pylist(),
        applied["on"].to_pylist(),
        strict=True,
    )
    firsts = {key for key, who, on in pairs if (who, on) in starts}
    whole, past = (
        [
            row
            for row in _features(portfolio, tmp_path / name, transactions=name)[0]
            if row["application_id"] in firsts
        ]
        for name in ("transactions", "past")
    )
    assert whole == past
