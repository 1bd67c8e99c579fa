"""A validation standard, whole, as frozen dataclasses. Thresholds are data; nothing here judges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from validation.rules.attributes import Attribute, Group
from validation.rules.calibration import BacktestRules, CalibrationRules
from validation.rules.economics import EconomicRules, LossRules, RealisedRules
from validation.rules.explainability import ExplainabilityRules
from validation.rules.fairness import ErrorRules, FairnessRules
from validation.rules.ranking import RankingRules
from validation.rules.robustness import RobustnessRules, Shift, StressRules
from validation.rules.stability import ShiftRules, StabilityRules

__all__ = [
    "Attribute",
    "BacktestRules",
    "CalibrationRules",
    "EconomicRules",
    "ErrorRules",
    "ExplainabilityRules",
    "FairnessRules",
    "Force",
    "Group",
    "LossRules",
    "Planned",
    "RankingRules",
    "RealisedRules",
    "RobustnessRules",
    "Shift",
    "ShiftRules",
    "StabilityRules",
    "Standard",
    "StressRules",
]


TIERS = (1, 2, 3)
# As registry.uses.Use has them; what authors install does not have that one.
USES = (
    "origination",
    "limit_management",
    "pricing",
    "collections",
    "provisioning",
    "capital",
    "marketing",
)


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
class Standard:
    """One standard, ready for the checks. A section that may be missing is None, and what needs it says so."""

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
    ranking: RankingRules | None = None
    backtest: BacktestRules | None = None
    shift: ShiftRules | None = None
    errors: ErrorRules | None = None
    stress: StressRules | None = None
    losses: LossRules | None = None
    realised: RealisedRules | None = None
    # The tiers whose models it may judge, and the uses: a version that asks for another one is not its to judge.
    tiers: tuple[int, ...] = TIERS
    uses: tuple[str, ...] = USES
    # The policy packs of which a model falls under at least one; none for any model, whatever its packs.
    packs: tuple[str, ...] = ()

    def attribute(self, key: str) -> Attribute | None:
        return next((found for found in self.fairness.attributes if found.key == key), None)
