"""Which rows of a held-out part neither of two versions has learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import User
from mrm.lib.errors import FieldError, Invalid
from registry import snapshots
from registry.models import ModelVersion
from validation.models import ToldBy

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from validation.materials import Rows


@dataclass(frozen=True, eq=False)
class HeldOutForBoth:
    """`kept` (rows,) are the rows that neither has learned from, and `told_by` is how that is known."""

    kept: NDArray[np.bool_]
    told_by: ToldBy


def held_out_for_both(
    *, actor: User, versions: tuple[ModelVersion, ModelVersion], part: snapshots.Part
) -> HeldOutForBoth:
    """`part` is the held-out part of the newer version's snapshot. A row of it may stand in the development part of
    the other's snapshot: as the same applicant where both keep tokens, else as a row that is the same in every column
    that both keep. Whoever is the same by either is left out."""
    import numpy as np

    newer, older = versions
    frame = part.frame()
    if newer.snapshot_id == older.snapshot_id:
        return HeldOutForBoth(np.ones(len(frame), dtype=np.bool_), ToldBy.SAME_SNAPSHOT)
    learned = snapshots.read_development(actor=actor, snapshot=older.snapshot).frame()
    known = _same_rows(frame, learned)
    tokens = snapshots.read_development_applicants(actor=actor, snapshot=older.snapshot)
    if tokens is None or part.tokens is None:
        return HeldOutForBoth(~known, ToldBy.CONTENT)
    return HeldOutForBoth(~(known | _same_applicants(part.tokens, tokens)), ToldBy.APPLICANTS)


def only(rows: Rows, kept: NDArray[np.bool_]) -> Rows:
    """These rows of them. Invalid where they are too few of either outcome for any comparison."""
    from validation.materials import Rows

    of_kept = rows.defaulted[kept]
    bads = int(of_kept.sum())
    if min(bads, len(of_kept) - bads) < _LEAST_OF_EACH:
        detail = (
            f"Of {len(kept)} held-out rows {len(of_kept)} were learned from by neither version, with {bads} defaults"
            f" among them; {_LEAST_OF_EACH} of each outcome are needed."
        )
        errors = [FieldError("/champion", "held-out", detail)]
        raise Invalid(f"These two cannot be compared. {detail} Compare on a newer snapshot.", errors)
    return Rows(
        frame=_of(rows.frame, kept),
        protected=_of(rows.protected, kept),
        defaulted=of_kept,
        exposure=None if rows.exposure is None else rows.exposure[kept],
        decided_on=None if rows.decided_on is None else rows.decided_on[kept],
        realised=None if rows.realised is None else _of(rows.realised, kept),
        decided=rows.decided,
    )


# DeLong's variance of a difference takes two of each outcome (quant.metrics.discrimination.auc_difference).
_LEAST_OF_EACH = 2


def _of(frame: pd.DataFrame, kept: NDArray[np.bool_]) -> pd.DataFrame:
    return frame[kept].reset_index(drop=True)


def _same_applicants(ours: bytes, theirs: bytes) -> NDArray[np.bool_]:
    from registry.frames import read_table

    found: NDArray[np.bool_] = read_table(ours).iloc[:, 0].isin(read_table(theirs).iloc[:, 0]).to_numpy()
    return found


def _same_rows(ours: pd.DataFrame, theirs: pd.DataFrame) -> NDArray[np.bool_]:
    """Rows of `ours` that stand in `theirs`, by every column that both keep in a form that can be compared (rows,)."""
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    shared = [
        name
        for name in ours.columns
        if name in theirs.columns and is_numeric_dtype(ours[name]) == is_numeric_dtype(theirs[name])
    ]
    found: NDArray[np.bool_] = np.isin(_contents(ours, shared), _contents(theirs, shared))
    return found


def _contents(frame: pd.DataFrame, columns: list[str]) -> NDArray[np.uint64]:
    """A number for each row; equal rows have the same one. Whole numbers and decimals of one value are the same."""
    import numpy as np
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    plain = pd.DataFrame(
        {name: frame[name].astype("float64" if is_numeric_dtype(frame[name]) else "str") for name in columns}
    )
    return np.asarray(pd.util.hash_pandas_object(plain, index=False), dtype=np.uint64)
