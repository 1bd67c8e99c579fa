"""Large files through the gate, and the most memory that its process held meanwhile (Linux tells it)."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
_PIECE = bytes(range(256)) * (MEGABYTE // 256)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token at the address of the gate."""

    address: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def asked(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        headers = self.headers | ({} if body is None else {"Content-Type": "application/json"})
        connection = http.client.HTTPConnection(self.address, timeout=300)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def folder_of_a_run(self) -> str:
        """The address of the files of a run made for this."""
        status, content = self.asked("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": "0"})
        assert status == 200, content
        run_id = json.loads(content)["run"]["info"]["run_id"]
        return f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts"

    def uploaded(self, path: str, megabytes: int) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.address, timeout=300)
        headers = self.headers | {"Content-Length": str(megabytes * MEGABYTE)}
        connection.request("PUT", path, pieces(megabytes), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def downloaded(self, path: str) -> int:
        """How many bytes came, each of them as it was sent."""
        connection = http.client.HTTPConnection(self.address, timeout=300)
        connection.request("GET", path, headers=self.headers)
        answer = connection.getresponse()
        size = 0
        while piece := answer.read(MEGABYTE):
            assert piece == _PIECE[: len(piece)]
            size += len(piece)
        return size


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield _PIECE


def there_and_back(caller: Caller, megabytes: int) -> None:
    path = f"{caller.folder_of_a_run()}/large.bin"
    assert caller.uploaded(path, megabytes)[0] == 200
    assert caller.downloaded(path) == megabytes * MEGABYTE


def is_told() -> bool:
    return Path("/proc/self/clear_refs").exists()


def peak_of(process: int, caller: Caller, megabytes: int) -> int:
    """The most megabytes that the process held while a file of this size went there and back."""
    Path(f"/proc/{process}/clear_refs").write_text("5")
    there_and_back(caller, megabytes)
    said = Path(f"/proc/{process}/status").read_text()
    (line,) = (line for line in said.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024
