"""schemathesis: requests drawn from the OpenAPI description, and every answer held against it. The generator of
_api_requests.py sends more and stranger bytes; this one knows what an answer may look like."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
FAULT, UNAVAILABLE = 500, 503
_MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@dataclass(frozen=True)
class Asking:
    """Who asks about which rows: `each` requests to every operation of a part (its number, and of how many), seeded by
    `start`, each inside `around()`."""

    token: str
    values: Mapping[str, str]
    each: int
    start: int
    around: Callable[[], AbstractContextManager[None]] = nullcontext
    part: tuple[int, int] = (0, 1)


@dataclass
class Found:
    """How many requests were sent, and what was wrong with which answers."""

    sent: int = 0
    faults: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


def described(app: Any) -> Any:
    """The present description, answered by this WSGI application."""
    plain = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    schema = schemathesis.openapi.from_dict(plain)
    schema.app = app
    return schema


def conform(app: Any, asking: Asking) -> Found:
    found = Found()
    with _connection_kept():
        for result in list(described(app).get_all_operations())[asking.part[0] :: asking.part[1]]:
            _ask(result.ok(), found, asking)
    return found


@contextmanager
def _connection_kept() -> Iterator[None]:
    """A request closes its connection, and with it the transaction that stands around it: not here."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _ask(operation: Any, found: Found, asking: Asking) -> None:
    @seed(asking.start)
    @settings(
        max_examples=asking.each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(operation, asking.values))
    def send(case: Any) -> None:
        with asking.around():
            answer = case.call(headers={"Authorization": f"Bearer {asking.token}"})
        found.sent += 1
        found.statuses[answer.status_code] = found.statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= FAULT and answer.status_code != UNAVAILABLE:
            found.faults.append(f"{operation.method.upper()} {operation.path}: {answer.status_code}")
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as fault:
            found.faults.append(
                f"{operation.method.upper()} {operation.path} {answer.status_code}: {fault}"[:600]
            )

    send()


def _cases(operation: Any, values: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Real rows in the path twice as often as made-up ones, and input that is right as often as wrong."""
    named = [each.name for each in operation.path_parameters]
    real = {name: values[name] for name in named if name in values}
    real = {name: int(value) if name in ("number", "sequence") else value for name, value in real.items()}
    drawn = [operation.as_strategy(generation_mode=mode) for mode in _MODES]
    drawn += 2 * [
        operation.as_strategy(generation_mode=mode, path_parameters=real) for mode in _MODES if real
    ]
    return st.one_of(*drawn)
