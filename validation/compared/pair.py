"""Two versions of one model on the same rows, and what is asked of both at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from validation.measuring import Measured
from validation.sample import Sample
from validation.standard import Standard


class Side(StrEnum):
    CHAMPION = "champion"
    CHALLENGER = "challenger"


@dataclass(frozen=True)
class Pair:
    """Both samples have the same rows in the same order; only what the versions say of them differs. The champion is
    also what the challenger's sample names as the version it would replace."""

    champion: Sample
    challenger: Sample

    def sides(self) -> Iterator[tuple[Side, Sample]]:
        yield Side.CHAMPION, self.champion
        yield Side.CHALLENGER, self.challenger


@dataclass(frozen=True)
class Question:
    """One question to a pair. `run` measures; every difference is the challenger's minus the champion's."""

    id: str
    title: str
    limits: str
    run: Callable[[Pair, Standard], Measured] = field(repr=False)
