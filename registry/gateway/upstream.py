"""The way to MLflow itself: connections that are kept, bodies in pieces both ways, and an end to all waiting."""

from __future__ import annotations

import functools
import http.client
import json
import select
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from mrm.lib import strict_json
from mrm.lib.errors import Refusal

CONNECT_SECONDS: Final = 3.0
# For the first byte of an answer, and for each piece of it after that.
ANSWER_SECONDS: Final = 60.0
_AGENT: Final = "countersign-gateway"
_PIECE: Final = 65_536
_MAX_ASKED_BYTES: Final = 8 * 1024**2
# The server behind closes what lies idle for five seconds.
_IDLE_SECONDS: Final = 3.0
_KEPT: Final = 32
_FAULTS: Final = (OSError, http.client.HTTPException)


class UpstreamFailed(Refusal):
    status, code, title = 502, "mlflow-failed", "MLflow does not answer"

    def __init__(self, how: str) -> None:
        super().__init__(
            f"MLflow does not answer behind this address: {how}. Nothing governed was lost. Try again in a minute, and"
            " tell the operator if it stays so."
        )


@dataclass(frozen=True)
class Outgoing:
    """`length` None sends the body in chunks."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()
    length: int | None = 0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Iterator[bytes]


@dataclass(frozen=True)
class Said:
    """What MLflow said to a question of our own."""

    status: int
    value: Any  # JSON


def headers(content_type: str = "") -> dict[str, str]:
    """Nothing of the caller's own headers goes on: not who they are, not where they come from."""
    kind = {"Content-Type": content_type} if content_type else {}
    return {"Accept": "*/*", "User-Agent": _AGENT, **kind}


def document(method: str, target: str, body: dict[str, Any]) -> Outgoing:  # Any: JSON
    content = json.dumps(body).encode()
    return Outgoing(method, target, headers("application/json"), (content,), len(content))


class Upstream:
    """One server. Threads share its connections."""

    def __init__(self, url: str, answer_seconds: float | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"MLflow stands behind the gate at an http address, and not at {parts.scheme}.")
        self._host, self._port = parts.hostname, parts.port or 80
        self._answer_seconds = answer_seconds
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []
        self._lock = threading.Lock()
        # The run that a logged model came from never changes.
        self.run_of_model = functools.lru_cache(maxsize=4_096)(self._run_of_model)

    def ask(self, path: str, query: dict[str, str]) -> Said:
        """A question of our own. Raises UpstreamFailed for what is neither an answer nor a refusal."""
        answer = self.send(Outgoing("GET", f"{quote(path)}?{urlencode(query)}"))
        content = b""
        for piece in answer.body:
            content += piece
            if len(content) > _MAX_ASKED_BYTES:
                raise UpstreamFailed("its answer to a question of the gate is too long")
        if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UpstreamFailed("it failed at a question of the gate")
        try:
            return Said(answer.status, strict_json.loads(content, max_bytes=_MAX_ASKED_BYTES))
        except Refusal:
            raise UpstreamFailed("its answer to a question of the gate is not readable") from None

    def send(self, outgoing: Outgoing) -> Answer:
        """Pass a request on. The body of the answer has to be read or closed. Raises UpstreamFailed; what the body's
        own iterator raises comes through, and the request is then cut off so that MLflow keeps nothing."""
        connection = self._connection()
        try:
            is_sent = _write(connection, outgoing)
            response = connection.getresponse()
        except TimeoutError:
            connection.close()
            raise UpstreamFailed("it takes too long") from None
        except _FAULTS as fault:
            connection.close()
            raise UpstreamFailed(f"the connection broke ({type(fault).__name__})") from None
        except BaseException:
            connection.close()
            raise
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, self._read(connection, response, is_sent=is_sent))

    def _read(
        self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse, *, is_sent: bool
    ) -> Iterator[bytes]:
        left = response.length
        is_whole = False
        try:
            while piece := response.read(_PIECE):
                left = None if left is None else left - len(piece)
                yield piece
            if left:
                # The library ends quietly; the caller has to see that a file is not whole.
                raise UpstreamFailed("it broke off in the middle of an answer")
            is_whole = True
        except _FAULTS:
            raise UpstreamFailed("it broke off in the middle of an answer") from None
        finally:
            if is_whole and is_sent and not response.will_close:
                self._keep(connection)
            else:
                connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            if kept is None:
                return self._fresh()
            connection, since = kept
            if time.monotonic() - since < _IDLE_SECONDS and _is_quiet(connection):
                return connection
            connection.close()

    def _fresh(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except OSError:
            raise UpstreamFailed("nothing listens there") from None
        connection.sock.settimeout(self._answer_seconds or ANSWER_SECONDS)
        return connection

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append((connection, time.monotonic()))
                return
        connection.close()

    def _run_of_model(self, model_id: str) -> str:
        """The run a logged model came from, "" for none. Raises LookupError for a model that MLflow does not know."""
        said = self.ask(f"/api/2.0/mlflow/logged-models/{model_id}", {})
        if said.status != http.HTTPStatus.OK:
            raise LookupError(model_id)
        return str(said.value["model"]["info"].get("source_run_id", ""))


def _write(connection: http.client.HTTPConnection, outgoing: Outgoing) -> bool:
    """Whether all of it was taken."""
    connection.putrequest(outgoing.method, outgoing.target, skip_accept_encoding=True)
    for name, value in outgoing.headers.items():
        connection.putheader(name, value)
    if outgoing.length is None:
        connection.putheader("Transfer-Encoding", "chunked")
    elif outgoing.length or outgoing.method != "GET":
        connection.putheader("Content-Length", str(outgoing.length))
    connection.endheaders()
    try:
        for piece in outgoing.body:
            connection.send(b"%x\r\n%b\r\n" % (len(piece), piece) if outgoing.length is None else piece)
        if outgoing.length is None:
            connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        # An answer may come before the body is taken (a refusal); it says more than a broken connection.
        return False
    return True


def _is_quiet(connection: http.client.HTTPConnection) -> bool:
    """Whether nothing waits to be read on an idle connection: what does is its end."""
    found: socket.socket | None = connection.sock
    if found is None:
        return False
    poll = select.poll()
    poll.register(found, select.POLLIN)
    return not poll.poll(0)
