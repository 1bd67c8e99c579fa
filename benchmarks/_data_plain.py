"""Reading a table with pyarrow and asking DuckDB for the statistics that a quality report has, by hand."""

from __future__ import annotations

from pathlib import Path


def statistics(folder: Path) -> None:
    import duckdb
    from pyarrow import parquet

    table = parquet.ParquetFile(folder / "upload.parquet").read(use_threads=False)
    with duckdb.connect(":memory:") as database:
        database.execute("SET threads = 1")
        database.register("t", table)
        names = table.column_names
        for name in names:
            is_text = str(table.schema.field(name).type) == "string"
            database.execute(
                f'SELECT count(*) - count("{name}"), count(DISTINCT "{name}") FROM t'
                if is_text
                else f'SELECT count(*) - count("{name}"), count(DISTINCT "{name}"), avg("{name}"),'
                f' quantile_cont("{name}", [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]) FROM t'
            ).fetchall()
            database.execute(f'SELECT max(n) FROM (SELECT count(*) AS n FROM t GROUP BY "{name}")').fetchall()
        rest = ", ".join(f'"{name}"' for name in names if name != "id")
        database.execute(f"SELECT count(*) FROM (SELECT DISTINCT {rest} FROM t)").fetchall()
