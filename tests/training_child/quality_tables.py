"""Small tables made by hand, and what the quality report says of them."""

from __future__ import annotations

from registry.frames.quality import report
from registry.frames.spec import FileFormat, UploadSpec

ROWS = 1_000
# One in ten defaults, spread evenly, so that a block of a hundred rows holds ten.
OUTCOME = [int(row % 10 == 0) for row in range(ROWS)]


def rules_of(columns, **declared):
    """The rules of a table with these columns, by key."""
    spec = UploadSpec(FileFormat.PARQUET, "y", "a test key", **declared)
    return {rule["rule"]: rule for rule in report(table_of(columns), spec)["rules"]}


def table_of(columns):
    """As a file is read: what holds nothing is text."""
    import pyarrow as pa

    made = {name: pa.array(values) for name, values in {"y": OUTCOME, **columns}.items()}
    return pa.table(
        {name: each.cast("string") if str(each.type) == "null" else each for name, each in made.items()}
    )


def filled(start, rows=ROWS):
    """The texts or numbers given, and 0, 1, 2 … 96 over and over for the rest."""
    return [*start, *(row % 97 for row in range(rows - len(start)))]


def repeated(*pairs):
    return [value for value, rows in pairs for _ in range(rows)]
