"""Rules of any table: values that are not there, that are all the same, that repeat, or that nobody documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.quality.columns import NEAR_CONSTANT_SHARE, undocumented
from registry.frames.quality.rules import ColumnRule, Detail, Force, ruled

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.quality.profile import Profile
    from registry.frames.spec import UploadSpec

# Half: from there on, most of what a column says of an applicant is that it is blank.
MISSING_SHARE = 0.5
_ALL = frozenset({"input", "exposure", "protected", "proxy", "target"})


def _empty(seen: Profile, _: UploadSpec) -> Detail | None:
    return {"rows": seen.rows} if seen.missing == seen.rows else None


def _constant(seen: Profile, _: UploadSpec) -> Detail | None:
    return {"rows": seen.rows} if seen.top_share == 1.0 else None


def _nearly_constant(seen: Profile, _: UploadSpec) -> Detail | None:
    if not NEAR_CONSTANT_SHARE <= seen.top_share < 1.0:
        return None
    return {"share": canonical.number(round(seen.top_share, 4))}


def _missing(seen: Profile, _: UploadSpec) -> Detail | None:
    """A wholly empty column has a rule of its own."""
    share = seen.missing / seen.rows
    if not MISSING_SHARE <= share < 1.0:
        return None
    return {"rows": seen.missing, "share": canonical.number(round(share, 4))}


def _undocumented(seen: Profile, spec: UploadSpec) -> Detail | None:
    strange = undocumented(seen, spec.codes[seen.name]) if seen.name in spec.codes else []
    return {"codes": len(strange)} if strange else None


RULES = (
    ColumnRule("inputs_present", Force.BLOCKING, "columns without any value", _empty),
    ColumnRule("no_constant_input", Force.BLOCKING, "constant columns", _constant),
    ColumnRule("near_constant_inputs", Force.REPORTED, "nearly constant columns", _nearly_constant),
    ColumnRule("missing_values", Force.REPORTED, "columns of which at least half is missing", _missing),
    ColumnRule("undocumented_codes", Force.REPORTED, "columns with undocumented codes", _undocumented, _ALL),
)


def of_table(table: pa.Table, repeated: int, spec: UploadSpec) -> list[Detail]:
    ids = 0 if not spec.id else table.num_rows - len(table.column(spec.id).unique())
    words = f"{repeated} rows repeat another row but for the id"
    return [
        ruled("ids_unique", Force.BLOCKING, ids, f"{ids} rows repeat an id"),
        ruled("duplicate_rows", Force.REPORTED, repeated, words),
    ]


def duplicates(outcome: NDArray[np.float64], draws: NDArray[np.uint64]) -> int:
    """Rows that repeat another one but for the id: the same outcome and the same 128 bits of its keyed hash."""
    order = np.lexsort((outcome, draws[:, 1], draws[:, 0]))
    rows = np.column_stack([draws[order], outcome[order].astype(np.uint64)])
    return int((rows[1:] == rows[:-1]).all(axis=1).sum())
