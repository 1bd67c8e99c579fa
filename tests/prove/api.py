"""Requests made from the API's own description: none of them is ever answered with a fault. Our own generator sends most of
them, with bytes that no schema describes; schemathesis sends some to every operation and holds each answer against it.

`make test` sends some thousand, `make prove ONLY=api` 100,000: `ARGS="--requests 2000"` sends fewer, and
`ARGS="--part answers"` only those of schemathesis, whose row it rewrites. Each process has a world of its own
and its share of the seeds. A request can be made again from its seed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from tests.prove._api_requests import Requests, Sent

SIZE = 100_000
PARTS = ("requests", "answers")
SEED = 20260101
_SHOWN = 20
# Of so many requests that the generator sends to all, schemathesis sends one to every operation.
_SHARE = 2_000


@dataclass(frozen=True)
class Part:
    """Which of all requests one process sends: every `of`-th seed, and every `of`-th operation to schemathesis."""

    size: int
    number: int
    of: int
    parts: tuple[str, ...] = PARTS


@dataclass(frozen=True)
class Done:
    """What was wrong, and how many requests schemathesis sent."""

    wrong: list[str]
    unlike: list[str]
    conformed: int
    seconds: tuple[float, float]


def fault_of(client: APIClient, sent: Sent) -> str | None:
    """What is wrong with the answer: a fault of ours, or a refusal that is not problem+json."""
    from tests.badinput.places import problem_with

    answer = client.generic(
        sent.method, sent.address, sent.body, content_type=sent.content_type, headers=sent.headers
    )
    return None if answer.status_code < 400 else problem_with(answer)


def send(client: APIClient, requests: Requests, part: Part) -> list[str]:
    """Send this part's requests; what went wrong, each with its seed."""
    wrong = []
    for number in range(part.number, part.size, part.of):
        sent = requests.draw(random.Random(SEED + number))
        fault = fault_of(client, sent)
        if fault is not None:
            wrong.append(f"seed {SEED + number}: {sent.method} {sent.address[:120]}: {fault}")
    return wrong


def _world() -> tuple[APIClient, Requests, str, dict[str, str]]:
    """A version in force in a fresh database, and somebody with every role."""
    from django.core.management import call_command
    from drf_spectacular.generators import SchemaGenerator
    from rest_framework.test import APIClient

    from accounts.services import issue_token, permissions_of
    from tests.badinput.conftest import enrol_everyman
    from tests.badinput.places import places_of
    from tests.prove._api_requests import Requests
    from tests.scoring.worlds import deployed_world

    call_command("migrate", verbosity=0, skip_checks=True)
    places = places_of(deployed_world(Path(tempfile.mkdtemp())))
    pat = enrol_everyman()
    _, secret = issue_token(actor=pat, name="proof", days=1, scopes=sorted(permissions_of(pat)))
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client, Requests(SchemaGenerator().get_schema(request=None, public=True), places), secret, places


def work(part: Part) -> Done:
    """One process's part, in a world of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mrm.settings.testing"
    import logging

    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.wsgi import get_wsgi_application
    from django.db import transaction

    from tests.prove._conformance import Asking, Found, conform

    began = time.monotonic()
    client, requests, secret, places = _world()
    wrong = send(client, requests, part) if "requests" in part.parts else []
    held = time.monotonic()
    found = Found()
    if "answers" in part.parts:
        each, share = max(1, part.size // _SHARE), (part.number, part.of)
        found = conform(get_wsgi_application(), Asking(secret, places, each, SEED, transaction.atomic, share))
    return Done(wrong, found.faults, found.sent, (held - began, time.monotonic() - held))


def main() -> int:
    from tests.prove._report import Figure, report, report_part

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=SIZE, help="so many; the report says so")
    parser.add_argument("--part", choices=PARTS, help="this part only")
    chosen = parser.parse_args()
    size, asked = chosen.requests, (chosen.part,) if chosen.part else PARTS
    processes = os.cpu_count() or 1
    parts = [Part(size, number, processes, asked) for number in range(processes)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        done = list(pool.map(work, parts))
    wrong = [line for each in done for line in each.wrong]
    unlike = [line for each in done for line in each.unlike]
    for line in (wrong + unlike)[:_SHOWN]:
        print(line)
    about = f"seed {SEED}, one person with every role, SQLite, {processes} processes"
    figure = Figure(
        "faults among generated requests",
        len(wrong),
        0,
        f"{size:,} requests from the OpenAPI description, {about}",
        max(each.seconds[0] for each in done),
    )
    answers = Figure(
        "answers that are not what the description says",
        len(unlike),
        0,
        f"{sum(each.conformed for each in done):,} requests by schemathesis, valid and invalid ones, {about}",
        max(each.seconds[1] for each in done),
    )
    figures = {"requests": figure, "answers": answers}
    if chosen.part:
        return report_part("api", [figures[chosen.part]])
    return report("api", list(figures.values()))


if __name__ == "__main__":
    sys.exit(main())
