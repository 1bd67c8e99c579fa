"""What a sweep has found, read from its frozen facts and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mrm.lib import canonical
from mrm.lib.errors import Unavailable
from registry.models import Sweep

JSON = Mapping[str, Any]


@dataclass(frozen=True)
class Compared:
    """`first` − `second` of a measure on the test part, as the canonical form writes numbers."""

    measure: str
    first: str
    second: str
    difference: str
    low: str | None
    high: str | None
    p_value: str
    adjusted: str

    def is_found(self, alpha: str) -> bool:
        return float(self.adjusted) <= float(alpha)


@dataclass(frozen=True)
class Runner:
    """One candidate. `metrics` is empty where it could not be trained; `why_not` then says why. `against` compares it
    with the chosen one, and is None of that one itself."""

    name: str
    seconds: str
    fitting_seconds: str
    why_not: str
    artifact: str
    metrics: JSON
    low: str | None
    high: str | None
    against: Compared | None

    def measured(self, name: str) -> str | None:
        return self.metrics.get(name)


@dataclass(frozen=True)
class BenchmarkFacts:
    """`runners` stand by AUC on the validation part, as the rule looks at them; those not trained come last."""

    sweep: Sweep
    told: JSON
    runners: tuple[Runner, ...]
    tests: tuple[Compared, ...]

    @property
    def choice(self) -> JSON:
        chosen: JSON = self.told["choice"]
        return chosen

    @property
    def incumbent_auc(self) -> str | None:
        """None where no version was in force, or where it could not answer for these rows."""
        return (self.told["incumbent"] or {}).get("test_auc")

    def runner(self, name: str) -> Runner | None:
        """None for the incumbent, which is none of the candidates."""
        return next((each for each in self.runners if each.name == name), None)


def gather(sweep: Sweep) -> BenchmarkFacts:
    """Unavailable where the facts are not those that the ledger names: no report is drawn from altered ones."""
    if canonical.digest(sweep.facts) != sweep.facts_digest:
        raise Unavailable(
            f"The facts of sweep {sweep.pk} no longer give their digest. Ask who keeps the database to restore them."
        )
    told = sweep.facts
    runners = [_runner(entry) for entry in told["candidates"]]
    return BenchmarkFacts(
        sweep,
        told,
        tuple(sorted(runners, key=_by_validation)),
        tuple(map(_compared, told["choice"]["tests"])),
    )


def _by_validation(runner: Runner) -> tuple[bool, float]:
    found = runner.measured("validation_auc")
    return (found is None, -float(found or 0))


def _runner(entry: JSON) -> Runner:
    low, high = entry.get("test_auc_interval") or (None, None)
    against = entry.get("against_chosen")
    return Runner(
        name=entry["name"],
        seconds=entry["seconds"],
        fitting_seconds=entry["fitting_seconds"],
        why_not=entry["why_not"],
        artifact=entry["artifact"],
        metrics=entry.get("metrics", {}),
        low=low,
        high=high,
        against=None if against is None else _compared(against),
    )


def _compared(entry: JSON) -> Compared:
    low, high = entry["interval"] or (None, None)
    return Compared(
        measure=entry["measure"],
        first=entry["first"],
        second=entry["second"],
        difference=entry["difference"],
        low=low,
        high=high,
        p_value=entry["p_value"],
        adjusted=entry["adjusted"],
    )
