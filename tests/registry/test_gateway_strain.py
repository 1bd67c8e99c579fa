"""The real gate under strain: large files in bounded memory, and an MLflow that is killed at any instant."""

from __future__ import annotations

import http.client
import json
from types import SimpleNamespace

import pytest

from accounts.services import issue_token, permissions_of
from tests.registry import gateway_memory
from tests.registry.gateway_memory import MEGABYTE, Caller, pieces

GROWTH_MEGABYTES = 16


@pytest.fixture
def caller(cast, gateway):
    _, secret = issue_token(actor=cast.dana, name="lab", days=1, scopes=sorted(permissions_of(cast.dana)))
    return Caller(gateway.gateway, secret)


@pytest.mark.control("security:limits")
@pytest.mark.skipif(not gateway_memory.is_told(), reason="the peak of a process is told by Linux only")
def test_a_file_four_times_as_large_takes_no_more_memory_up_or_down(stack, caller):
    small, large = (gateway_memory.peak_of(stack.gate_worker, caller, size) for size in (32, 128))
    assert large - small <= GROWTH_MEGABYTES, f"{small} MB for 32 MB, {large} MB for 128 MB"


def refusal(answer: tuple[int, bytes]) -> SimpleNamespace:
    return SimpleNamespace(status=answer[0], **json.loads(answer[1]))


@pytest.mark.control("reliability:mlflow-down")
def test_an_mlflow_killed_in_the_middle_of_an_upload_keeps_no_half_of_it(stack, caller):
    folder = caller.folder_of_a_run()
    path, kept = f"{folder}/large.bin", f"{folder}/kept.txt"
    assert caller.uploaded(kept, 1)[0] == 200

    def killing():
        yield from pieces(16)
        stack.kill_mlflow()
        yield from pieces(16)

    try:
        connection = http.client.HTTPConnection(caller.address, timeout=60)
        connection.request("PUT", path, killing(), caller.headers | {"Content-Length": str(32 * MEGABYTE)})
        answer = connection.getresponse()
        broken = refusal((answer.status, answer.read()))
        between = [
            refusal(caller.asked("GET", "/version")),
            refusal(caller.uploaded(f"{folder}/next.bin", 1)),
        ]
    finally:
        stack.start_mlflow()
    assert {each.status for each in (broken, *between)} == {502}
    assert {each.error_code for each in (broken, *between)} == {"TEMPORARILY_UNAVAILABLE"}
    assert "the connection broke" in broken.message
    assert all("nothing listens there" in each.message for each in between)
    place = folder.removeprefix("/api/2.0/mlflow-artifacts/artifacts/")
    listed = json.loads(caller.asked("GET", f"/api/2.0/mlflow-artifacts/artifacts?path={place}")[1])
    assert [file["path"] for file in listed["files"]] == ["kept.txt"]
    assert caller.asked("GET", path)[0] == 404
    # The name is not taken: the same file goes up whole.
    assert caller.uploaded(path, 2)[0] == 200
    assert caller.downloaded(path) == 2 * MEGABYTE
