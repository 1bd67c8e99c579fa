"""Nobody holds a thread of the gate for as long as they like: not with half a head, not by reading slowly, not by asking
without end."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import socket
import subprocess
import sys
import threading
import time

import pytest
import time_machine

from mrm.lib.errors import TooOften
from registry.gateway import incoming, watch
from registry.gateway.incoming import Incoming
from registry.gateway.pace import Pace
from tests.registry.gateway_servers import ROOT, free_address

pytestmark = pytest.mark.control("security:throttles")
NOON = dt.datetime(2027, 3, 1, 12, 0, 10, tzinfo=dt.UTC)
# The server's own beginning, with a shorter time for the head than anybody would choose.
SERVER = """
import sys
from gunicorn.app.wsgiapp import run
from registry.gateway import watch, worker
worker.HEAD_SECONDS, watch._LOOK_SECONDS = 1.0, 0.05
sys.argv = ["gunicorn", "wsgiref.simple_server:demo_app", "--bind", sys.argv[1], "--threads", "2",
            "--worker-class", "registry.gateway.worker.Worker", "--no-control-socket"]
run()
"""


@pytest.fixture
def address():
    """A server with two threads."""
    found = free_address()
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, found], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as server:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                with contextlib.suppress(OSError):
                    connected(found).close()
                    break
                time.sleep(0.05)
            host, port = found.split(":")
            yield host, int(port)
        finally:
            server.terminate()


def connected(address: str | tuple[str, int]) -> socket.socket:
    if isinstance(address, str):
        host, port = address.split(":")
        address = (host, int(port))
    return socket.create_connection(address, timeout=20)


def test_half_a_head_does_not_keep_others_out(address):
    """As many as there are threads, each with a byte now and then: from strangers, who need no token for it."""
    stalled = [connected(address) for _ in range(2)]
    ended = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while not ended.wait(0.1):
                for each in stalled:
                    each.send(b"x")

    for each in stalled:
        each.sendall(b"GET / HTTP/1.1\r\nHost: ")
    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with connected(address) as whole:
            began = time.monotonic()
            whole.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert whole.recv(100).startswith(b"HTTP/1.1 200")
            assert time.monotonic() - began < 10
    finally:
        ended.set()
        dripping.join()
        for each in stalled:
            each.close()


def test_a_head_that_comes_in_time_leaves_its_request_all_its_own_time(address):
    """The second request of a kept connection comes after the time of the first one's head."""
    with connected(address) as kept:
        for pause in (0.0, 1.5):
            time.sleep(pause)
            kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert kept.recv(100).startswith(b"HTTP/1.1 200")
            while kept.recv(65_536)[-5:] != b"0\r\n\r\n":
                pass


class Served:
    """An answer without end, written to its reader as the server writes it."""

    def __init__(self, ours: socket.socket) -> None:
        self.is_closed = False
        environ = {
            "REQUEST_METHOD": "GET",
            "RAW_URI": "/",
            "PATH_INFO": "/",
            "wsgi.input": io.BytesIO(),
            "gunicorn.socket": ours,
        }
        with (
            contextlib.suppress(OSError),
            contextlib.closing(Incoming(environ).in_time(self._endless())) as pieces,
        ):
            for piece in pieces:
                ours.sendall(piece)

    def _endless(self):
        try:
            while True:
                yield bytes(65_536)
        finally:
            self.is_closed = True


@pytest.mark.parametrize("reads", [b"now and then", b""], ids=["a little now and then", "nothing"])
def test_a_slow_reader_is_let_go(monkeypatch, reads):
    monkeypatch.setattr(incoming, "ANSWER_SECONDS", 0.5 if reads else 60.0)
    monkeypatch.setattr(incoming, "PIECE_SECONDS", 60.0 if reads else 0.5)
    monkeypatch.setattr(watch, "_LOOK_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    ended = threading.Event()

    def sip() -> None:
        while not ended.wait(0.02):
            with contextlib.suppress(OSError):
                theirs.recv(1_000)

    sipping = threading.Thread(target=sip, daemon=True)
    began = time.monotonic()
    with ours, theirs:
        if reads:
            sipping.start()
        served = Served(ours)
        ended.set()
        if reads:
            sipping.join()
    assert (served.is_closed, time.monotonic() - began < 10) == (True, True)


@time_machine.travel(NOON, tick=False)
def test_one_account_is_counted_by_the_minute_and_nobody_else_waits(settings):
    settings.MRM_LIMITS = {"gateway": 3}
    pace = Pace()
    for _ in range(3):
        pace.take("dana")
    with pytest.raises(TooOften, match="At most 3 requests of this kind are done in a minute") as refusal:
        pace.take("dana")
    assert refusal.value.retry_after == 50
    pace.take("victor")
    with time_machine.travel(NOON + dt.timedelta(seconds=50), tick=False):
        pace.take("dana")


def test_threads_share_one_count_and_zero_counts_nothing(settings):
    settings.MRM_LIMITS = {"gateway": 20}
    pace, let_through, start = Pace(), [], threading.Barrier(8)

    def ask() -> None:
        start.wait()
        for _ in range(10):
            with contextlib.suppress(TooOften):
                pace.take("dana")
                let_through.append(1)

    with time_machine.travel(NOON, tick=False):
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(let_through) == 20
        settings.MRM_LIMITS = {"gateway": 0}
        pace.take("dana")
