"""MLflow that goes away in the middle of a submission: whatever had happened by then, nothing is half registered."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from registry.models import Candidate, ModelVersion, SealedArtifact
from tests.registry import built, elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """A line to a server that is cut for good in the middle of a request, once so many of them were answered."""

    def __init__(self, behind: str, cut_after: int) -> None:
        host, _, port = behind.partition(":")
        self._behind, self._left = (host, int(port)), cut_after
        self._open: list[socket.socket] = []
        self._ear = socket.create_server(("127.0.0.1", 0))
        self._own, self._named = self.url.removeprefix("http://").encode(), behind.encode()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ear.getsockname()[1]}"

    @property
    def is_cut(self) -> bool:
        return self._left < 0

    def close(self) -> None:
        with contextlib.suppress(OSError):
            # A thread that waits for callers is woken by it.
            self._ear.shutdown(socket.SHUT_RDWR)
        self._ear.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._ear.accept()
                server = socket.create_connection(self._behind)
                self._open += [caller, server]
                threading.Thread(target=self._ask, args=(caller, server), daemon=True).start()
                threading.Thread(target=_carry, args=(server, caller), daemon=True).start()

    def _ask(self, caller: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := caller.recv(65_536):
                self._left -= len(_REQUEST.findall(piece))
                if self.is_cut:
                    self.close()
                    return
                # MLflow answers to its own name only.
                server.sendall(piece.replace(self._own, self._named))


_REQUEST = re.compile(rb"^[A-Z]+ /\S* HTTP/1\.1\r\n", re.MULTILINE)


def _carry(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65_536):
            other.sendall(piece)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(gateway, settings) -> Iterator[Callable[[int], Line]]:
    """A line to the real server, which the application takes from then on."""
    made: list[Line] = []
    settings.MRM_MLFLOW_URL = f"http://{gateway.mlflow}"

    def laid(cut_after: int) -> Line:
        made.append(Line(gateway.mlflow, cut_after))
        settings.MRM_MLFLOW_URL = made[-1].url
        return made[-1]

    yield laid
    for each in made:
        each.close()


@pytest.mark.parametrize("cut_after", [0, 3, 9, 20])
def test_mlflow_that_goes_away_leaves_nothing_half_registered(cast, settings, work, line, cut_after):
    direct = settings.MRM_MLFLOW_URL
    risk_model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)
    data, target = elsewhere.table(cast.dana, snapshot)
    model, run = elsewhere.logged(elsewhere.trained(data, target), data)
    laid = line(cut_after)
    job = elsewhere.submitted(cast, risk_model, snapshot, f"models:/{model}", work)
    assert laid.is_cut
    assert job.state in {"failed", "dead"}, job.state
    assert "MLflow does not answer" in job.reason
    for rows in (Candidate, ModelVersion, SealedArtifact):
        assert not rows.objects.exists()
    if cut_after == 20:
        # Once it answers again, the same is simply asked again.
        settings.MRM_MLFLOW_URL = direct
        again = elsewhere.submitted(cast, risk_model, snapshot, f"models:/{model}", work)
        assert again.state == "succeeded", again.reason
        assert Candidate.objects.get().source_run_id == run
