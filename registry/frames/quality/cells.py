"""Which rows of a plain column hold what may be declared of it. A missing value is none that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from registry.frames.expectations import NUMERIC, ColumnKind, is_number
from registry.frames.quality.clocks import days_of
from registry.frames.quality.profile import KINDS, codes_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

# As when a file is read: digits that begin with a zero are somebody's code.
_DECIMAL: Final = r"^-?((0|[1-9][0-9]{0,29})(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"


def is_of(column: pa.ChunkedArray, kind: ColumnKind) -> Mask:
    return missing(column) | _reads_as(column, kind)


def _reads_as(column: pa.ChunkedArray, kind: ColumnKind) -> Mask:
    if kind is ColumnKind.DATE:
        return np.isfinite(days_of(column))
    if kind not in NUMERIC:
        return np.full(len(column), KINDS.get(str(column.type), "text") == kind)
    values = as_numbers(column)
    fits = np.isfinite(values)
    if kind is ColumnKind.INTEGER:
        fits &= values == np.floor(values)
    # Where every text is a number, it is the file that says text; so does whatever learns from it.
    is_written_as_text = _is_text(column) and bool((fits | missing(column)).all())
    return np.zeros_like(fits) if is_written_as_text else fits


def as_numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """(rows,) NaN where there is no number. Integers beyond 2**53 stay on their side of any bound."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if str(column.type) == "bool":
        return np.full(len(column), np.nan)
    if not _is_text(column):
        return _doubles(column)
    trimmed = pc.utf8_trim_whitespace(column)
    is_decimal = pc.match_substring_regex(trimmed, _DECIMAL)
    return _doubles(pc.if_else(is_decimal, trimmed, pa.scalar(None, pa.string())))


def _doubles(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Rounded where an integer is too long, which `cast` alone refuses."""
    values: NDArray[np.float64] = column.cast("float64", safe=False).to_numpy()
    return values


def is_listed(column: pa.ChunkedArray, listed: tuple[str, ...], kind: ColumnKind | None) -> Mask:
    """Texts as they are written, numbers by what they are worth."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind not in NUMERIC and str(column.type) in {"string", "bool"}:
        return _mask(pc.is_in(column.cast("string"), value_set=pa.array(listed)))
    worth = [float(each) for each in listed if is_number(each)]
    return np.asarray(np.isin(as_numbers(column), worth), dtype=np.bool_)


def is_first(column: pa.ChunkedArray) -> Mask:
    """The first row of each value; the others repeat it."""
    distinct, places = codes_of(column)
    fits: Mask = np.asarray(places == len(distinct), dtype=np.bool_)
    fits[np.unique(places, return_index=True)[1]] = True
    return fits


def missing(column: pa.ChunkedArray) -> Mask:
    return _mask(column.is_null())


def _mask(column: pa.ChunkedArray) -> Mask:
    mask: Mask = column.to_numpy()
    return mask


def _is_text(column: pa.ChunkedArray) -> bool:
    return str(column.type) == "string"


def known_of(column: pa.ChunkedArray, sentinels: tuple[str, ...], kind: ColumnKind | None) -> pa.ChunkedArray:
    """The column with nothing where a number is none or a declared sentinel stands. Numbers that were text for their
    sentinels alone are numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = np.zeros(len(column), dtype=np.bool_)
    if str(column.type) == "double":
        gone |= np.isnan(_doubles(column))
    if sentinels:
        gone |= is_listed(column, sentinels, None)
    if not gone.any():
        return column
    known = pc.if_else(pa.array(gone), pa.scalar(None, column.type), column)
    if kind not in NUMERIC or not _is_text(column):
        return known
    values = as_numbers(known)
    is_read = bool((np.isfinite(values) | missing(known)).all())
    return pa.chunked_array([pa.array(values, from_pandas=True)]) if is_read else known
