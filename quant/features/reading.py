"""One value against its declaration: what is kept of it, or what is wrong with it. No fault repeats the value."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from quant.features.cleaning.dates import DateFormat, read_date
from quant.features.cleaning.money import read_money
from quant.features.cleaning.unread import Unread
from quant.features.inputs import LONGEST_TEXT, SPELLED, Input, InputType, Unknown

# What is kept: numbers as they are, money as an amount, dates as ISO texts, labels as they were sent.
Value = int | float | str | None
_WRITTEN = {
    DateFormat.DAY_FIRST: "31/12/2024",
    DateFormat.MONTH_FIRST: "12/31/2024",
    DateFormat.MONTH_NAME: "31 December 2024",
    DateFormat.COMPACT: "20241231",
    DateFormat.WITH_TIME: "2024-12-31T23:59",
}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field; `code` is missing, unknown, null, type, range, category, length, or a word of
    `Unread`."""

    name: str
    code: str
    detail: str


def read(declared: Input, value: object) -> Value | Fault:
    """The one spelling of a value, or its fault. Reading what was kept gives the same again."""
    if declared.type in SPELLED and isinstance(value, str):
        return _read_text(declared, value)
    if value is None:
        return _null(declared)
    # bool is an int in Python, and true is not an amount of money.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or declared.type in _WORDS:
        return Fault(declared.name, "type", f"Must be a JSON {_KINDS[declared.type]}.")
    if isinstance(value, float) and not math.isfinite(value):
        return Fault(declared.name, "type", "Must be a finite number.")
    if value in declared.blank_numbers:
        return _null(declared)
    return _read_number(declared, value)


_WORDS = frozenset({InputType.TEXT, InputType.DATE})
_KINDS = {
    InputType.NUMBER: "number",
    InputType.INTEGER: "integer",
    InputType.CODE: "integer",
    InputType.TEXT: "string",
    InputType.DATE: "string",
    InputType.MONEY: "number or string",
}


def unseen(declared: Input, value: Value) -> bool:
    """Whether a kept value is a code or a label that was never declared."""
    if value is None:
        return False
    if declared.type is InputType.CODE:
        return value not in declared.known_codes
    if declared.type is not InputType.TEXT or not isinstance(value, str):
        return False
    return declared.folding.place(value) == declared.folding.unknown


def measure(declared: Input) -> Callable[[Value], float]:
    """From what is kept to the number behind it: a date's ordinal day, a label's group by place, NaN for null."""
    if declared.type is InputType.DATE:
        return _ordinal
    if declared.type is InputType.TEXT:
        place = declared.folding.place
        return lambda value: float(place(value)) if isinstance(value, str) else math.nan
    return lambda value: math.nan if value is None else float(value)


def _ordinal(value: Value) -> float:
    return float(date.fromisoformat(value).toordinal()) if isinstance(value, str) else math.nan


def _null(declared: Input) -> Fault | None:
    return None if declared.nullable else Fault(declared.name, "null", "This field may not be null.")


def _read_number(declared: Input, value: float) -> Value | Fault:
    if declared.type is InputType.CODE or declared.type is InputType.INTEGER:
        if value != math.floor(value):
            return Fault(declared.name, "type", "Must be an integer.")
        fault = (_bad_code if declared.type is InputType.CODE else _out_of_range)(declared, value)
        return int(value) if fault is None else fault
    fault = _out_of_range(declared, value)
    # Adding zero turns -0.0 into 0.0, which would otherwise be a second spelling of the same amount.
    return float(value) + 0.0 if fault is None else fault


def _out_of_range(declared: Input, value: float) -> Fault | None:
    if declared.minimum <= value <= declared.maximum:
        return None
    bounds = f"{declared.minimum:.15g} to {declared.maximum:.15g}"
    return Fault(declared.name, "range", f"Must be within {bounds}.")


def _bad_code(declared: Input, value: float) -> Fault | None:
    if value in declared.known_codes:
        return None
    if declared.unknown is Unknown.BUCKET and abs(value) < 2**31:
        return None
    listed = ", ".join(str(code) for code in declared.codes)
    return Fault(declared.name, "category", f"Must be one of {listed}.")


def _read_text(declared: Input, text: str) -> Value | Fault:
    if len(text) > LONGEST_TEXT:
        return Fault(declared.name, "length", f"Must have at most {LONGEST_TEXT} characters.")
    # A lone half of a surrogate pair has no bytes, so it could not be kept.
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        return Fault(declared.name, "type", "Must be a text of whole Unicode characters.")
    trimmed = text.strip()
    if not trimmed or (declared.blanks and trimmed.casefold() in declared.blank_words):
        return _null(declared)
    if declared.type is InputType.TEXT:
        return _read_label(declared, text)
    return _read_day(declared, text) if declared.type is InputType.DATE else _read_amount(declared, text)


def _read_label(declared: Input, text: str) -> Value | Fault:
    if declared.unknown is Unknown.REFUSE and unseen(declared, text):
        listed = ", ".join(group.name for group in declared.groups[:20])
        return Fault(declared.name, "category", f"Must be one of {listed}.")
    return text


def _read_day(declared: Input, text: str) -> Value | Fault:
    day = read_date(text, declared.formats)
    if isinstance(day, Unread):
        return Fault(declared.name, str(day), _DAY_WORDS[day].format(", ".join(_written(declared))))
    earliest, latest = declared.days
    if earliest <= day <= latest:
        return day.isoformat()
    return Fault(declared.name, "range", f"Must be within {declared.earliest} to {declared.latest}.")


_DAY_WORDS = {
    Unread.FORMAT: "Must be a date written as {}.",
    Unread.IMPOSSIBLE: "There is no such day. Write a date as {}.",
    Unread.AMBIGUOUS: "Day and month can be read in two ways. Write the year first, as 2024-12-31.",
}


def _written(declared: Input) -> list[str]:
    return ["2024-12-31", *(_WRITTEN[each] for each in declared.formats)]


def _read_amount(declared: Input, text: str) -> Value | Fault:
    amount = read_money(text, declared.decimal_mark, declared.unit)
    if isinstance(amount, Unread):
        unit = declared.unit or "the declared unit, without a currency"
        return Fault(declared.name, str(amount), _AMOUNT_WORDS[amount].format(unit))
    fault = _out_of_range(declared, amount)
    return amount if fault is None else fault


_AMOUNT_WORDS = {
    Unread.FORMAT: "Must be an amount, written as 3200.50, 3,200.50 or 3.200,50.",
    Unread.AMBIGUOUS: "The mark can mean thousands or decimals. Send a JSON number.",
    Unread.UNIT: "Must be an amount in {}.",
}


def plain_values(values: Mapping[str, Value]) -> dict[str, object]:
    """Kept values in canonical form: integers as they are, fractions as text, texts apart from them."""
    return {name: _plain(value) for name, value in values.items()}


def read_plain(raw: Mapping[str, object]) -> dict[str, Value]:
    """The values that `plain_values` was made of, number for number. ValueError for any other shape."""
    return {name: _unplain(value) for name, value in raw.items()}


def _plain(value: Value) -> object:
    if isinstance(value, float):
        return repr(value)
    return {"text": value} if isinstance(value, str) else value


def _unplain(raw: object) -> Value:
    if isinstance(raw, str):
        return float(raw)
    if isinstance(raw, Mapping):
        text = raw.get("text")
        if set(raw) != {"text"} or not isinstance(text, str):
            raise ValueError("a text stands alone under its name")
        return text
    if raw is None or (isinstance(raw, int) and not isinstance(raw, bool)):
        return raw
    raise ValueError("neither a number nor a text")
