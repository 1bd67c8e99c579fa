"""What a validation standard says, as frozen dataclasses. Thresholds are data; nothing here judges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Force(StrEnum):
    """What a failure of a check means under this standard."""

    BLOCKING = "blocking"
    AMBER = "amber"
    REPORTED = "reported"


@dataclass(frozen=True)
class Planned:
    check: str
    force: Force


@dataclass(frozen=True)
class Group:
    """One named group of a column: listed codes, or a closed range with either end open."""

    name: str
    codes: tuple[int, ...]
    at_least: int | None
    at_most: int | None


@dataclass(frozen=True)
class Attribute:
    """How a column is cut into groups. `reference` is declared, never found."""

    key: str
    label: str
    column: str
    groups: tuple[Group, ...]
    reference: str = ""
    reference_reason: str = ""


@dataclass(frozen=True)
class CalibrationRules:
    amber_alpha: float
    red_alpha: float
    required_power: float
    delta: float
    curve_bins: int


@dataclass(frozen=True)
class StabilityRules:
    amber: float
    red: float
    confidence: float
    bins: int
    floor: float


@dataclass(frozen=True)
class FairnessRules:
    air_limit: float
    alpha: float
    minimum_n: int
    parity_target: float
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True)
class ExplainabilityRules:
    positions: int
    first_bar: float
    other_bar: float
    additivity_limit: float
    resamples: int


@dataclass(frozen=True)
class EconomicRules:
    """Shares of the exposure over the horizon of the default flag. An assumption, and printed as one."""

    basis: str
    margin: float
    loss_given_default: float
    unit: str
    why: str
    cut_offs: tuple[float, ...]
    resamples: int


@dataclass(frozen=True)
class RobustnessRules:
    minimum_n: int
    segments: tuple[Attribute, ...]


@dataclass(frozen=True)
class Standard:
    """One standard, ready for the checks."""

    slug: str
    name: str
    purpose: str
    digest: str
    confidence: float
    seed: int
    plan: tuple[Planned, ...]
    calibration: CalibrationRules
    stability: StabilityRules
    fairness: FairnessRules
    explainability: ExplainabilityRules
    economics: EconomicRules
    robustness: RobustnessRules
    due_days: int

    def attribute(self, key: str) -> Attribute | None:
        return next((found for found in self.fairness.attributes if found.key == key), None)
