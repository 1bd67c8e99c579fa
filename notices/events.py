"""What a webhook may be told of: every row of governance.NOTICES, and every reminder."""

from __future__ import annotations

from typing import Final

from mrm.settings import governance

EVENTS: Final[tuple[str, ...]] = (
    *governance.NOTICES,
    *(f"{kind}:{word}" for kind in governance.REMINDERS for word in ("due", "overdue")),
)
