"""How a number is written in the active language; pages, charts and documents share it."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeAlias

from django.utils.formats import get_format

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
NOT_AVAILABLE = "\N{EM DASH}"
CURRENCY_SIGNS = {"TWD": "NT$", "BRL": "R$", "USD": "US$", "EUR": "€", "GBP": "£"}

Numeric: TypeAlias = int | float | Decimal


def fixed(value: Numeric, decimals: int = 0) -> str:
    """`1234.5` with one decimal is 1,234.5 in English and 1.234,5 in Portuguese."""
    number = _decimal(value)
    if not number.is_finite():
        return NOT_AVAILABLE
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    digits = f"{abs(rounded):,f}".translate(_marks())
    return f"{MINUS}{digits}" if rounded < 0 else digits


def marked(digits: str) -> str:
    """A number that is written down already, as programs write it: only its marks become the language's."""
    return digits.translate(_marks())


def signed(value: Numeric, decimals: int = 0) -> str:
    """As `fixed`, with a plus before what is above zero."""
    text = fixed(value, decimals)
    is_zero = not any(digit in text for digit in "123456789")
    return text if text.startswith(MINUS) or is_zero else f"+{text}"


def percent(share: Numeric, decimals: int = 1) -> str:
    """A share of one as a percentage: 0.123 is 12.3 %, the sign kept with its number."""
    number = _decimal(share)
    return f"{fixed(number * 100, decimals)}{NO_BREAK_SPACE}%" if number.is_finite() else NOT_AVAILABLE


def money(amount: Numeric, currency: str) -> str:
    """An amount with its currency; cents are shown only where there are any."""
    number = _decimal(amount)
    decimals = 0 if number.is_finite() and number == number.to_integral_value() else 2
    sign = CURRENCY_SIGNS.get(currency, currency)
    return f"{sign}{NO_BREAK_SPACE}{fixed(number, decimals)}".strip(NO_BREAK_SPACE)


def interval(low: str, high: str) -> str:
    """Two written bounds as one expression; a dash would be read as a minus beside a negative bound."""
    if MINUS in low + high:
        return f"[{low};{NO_BREAK_SPACE}{high}]"
    return f"{low}{EN_DASH}{high}"


def _decimal(value: Numeric) -> Decimal:
    # Through repr: the shortest text of a float is what its reader means by it.
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    return Decimal(value)


def _marks() -> dict[int, str]:
    group = str(get_format("THOUSAND_SEPARATOR")) or NO_BREAK_SPACE
    return {ord(","): group, ord("."): str(get_format("DECIMAL_SEPARATOR"))}
