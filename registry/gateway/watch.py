"""Time for callers: a thread that waits for bytes cannot look at the clock, so another one does."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

_LOOK_SECONDS: Final = 0.5


class Watch:
    """Shuts a connection down once its time is over; who waits on it then reads its end."""

    def __init__(self) -> None:
        self._until: dict[socket.socket, float] = {}
        self._lock = threading.Lock()
        self._looks = False

    @contextlib.contextmanager
    def over(self, connection: socket.socket | None, seconds: float) -> Iterator[None]:
        """The time of one piece of work. Without a connection nothing is watched."""
        if connection is None:
            yield
            return
        with self._lock:
            self._until[connection] = time.monotonic() + seconds
            if not self._looks:
                # Not before the first caller: a thread does not survive the fork of a server's process.
                self._looks = True
                threading.Thread(target=self._look, daemon=True, name="watch").start()
        try:
            yield
        finally:
            with self._lock:
                self._until.pop(connection, None)

    def forget(self, connection: socket.socket | None) -> None:
        """Its time has not run out: what follows has a time of its own."""
        if connection is not None:
            with self._lock:
                self._until.pop(connection, None)

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            with self._lock:
                over = [connection for connection, until in self._until.items() if until <= now]
                for connection in over:
                    del self._until[connection]
            for connection in over:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


# One for the process: a connection is watched once, for whatever it does last.
WATCH: Final = Watch()
