"""Goals from goals.toml, and the rows of a run: `name | result | goal | met`, `missed`, or `not run: why`.

A bench informs: a goal that is missed is said, and the exit code stays 0.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import ge, le, lt
from pathlib import Path

GOALS = Path(__file__).with_name("goals.toml")
_BOUNDS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "at_least": ("≥", ge),
    "at_most": ("≤", le),
    "below": ("<", lt),
}


@dataclass(frozen=True)
class Goal:
    """What a figure is called and held against."""

    name: str
    unit: str
    bound: str
    value: float

    @property
    def text(self) -> str:
        return f"{_BOUNDS[self.bound][0]} {self.value:g}{self.unit}"

    def is_met(self, result: float) -> bool:
        return _BOUNDS[self.bound][1](result, self.value)


def goals_of(group: str) -> dict[str, Goal]:
    """The goals of one group by the name of their figure. Raises KeyError for a table that is not as it must be."""
    return {figure: _goal(said) for figure, said in tomllib.loads(GOALS.read_text())[group].items()}


class Rows:
    """Prints each row as soon as it is known."""

    def __init__(self, group: str) -> None:
        self._goals = goals_of(group)

    def result(self, figure: str, result: float) -> None:
        goal = self._goals[figure]
        said = "met" if goal.is_met(result) else "missed"
        _print(goal.name, _text(result, goal.unit), goal.text, said)

    def not_run(self, figure: str, why: str) -> None:
        goal = self._goals[figure]
        _print(goal.name, "none", goal.text, f"not run: {why}")

    def told(self, name: str, result: float, unit: str) -> None:
        """A number that helps to read the others and has no goal."""
        _print(name, _text(result, unit), "none", "told")


def _goal(said: Mapping[str, str | float]) -> Goal:
    (bound,) = said.keys() & _BOUNDS.keys()
    return Goal(str(said["name"]), str(said["unit"]), bound, float(said[bound]))


def _text(result: float, unit: str) -> str:
    return f"{result:.0f}{unit}" if abs(result) >= 100 else f"{result:.2f}{unit}"


def _print(*cells: str) -> None:
    print(*cells, sep=" | ", flush=True)
