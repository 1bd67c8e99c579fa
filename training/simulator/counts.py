"""What was made, counted while it streams by: rows, and for each protected group how many loans and defaults."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from training.simulator import risk
from training.simulator.chunks import Chunk
from training.simulator.people import REGIONS, SEXES


@dataclass
class Counts:
    """Sums over chunks. `expected_defaults` is the sum of the true probabilities of mature loans."""

    rows: Counter[str] = field(default_factory=Counter)
    loans: Counter[str] = field(default_factory=Counter)
    mature: Counter[str] = field(default_factory=Counter)
    defaults: Counter[str] = field(default_factory=Counter)
    expected_defaults: float = 0.0

    def add(self, chunk: Chunk) -> None:
        """Count the loans of one more chunk."""
        became, mature = chunk.outcomes, chunk.outcomes.is_mature
        self.expected_defaults += float(chunk.probability[mature].sum())
        for name, members in _groups(chunk).items():
            self.loans[name] += int(members.sum())
            self.mature[name] += int((members & mature).sum())
            self.defaults[name] += int((members & mature & became.defaulted).sum())

    @property
    def expected_default_rate(self) -> float | None:
        """The mean of the true probabilities of mature loans; None where none is mature."""
        return self.expected_defaults / self.mature["all"] if self.mature["all"] else None

    def plain(self) -> list[dict[str, object]]:
        """By group; defaults are those of mature loans."""
        counted = {"loans": self.loans, "mature": self.mature, "defaults": self.defaults}
        return [{"group": name} | {what: sums[name] for what, sums in counted.items()} for name in self.loans]


def _groups(chunk: Chunk) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    who = chunk.facts.people
    young = risk.is_young(chunk.facts)
    return {
        "all": np.ones(young.size, dtype=np.bool_),
        **{f"sex {name}": who.sex[who.customer] == code for code, name in enumerate(SEXES)},
        **{f"region {name}": who.region[who.customer] == code for code, name in enumerate(REGIONS)},
        "age under_25": young,
        "age 25_and_over": ~young,
    }
