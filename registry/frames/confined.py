"""What a job's child runs on an upload: the same reading, inside limits that a small file cannot talk its way out of.

A few kilobytes of parquet can stand for a terabyte of equal texts. Rows and columns are counted before they are read;
how long a text becomes is only known while it is unpacked.
"""

from __future__ import annotations

import resource
from pathlib import Path

from registry.frames import TableRefused, inspect_upload

# The largest table that is read (200 million cells) needs about half of it.
ADDRESS_SPACE_BYTES = 8 * 2**30


def inspect(folder: Path) -> None:
    """`inspect_upload`; TableRefused where the table does not fit."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    try:
        inspect_upload(folder)
    except MemoryError:
        raise TableRefused(
            "The table was refused: unpacked it is larger than what is read here. Upload a sample.",
            "too-large",
        ) from None
