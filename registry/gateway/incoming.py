"""A request as the server hands it over (WSGI): its raw target, the headers that count, its body in pieces."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIRequest

from accounts.origin import counted_address
from mrm.lib import strict_json
from mrm.lib.errors import Malformed, Refusal, TooLarge
from registry.gateway.rules import Rule, RuleRefused
from registry.gateway.watch import WATCH

PIECE: Final = 65_536
MAX_UPLOAD_BYTES: Final = 2 * 1024**3
JSON_SECONDS: Final = 30.0
# The slowest upload that is waited for: a piece in this time, and the whole in the other.
PIECE_SECONDS: Final = 30.0
UPLOAD_SECONDS: Final = 3_600.0
# For the whole of an answer; each piece of it has its own time as well.
ANSWER_SECONDS: Final = 3_600.0
_DRAINED_BYTES: Final = 64 * 1024**2


class TooSlow(Refusal):
    status, code, title = 408, "too-slow", "The request came too slowly or not whole"


class Incoming:
    def __init__(self, environ: dict[str, Any]) -> None:  # Any: what WSGI puts in
        self.environ = environ
        self.method = str(environ["REQUEST_METHOD"])
        # The decoded path of WSGI has lost what the rules look at.
        self.target = str(environ["RAW_URI"])
        self._request = WSGIRequest(environ)
        self._connection: socket.socket | None = environ.get("gunicorn.socket")
        # The server's own reader below, where there is one: above it every piece is put together from parts of 1 KiB.
        self._stream = getattr(environ["wsgi.input"], "reader", environ["wsgi.input"])
        self.taken = 0
        self._is_ended = False
        WATCH.forget(self._connection)
        if self._connection is not None:
            # For each piece in either direction.
            self._connection.settimeout(PIECE_SECONDS)

    @property
    def authorization(self) -> str:
        return str(self.environ.get("HTTP_AUTHORIZATION", ""))

    @property
    def address(self) -> str | None:
        return counted_address(self._request)

    @property
    def content_type(self) -> str:
        return str(self.environ.get("CONTENT_TYPE", ""))

    @property
    def is_chunked(self) -> bool:
        return "HTTP_TRANSFER_ENCODING" in self.environ

    @property
    def length(self) -> int | None:
        """What the caller says; None where it says nothing and sends in chunks."""
        said = str(self.environ.get("CONTENT_LENGTH", "") or "")
        return None if self.is_chunked else int(said or 0)

    def refuse_foreign(self) -> None:
        """A browser sends the password it keeps for this address along with whatever another site makes it send; and a
        host that is not ours is refused as everywhere (SuspiciousOperation)."""
        host = self._request.get_host()
        origin = self.environ.get("HTTP_ORIGIN")
        if origin is not None and urlsplit(str(origin)).netloc != host:
            raise RuleRefused(Rule.ORIGIN, "A request")
        site = self.environ.get("HTTP_SEC_FETCH_SITE", "none")
        is_a_visit = self.method == "GET" and self.environ.get("HTTP_SEC_FETCH_MODE") == "navigate"
        if site not in {"same-origin", "none"} and not is_a_visit:
            raise RuleRefused(Rule.ORIGIN, "A request")

    def refuse_body(self) -> None:
        """A server may read the body of a GET, and every reader sees something else in it."""
        if self.length != 0:
            raise Malformed("This request has no body.")

    def json(self) -> dict[str, Any]:  # Any: JSON
        """The body, strictly read. Raises Malformed, TooLarge or TooSlow."""
        kind, _, parameters = self.content_type.lower().partition(";")
        if kind.strip() != "application/json" or parameters.strip() not in {"", "charset=utf-8"}:
            raise Malformed("The body is sent as application/json in UTF-8; nothing else is read here.")
        if "HTTP_CONTENT_ENCODING" in self.environ:
            raise Malformed("A compressed body is not unpacked. Send it plain.")
        content = self.whole(strict_json.MAX_BYTES)
        value = strict_json.loads(content) if content else {}
        if not isinstance(value, dict):
            raise Malformed("The body is a JSON object; nothing else is read here.")
        return value

    def whole(self, most: int) -> bytes:
        """A small body. Raises TooLarge or TooSlow."""
        if (self.length or 0) > most:
            raise TooLarge(f"The body has {self.length} bytes; at most {most} are read.")
        return b"".join(self._pieces(most, JSON_SECONDS, time.monotonic() + JSON_SECONDS))

    def upload(self) -> Iterator[bytes]:
        """The body in pieces, counted. Raises TooLarge, and TooSlow where it ends before its end."""
        if (self.length or 0) > MAX_UPLOAD_BYTES:
            raise TooLarge(f"The file has {self.length} bytes; at most {MAX_UPLOAD_BYTES} pass here.")
        return self._pieces(MAX_UPLOAD_BYTES, PIECE_SECONDS, time.monotonic() + UPLOAD_SECONDS)

    def in_time(self, body: Iterator[bytes]) -> Iterator[bytes]:
        """An answer, for as long as its reader may take: whoever reads a byte now and then holds a thread meanwhile."""
        with WATCH.over(self._connection, ANSWER_SECONDS):
            yield from body

    def drain(self) -> None:
        """Take in what a refused caller still sends, within bounds, so that it reads the answer instead of a broken
        connection. Where too much is left, the connection takes no more."""
        if self.length == 0 or self._is_ended:
            return
        most, until = self.taken + _DRAINED_BYTES, time.monotonic() + PIECE_SECONDS
        try:
            for _ in self._pieces(most, PIECE_SECONDS, until):
                pass
        except Refusal:
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RD)

    def _pieces(self, most: int, seconds: float, until: float) -> Iterator[bytes]:
        while not self._is_ended:
            piece = self._piece(min(seconds, max(0.0, until - time.monotonic())))
            self.taken += len(piece)
            if self.taken > most:
                raise TooLarge(f"More than {most} bytes were sent.")
            if piece:
                yield piece

    def _piece(self, seconds: float) -> bytes:
        wanted = PIECE if self.length is None else min(PIECE, self.length - self.taken)
        try:
            with WATCH.over(self._connection, seconds):
                piece: bytes = self._stream.read(wanted) if wanted else b""
        except OSError:
            raise _cut_off() from None
        self._is_ended = not piece if self.length is None else self.taken + len(piece) >= self.length
        if self.length is not None and len(piece) < wanted:
            raise _cut_off()
        return piece


def _cut_off() -> TooSlow:
    return TooSlow(
        "The body ended before its end, or came too slowly. Nothing was kept of it; send it again."
    )
