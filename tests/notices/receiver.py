"""A receiver of webhooks for tests: a server in a thread that answers as it is told, and keeps what it was sent."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """`answers` are the statuses of the next calls (then 200); `pause` is how long it says nothing, `drip` how long it
    lets each byte of its answer wait."""

    url: str
    answers: list[int] = field(default_factory=list)
    location: str = ""
    pause: float = 0.0
    drip: float = 0.0
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """What it was sent, as the library of the standard reads it; raises for a signature that does not fit."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.calls]

    @property
    def ids(self) -> set[str]:
        return {headers["webhook-id"] for headers, _ in self.calls}


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    scheme = "http"
    if context is not None:
        server.socket, scheme = context.wrap_socket(server.socket, server_side=True), "https"
    receiver = Receiver(f"{scheme}://127.0.0.1:{server.server_port}/hook?of=bank")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append((headers | {":path": self.path}, body))
            time.sleep(receiver.pause)
            status = receiver.answers.pop(0) if receiver.answers else 200
            location = f"location: {receiver.location}\r\n" if receiver.location else ""
            said = f"HTTP/1.0 {status} So\r\n{location}content-length: 0\r\n\r\n".encode()
            for at in range(len(said)):
                self.wfile.write(said[at : at + 1])
                self.wfile.flush()
                time.sleep(receiver.drip)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server.RequestHandlerClass = Handler
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
