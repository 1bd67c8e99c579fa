"""The held-out rows as a table of DuckDB, read from the parquet files by DuckDB itself. Names of columns are quoted in
this one file; values are always bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

HELD_OUT, PROTECTED, REALISED = "held_out.parquet", "protected.parquet", "realised.parquet"
# Any: declarations, standards and sealed tables are plain JSON here.
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """What a path may look at. `connection` holds `loans` (place, defaulted, pd, outcome, exposure), a row an
    applicant, in the order of the files."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    standard: Told
    sealed: Mapping[str, Told]
    development_rows: int

    def one(self, question: str, values: Sequence[object] = ()) -> tuple[Any, ...]:
        """The one row of an answer. Any: whatever the columns hold."""
        found = self.connection.execute(question, list(values)).fetchone()
        assert found is not None  # noqa: S101 (every question here is an aggregate)
        return found

    def column(self, name: str) -> list[Any]:
        """One column of `loans` in the order of the rows."""
        rows = self.connection.execute(f"SELECT {_quoted(name)} FROM loans ORDER BY place").fetchall()
        return [row[0] for row in rows]

    def has(self, name: str, column: str) -> bool:
        """Whether a file of the folder is there and has this column."""
        if not (self.folder / name).exists():
            return False
        described = self.connection.execute(
            "DESCRIBE SELECT * FROM read_parquet(?)", [str(self.folder / name)]
        )
        return column in {row[0] for row in described.fetchall()}


def filled(
    connection: duckdb.DuckDBPyConnection, folder: Path, declared: Told, scored: Sequence[tuple[float, str]]
) -> None:
    """Make `loans` of the held-out file and of what the second path says of each row (PD, outcome)."""
    import pandas as pd

    connection.execute("SET threads = 1")
    told = pd.DataFrame(scored, columns=["pd", "outcome"]).assign(place=range(len(scored)))
    connection.register("scored", told)
    exposure = _quoted(declared["exposure"]) if declared.get("exposure") else "NULL"
    connection.execute(
        f"CREATE TABLE loans AS SELECT s.place, CAST(h.{_quoted(declared['target'])} AS DOUBLE) = 1 AS defaulted,"
        f" s.pd, s.outcome, CAST({exposure} AS DOUBLE) AS exposure FROM scored s"
        f" JOIN read_parquet('{_path(folder / HELD_OUT)}', file_row_number = true) h ON h.file_row_number = s.place"
    )


def group_of_each(ground: Ground, attribute: Told) -> list[str] | None:
    """The declared group of every row, "other" outside all; None where no file has the column."""
    name = attribute["column"]
    holder = next((each for each in (PROTECTED, HELD_OUT) if ground.has(each, name)), None)
    if holder is None:
        return None
    cases, values = [], []
    # The last group that holds a row names it.
    for group in reversed(attribute["groups"]):
        condition, bound = _inside(name, group)
        cases.append(f"WHEN {condition} THEN ?")
        values += [*bound, group["name"]]
    question = (
        f"SELECT CASE {' '.join(cases)} ELSE 'other' END FROM read_parquet(?, file_row_number = true)"
        " ORDER BY file_row_number"
    )
    rows = ground.connection.execute(question, [*values, str(ground.folder / holder)]).fetchall()
    return [str(row[0]) for row in rows]


def earned_of_each(ground: Ground, column: str) -> None:
    """Make `earned` (place, profit) of the file of what became of the loans."""
    ground.connection.execute(
        "CREATE TABLE earned AS SELECT file_row_number AS place,"
        f" CAST({_quoted(column)} AS DOUBLE) AS profit"
        f" FROM read_parquet('{_path(ground.folder / REALISED)}', file_row_number = true)"
    )


def _inside(name: str, group: Told) -> tuple[str, list[object]]:
    column, bound = _quoted(name), [*group.get("codes", ()), *group.get("labels", ())]
    parts = [f"{column} IN ({', '.join('?' * len(bound))})"] if bound else [f"{column} IS NOT NULL"]
    for end, sign in (("at_least", ">="), ("at_most", "<=")):
        if end in group:
            parts.append(f"{column} {sign} ?")
            bound.append(group[end])
    return " AND ".join(parts), bound


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _path(path: Path) -> str:
    return str(path).replace("'", "''")
