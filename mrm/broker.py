"""The broker that needs no server: kombu's folder of messages, written so that no reader meets half of one."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu opens a message by its name and writes it afterwards: a worker that looks in between breaks."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # noqa: ARG002 (kombu's own)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        # Not the name of a message of any queue, until it is whole.
        unfinished = folder / f".{name}.part"
        unfinished.write_text(dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
        unfinished.rename(folder / name)


class Transport(filesystem.Transport):
    Channel = Channel
