"""What the texts of a column mean as dates, each different text read once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from quant.features.cleaning.dates import DateFormat, read_date
from quant.features.cleaning.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray


# A column is one of dates when nine tenths of its first texts look like dates, whether or not a calendar has them.
DATE_SHARE = 0.9
PROBED = 100
# Different texts that are looked at; moments to the second may be as many as rows.
MOST_TEXTS = 50_000
_ISO = "iso"
_NUMERIC = "numeric"
_SINGLE = (DateFormat.MONTH_NAME, DateFormat.COMPACT, DateFormat.WITH_TIME)


@dataclass(frozen=True)
class Read:
    """One text: how it is spelled (empty: no date), and the days it may mean, day first before month first."""

    spelling: str
    day_first: date | None = None
    month_first: date | None = None

    @property
    def has_two_readings(self) -> bool:
        return None not in {self.day_first, self.month_first} and self.day_first != self.month_first


@dataclass(frozen=True)
class Dates:
    """The distinct texts of a column, read. `days` are days since 0001-01-01 (NaN: none), by the order of day and month
    that the rest of the column shows; `spellings` counts rows."""

    days: NDArray[np.float64]
    spellings: Counter[str]
    ambiguous: int
    impossible: int
    unread: int


def days_of(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Days since 0001-01-01 of a column of dates or of texts that mean dates (rows,), NaN where none can be read in one
    way."""
    texts = column.cast("string").combine_chunks().dictionary_encode()
    seen = texts.dictionary.to_pylist()
    places = texts.indices.to_numpy(zero_copy_only=False)
    known = ~np.isnan(places)
    at = places[known].astype(np.int64)
    days = np.full(len(column), np.nan)
    days[known] = read_dates(seen, np.bincount(at, minlength=len(seen))).days[at]
    return days


def read_dates(texts: Sequence[str], counts: NDArray[np.int64]) -> Dates:
    """What each text means. One with two readings is read as the unambiguous ones of the column are; where these do
    not agree, or there are none, it stays ambiguous."""
    seen = [_read(text) for text in texts]
    orders = {order for each in seen if (order := _order(each))}
    order = orders.pop() if len(orders) == 1 else ""
    days = np.array([_day(each, order) for each in seen], dtype=np.float64)
    rows = counts.tolist()
    spellings: Counter[str] = Counter()
    for each, count in zip(seen, rows, strict=True):
        spellings[each.spelling] += count
    unread = spellings.pop("", 0)
    left = [
        (each, count)
        for each, count, day in zip(seen, rows, days, strict=True)
        if each.spelling and np.isnan(day)
    ]
    ambiguous = sum(count for each, count in left if each.has_two_readings)
    return Dates(days, spellings, ambiguous, sum(count for _, count in left) - ambiguous, unread)


def look_like_dates(texts: Sequence[str]) -> bool:
    """Whether a column that begins with these different texts is one of dates."""
    return sum(bool(_read(text).spelling) for text in texts) >= DATE_SHARE * len(texts)


@lru_cache(maxsize=200_000)
def _read(text: str) -> Read:
    for spelling, formats in ((_ISO, ()), *((each, (each,)) for each in _SINGLE)):
        found = read_date(text, formats)
        if found is not Unread.FORMAT:
            day = found if isinstance(found, date) else None
            return Read(spelling, day, day)
    first, second = (read_date(text, (each,)) for each in (DateFormat.DAY_FIRST, DateFormat.MONTH_FIRST))
    if first is Unread.FORMAT:
        return Read("")
    days = (each if isinstance(each, date) else None for each in (first, second))
    return Read(_NUMERIC, *days)


def _order(seen: Read) -> str:
    """Which of day and month comes first, where the text shows it."""
    if seen.spelling != _NUMERIC or (seen.day_first is None) == (seen.month_first is None):
        return ""
    return "day_first" if seen.day_first else "month_first"


def _day(seen: Read, order: str) -> float:
    if seen.has_two_readings and not order:
        return np.nan
    wanted = seen.month_first if order == "month_first" else seen.day_first
    meant = wanted or (None if order and seen.spelling == _NUMERIC else seen.day_first or seen.month_first)
    return np.nan if meant is None else float(meant.toordinal())
