"""Tables from outside: parsed in a child process, digested, described and split before anyone may train on
them.

    inspect_upload(folder)     the child's task: spec.json + upload.* in, parquet parts and reports out
    inspect_scored(folder)     the same for outcomes and scores of a model that lives elsewhere
    read_table(content)        a part's parquet bytes back as a DataFrame
    days_of(content, column)   what a column of a part means as days

Heavy libraries are imported on the first call.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from registry.frames.spec import TableRefused, UploadSpec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "TableRefused",
    "UploadSpec",
    "days_of",
    "inspect_scored",
    "inspect_upload",
    "one_column",
    "read_table",
]


def inspect_upload(folder: Path) -> None:
    """Child process entry. Raises TableRefused (`mrm.lib.child` turns it into refusal.json)."""
    from registry.frames.inspect import inspect

    inspect(Path(folder))


def inspect_scored(folder: Path) -> None:
    """Child process entry, as `inspect_upload`."""
    from registry.frames.scored import inspect

    inspect(Path(folder))


def read_table(content: bytes) -> pd.DataFrame:
    """The DataFrame of a part that `inspect_upload` wrote."""
    from registry.frames.content import from_parquet

    frame: pd.DataFrame = from_parquet(content).to_pandas()
    return frame


def days_of(content: bytes, column: str) -> NDArray[np.float64]:
    """The days (since 0001-01-01) that a column of a part means, NaN where none can be read."""
    from registry.frames.content import from_parquet
    from registry.frames.quality import days

    return days.days_of(from_parquet(content).column(column))


def one_column(content: bytes, name: str) -> bytes:
    """Parquet of one column of a part, rows in their order."""
    from registry.frames.content import from_parquet, to_parquet

    return to_parquet(from_parquet(content).select([name]))
