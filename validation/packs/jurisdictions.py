"""Where a pack applies: countries by ISO 3166-1, the European Union for its members, or everywhere."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

EVERYWHERE: Final = "*"
UNION: Final = "EU"
# The member states since 1 February 2020.
MEMBERS: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
_COUNTRY = re.compile(r"[A-Z]{2}")


def is_known(named: str) -> bool:
    return named == EVERYWHERE or _COUNTRY.fullmatch(named) is not None


def covers(named: Collection[str], countries: Collection[str]) -> bool:
    """Whether one of these countries lies in one of the jurisdictions that a pack names."""
    if EVERYWHERE in named:
        return True
    wide = MEMBERS | {UNION} if UNION in named else frozenset()
    return any(country in named or country in wide for country in countries)
