"""The server's worker with an end to the wait for a request's head. The server's own waits without one, so that a
stranger with as many half-sent lines as there are threads would shut everybody out."""

from __future__ import annotations

from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from registry.gateway.watch import WATCH

HEAD_SECONDS: Final = 30.0


class Worker(ThreadWorker):  # type: ignore[misc]  # the server has no types
    def handle(self, conn: Any) -> Any:  # Any: the server's own
        with WATCH.over(conn.sock, HEAD_SECONDS):
            return super().handle(conn)
