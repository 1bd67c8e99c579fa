"""What each measure is, by tables worked by hand; and what is refused."""

from __future__ import annotations

import pytest

from quant.features.plain import SchemaFault
from quant.transactions import form
from quant.transactions.definition import LARGEST, Columns, Definition, Measure, MeasureKind
from quant.transactions.online import compute
from tests.quant_transactions import drawn

K = MeasureKind
MEASURES = (
    Measure("inflow", K.INFLOW),
    Measure("outflow", K.OUTFLOW),
    Measure("bookings", K.COUNT),
    Measure("returned", K.RETURNED_PAYMENTS, ("RETURNED",)),
    Measure("gambling", K.CATEGORY_SHARE, ("GAMBLING", "LOTTERY")),
    Measure("paid", K.INCOME_REGULARITY, ("SALARY",)),
    Measure("floor", K.BALANCE_FLOOR),
)
PLAIN = Definition(drawn.COLUMNS, (30, 90), MEASURES, 0, 30)


def _row(on, amount, category=None, balance=None):
    return {"on": on, "amount": amount, "category": category, "balance": balance}


# Applied on 2024-04-01: 30 days reach back to 2024-03-02, 90 to 2024-01-02. Slices of 30 days counted back from the cut
# begin on 2024-03-02, 2024-02-01 and 2024-01-02.
ROWS = [
    _row("2024-04-01", 999_999, "SALARY", -999_999),  # the day itself is too late
    _row("2024-03-31", -2_500, "RETURNED", 40_000),
    _row("2024-03-31", -2_500, "RETURNED", 37_500),  # the same day and amount: two bookings
    _row("2024-03-02", 100_000, "SALARY", 90_000),  # the first day of 30
    _row("2024-03-01", -15_000, "GAMBLING", -10_000),  # the day before
    _row("2024-01-02", 80_000, "SALARY", None),  # the first day of 90
    _row("2024-01-01", 70_000, "SALARY", -50_000),  # before every window
]
BY_HAND = {
    "inflow_30d": 100_000,
    "inflow_90d": 180_000,
    "outflow_30d": 5_000,
    "outflow_90d": 20_000,
    "bookings_30d": 3,
    "bookings_90d": 5,
    "returned_30d": 2,
    "returned_90d": 2,
    "gambling_30d": 0.0,
    "gambling_90d": 0.75,  # 15,000 of 20,000
    "paid_30d": 1.0,
    "paid_90d": 2 / 3,  # nothing was paid in February
    "floor_30d": 37_500,
    "floor_90d": -10_000,
}


def _computed(rows, made=PLAIN, on="2024-04-01"):
    return compute(made, applied_on=on, bookings=rows)


def test_every_measure_is_what_it_is_by_hand():
    assert _computed(ROWS).features == BY_HAND


def test_a_tolerance_moves_the_cut_back_by_its_days():
    from dataclasses import replace

    made = replace(PLAIN, tolerance_days=1)
    found = _computed(ROWS, made).features
    # The cut is 2024-03-31, so its two bookings are not known, and the windows begin a day earlier.
    assert (found["returned_30d"], found["bookings_30d"], found["bookings_90d"]) == (0, 2, 4)


def test_without_a_booking_in_the_longest_window_everything_is_missing():
    for rows in ([], ROWS[-1:], ROWS[:1]):
        assert set(_computed(rows).features.values()) == {None}


def test_a_window_without_bookings_beside_one_with_some_is_zero_and_has_no_floor():
    found = _computed([_row("2024-02-01", 500, "SALARY", 700)]).features
    assert found["floor_30d"] is None
    assert {found[name] for name in BY_HAND if name.endswith("30d") and name != "floor_30d"} == {0}
    assert (found["inflow_90d"], found["floor_90d"], found["paid_90d"]) == (500, 700, 1 / 3)


def test_the_largest_sum_is_exact_and_one_more_is_refused():
    rows = [_row("2024-03-31", LARGEST - 1), _row("2024-03-31", -1)]
    found = _computed(rows).features
    assert (found["inflow_30d"], found["outflow_30d"]) == (LARGEST - 1, 1)
    refused = _computed([*rows, _row("2024-01-05", 1)])
    assert [fault.code for fault in refused.faults] == ["overflow"]
    counts = drawn.offline(PLAIN, drawn.table([{"who": 1, **row} for row in (*rows, _row("2024-01-05", 1))]),
                           [(0, 1, drawn.date(2024, 4, 1))])[1]  # fmt: skip
    assert counts[-1] == 1


def test_every_fault_is_told_at_once_and_no_value_is_repeated():
    rows = [
        _row("31/12/2024", 1.5),
        _row("2024-02-30", "12"),
        _row("2024-03-05T10:00:00+02:00", LARGEST + 1, 7, "x"),
        "not a row",
        _row("1899-12-31", -0.0) | {"who": "A"},
        {"who": "B"},
    ]
    faults = _computed(rows, on="tomorrow").faults
    told = " ".join(f"{fault.name} {fault.detail}" for fault in faults)
    # The application's day, whose account it is, and then row by row; the fourth row is no object.
    assert len(faults) == 1 + 1 + 2 + 2 + 4 + 1 + 2 + 2
    assert not any(cell in told for cell in ("31/12", "02-30", "+02", "1.5", "1899", "tomorrow"))


def test_too_many_rows_are_not_read():
    assert [fault.code for fault in _computed([{}] * 20_001).faults] == ["too_many"]
    assert len(_computed([{}] * 20_000).faults) == 100


def test_a_definition_survives_its_plain_form():
    assert form.load(form.dump(PLAIN)) == PLAIN


@pytest.mark.parametrize(
    "change",
    [
        {"windows": [90, 30]},
        {"windows": [30, 30]},
        {"windows": [0]},
        {"windows": [1861]},
        {"windows": [29]},
        {"tolerance_days": -1},
        {"max_age_days": None},
        {"more": 1},
        {"columns": {"customer": "a", "booked_on": "b"}},
        {"columns": {"customer": "a", "booked_on": "b", "amount_minor": "a"}},
        {"columns": {"customer": "a", "booked_on": "b", "amount_minor": "c", "balance_minor": "d"}},
        {"measures": []},
        {"measures": [{"name": "a b", "kind": "inflow"}]},
        {"measures": [{"name": "a", "kind": "inflow"}, {"name": "a", "kind": "outflow"}]},
        {"measures": [{"name": "a", "kind": "returned_payments"}]},
        {"measures": [{"name": "a", "kind": "balance_floor", "categories": ["x"]}]},
        {"measures": [{"name": "a", "kind": "count", "categories": ["x\n"]}]},
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(change):
    with pytest.raises(SchemaFault):
        form.load(form.dump(PLAIN) | change)


def test_columns_that_no_measure_needs_may_be_left_out():
    made = Definition(Columns("who", "on", "amount"), (7,), (Measure("spent", K.OUTFLOW),), 0, 1)
    assert _computed([{"on": "2024-03-31", "amount": -5}], made).features == {"spent_7d": 5}
    assert form.load(form.dump(made)) == made
