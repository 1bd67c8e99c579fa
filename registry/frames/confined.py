"""What a job's child runs on an upload: the same reading, inside limits that a small file cannot talk its way out of.

A few kilobytes of parquet can stand for a terabyte of equal texts. Rows and columns are counted before they are read;
how long a text becomes is only known while it is unpacked.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

from registry.frames import TableRefused, inspect_scored, inspect_upload

# The largest table that is read (200 million cells) needs about half of it.
ADDRESS_SPACE_BYTES = 8 * 2**30


def inspect(folder: Path) -> None:
    """`inspect_upload`; TableRefused where the table does not fit."""
    _within_limits(inspect_upload, folder)


def inspect_sample(folder: Path) -> None:
    """`inspect_scored`; TableRefused where the table does not fit."""
    _within_limits(inspect_scored, folder)


def _within_limits(read: Callable[[Path], None], folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    try:
        read(folder)
    except MemoryError:
        raise TableRefused(
            "The table was refused: unpacked it is larger than what is read here. Upload a sample.",
            "too-large",
        ) from None
