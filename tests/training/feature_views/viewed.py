"""Bookings and applications as they lie about in a folder, and what a child makes of them."""

from __future__ import annotations

import json
from datetime import date

from mrm.lib import canonical
from quant.transactions import form
from quant.transactions.definition import Columns, Definition, Measure, MeasureKind
from training.feature_views import child, declared
from training.sources.places import files_of

EPOCH = date(1970, 1, 1)
DEFINITION = Definition(
    Columns("who", "on", "amount", "category", "balance"),
    (30, 90),
    (
        Measure("inflow", MeasureKind.INFLOW),
        Measure("outflow", MeasureKind.OUTFLOW),
        Measure("returned", MeasureKind.RETURNED_PAYMENTS, ("RETURNED",)),
        Measure("rent", MeasureKind.CATEGORY_SHARE, ("RENT",)),
        Measure("paid", MeasureKind.INCOME_REGULARITY, ("SALARY",)),
        Measure("floor", MeasureKind.BALANCE_FLOOR),
    ),
    0,
    30,
)
COLUMNS = {"key": "id", "customer": "who", "applied_on": "at"}


def source(place, **more):
    kind = "folder" if "." not in place else "file"
    form_of = {"format": "csv"} if place.endswith(".csv") else {}
    return {"kind": kind, "place": place, **form_of, **more}


def asked(transactions, applications, definition=DEFINITION, name="bank", columns=None):
    return declared.load(
        {
            "name": name,
            "definition": form.dump(definition),
            "transactions": transactions,
            "applications": applications,
            "columns": columns or COLUMNS,
        }
    )


def made(root, folder, view):
    """(rows of the features, rows of the holders, facts)"""
    from pyarrow import parquet

    folder.mkdir()
    found = {each.name: [file.plain() for file in files_of(each, str(root))] for each in view.sources}
    (folder / child.SPEC).write_bytes(canonical.dumps({"view": view.plain(), "files": found, "staged": {}}))
    child.make(folder)
    rows = parquet.read_table(folder / child.FEATURES).to_pylist()
    holders = parquet.read_table(folder / child.HOLDERS).to_pylist()
    return rows, holders, json.loads((folder / child.FACTS).read_bytes())
