"""docs/proofs.md: one row a figure, with goal, size, seconds and commit; other groups' rows are kept."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "proofs.md"
_HEAD = """# Proofs at full size

`make prove ONLY=<group>` runs one group and rewrites its rows; `make test` runs the same proofs at a small seeded size.

| group | figure | result | goal | size | seconds | commit |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Figure:
    """What was counted. The goal is a number, or a range where chance has a part in it."""

    name: str
    result: int
    goal: int | range
    size: str
    seconds: float

    @property
    def is_met(self) -> bool:
        return self.result in self.goal if isinstance(self.goal, range) else self.result == self.goal

    @property
    def told_goal(self) -> str:
        return f"{self.goal[0]} to {self.goal[-1]}" if isinstance(self.goal, range) else str(self.goal)


def report(group: str, figures: list[Figure]) -> int:
    """Write the group's rows, print them, and answer the exit code: 0 when every figure meets its goal."""
    return _written(group, figures, f"| {group} |")


def report_part(group: str, figures: list[Figure]) -> int:
    """The same of some of a group's figures: the rows of the others are kept."""
    return _written(group, figures, *(f"| {group} | {figure.name} |" for figure in figures))


def _written(group: str, figures: list[Figure], *replaced: str) -> int:
    kept = [row for row in _rows() if not row.startswith(replaced)]
    made = [_row(group, figure) for figure in figures]
    PAGE.write_text(_HEAD + "\n".join(sorted([*kept, *made])) + "\n")
    for figure in figures:
        print(
            f"{figure.name} | {figure.result} | {figure.told_goal} | {'met' if figure.is_met else 'missed'}"
        )
    return 0 if all(figure.is_met for figure in figures) else 1


def _rows() -> list[str]:
    if not PAGE.exists():
        return []
    return [line for line in PAGE.read_text().splitlines()[6:] if line.startswith("| ")]


def _row(group: str, figure: Figure) -> str:
    return (
        f"| {group} | {figure.name} | {figure.result} | {figure.told_goal} | {figure.size} | {figure.seconds:.0f} |"
        f" {_commit()} |"
    )


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "none"
