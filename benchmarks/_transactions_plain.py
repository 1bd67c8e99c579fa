"""Bookings of applicants, and their features by a query as somebody writes it by hand: one grouping, one sum a window.

It is written to be quick, not to be beaten: it reads the columns that it needs, filters before it groups, and counts
paid slices by bits, which is quicker than counting distinct numbers.
"""

from __future__ import annotations

from pathlib import Path

DAYS, A_YEAR, WINDOWS = 365, 300, (30, 90, 180, 365)
CATEGORIES = (
    "SALARY", "TRANSFER_IN", "RENT", "UTILITIES", "LOAN_REPAYMENT", "FEE", "GROCERIES", "TRANSPORT", "LEISURE",
    "HEALTH", "CASH", "TRANSFER_OUT", "GAMBLING", "RETURNED_PAYMENT",
)  # fmt: skip
SHARES = ("RENT", "CASH", "GAMBLING")
_PER_FILE = 2_000
_APPLIED = 20_000  # days since 1970


def portfolio(folder: Path, applicants: int, seed: int) -> int:
    """A year of about 300 bookings each, sorted by customer and day as the simulator writes them; some after the day.
    Returns how many."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    draw, written = np.random.default_rng(seed), 0
    (folder / "bookings").mkdir(parents=True)
    customers = np.arange(500_000_000, 500_000_000 + applicants)
    applied = _APPLIED + draw.integers(0, 700, applicants)
    days = pa.array(applied.astype(np.int32)).cast(pa.date32())
    table = pa.table({"application_id": np.arange(applicants), "customer_id": customers, "applied_on": days})
    parquet.write_table(table, folder / "applications.parquet")
    for first in range(0, applicants, _PER_FILE):
        counts = draw.poisson(A_YEAR, min(_PER_FILE, applicants - first))
        who = np.repeat(np.arange(first, first + counts.size), counts)
        day = applied[who] - DAYS + draw.integers(0, DAYS + 30, who.size)
        order = np.lexsort((day, who))
        who, day = who[order], day[order]
        category = draw.integers(0, len(CATEGORIES), who.size).astype(np.int8)
        amount = np.rint(draw.lognormal(9, 1, who.size)).astype(np.int64) + 1
        amount = np.where(category < 2, 6 * amount, -amount)
        columns = {
            "transaction_id": pa.array(written + np.arange(who.size)),
            "customer_id": pa.array(customers[who]),
            "booked_at": pa.array(day.astype(np.int32)).cast(pa.date32()),
            "amount_minor": pa.array(amount),
            "category": pa.DictionaryArray.from_arrays(pa.array(category), pa.array(CATEGORIES)),
            "balance_after_minor": pa.array(np.cumsum(amount)),
        }
        whole = [name for name in columns if name != "category"]
        parquet.write_table(
            pa.table(columns),
            folder / "bookings" / f"{first:08}.parquet",
            compression="zstd",
            use_dictionary=["category"],
            column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
        )
        written += who.size
    return written


def asked(folder: Path) -> None:
    """What the job leaves for its child."""
    from mrm.lib import canonical
    from training.feature_views import child, declared
    from training.sources.places import files_of

    plain = [("inflow", "inflow"), ("outflow", "outflow"), ("bookings", "count"), ("floor", "balance_floor")]
    measures: list[dict[str, object]] = [{"name": name, "kind": kind} for name, kind in plain]
    measures.append({"name": "returned", "kind": "returned_payments", "categories": ["RETURNED_PAYMENT"]})
    measures.append({"name": "salary", "kind": "income_regularity", "categories": ["SALARY"]})
    measures += [{"name": each.lower(), "kind": "category_share", "categories": [each]} for each in SHARES]
    columns = {
        "customer": "customer_id",
        "booked_on": "booked_at",
        "amount_minor": "amount_minor",
        "category": "category",
        "balance_minor": "balance_after_minor",
    }
    view = declared.load(
        {
            "name": "bench",
            "definition": {
                "columns": columns,
                "windows": list(WINDOWS),
                "measures": measures,
                "tolerance_days": 0,
                "max_age_days": 30,
            },
            "transactions": {"kind": "folder", "place": "bookings"},
            "applications": {"kind": "file", "place": "applications.parquet"},
            "columns": {"key": "application_id", "customer": "customer_id", "applied_on": "applied_on"},
        }
    )
    found = {each.name: [file.plain() for file in files_of(each, str(folder))] for each in view.sources}
    (folder / child.SPEC).write_bytes(canonical.dumps({"view": view.plain(), "files": found, "staged": {}}))


def by_hand(folder: Path) -> None:
    import duckdb

    columns = []
    for days in WINDOWS:
        within, slices = f"FILTER (WHERE age <= {days}", days // 30
        columns += [
            f"coalesce(sum(amount_minor) {within} AND amount_minor > 0), 0) AS inflow_{days}d",
            f"coalesce(-sum(amount_minor) {within} AND amount_minor < 0), 0) AS outflow_{days}d",
            f"count(*) {within}) AS bookings_{days}d",
            f"min(balance_after_minor) {within}) AS floor_{days}d",
            f"count(*) {within} AND category = 'RETURNED_PAYMENT') AS returned_{days}d",
            f"coalesce(bit_count(bit_or(CAST(1 AS BIGINT) << ((age - 1) // 30)) FILTER (WHERE age <= {slices * 30}"
            f" AND amount_minor > 0 AND category = 'SALARY')), 0) / {slices}.0::DOUBLE AS salary_{days}d",
        ]
        columns += [
            f"coalesce(sum(amount_minor) {within} AND amount_minor < 0 AND category = '{each}')::DOUBLE"
            f" / sum(amount_minor) {within} AND amount_minor < 0)::DOUBLE, 0) AS {each.lower()}_{days}d"
            for each in SHARES
        ]
    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "1GiB"}) as database:
        database.execute("SET enable_progress_bar = false")
        database.execute(
            f"COPY (SELECT application_id, {', '.join(columns)} FROM (SELECT a.application_id, t.amount_minor,"
            " t.category, t.balance_after_minor, a.applied_on - t.booked_at AS age"
            f" FROM read_parquet('{folder}/bookings/*.parquet') t JOIN read_parquet('{folder}/applications.parquet') a"
            f" ON a.customer_id = t.customer_id WHERE t.booked_at < a.applied_on"
            f" AND t.booked_at >= a.applied_on - {DAYS})"
            f" GROUP BY application_id) TO '{folder}/by_hand.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )


def differences(folder: Path) -> int:
    """Cells of the query that are other numbers than ours, of applicants that have any."""
    import numpy as np
    from pyarrow import parquet

    from training.feature_views import child

    ours = parquet.read_table(folder / child.FEATURES).sort_by("application_id")
    theirs = parquet.read_table(folder / "by_hand.parquet").sort_by("application_id")
    known = np.isin(ours["application_id"].to_numpy(), theirs["application_id"].to_numpy())
    count = 0
    for name in theirs.column_names:
        mine = ours[name].cast("float64").to_numpy(zero_copy_only=False)[known]
        other = theirs[name].cast("float64").to_numpy(zero_copy_only=False)
        count += int((~((mine == other) | (np.isnan(mine) & np.isnan(other)))).sum())
    return count
