"""What the gate in front of MLflow costs, beside MLflow asked directly in the same run: `make bench ONLY=gateway`.

Both sides are asked in turns, in blocks, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks._places import on_sqlite
from benchmarks._rows import Rows
from tests.registry.gateway_servers import servers

GROUP = "gateway"
FIGURES = ("get_added_p95", "throughput", "upload")
CLIENTS = 8
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Size:
    """How much is measured; everything but the full size only shows that the bench works."""

    blocks: int
    gets: int
    seconds: float
    megabytes: int


FULL, TINY = Size(10, 200, 5.0, 200), Size(2, 20, 0.5, 5)


@dataclass(frozen=True)
class Side:
    """One of the two addresses, asked over a connection that is kept."""

    address: str
    headers: dict[str, str]

    def connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address, timeout=120)

    def get(self, connection: http.client.HTTPConnection, path: str) -> None:
        connection.request("GET", path, headers=self.headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:500]!r}")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        connection = self.connected()
        connection.request(
            "POST", path, json.dumps(body), {**self.headers, "Content-Type": "application/json"}
        )
        return json.load(connection.getresponse())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tiny", action="store_true", help="only show that the bench works")
    size = TINY if parser.parse_args(arguments).tiny else FULL
    with tempfile.TemporaryDirectory(prefix="bench-gateway-") as folder:
        place = on_sqlite(Path(folder), "gateway")
        token = json.loads(place.command("-m", "benchmarks._gateway_work").stdout.splitlines()[-1])
        with servers(Path(folder), lambda url: place.environment | {"MRM_MLFLOW_URL": url}) as where:
            direct = Side(where.mlflow, {})
            gate = Side(where.gateway, {"Authorization": f"Bearer {token}"})
            _measure(Rows(GROUP), direct, gate, size)
    return 0


def _measure(rows: Rows, direct: Side, gate: Side, size: Size) -> None:
    run_id = _run(direct)
    path = f"/api/2.0/mlflow/runs/get?run_id={run_id}"
    for side in (direct, gate):
        _timed(side, path, size.gets)  # not counted: the first requests import and connect
    found: dict[str, list[float]] = {}
    for _ in range(size.blocks):
        for side in (direct, gate):
            found.setdefault(side.address, []).extend(_timed(side, path, size.gets))
    p95 = {address: quantiles(taken, n=20)[18] * 1_000 for address, taken in found.items()}
    rows.result("get_added_p95", p95[gate.address] - p95[direct.address])
    rows.told("GET of MLflow itself, p95", p95[direct.address], " ms")
    rows.told("GET through the gate, median", median(found[gate.address]) * 1_000, " ms")
    pairs = [(_rate(direct, path, size), _rate(gate, path, size)) for _ in range(size.blocks // 2)]
    rows.result("throughput", median(through / alone for alone, through in pairs))
    rows.told(f"GET of MLflow itself, {CLIENTS} clients", median(alone for alone, _ in pairs), "/s")
    sent = [
        (_uploaded(direct, run_id, size), _uploaded(gate, run_id, size))
        for _ in range(max(1, size.blocks // 3))
    ]
    rows.result("upload", median(alone / through for alone, through in sent))
    rows.told("upload to MLflow itself", size.megabytes / median(alone for alone, _ in sent), " MB/s")


def _run(direct: Side) -> str:
    """A run as a small model leaves it."""
    made = direct.post("/api/2.0/mlflow/runs/create", {"experiment_id": "0", "start_time": 1})
    run_id = str(made["run"]["info"]["run_id"])
    now = int(time.time() * 1_000)
    metrics = [{"key": f"m{number}", "value": number, "timestamp": now, "step": 0} for number in range(20)]
    params = [{"key": f"p{number}", "value": "x"} for number in range(20)]
    direct.post("/api/2.0/mlflow/runs/log-batch", {"run_id": run_id, "metrics": metrics, "params": params})
    return run_id


def _timed(side: Side, path: str, times: int) -> list[float]:
    connection, taken = side.connected(), []
    for _ in range(times):
        began = time.perf_counter()
        side.get(connection, path)
        taken.append(time.perf_counter() - began)
    connection.close()
    return taken


def _rate(side: Side, path: str, size: Size) -> float:
    """Answers in a second to clients who ask without a pause."""
    counts = [0] * CLIENTS
    until = time.perf_counter() + size.seconds

    def ask(number: int) -> None:
        connection = side.connected()
        while time.perf_counter() < until:
            side.get(connection, path)
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def _uploaded(side: Side, run_id: str, size: Size) -> float:
    """Seconds for one file of zeros."""
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/{uuid.uuid4().hex}.bin"
    headers = {**side.headers, "Content-Length": str(size.megabytes * _PIECE)}
    began = time.perf_counter()
    connection = side.connected()
    connection.request("PUT", path, _pieces(size.megabytes), headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {content[:500]!r}")
    return time.perf_counter() - began


def _pieces(count: int) -> Iterator[bytes]:
    piece = bytes(_PIECE)
    for _ in range(count):
        yield piece


if __name__ == "__main__":
    sys.exit(main())
