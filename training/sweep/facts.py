"""What a sweep has found, as canonical JSON: every number that its page and its report print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.metrics.discrimination import auc
from training.splits import Places
from training.sweep.choosing import ALPHA, Choice, Compared, Contender
from training.sweep.running import Ran
from training.sweep.tuning import Trial

FORMAT = "countersign-sweep/1"
Told = dict[str, Any]  # JSON


def of_parts(places: Places, parts: Mapping[str, NDArray[np.float64]]) -> Told:
    """Rows of each part, and defaults where there are any to count."""
    return {
        "rows": places.counts(),
        "defaults": {name: int(outcome.sum()) for name, outcome in parts.items()},
    }


def of_run(run: Ran, against: Compared | None, test_defaults: NDArray[np.float64]) -> Told:
    """One candidate. `against` compares it with the chosen one; None of the chosen one itself."""
    task = run.entrant["task"]
    told: Told = {
        "name": run.entrant["name"],
        "family": run.entrant["family"],
        **run.entrant["dials"],
        "recipe": task["recipe"],
        "seconds": f"{run.seconds:.3f}",
        "fitting_seconds": f"{run.fitting:.3f}",
        "why_not": run.why_not,
        "artifact": run.artifact,
    }
    if run.contender is None:
        return told
    found = auc(test_defaults, run.contender.pds)
    measured = {name: canonical.number(value) for name, value in (run.measured or {}).items()}
    return told | {
        "metrics": measured,
        "test_auc_interval": None
        if found.interval is None
        else [canonical.number(found.interval.low), canonical.number(found.interval.high)],
        "against_chosen": None if against is None else of_test(against),
    }


def of_test(test: Compared) -> Told:
    ends = None if test.interval is None else [test.interval.low, test.interval.high]
    return {
        "measure": str(test.measure),
        "first": canonical.number(test.first),
        "second": canonical.number(test.second),
        "difference": canonical.number(test.difference),
        "interval": None if ends is None else [canonical.number(end) for end in ends],
        "p_value": canonical.number(test.p_value),
        "adjusted": canonical.number(test.adjusted),
    }


def of_choice(choice: Choice) -> Told:
    return {
        "leader": choice.leader,
        "baseline": choice.baseline,
        "chosen": choice.chosen,
        "alpha": canonical.number(ALPHA),
        "tests": [of_test(test) for test in choice.tests],
    }


def of_incumbent(
    incumbent: Contender | None, silence: str, test_defaults: NDArray[np.float64]
) -> Told | None:
    """None where no version was in force."""
    if incumbent is None:
        return {"silent": silence} if silence else None
    return {"silent": "", "test_auc": canonical.number(auc(test_defaults, incumbent.pds).value)}


def of_trials(trials: Sequence[Trial]) -> list[Told]:
    return [
        {
            "number": trial.number,
            "settings": dict(trial.settings),
            "validation_auc": None if trial.value is None else canonical.number(trial.value),
        }
        for trial in trials
    ]
