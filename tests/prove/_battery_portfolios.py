"""Whole portfolios of which the truth is known, run through the demonstration's standard: clean ones, and one fault each.

What a version says is the true PD, so nothing is wrong with a clean portfolio but chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # noqa: TID253 (only the proofs of heavy code read this)

from quant import policy as policies
from quant.banding import freeze_grades
from quant.features.inputs import InputType
from validation import catalog, runner, standards
from validation.sample import Decided, Registered, Sample, ScoreShares

LEARNED, HELD_OUT = 6_000, 4_000
SLOPES = np.array([0.9, -0.6, 0.4, 0.0])
LEVEL = -1.9
CUT_OFF = 0.25
# The goal of the specification for a leak and for a shift.
LEAST_FOUND = 0.95

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fault:
    """What is planted, and the checks of which one has to warn or fail."""

    name: str
    plant: Callable[[dict[str, Any], np.random.Generator], None]
    seen_by: tuple[str, ...]
    # The share of seeds in which it has to be seen; what has no goal is counted and told.
    least: float = 0.0


def sample(seed: int, fault: Fault | None = None) -> Sample:
    """Four numbers and a code; sex and age have no part in anything. Any: arrays and frames by name."""
    draw = np.random.default_rng(seed)
    before, now = _inputs(draw, LEARNED), _inputs(draw, HELD_OUT)
    drawn: dict[str, Any] = {
        "frame": now,
        "sex": draw.integers(1, 3, HELD_OUT),
        "age": draw.integers(22, 70, HELD_OUT),
        "happens": 1.0,
        "said": lambda pds: pds,
    }
    if fault is not None:
        fault.plant(drawn, draw)
    true = _pds(drawn["frame"])
    defaulted = draw.random(HELD_OUT) < _odds_times(true, drawn["happens"])
    return _sample(before, drawn, drawn["said"](true), defaulted)


def verdicts(seed: int, fault: Fault | None = None) -> dict[str, str]:
    """What each check of the plan says. What needs sealed bytes says insufficient data, as it must."""
    standard = standards.load(standards.committed("card-limit-demo"))
    made = sample(seed, fault)
    checks = zip(catalog.plan_of(standard), standard.plan, strict=True)
    return {check.id: runner.run_check(check, planned, made, standard).verdict for check, planned in checks}


def is_seen(fault: Fault, seed: int) -> bool:
    """Only the checks that should see it are run."""
    standard = standards.load(standards.committed("card-limit-demo"))
    made = sample(seed, fault)
    planned = {each.check: each for each in standard.plan}
    said = (runner.run_check(catalog.BY_ID[name], planned[name], made, standard) for name in fault.seen_by)
    return any(outcome.verdict in {"failed", "amber"} for outcome in said)


def _inputs(draw: np.random.Generator, n: int) -> pd.DataFrame:
    numbers = {f"x{at}": draw.normal(size=n) for at in range(len(SLOPES))}
    return pd.DataFrame(numbers | {"kind": draw.choice(5, n, p=[0.4, 0.25, 0.2, 0.1, 0.05]).astype(float)})


def _pds(frame: pd.DataFrame) -> Floats:
    margin = LEVEL + frame[[f"x{at}" for at in range(len(SLOPES))]].to_numpy() @ SLOPES
    return np.asarray(1 / (1 + np.exp(-margin)), dtype=np.float64)


def _odds_times(pds: Floats, factor: float) -> Floats:
    return np.asarray(pds * factor / (1 - pds + pds * factor), dtype=np.float64)


def _sample(
    before: pd.DataFrame, drawn: dict[str, Any], pds: Floats, defaulted: npt.NDArray[np.bool_]
) -> Sample:
    learned = _pds(before)
    policy = policies.load(
        {
            "format": "decision-policy/1",
            "approve_below": str(CUT_OFF),
            "decline_from": str(CUT_OFF),
            "rules": [],
        }
    )
    kinds = {name: InputType.CODE if name == "kind" else InputType.NUMBER for name in before.columns}
    return Sample(
        frame=drawn["frame"],
        protected=pd.DataFrame({"SEX": drawn["sex"], "AGE": drawn["age"]}),
        development=before,
        defaulted=defaulted,
        exposure=np.full(len(pds), 10_000.0),
        probabilities=pds,
        grades=freeze_grades(learned, 8),
        score_shares=ScoreShares.of(learned, 10),
        inputs=kinds,
        decided=Decided.of(policy, np.where(pds < CUT_OFF, "approve", "decline")),
        version=None,
        registered=Registered(development_rows=LEARNED),
    )


def _shift(drawn: dict[str, Any], _: np.random.Generator) -> None:
    """The strongest input rises by half a standard deviation; PDs follow, so only the population has moved."""
    drawn["frame"] = drawn["frame"].assign(x0=drawn["frame"]["x0"] + 0.5)


def _kinds(drawn: dict[str, Any], draw: np.random.Generator) -> None:
    """A code that one in twenty had is had by one in five."""
    drawn["frame"] = drawn["frame"].assign(
        kind=draw.choice(5, HELD_OUT, p=[0.3, 0.2, 0.15, 0.15, 0.2]).astype(float)
    )


def _worse_times(drawn: dict[str, Any], _: np.random.Generator) -> None:
    """Odds of default half as high again as assigned."""
    drawn["happens"] = 1.5


def _flattened(drawn: dict[str, Any], _: np.random.Generator) -> None:
    """PDs told half as far apart, in log-odds, as they are."""
    drawn["said"] = lambda pds: 1 / (1 + np.exp(-(LEVEL + 0.5 * (np.log(pds / (1 - pds)) - LEVEL))))


def _disparity(drawn: dict[str, Any], _: np.random.Generator) -> None:
    """Everybody of the second sex has a whole standard deviation more of what raises the PD."""
    drawn["frame"] = drawn["frame"].assign(x0=drawn["frame"]["x0"] + (drawn["sex"] == 2))


FAULTS = (
    Fault(
        "population shifted by half a deviation",
        _shift,
        ("psi_score", "psi_features", "feature_shift"),
        LEAST_FOUND,
    ),
    Fault("codes mixed otherwise", _kinds, ("psi_features", "feature_shift"), LEAST_FOUND),
    Fault("defaults half as likely again", _worse_times, ("jeffreys_portfolio", "jeffreys_grades")),
    Fault("PDs half as far apart as they are", _flattened, ("cox_calibration",)),
    Fault("one sex a deviation worse off", _disparity, ("adverse_impact_sex",)),
)
