"""A sweep whose facts were written by hand: every number is known before it is drawn."""

from __future__ import annotations

from typing import Any

from mrm.lib import canonical, clock
from registry.models import DatasetSnapshot, RiskModel, Sweep

LEADER, BASELINE, LATER, BROKEN = (
    "xgboost · woe · median", "logistic · woe · median", "random-forest · woe · median", "lightgbm · woe · median",
)  # fmt: skip
ASKED = {
    "fields": "card-limit",
    "split": {"method": "random", "validation_percent": 25, "test_percent": 20},
    "encoders": ["woe"], "imputers": ["median"], "families": ["logistic", "xgboost", "lightgbm", "random-forest"],
    "scaler": "standard", "calibration": "logistic", "seed": 8642, "settings": {}, "tuning": 0,
}  # fmt: skip


def compared(difference: str, adjusted: str) -> dict[str, Any]:
    return {
        "measure": "auc", "first": "0.7654", "second": "0.7321", "difference": difference,
        "interval": ["-0.0123", "0.0456"], "p_value": "0.0077", "adjusted": adjusted,
    }  # fmt: skip


def candidate(name: str, validation: str, test: str, against: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "name": name, "family": name.split(" ", maxsplit=1)[0], "recipe": {"estimator": name.split(" ", maxsplit=1)[0], "seed": 8642},
        "seconds": "1.250", "fitting_seconds": "1.000", "why_not": "", "artifact": canonical.sha256(name.encode()),
        "metrics": {
            "validation_auc": validation, "test_auc": test, "test_brier": "0.1437", "test_log_loss": "0.4519",
        },
        "test_auc_interval": ["0.7011", "0.7899"], "against_chosen": against,
    }  # fmt: skip


def facts(chosen: str = LEADER, adjusted: str = "0.0077", **changes: Any) -> dict[str, Any]:
    """The leader is chosen over the baseline; a third one is as good as the chosen, a fourth could not be trained."""
    broken = {
        "name": BROKEN, "family": "lightgbm", "recipe": {"estimator": "lightgbm"}, "seconds": "0.100",
        "fitting_seconds": "0.000", "why_not": "Column PAY_0 has one value.", "artifact": "",
    }  # fmt: skip
    held = {LEADER: compared("0.0333", adjusted), BASELINE: compared("-0.0333", "0.0154")} | {chosen: None}
    return {
        "format": "countersign-sweep/1",
        "parts": {
            "rows": {"train": 1100, "validation": 500, "test": 400, "left_out": 0},
            "defaults": {"train": 220, "validation": 111, "test": 88},
        },
        "candidates": [
            candidate(BASELINE, "0.7102", "0.7321", held[BASELINE]),
            candidate(LEADER, "0.7555", "0.7654", held[LEADER]),
            broken,
            candidate(LATER, "0.7203", "0.7604", compared("-0.0050", "0.4321")),
        ],
        "trials": [],
        "incumbent": None,
        "choice": {
            "leader": LEADER, "baseline": BASELINE, "chosen": chosen, "alpha": "0.05",
            "tests": [compared("0.0333", adjusted)],
        },
        "seconds": "5.000",
    } | changes  # fmt: skip


def row(risk_model: RiskModel, snapshot: DatasetSnapshot, user: object, told: Any = None) -> Sweep:
    told = told or facts()
    made = Sweep(
        risk_model=risk_model, snapshot=snapshot, job_id=canonical.digest(told)[:32], asked=ASKED, facts=told,
        facts_digest=canonical.digest(told), run_by=user, ended_at=clock.now(),
    )  # fmt: skip
    made.save(force_insert=True)
    return made
