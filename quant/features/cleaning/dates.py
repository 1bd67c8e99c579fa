"""Dates as people write them, by a closed grammar. A date with two readings is refused, not guessed."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from quant.features.cleaning.labels import normalise
from quant.features.cleaning.unread import Unread

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"(.{10})[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_NUMERIC = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NAMED = re.compile(r"[\w ./,º-]+")
_DAY = re.compile(r"([0-9]{1,2})(o|st|nd|rd|th)?")
_YEAR = re.compile(r"[0-9]{4}")
_BETWEEN = frozenset({"de", "of"})
_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_PORTUGUESE = (
    "janeiro", "fevereiro", "marco", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip
_MONTHS = {
    name[:letters]: place
    for names in (_ENGLISH, _PORTUGUESE)
    for place, name in enumerate(names, start=1)
    for letters in (3, len(name))
} | {"sept": 9}
Triple = tuple[int, int, int]


class DateFormat(StrEnum):
    """How a date may be spelled besides ISO (2024-12-31), which is always read. Years have four digits."""

    DAY_FIRST = "day_first"  # 31/12/2024, 31-12-2024, 31.12.2024
    MONTH_FIRST = "month_first"  # 12/31/2024, 12-31-2024, 12.31.2024
    MONTH_NAME = "month_name"  # 31 December 2024, 31-Dec-2024, Dec 31, 2024, 31 de dezembro de 2024
    COMPACT = "compact"  # 20241231
    WITH_TIME = "with_time"  # 2024-12-31T23:59:59, 2024-12-31 23:59; the time of day is left out


def read_date(text: str, formats: Sequence[DateFormat]) -> date | Unread:
    """The day that a text means under ISO and the declared formats."""
    text = text.strip()
    found = set(_whole(_ISO, text))
    for declared in formats:
        found.update(_READ[declared](text))
    days = {day for triple in found if (day := _day(triple)) is not None}
    if len(days) == 1:
        return days.pop()
    if days:
        return Unread.AMBIGUOUS
    return Unread.IMPOSSIBLE if found else Unread.FORMAT


def _day(triple: Triple) -> date | None:
    try:
        return date(*triple)
    except ValueError:
        return None


def _whole(pattern: re.Pattern[str], text: str) -> Iterator[Triple]:
    if found := pattern.fullmatch(text):
        year, month, day = found.groups()
        yield int(year), int(month), int(day)


def _day_first(text: str) -> Iterator[Triple]:
    if found := _NUMERIC.fullmatch(text):
        yield int(found[4]), int(found[3]), int(found[1])


def _month_first(text: str) -> Iterator[Triple]:
    if found := _NUMERIC.fullmatch(text):
        yield int(found[4]), int(found[1]), int(found[3])


def _month_name(text: str) -> Iterator[Triple]:
    if not _NAMED.fullmatch(text):
        return
    words = [word for word in normalise(text).split() if word not in _BETWEEN]
    if len(words) != 3 or not _YEAR.fullmatch(words[2]):
        return
    for day, month in (words[:2], words[1::-1]):
        if month in _MONTHS and (found := _DAY.fullmatch(day)):
            yield int(words[2]), _MONTHS[month], int(found[1])


def _with_time(text: str) -> Iterator[Triple]:
    if found := _TIME.fullmatch(text):
        yield from _whole(_ISO, found[1])


_READ: dict[DateFormat, Callable[[str], Iterator[Triple]]] = {
    DateFormat.DAY_FIRST: _day_first,
    DateFormat.MONTH_FIRST: _month_first,
    DateFormat.MONTH_NAME: _month_name,
    DateFormat.COMPACT: lambda text: _whole(_COMPACT, text),
    DateFormat.WITH_TIME: _with_time,
}
