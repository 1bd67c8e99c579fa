"""What one decision knows of an applicant, typed on both sides of its canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mrm.lib import canonical

InputValue = int | float | str | None


@dataclass(frozen=True)
class StatedReason:
    """One principal reason: its code and key in the reason dictionary, and its weight in score points (≤ 0).

    A hard rule is its own reason: `group` is then the rule's key, and it weighs nothing on the score.
    """

    code: str
    group: str
    points: int

    def plain(self) -> dict[str, Any]:
        return {"code": self.code, "group": self.group, "points": self.points}


@dataclass(frozen=True)
class Payload:
    """Inputs, the score and why. `base_points` and `group_points` add up to `points`; contributions are
    float32 log-odds of default as doubles, positive is adverse."""

    reference: str
    inputs: Mapping[str, InputValue]
    margin: float
    probability: float
    points: int
    grade: int
    bias: float
    contributions: Mapping[str, float]
    base_points: int
    group_points: Mapping[str, int]
    outcome: str
    basis: str
    rules: tuple[str, ...]
    cut_off: str
    reasons: tuple[StatedReason, ...]
    flags: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """The members of the canonical form: fractions as text, an input's text as {"text": …}, nothing else."""
        return {
            "base_points": self.base_points,
            "basis": self.basis,
            "bias": canonical.number(self.bias),
            "contributions": {name: canonical.number(value) for name, value in self.contributions.items()},
            "cut_off": self.cut_off,
            "flags": list(self.flags),
            "grade": self.grade,
            "group_points": dict(self.group_points),
            "inputs": {name: _plain(value) for name, value in self.inputs.items()},
            "margin": canonical.number(self.margin),
            "outcome": self.outcome,
            "points": self.points,
            "probability": canonical.number(self.probability),
            "reasons": [reason.plain() for reason in self.reasons],
            "reference": self.reference,
            "rules": list(self.rules),
        }

    @classmethod
    def load(cls, plain: Mapping[str, Any]) -> Payload:
        """The payload that `plain` was made of, number for number."""
        return cls(
            reference=plain["reference"],
            inputs={name: _input(value) for name, value in plain["inputs"].items()},
            margin=float(plain["margin"]),
            probability=float(plain["probability"]),
            points=plain["points"],
            grade=plain["grade"],
            bias=float(plain["bias"]),
            contributions={name: float(value) for name, value in plain["contributions"].items()},
            base_points=plain["base_points"],
            group_points=dict(plain["group_points"]),
            outcome=plain["outcome"],
            basis=plain["basis"],
            rules=tuple(plain["rules"]),
            cut_off=plain["cut_off"],
            reasons=tuple(StatedReason(**reason) for reason in plain["reasons"]),
            flags=tuple(plain["flags"]),
        )


def _plain(value: InputValue) -> int | str | dict[str, str] | None:
    """A fraction is kept as text, so a text is kept apart from it."""
    if isinstance(value, float):
        return canonical.number(value)
    return {"text": value} if isinstance(value, str) else value


def _input(value: int | str | dict[str, str] | None) -> InputValue:
    if isinstance(value, dict):
        return value["text"]
    return float(value) if isinstance(value, str) else value
