"""The web process is killed while it decides: a decision stands under its key or was never made."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.processes import answers, ask, environment_of, free_port, kill, started

REQUESTS = 40


@pytest.mark.sqlite
@pytest.mark.control("security:web-death")
def test_forty_scores_over_a_kill_are_forty_decisions(tmp_path: Path) -> None:
    environment, port = environment_of(tmp_path), free_port()
    world = ask(environment, "build", str(tmp_path))
    web = (
        "gunicorn",
        "mrm.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
    )
    address = f"http://127.0.0.1:{port}"
    first: dict[int, str] = {}
    enough = threading.Event()

    def score(number: int) -> None:
        decision = _score(f"{address}/api/v1/models/card-limit/score", world, number)
        if decision is not None:
            first[number] = decision
        if len(first) >= REQUESTS // 3:
            enough.set()

    with started(environment, *web) as process, ThreadPoolExecutor(4) as pool:
        answers(f"{address}/livez")
        sent = [pool.submit(score, number) for number in range(REQUESTS)]
        assert enough.wait(30)
        kill(process)
        assert [each.exception() for each in sent] == [None] * REQUESTS
    before, answered = ask(environment, "count"), dict(first)
    assert len(set(before)) == 1, before
    assert len(answered) <= before[0] < REQUESTS

    with started(environment, *web):
        answers(f"{address}/livez")
        for number in range(REQUESTS):
            score(number)
        # What the machine was too busy to answer in time is asked once more, as a client would.
        for number in set(range(REQUESTS)) - set(first):
            score(number)
    assert len(first) == len(set(first.values())) == REQUESTS
    assert {number: first[number] for number in answered} == answered
    assert ask(environment, "count") == [REQUESTS] * 4


def _score(url: str, world: dict, number: int) -> str | None:
    """The decision's id, None when the connection broke off or nobody listens."""
    body = json.dumps(world["body"] | {"reference": f"application {number}"}).encode()
    headers = {
        "Authorization": f"Bearer {world['token']}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"application-{number}",
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
            return str(json.loads(answer.read())["decision_id"])
    except urllib.error.HTTPError as refused:
        raise AssertionError(refused.read()) from None
    except (OSError, ValueError):
        return None
