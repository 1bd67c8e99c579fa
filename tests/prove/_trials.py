"""What the proofs of the battery repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """One test under its null (or under a planted fault): `p_value` of one seed, and the exact `size` at `alpha`. Of a
    family it is the smallest p after adjustment."""

    name: str
    alpha: float
    p_value: Callable[[int], float]
    size: float
    is_family: bool = False

    def rejects(self, seed: int) -> bool:
        return self.p_value(seed) <= self.alpha
