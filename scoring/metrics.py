"""How often and how fast scores are given. Labels name a model and a word, never a person or application."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from prometheus_client import Counter, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_UNKNOWN = "unknown"

_requests = Counter("mrm_score_requests", "Scores asked for, by what came of them.", ["model", "outcome"])
_duration = Histogram(
    "mrm_score_duration_seconds", "Time spent on one score, by stage.", ["model", "stage"], buckets=_BUCKETS
)
# What a caller types into an address is no label: a model has a name here once the inventory knew it.
_known: set[str] = set()


def know(slug: str) -> None:
    _known.add(slug)


def count(slug: str, outcome: str) -> None:
    _requests.labels(model=_label(slug), outcome=outcome).inc()


@contextlib.contextmanager
def timed(slug: str, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        _duration.labels(model=_label(slug), stage=stage).observe(time.perf_counter() - began)


def _label(slug: str) -> str:
    return slug if slug in _known else _UNKNOWN
