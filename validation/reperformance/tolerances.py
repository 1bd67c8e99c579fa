"""How far two numbers may lie apart and still agree: data, written down with its reasons before any comparison."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from mrm.lib import canonical

FORMAT: Final = "countersign-tolerances/1"
_FILE = Path(__file__).resolve().parent / "tolerances.json"


@dataclass(frozen=True)
class Tolerance:
    """|again − recorded| ≤ absolute + relative · |recorded|."""

    kind: str
    absolute: str
    relative: str
    why: str

    def holds(self, recorded: float, again: float) -> bool:
        """Never for what is not a finite number."""
        if not (math.isfinite(recorded) and math.isfinite(again)):
            return False
        return abs(again - recorded) <= float(self.absolute) + float(self.relative) * abs(recorded)

    @property
    def words(self) -> str:
        return self.absolute if float(self.relative) == 0 else f"{self.absolute} + {self.relative}·|x|"


@dataclass(frozen=True)
class Tolerances:
    kinds: Mapping[str, Tolerance]
    measures: Mapping[str, str]
    digest: str

    @property
    def exact(self) -> Tolerance:
        return self.kinds["count"]

    @property
    def repeated(self) -> Tolerance:
        return self.kinds["repeated"]

    def of(self, check: str, measure: str, figure: str) -> Tolerance:
        """Of a measure with a path of its own. KeyError for one that has none written down: that is a mistake here."""
        name = f"{check}/{measure}/{figure}"
        found = next((kind for pattern, kind in self.measures.items() if fnmatchcase(name, pattern)), None)
        if found is None:
            raise KeyError(name)
        return self.kinds[found]


@functools.cache
def frozen() -> Tolerances:
    """The committed tolerances and their digest, which stands in every comparison."""
    raw = json.loads(_FILE.read_text(encoding="utf-8"))
    if raw.get("format") != FORMAT:
        raise ValueError(f"format must be {FORMAT}.")
    kinds = {
        kind: Tolerance(kind, each["absolute"], each["relative"], each["why"])
        for kind, each in raw["kinds"].items()
    }
    return Tolerances(kinds, raw["measures"], canonical.digest(raw))
