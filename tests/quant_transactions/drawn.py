"""Definitions and bookings drawn at random, and their features by both ways."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from quant.transactions import query
from quant.transactions.definition import SLICE_DAYS, Columns, Definition, Measure, MeasureKind
from quant.transactions.online import compute

COLUMNS = Columns("who", "on", "amount", "category", "balance")
CATEGORIES = ("SALARY", "RENT", "O'Brien", 'say "so"', "übrig; --", "RETURNED")
EPOCH, BEGAN = date(1970, 1, 1), date(2022, 1, 1)


def definition(draw, columns=COLUMNS):
    kinds = draw.sample(list(MeasureKind), draw.randint(1, len(MeasureKind)))
    least = SLICE_DAYS if MeasureKind.INCOME_REGULARITY in kinds else 1
    windows = sorted({draw.randint(least, draw.choice([40, 400, 1860])) for _ in range(draw.randint(1, 5))})
    measures = [_measure(draw, place, kind) for place, kind in enumerate(kinds)]
    return Definition(columns, tuple(windows), tuple(measures), draw.choice([0, 0, 1, 3, 30]), 30)


def _measure(draw, place, kind):
    chosen = tuple(draw.sample(CATEGORIES, draw.randint(1, 3)))
    if kind is MeasureKind.BALANCE_FLOOR or (
        kind in {MeasureKind.INFLOW, MeasureKind.OUTFLOW, MeasureKind.COUNT} and draw.random() < 0.5
    ):
        chosen = ()
    return Measure(f"m{place}", kind, chosen)


def bookings(draw, count):
    """Same days, equal rows, blanks, nothing of some customers, and amounts that a float32 could not hold."""
    largest = draw.choice([3, 10_000, 2**40])
    rows = [
        {
            "who": draw.randrange(8),
            "on": (BEGAN + timedelta(days=draw.randrange(900))).isoformat(),
            "amount": draw.randint(-largest, largest),
            "category": draw.choice([*CATEGORIES, "OTHER", None]),
            "balance": draw.choice([None, draw.randint(-largest, largest)]),
        }
        for _ in range(count)
    ]
    return rows + draw.sample(rows, count // 10)


def applications(draw, count):
    """(place, customer, day). Some come again, some have no account."""
    return [
        (place, draw.randrange(11), BEGAN + timedelta(days=draw.randrange(1000))) for place in range(count)
    ]


def bits(values):
    """The doubles as integers, so that equal means equal in every bit."""
    made = np.array([np.nan if each is None else each for each in values], dtype=np.float64)
    return made.view(np.int64).tolist()


def online(made, rows, asked):
    found = []
    for _, who, on in asked:
        own = [row for row in rows if row["who"] == who]
        answer = compute(made, applied_on=on.isoformat(), bookings=own)
        assert answer.faults == ()
        found.append(list(answer.features.values()))
    return found


def offline(made, table, asked, days=query.Days.TEXT):
    """By DuckDB: the features of each application, and the counts."""
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        database.register("source", table)
        database.register("applications", _placed(asked))
        database.execute("CREATE VIEW bookings AS " + query.bookings(made, "source", days, query.Keys.WHOLE))
        database.execute("CREATE TABLE rings AS " + query.rings(made))
        counts = database.execute(query.facts(made)).fetchone()
        found = database.execute(f"SELECT * FROM ({query.features(made)}) ORDER BY place").fetchall()
    return [list(row[1:]) for row in found], counts


def _placed(asked):
    import pyarrow as pa

    place, who, on = zip(*asked, strict=True)
    return pa.table({"place": place, "customer": who, "day": [(each - EPOCH).days for each in on]})


def table(rows):
    import pyarrow as pa

    kinds = [("who", pa.int64()), ("on", pa.string()), ("amount", pa.int64())]
    kinds += [("category", pa.string()), ("balance", pa.int64())]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))
