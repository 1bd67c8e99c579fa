"""A sweep in a process of its own: files in, a folder for each candidate and the facts of the whole out. No database,
no network, no Django."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from mrm.lib import canonical, strict_json
from quant.errors import QuantError
from quant.features.plain import SchemaFault
from registry.frames import read_table
from training.child import TrainingRefused
from training.sweep import facts
from training.sweep.choosing import Choice, Compared, Contender, Money, against, choose
from training.sweep.running import Field, Ran, best_of, write_whole
from training.sweep.tuning import Trial
from training.tasks import DATA, SPEC, task_of

FACTS, PROGRESS, PROFIT = "sweep.json", "progress.json", "profit.parquet"
MAX_SPEC_BYTES = 64 * 1024 * 1024


def sweep(folder: Path) -> None:
    """Reads spec.json ({"entrants": […], "tuning": …, "profit": …}), development.parquet, profit.parquet where a column
    of it is named, and incumbent/ where there is one. Writes candidates/<place>/ and then candidates/<place>.json,
    progress.json, and at last sweep.json. Raises TrainingRefused with a sentence a developer can act on; no value of a
    row is in it."""
    try:
        _sweep(folder)
    except QuantError as fault:
        raise TrainingRefused(f"The sweep was refused: {fault}") from None


def _sweep(folder: Path) -> None:
    began = time.perf_counter()
    told = strict_json.loads((folder / SPEC).read_bytes(), max_bytes=MAX_SPEC_BYTES)
    entrants = told["entrants"]
    field = Field(folder, read_table((folder / DATA).read_bytes()), task_of(entrants[0]["task"]))
    runs: list[Ran] = []
    count = len(entrants) + bool(told["tuning"])
    for entrant in entrants:
        _progress(folder, len(runs), count)
        runs.append(field.run(entrant))
    trials: tuple[Trial, ...] = ()
    if told["tuning"]:
        leader = best_of(runs)
        trials, tuned = field.tuned(leader, told["tuning"])
        runs.append(tuned)
    found = _found(field, runs, trials, _money(folder, field, told["profit"]))
    found["seconds"] = f"{time.perf_counter() - began:.3f}"
    (folder / FACTS).write_bytes(canonical.dumps(found))


def _money(folder: Path, field: Field, column: str) -> Money | None:
    """SchemaFault for a loan without a result: what it has earned would be left out in silence."""
    if not column:
        return None
    earned = read_table((folder / PROFIT).read_bytes())[column].to_numpy(dtype=np.float64)
    parts = [earned[part] for part in (field.places.validation, field.places.test)]
    lacking = sum(int(np.isnan(part).sum()) for part in parts)
    if lacking:
        raise SchemaFault(
            f"{lacking} loans of the parts that compare have no {column}. Leave them out, or compare without it."
        )
    return Money(*parts)


def _found(field: Field, runs: list[Ran], trials: tuple[Trial, ...], money: Money | None) -> dict[str, Any]:
    best_of(runs)
    contenders = [run.contender for run in runs if run.contender is not None]
    incumbent, silence = field.incumbent()
    defaults = field.test_defaults
    choice = choose(contenders, defaults, incumbent, money)
    why = _why_not(choice, contenders, incumbent, field)
    parts = {
        "train": field.parts.train.defaults,
        "validation": field.parts.validation.defaults if field.parts.validation else defaults,
        "test": defaults,
    }
    return {
        "format": facts.FORMAT,
        "parts": facts.of_parts(field.places, parts),
        "candidates": [facts.of_run(run, why.get(str(run.entrant["name"])), defaults) for run in runs],
        "trials": facts.of_trials(trials),
        "incumbent": facts.of_incumbent(incumbent, silence, defaults),
        "choice": facts.of_choice(choice),
    }


def _why_not(
    choice: Choice, contenders: list[Contender], incumbent: Contender | None, field: Field
) -> dict[str, Compared]:
    everybody = [*contenders, *([incumbent] if incumbent else [])]
    [chosen] = [each for each in everybody if each.name == choice.chosen]
    others = [each for each in contenders if each.name != choice.chosen]
    return dict(
        zip((each.name for each in others), against(chosen, others, field.test_defaults), strict=True)
    )


def _progress(folder: Path, done: int, count: int) -> None:
    write_whole(folder / PROGRESS, {"done": done, "of": count})
