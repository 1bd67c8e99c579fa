"""A cell as programs read it: no mark of thousands, a point before the decimals, a plain minus, the year first."""

from __future__ import annotations

import re
from functools import cache

from reports.edition import Language

# (between thousands, before decimals) as each language writes them.
_MARKS = {Language.ENGLISH: (",", "."), Language.PORTUGUESE: (".", ",")}
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})(?= |$)")
_MINUS = "\N{MINUS SIGN}"


def neutral(text: str, language: Language) -> str:
    """What is only numbers (one, an interval, a bound, a percentage) or only a time; any other text as it is."""
    day = _DAY.match(text) if language is Language.PORTUGUESE else None
    if day:
        return f"{day[3]}-{day[2]}-{day[1]}{text[day.end() :]}"
    if not _cell(language).fullmatch(text):
        return text
    return _number(language).sub(lambda found: _plain(found[0], language), text)


def _plain(written: str, language: Language) -> str:
    group, decimal = _MARKS[language]
    return written.replace(group, "").replace(decimal, ".").replace(_MINUS, "-")


@cache
def _number(language: Language) -> re.Pattern[str]:
    group, decimal = (re.escape(mark) for mark in _MARKS[language])
    whole = rf"(?:[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+)"
    return re.compile(rf"[{_MINUS}+-]?{whole}(?:{decimal}\d+)?(?:e[{_MINUS}+-]?\d+)?")


@cache
def _cell(language: Language) -> re.Pattern[str]:
    one = _number(language).pattern
    return re.compile(rf"[\[<>≤≥\s]*{one}(?:(?:\s(?:to|a)\s|\u2013|;\s){one})?[\]%\s]*")
