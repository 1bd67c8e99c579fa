"""Raw values read a second time, for the second path only: other code, the same declared rules."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

_PATTERNS = {
    "iso": (r"\d{4}-\d\d-\d\d", ["%Y-%m-%d"]),
    "day_first": (r"\d\d?([-/.])\d\d?\1\d{4}", ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]),
    "month_first": (r"\d\d?([-/.])\d\d?\1\d{4}", ["%m-%d-%Y", "%m/%d/%Y", "%m.%d.%Y"]),
    "compact": (r"\d{8}", ["%Y%m%d"]),
}
_CLOCK = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_MONTHS = (
    "jan january janeiro|feb february fev fevereiro|mar march marco|apr april abr abril|may mai maio|jun june junho"
    "|jul july julho|aug august ago agosto|sep sept september set setembro|oct october out outubro"
    "|nov november novembro|dec december dez dezembro"
)
_MONTH = {name: place for place, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()}
_SIGNS = {"BRL": "r$", "USD": "$ us$", "EUR": "€", "GBP": "£", "TWD": "nt$", "MXN": "$ mx$"}
_THIN = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f'\u2019", " "))


# Any: an input of the sealed tables as plain JSON.
def cleaned(entry: Mapping[str, Any], column: pd.Series) -> pd.Series:
    """The number behind each value of one input as float64, NaN where there is none or it cannot be read."""
    read = _READERS.get(entry["type"])
    if read is None:
        values = column.astype("float64")
        return values.mask(values.isin([float(blank) for blank in entry.get("blanks", ())]))
    if column.dtype.kind in "iuf":
        return column.astype("float64")
    reader = read(entry)
    blanks = {blank.strip().casefold() for blank in entry.get("blanks", ())} | {""}
    texts = column.astype(object)
    known = {
        value: np.nan if isinstance(value, str) and value.strip().casefold() in blanks else reader(value)
        for value in texts.dropna().unique()
    }
    return texts.map(known).astype("float64")


def _dates(entry: Mapping[str, Any]) -> Callable[[str], float]:
    formats = ["iso", *entry["formats"]]

    def read(value: str) -> float:
        days = set().union(*(_days(value.strip(), each) for each in formats))
        return float(days.pop()) if len(days) == 1 else np.nan

    return read


def _days(text: str, kind: str) -> set[int]:
    if kind == "with_time":
        found = _CLOCK.fullmatch(text)
        return _days(found[1], "iso") if found else set()
    if kind == "month_name":
        return _named(text)
    pattern, spellings = _PATTERNS[kind]
    days = set()
    if re.fullmatch(pattern, text, re.ASCII):
        for spelling in spellings:
            with suppress(ValueError):
                days.add(datetime.strptime(text, spelling).toordinal())  # noqa: DTZ007 (a day has no zone)
    return days


def _named(text: str) -> set[int]:
    if re.search(r"[^\w ./,º-]", text):
        return set()
    words = [word for word in plain(text).split() if word not in ("de", "of")]
    if len(words) != 3 or not re.fullmatch(r"[0-9]{4}", words[2]):
        return set()
    days = set()
    for day, month in ((words[0], words[1]), (words[1], words[0])):
        number = re.sub(r"(o|st|nd|rd|th)$", "", day)
        if month in _MONTH and re.fullmatch(r"[0-9]{1,2}", number):
            with suppress(ValueError):
                days.add(datetime(int(words[2]), _MONTH[month], int(number)).toordinal())  # noqa: DTZ001
    return days


def _money(entry: Mapping[str, Any]) -> Callable[[str | float], float]:
    unit, mark = entry.get("unit", ""), entry.get("decimal_mark", "")
    signs = [each for each in (unit.casefold(), *_SIGNS.get(unit, "").split()) if each]

    def read(value: str | float) -> float:
        if not isinstance(value, str):
            return float(value)
        text, sign = _without(signs, value.casefold().translate(_THIN).strip()), 1
        if text[:1] in ("-", "+", "\u2212"):
            text, sign = text[1:].strip(), 1 if text[0] == "+" else -1
        exact = _exact(text, mark)
        return np.nan if exact is None else float(sign * exact) + 0.0

    return read


def _without(signs: list[str], text: str) -> str:
    """One currency, before or after the digits."""
    for each in signs:
        if text.endswith(each):
            return text.removesuffix(each).strip()
        found = re.fullmatch(rf"([-+\u2212]?)\s*{re.escape(each)}\s*([-+\u2212]?[0-9].*)", text, re.DOTALL)
        if found:
            return found[1] + found[2]
    return text


def _exact(text: str, mark: str) -> Decimal | None:
    """The first spelling among the declared mark's, then the other's, that the text fits; None where it fits none, or
    fits both and no mark is declared."""
    found = {point: _as(text, "," if point == "." else ".", point) for point in (".", ",")}
    if mark and found[mark] is not None:
        return found[mark]
    values = {value for value in found.values() if value is not None}
    return values.pop() if len(values) == 1 else None


def _as(text: str, comma: str, point: str) -> Decimal | None:
    """The amount if `point` were the decimal mark and `comma`, or a space, grouped thousands."""
    for group in (comma, " "):
        shape = rf"(\d+|[1-9]\d{{0,2}}({re.escape(group)}\d{{3}})+)({re.escape(point)}\d+)?"
        if re.fullmatch(shape, text, re.ASCII):
            return Decimal(text.replace(group, "").replace(point, "."))
    return None


def _labels(entry: Mapping[str, Any]) -> Callable[[str], float]:
    groups = [[group["name"], *group["spellings"]] for group in entry["groups"]]
    spellings = {plain(each): place for place, group in enumerate(groups) for each in group}

    def read(value: str) -> float:
        word = plain(value)
        if word in spellings:
            return float(spellings[word])
        near = {
            place
            for each, place in spellings.items()
            if word and _near(each, word, _most(each, entry["edits"]))
        }
        return float(near.pop() if len(near) == 1 else len(groups))

    return read


def _most(spelling: str, edits: int) -> int:
    return min(edits, int(len(spelling) / 4))


def plain(text: str) -> str:
    """Folded to lower case, without accents and punctuation."""
    spread = unicodedata.normalize("NFD", text)
    for _ in range(2):
        spread = unicodedata.normalize("NFKD", spread.casefold())
    letters = [letter for letter in spread if unicodedata.combining(letter) == 0]
    words = [
        letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else "\n" for letter in letters
    ]
    return " ".join("".join(words).split())


def _near(first: str, second: str, most: int) -> bool:
    """Whether `most` edits turn one into the other: every way of spending them is tried. No edit, no reach."""

    @cache
    def reached(row: int, column: int, left: int) -> bool:
        rest, other = len(first) - row, len(second) - column
        if abs(rest - other) > left:
            return False
        if not rest or not other:
            return True
        if first[row] == second[column] and reached(row + 1, column + 1, left):
            return True
        single = ((1, 0), (0, 1), (1, 1))
        if left and any(reached(row + down, column + over, left - 1) for down, over in single):
            return True
        swaps = ((down, over) for down in range(1, left + 1) for over in range(1, left + 2 - down))
        return any(
            down < rest
            and over < other
            and first[row] == second[column + over]
            and first[row + down] == second[column]
            and reached(row + down + 1, column + over + 1, left - (down + over - 1))
            for down, over in swaps
        )

    return most > 0 and reached(0, 0, most)


# Any: each reader takes the cells of its own type.
_READERS: Mapping[str, Callable[[Mapping[str, Any]], Callable[[Any], float]]] = {
    "text": _labels,
    "date": _dates,
    "money": _money,
}
