"""Several tables as one, by declared keys: what matched, what did not, what came late, all counted, nothing multiplied.

DuckDB does the joins within a limit of memory, beyond which it writes to the folder of the job; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Blocked
from quant.transactions.query import literal as _text
from quant.transactions.query import quoted as _quoted
from registry.frames.files import Kind
from registry.frames.parse import MAX_COLUMNS, MAX_ROWS
from training.sources.declared import Assembly, Cardinality, Join, Source, Unmatched

if TYPE_CHECKING:
    import duckdb

MEMORY: Final = "512MiB"


@dataclass(frozen=True)
class Joined:
    """Rows by what became of them. `orphans` are rows of the source whose key is in no row of the base, `keyless` those
    without a key, `late` those of a known key that are not before the date of the base, `dropped` rows of the base."""

    source: str
    cardinality: str
    matched: int
    unmatched: int
    orphans: int
    keyless: int
    late: int
    dropped: int

    def plain(self) -> dict[str, Any]:  # Any: JSON
        return asdict(self)


@dataclass(frozen=True)
class Table:
    """A staged source: its parquet file and its columns in their order."""

    path: Path
    kinds: Mapping[str, Kind]


def merge(assembly: Assembly, tables: Mapping[str, Table], folder: Path, target: Path) -> list[Joined]:
    """Write the one table to `target`. Blocked with every reason: columns that are not there or stand twice, keys that
    are no keys, dates that are none, rows that must match and do not."""
    faults = _faults_of_names(assembly, tables)
    if faults:
        raise _refused(faults)
    with connected(folder, MEMORY) as database:
        for name, table in tables.items():
            database.execute(
                f"CREATE VIEW {_input(name)} AS SELECT * FROM read_parquet({_literal(table.path)})"
                f" WHERE {wanted_rows(assembly.source(name))}"
            )
        faults = _faults_of_base(database, assembly, tables)
        for join in assembly.joins:
            faults += _faults_of_keys(database, assembly, join)
        if faults:
            raise _refused(faults)
        joined = []
        for join in assembly.joins:
            _reduce(database, assembly, join)
            joined.append(_counted(database, assembly, join))
        faults = [
            f"{each.unmatched} rows of {assembly.base} find nothing in {each.source}, where every one has to."
            for each, join in zip(joined, assembly.joins, strict=True)
            if each.unmatched and join.unmatched is Unmatched.REFUSE
        ]
        if faults:
            raise _refused(faults)
        _write(database, assembly, tables, target)
    return joined


def connected(folder: Path, memory: str, files: Sequence[Path] = ()) -> duckdb.DuckDBPyConnection:
    """No network, no extension, no file but those of the job and the listed ones."""
    import duckdb

    database = duckdb.connect(":memory:")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"memory_limit = {_text(memory)}",
        "threads = 2",
        "enable_progress_bar = false",
        "preserve_insertion_order = false",
        f"temp_directory = {_literal(folder / 'spill')}",
        f"allowed_directories = [{_literal(folder)}]",
        f"allowed_paths = [{', '.join(map(_literal, files))}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        database.execute(f"SET {setting}")
    return database


def _faults_of_names(assembly: Assembly, tables: Mapping[str, Table]) -> list[str]:
    base = tables[assembly.base].kinds
    faults = [
        f"{assembly.base} has no column {name!a}, which the key names."
        for name in assembly.key
        if name not in base
    ]
    faults += [
        f"{source.name} has no column {name!a}, which `only` names."
        for source in assembly.sources
        for name in source.only
        if name not in tables[source.name].kinds
    ]
    taken = set(base)
    for join in assembly.joins:
        own = tables[join.source].kinds
        asked = [(assembly.base, base, [*join.on]), (join.source, own, [*join.on.values(), *join.columns])]
        if join.before is not None:
            asked += [(assembly.base, base, [join.before.base]), (join.source, own, [join.before.source])]
        faults += [
            f"{source} has no column {name!a}, which its join names."
            for source, kinds, names in asked
            for name in names
            if name not in kinds
        ]
        faults += [
            f"{assembly.base} and {join.source}: {left!a} is {base[left]} and {right!a} is {own[right]}. Say in `kinds`"
            " what they are."
            for left, right in join.on.items()
            if left in base and right in own and not _comparable(base[left], own[right])
        ]
        made = [join.prefix + name for name in _columns(join, own)]
        faults += [
            f"The column {name!a} would stand twice. Give {join.source} a prefix."
            for name in made
            if name in taken
        ]
        taken.update(made)
    if len(taken) > MAX_COLUMNS:
        faults.append(
            f"The table would have {len(taken)} columns; at most {MAX_COLUMNS} are read. Name those you need."
        )
    return faults


def _comparable(one: Kind, other: Kind) -> bool:
    return one is other or Kind.EMPTY in {one, other} or {one, other} == {Kind.INTEGER, Kind.NUMBER}


def _columns(join: Join, kinds: Mapping[str, Kind]) -> list[str]:
    """What a join brings, in the order of the source."""
    keys = set(join.on.values())
    return [name for name in kinds if (name in join.columns if join.columns else name not in keys)]


def _faults_of_base(
    database: duckdb.DuckDBPyConnection, assembly: Assembly, tables: Mapping[str, Table]
) -> list[str]:
    base, key = _input(assembly.base), ", ".join(map(_quoted, assembly.key))
    blank = " OR ".join(f"{_quoted(name)} IS NULL" for name in assembly.key)
    rows = _number(database, f"SELECT count(*) FROM {base}")
    faults = []
    if rows > MAX_ROWS:
        faults.append(f"{assembly.base} has {rows} rows; at most {MAX_ROWS} are read.")
    if keyless := _number(database, f"SELECT count(*) FROM {base} WHERE {blank}"):
        faults.append(f"{keyless} rows of {assembly.base} have no key.")
    repeated = f"SELECT count(*) AS n FROM {base} GROUP BY {key} HAVING count(*) > 1"
    if twice := _number(database, f"SELECT coalesce(sum(n), 0) FROM ({repeated})"):
        faults.append(
            f"{twice} rows of {assembly.base} share a key with another row. The key must tell rows apart."
        )
    for join in assembly.joins:
        if join.before is not None and (
            strange := _no_dates(database, assembly.base, join.before.base, tables)
        ):
            faults.append(strange)
        if join.before is not None and (
            strange := _no_dates(database, join.source, join.before.source, tables)
        ):
            faults.append(strange)
    return list(dict.fromkeys(faults))


def _no_dates(
    database: duckdb.DuckDBPyConnection, source: str, column: str, tables: Mapping[str, Table]
) -> str:
    if tables[source].kinds[column] is not Kind.TEXT:
        return f"{source}: {column!a} is {tables[source].kinds[column]}, no date."
    wrong = f"{_quoted(column)} IS NULL OR TRY_CAST({_quoted(column)} AS TIMESTAMP) IS NULL"
    count = _number(database, f"SELECT count(*) FROM {_input(source)} WHERE {wrong}")
    return (
        f"{count} rows of {source} have no date in {column!a}. Dates are written 2024-03-05." if count else ""
    )


def _faults_of_keys(database: duckdb.DuckDBPyConnection, assembly: Assembly, join: Join) -> list[str]:
    """More rows with one key than were declared would multiply or choose in silence."""
    source, base = _input(join.source), _input(assembly.base)
    right, faults = [_quoted(name) for name in join.on.values()], []
    what = "a key"
    if join.cardinality is Cardinality.LATEST_BEFORE and join.before:
        # By what the dates mean: 2024-03-05 and 2024-03-05 00:00:00 are one. What is no date is told elsewhere.
        right.append(f"TRY_CAST({_quoted(join.before.source)} AS TIMESTAMP)")
        what = "a key and a date"
    if twice := _repeated(database, source, right):
        faults.append(
            f"{twice} rows of {join.source} share {what} with another row, so {join.cardinality} does not hold."
        )
    if join.cardinality is Cardinality.ONE_TO_ONE and (
        twice := _repeated(database, base, [_quoted(name) for name in join.on])
    ):
        faults.append(
            f"{twice} rows of {assembly.base} share the key of {join.source} with another row, so one_to_one does not"
            " hold."
        )
    return faults


def _repeated(database: duckdb.DuckDBPyConnection, table: str, parts: Sequence[str]) -> int:
    """Rows that agree with another row in all parts, none of them missing."""
    whole = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    groups = (
        f"SELECT count(*) AS n FROM {table} WHERE {whole} GROUP BY {', '.join(parts)} HAVING count(*) > 1"
    )
    return _number(database, f"SELECT coalesce(sum(n), 0) FROM ({groups})")


def _reduce(database: duckdb.DuckDBPyConnection, assembly: Assembly, join: Join) -> None:
    """One row of the source at most for each row of the base: the key of the base beside the columns of the source."""
    key = ", ".join(f"b.{_quoted(name)} AS {_quoted(f'key_{name}')}" for name in assembly.key)
    latest = ""
    if join.cardinality is Cardinality.LATEST_BEFORE and join.before is not None:
        own = ", ".join(f"b.{_quoted(name)}" for name in assembly.key)
        latest = f"QUALIFY row_number() OVER (PARTITION BY {own} ORDER BY {_date('s', join.before.source)} DESC) = 1"
    database.execute(
        f"CREATE TABLE {_quoted(f'out_{join.source}')} AS SELECT {key}, s.* FROM {_input(assembly.base)} b"
        f" JOIN {_input(join.source)} s ON {_equal(join)} WHERE {_in_time(join)} {latest}"
    )


def _counted(database: duckdb.DuckDBPyConnection, assembly: Assembly, join: Join) -> Joined:
    base, source = _input(assembly.base), _input(join.source)
    rows = _number(database, f"SELECT count(*) FROM {base}")
    matched = _number(database, f"SELECT count(*) FROM {_quoted(f'out_{join.source}')}")
    no_key = " OR ".join(f"s.{_quoted(name)} IS NULL" for name in join.on.values())
    keyless = _number(database, f"SELECT count(*) FROM {source} s WHERE {no_key}")
    known = f"SELECT 1 FROM {base} b WHERE {_equal(join)}"
    orphans = _number(
        database, f"SELECT count(*) FROM {source} s WHERE NOT ({no_key}) AND NOT EXISTS ({known})"
    )
    in_time = f"SELECT 1 FROM {base} b WHERE {_equal(join)} AND {_in_time(join)}"
    late = 0
    if join.before is not None:
        late = _number(
            database, f"SELECT count(*) FROM {source} s WHERE EXISTS ({known}) AND NOT EXISTS ({in_time})"
        )
    unmatched = rows - matched
    dropped = unmatched if join.unmatched is Unmatched.DROP else 0
    return Joined(join.source, str(join.cardinality), matched, unmatched, orphans, keyless, late, dropped)


def _write(
    database: duckdb.DuckDBPyConnection, assembly: Assembly, tables: Mapping[str, Table], target: Path
) -> None:
    columns = [f"b.{_quoted(name)}" for name in tables[assembly.base].kinds]
    joins = []
    for number, join in enumerate(assembly.joins):
        alias = f"j{number}"
        columns += [
            f"{alias}.{_quoted(name)} AS {_quoted(join.prefix + name)}"
            for name in _columns(join, tables[join.source].kinds)
        ]
        way = "JOIN" if join.unmatched is Unmatched.DROP else "LEFT JOIN"
        same = " AND ".join(f"{alias}.{_quoted(f'key_{name}')} = b.{_quoted(name)}" for name in assembly.key)
        joins.append(f"{way} {_quoted(f'out_{join.source}')} {alias} ON {same}")
    order = ", ".join(f"b.{_quoted(name)}" for name in assembly.key)
    question = (
        f"SELECT {', '.join(columns)} FROM {_input(assembly.base)} b {' '.join(joins)} ORDER BY {order}"
    )
    database.execute(f"COPY ({question}) TO {_literal(target)} (FORMAT parquet, COMPRESSION zstd)")


def wanted_rows(source: Source) -> str:
    """Compared as texts, so nothing that was declared is ever more than a text."""
    listed = [
        f"CAST({_quoted(name)} AS VARCHAR) IN ({', '.join(map(_text, values))})"
        for name, values in source.only.items()
    ]
    return " AND ".join(listed) or "true"


def _equal(join: Join) -> str:
    return " AND ".join(f"b.{_quoted(left)} = s.{_quoted(right)}" for left, right in join.on.items())


def _in_time(join: Join) -> str:
    if join.before is None:
        return "true"
    days = f"INTERVAL {int(join.before.tolerance_days)} DAY"
    return f"{_date('s', join.before.source)} < {_date('b', join.before.base)} - {days}"


def _date(alias: str, column: str) -> str:
    return f"CAST({alias}.{_quoted(column)} AS TIMESTAMP)"


def _input(source: str) -> str:
    return _quoted(f"in_{source}")


def _literal(path: Path) -> str:
    return _text(str(path))


def _number(database: duckdb.DuckDBPyConnection, question: str) -> int:
    row = database.execute(question).fetchone()
    return int(row[0]) if row else 0


def _refused(faults: Sequence[str]) -> Blocked:
    return Blocked("The tables do not fit together as declared.", faults)
