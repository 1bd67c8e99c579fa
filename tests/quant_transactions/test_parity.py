"""One definition, two ways to compute it, the same bits; and nothing of the future reaches either."""

from __future__ import annotations

import random

import pytest

from quant.transactions.query import Days
from tests.quant_transactions import drawn


@pytest.mark.parametrize("seed", range(120))
def test_a_request_and_a_table_give_the_same_bits(seed):
    draw = random.Random(seed)
    made, rows = drawn.definition(draw), drawn.bookings(draw, draw.choice([0, 20, 300]))
    asked = drawn.applications(draw, 12)
    found, _ = drawn.offline(made, drawn.table(rows), asked)
    wanted = drawn.online(made, rows, asked)
    assert [drawn.bits(row) for row in found] == [drawn.bits(row) for row in wanted]
    # Whole numbers are whole on both sides.
    assert [[type(each) for each in row] for row in found] == [[type(each) for each in row] for row in wanted]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_bookings_says_nothing(seed):
    draw = random.Random(seed)
    made, rows, asked = drawn.definition(draw), drawn.bookings(draw, 300), drawn.applications(draw, 12)
    before = drawn.offline(made, drawn.table(rows), asked), drawn.online(made, rows, asked)
    draw.shuffle(rows)
    assert (drawn.offline(made, drawn.table(rows), asked), drawn.online(made, rows, asked)) == before


@pytest.mark.parametrize("seed", range(10))
def test_what_lies_at_or_after_the_cut_may_be_anything(seed):
    from datetime import date, timedelta

    draw = random.Random(seed)
    made, rows = drawn.definition(draw), drawn.bookings(draw, 300)
    # One application each: what is the future of all of them can be told from the bookings alone.
    day = drawn.BEGAN + timedelta(days=draw.randrange(300, 900))
    asked = [(place, place, day) for place in range(8)]
    cut = day - timedelta(days=made.tolerance_days)
    past = [row for row in rows if date.fromisoformat(row["on"]) < cut]
    future = [
        row | {"on": str(cut + timedelta(days=draw.randrange(400)))} for row in drawn.bookings(draw, 200)
    ]
    found, counts = drawn.offline(made, drawn.table(past + future), asked)
    assert found == drawn.offline(made, drawn.table(past), asked)[0]
    assert counts[3] == len(future)
    assert drawn.online(made, past + future, asked) == drawn.online(made, past, asked) == found


@pytest.mark.parametrize("days", [Days.DATE, Days.TIMESTAMP])
def test_a_column_of_dates_and_one_of_texts_say_the_same(days):
    import pyarrow as pa

    draw = random.Random(3)
    made, rows, asked = drawn.definition(draw), drawn.bookings(draw, 200), drawn.applications(draw, 12)
    table = drawn.table(rows)
    kind = pa.date32() if days is Days.DATE else pa.timestamp("us")
    typed = table.set_column(1, "on", table["on"].cast(pa.timestamp("us")).cast(kind))
    assert drawn.offline(made, typed, asked, days) == drawn.offline(made, table, asked)
