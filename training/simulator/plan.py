"""What is asked for: how many loans, of which kind, with what planted, from which seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mrm.lib.errors import Malformed

APPLICANTS_PER_CHUNK = 2_000
MIN_LOANS, MAX_LOANS = 1, 20_000_000
_MAX_SEED = 2**53 - 1


class Kind(StrEnum):
    """What is lent: against a vehicle, or small and without security."""

    VEHICLE = "vehicle"
    MICRO = "micro"


class Portfolio(StrEnum):
    """PLANTED has everything. CLEAN keeps the declared coefficients only: no leak, disparity, shock, shift, season,
    telling blanks or mess. NOISE is CLEAN without coefficients: every loan has the same odds."""

    PLANTED = "planted"
    CLEAN = "clean"
    NOISE = "noise"


@dataclass(frozen=True)
class Plan:
    """Equal plans make equal tables. `leak` says whether a planted portfolio holds the column `collection_calls`."""

    loans: int
    seed: int
    kind: Kind = Kind.VEHICLE
    portfolio: Portfolio = Portfolio.PLANTED
    leak: bool = True

    def __post_init__(self) -> None:
        if not MIN_LOANS <= self.loans <= MAX_LOANS:
            raise Malformed(
                f"No portfolio was made: it has {MIN_LOANS} to {MAX_LOANS} loans. Ask for as many."
            )
        if not 0 <= self.seed <= _MAX_SEED:
            raise Malformed("No portfolio was made: the seed is a whole number from 0 to 2^53 − 1. Give one.")
        if self.kind not in set(Kind) or self.portfolio not in set(Portfolio):
            raise Malformed(
                "No portfolio was made: the kind is vehicle or micro, the portfolio planted, clean or noise."
            )

    @property
    def has_leak(self) -> bool:
        return self.leak and self.portfolio == Portfolio.PLANTED

    @property
    def chunks(self) -> int:
        return -(-self.loans // APPLICANTS_PER_CHUNK)

    def applicants(self, chunk: int) -> int:
        """How many applications stand in this chunk; only the last is smaller than the others."""
        return min(APPLICANTS_PER_CHUNK, self.loans - chunk * APPLICANTS_PER_CHUNK)

    def plain(self) -> dict[str, object]:
        return {
            "loans": self.loans,
            "seed": self.seed,
            "kind": str(self.kind),
            "portfolio": str(self.portfolio),
            "leak": self.leak,
            "applicants_per_chunk": APPLICANTS_PER_CHUNK,
        }
