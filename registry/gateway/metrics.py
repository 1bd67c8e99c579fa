"""What the gate does, in numbers. Labels are words of ours: never a person, a run, a model or an address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

from mrm.lib.errors import Refusal
from registry.gateway.upstream import UpstreamFailed

_BUCKETS: Final = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
# The gate is one process and answers for itself; nothing of other processes is told at its address.
_REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=_REGISTRY)
_requests: Final = Counter(
    "mrm_gateway_requests",
    "Requests to the gate, by kind of route and by what came of them.",
    ["access", "outcome"],
    registry=_REGISTRY,
)
_seconds: Final = Histogram(
    "mrm_gateway_seconds",
    "Time until an answer begins, by kind of route.",
    ["access"],
    buckets=_BUCKETS,
    registry=_REGISTRY,
)
_bytes: Final = Counter(
    "mrm_gateway_bytes", "Bytes of bodies, from clients (up) and to them (down).", ["way"], registry=_REGISTRY
)
_failures: Final = Counter(
    "mrm_gateway_upstream_failures",
    "Requests at which MLflow gave no answer, or broke off in the middle of one.",
    registry=_REGISTRY,
)


def text() -> bytes:
    return generate_latest(_REGISTRY)


class Seen:
    """One request, from its first line to the last byte of its answer. `access` is none until the route is known."""

    def __init__(self) -> None:
        self.access = "none"
        self._began = time.perf_counter()

    def answered(self, status: int) -> None:
        """MLflow has answered."""
        self._ended("answered" if status < HTTPStatus.BAD_REQUEST else "refused-by-mlflow")

    def refused(self, refusal: Refusal) -> None:
        self._ended(refusal.code)
        if isinstance(refusal, UpstreamFailed):
            _failures.inc()

    def taken(self, size: int) -> None:
        _bytes.labels(way="up").inc(size)

    def given(self, body: Iterator[bytes]) -> Iterator[bytes]:
        """The same body, counted as it goes."""
        size = 0
        try:
            for piece in body:
                size += len(piece)
                yield piece
        except UpstreamFailed:
            _failures.inc()
            raise
        finally:
            _bytes.labels(way="down").inc(size)

    def _ended(self, outcome: str) -> None:
        _requests.labels(access=self.access, outcome=outcome).inc()
        _seconds.labels(access=self.access).observe(time.perf_counter() - self._began)
