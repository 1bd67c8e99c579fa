"""Amounts as people write them. What could mean two amounts is decided by the declared decimal mark, else refused."""

import re

from quant.features.cleaning.unread import Unread

DECIMAL_MARKS = (".", ",")
# Spaces (plain, no-break, thin, narrow no-break) and apostrophes only ever group digits.
_NEUTRAL = re.compile("[ \u00a0\u2009\u202f'\u2019]")
_PARTS = re.compile(r"([-+\u2212]?)\s*([^0-9+\u2212-]*?)\s*([-+\u2212]?)([0-9].*?)\s*([^0-9]*)", re.DOTALL)
_GROUPED = {
    mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in (*DECIMAL_MARKS, " ")
}
_DIGITS = re.compile(r"[0-9]+")
# How a unit is written besides its three letters.
_SYMBOLS = {
    "BRL": {"r$"},
    "USD": {"$", "us$"},
    "EUR": {"€"},
    "GBP": {"£"},
    "TWD": {"nt$"},
    "MXN": {"mx$", "$"},
}


def read_money(text: str, decimal_mark: str, unit: str) -> float | Unread:
    """The amount in the declared unit. `decimal_mark` is ".", "," or "" (not declared); `unit` three capital letters
    or "" (then no currency may be written). The nearest double to the decimal that was written."""
    found = _PARTS.fullmatch(text.strip())
    if found is None:
        return Unread.FORMAT
    first, before, second, body, after = found.groups()
    if first and second:
        return Unread.FORMAT
    written = [word.strip().casefold() for word in (before, after) if word.strip()]
    if len(written) > 1:
        return Unread.FORMAT
    if written and written[0] not in _names(unit):
        return Unread.UNIT if re.fullmatch(r"[^\W\d_]{0,3}[$€£¥]?", written[0]) else Unread.FORMAT
    amount = _amount(body.rstrip(), decimal_mark)
    if isinstance(amount, Unread):
        return amount
    # Adding zero turns −0.0 into 0.0.
    return (-amount if (first or second) in {"-", "\u2212"} else amount) + 0.0


def _names(unit: str) -> set[str]:
    return {unit.casefold(), *_SYMBOLS.get(unit, ())} if unit else set()


def _amount(body: str, decimal_mark: str) -> float | Unread:
    marks = [letter for letter in body if letter in DECIMAL_MARKS]
    if not marks:
        return _number(body, "", "")
    last = marks[-1]
    if marks.count(last) > 1:
        return _number(body, last, "") if set(marks) == {last} else Unread.FORMAT
    whole, _, part = body.rpartition(last)
    if len(marks) > 1:
        return _number(whole, marks[0], part)
    return _one_mark(whole, last, part, decimal_mark)


def _one_mark(whole: str, mark: str, part: str, decimal_mark: str) -> float | Unread:
    if not _could_group(whole, part):
        return _number(whole, "", part) if part else Unread.FORMAT
    if not decimal_mark:
        return Unread.AMBIGUOUS
    return _number(whole, "", part) if decimal_mark == mark else _number(whole + mark + part, mark, "")


def _could_group(whole: str, part: str) -> bool:
    """Whether the one mark between them may as well separate thousands: 1,234 but not 0,234 or 12345,678."""
    return len(part) == 3 and whole.isdigit() and len(whole) <= 3 and not whole.startswith("0")


def _number(whole: str, grouping: str, part: str) -> float | Unread:
    """Digits before the decimal mark, perhaps grouped by one kind of mark, and digits after it."""
    if not grouping and _NEUTRAL.search(whole):
        whole, grouping = _NEUTRAL.sub(" ", whole), " "
    is_whole = bool((_GROUPED[grouping] if grouping else _DIGITS).fullmatch(whole))
    if not is_whole or (part and not _DIGITS.fullmatch(part)):
        return Unread.FORMAT
    digits = whole.replace(grouping, "") if grouping else whole
    return float(f"{digits}.{part or 0}")
