"""How often one person may ask the gate in a minute. The counts are held by its one process: a row of the database for
every request, as pages and the API write one for every change, would cost more than the request."""

from __future__ import annotations

import threading
from typing import Final

from django.conf import settings

from accounts.throttles import SECONDS, too_often
from mrm.lib import clock

SCOPE: Final = "gateway"


class Pace:
    """Requests by account, in the present minute of the clock. Older minutes are forgotten."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, account: str) -> None:
        """Count this request. Raises TooOften where the minute of this account is used up."""
        limit = settings.MRM_LIMITS[SCOPE]
        moment = clock.now().timestamp()
        if limit and not self._is_counted(account, int(moment // SECONDS), limit):
            raise too_often(limit, moment)

    def _is_counted(self, account: str, minute: int, limit: int) -> bool:
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            count = self._counts.get(account, 0)
            self._counts[account] = min(count + 1, limit)
        return count < limit
