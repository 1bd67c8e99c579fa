"""How fast the ledger is written, verified, proven and read, and what sealing costs: `make bench ONLY=ledger`.

PostgreSQL is measured where MRM_TEST_DATABASE_URL names a database whose role may create others.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks._places import OWNER_URL, ROOT, Place, copied, on_postgresql, on_sqlite
from benchmarks._rows import Rows

GROUP = "ledger"
FIGURES = (
    "append_postgresql",
    "append_postgresql_p99",
    "append_sqlite",
    "verify_command",
    "verify_offline",
    "prove_entry_p95",
    "prove_record_p95",
    "page_ratio",
    "page_days_ratio",
    "page_person_ratio",
    "sealing_sqlite",
    "sealing_postgresql",
    "fresh_entry",
    "fresh_record",
)
FULL, WRITERS, PROCESSES = 1_000_000, 16, 4
_WITHOUT_POSTGRESQL = f"{OWNER_URL} names no database"


@dataclass(frozen=True)
class Size:
    """How much is measured; everything but the full size only shows that the bench works."""

    entries: int
    small: int
    warm: float
    seconds: float
    times: int
    proofs: int
    pairs: int
    calls: int
    watched: float

    @classmethod
    def of(cls, entries: int) -> Size:
        if entries >= FULL // 10:
            return cls(entries, entries // 100, 2.0, 8.0, 20, 200, 12, 150, 70.0)
        return cls(entries, entries // 2, 0.2, 0.3, 2, 10, 1, 5, 0.0)


@dataclass(frozen=True)
class Bench:
    size: Size
    rows: Rows
    folder: Path
    # A migrated SQLite database that nobody works in.
    blank: Place

    def place(self, name: str) -> Place:
        return copied(self.blank, self.folder, name)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=FULL, help="fewer only show that the bench works")
    parser.add_argument("--only", choices=sorted(_PARTS), action="append", help="these parts and no others")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-ledger-") as folder:
        blank = on_sqlite(Path(folder), "blank")
        blank.work("migrate")
        bench = Bench(Size.of(chosen.entries), Rows(GROUP), Path(folder), blank)
        for name in chosen.only or _PARTS:
            bench.rows.told(f"this machine before {name}: a million short hashes", _hashing(), " s")
            _PARTS[name](bench)
    return 0


def _hashing() -> float:
    """Of the machine alone: the same processor may be twice as slow an hour later, and then all figures are."""
    body = bytes(400)
    return _seconds(lambda: deque((sha256(body).digest() for _ in range(1_000_000)), maxlen=0))


def append(bench: Bench) -> None:
    with on_postgresql(bench.folder, "append") as place:
        if place is None:
            bench.rows.not_run("append_postgresql", _WITHOUT_POSTGRESQL)
            bench.rows.not_run("append_postgresql_p99", _WITHOUT_POSTGRESQL)
        else:
            took = _appended(place, PROCESSES, WRITERS // PROCESSES, bench.size)
            bench.rows.result("append_postgresql", len(took) / bench.size.seconds)
            bench.rows.result("append_postgresql_p99", quantiles(took, n=100)[98] * 1_000)
    took = _appended(bench.place("append"), 1, 1, bench.size)
    bench.rows.result("append_sqlite", len(took) / bench.size.seconds)


def _appended(place: Place, processes: int, threads: int, size: Size) -> list[float]:
    """Seconds of each append of all writers, who begin together."""
    writers = [place.started("append", threads, size.warm, size.seconds) for _ in range(processes)]
    for writer in writers:
        writer.said()
    for writer in writers:
        writer.tell("go")
    took = [each for writer in writers for each in writer.said()]
    for writer in writers:
        writer.end()
    return took


def read(bench: Bench) -> None:
    """Verifying, proving and the page, all over the same large ledger."""
    large, small = bench.place("large"), bench.place("small")
    began = time.perf_counter()
    made, made_small = large.work("ground", bench.size.entries), small.work("ground", bench.size.small)
    bench.rows.told("building the measuring ground", time.perf_counter() - began, " s")
    _verify(bench, large, made["key"])
    _prove(bench, large)
    _pages(bench, {large: made["day"], small: made_small["day"]})


def _verify(bench: Bench, large: Place, key: str) -> None:
    bundle = bench.folder / "bundle.jsonl"
    bench.rows.result(
        "verify_command", _seconds(lambda: large.command("manage.py", "ledger", "verify", "--key", key))
    )
    exported = _seconds(lambda: large.command("manage.py", "ledger", "export", str(bundle)))
    bench.rows.told("export by the command", exported, " s")
    verifier = str(ROOT / "audit" / "verifier.py")
    bench.rows.result("verify_offline", _seconds(lambda: large.command(verifier, str(bundle), "--key", key)))
    bundle.unlink()


def _prove(bench: Bench, large: Place) -> None:
    for of, took in large.work("proofs", bench.size.proofs).items():
        bench.rows.result(f"prove_{of}_p95", quantiles(took, n=20)[18] * 1_000)
        bench.rows.told(f"proof of {of}, median", median(took) * 1_000, " ms")


def _pages(bench: Bench, days: Mapping[Place, str]) -> None:
    """Both sizes in turns; the first look of each is not counted."""
    asked: dict[str, Callable[[str], str]] = {
        "page": lambda _: "/ledger",
        "page_days": lambda day: f"/ledger?since={day}&until={day}",
        "page_person": lambda _: "/ledger?person=victor",
    }
    readers = [(place.started("pages"), day) for place, day in days.items()]
    for reader, _ in readers:
        reader.said()
    for name, address in asked.items():
        took: list[list[float]] = [[], []]
        for _ in range(bench.size.times + 1):
            for into, (reader, day) in zip(took, readers, strict=True):
                reader.tell(address(day))
                into.append(reader.said())
        large, small = (median(each[1:]) * 1_000 for each in took)
        bench.rows.result(f"{name}_ratio", large / small)
        bench.rows.told(f"{name.replace('_', ' of ')}, {bench.size.entries} entries", large, " ms")
        bench.rows.told(f"{name.replace('_', ' of ')}, {bench.size.small} entries", small, " ms")
    for reader, _ in readers:
        reader.end()


def seal(bench: Bench) -> None:
    _sealing(bench, "sqlite", bench.place("scoring"))
    with on_postgresql(bench.folder, "scoring") as place:
        if place is None:
            bench.rows.not_run("sealing_postgresql", _WITHOUT_POSTGRESQL)
        else:
            _sealing(bench, "postgresql", place)


def _sealing(bench: Bench, name: str, place: Place) -> None:
    said: dict[str, Any] = place.work("scoring", bench.size.pairs, bench.size.calls)
    pairs = said["pairs"]
    bench.rows.result(f"sealing_{name}", median(sealed / alone - 1 for alone, sealed in pairs) * 100)
    alone = median(alone for alone, _ in pairs)
    bench.rows.told(f"one score without a sealer, {name}", alone / bench.size.calls * 1_000, " ms")
    bench.rows.told(f"records sealed meanwhile, {name}", said["sealed"], "")


def fresh(bench: Bench) -> None:
    """On SQLite, where the sealer shares one write lock with everybody."""
    for of, seconds in bench.place("fresh").work("fresh", bench.size.watched).items():
        bench.rows.result(f"fresh_{of}", seconds)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


_PARTS: Mapping[str, Callable[[Bench], None]] = {"append": append, "read": read, "seal": seal, "fresh": fresh}

if __name__ == "__main__":
    sys.exit(main())
