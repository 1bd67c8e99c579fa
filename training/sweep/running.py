"""One entrant after the other on the same parts: prepared once for each way of encoding and filling, fitted, sealed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mrm.lib import canonical
from mrm.lib.errors import Refusal
from quant.errors import NotMeasurable, QuantError
from quant.features.schema import FeatureSchema
from quant.metrics.discrimination import auc
from quant.preparation.fit import Way, way_of
from registry.artifacts import read_candidate
from registry.serving.door import build
from training.families.fitting import Learning
from training.fitting import Apart, Fitted
from training.making import Ready, Tested, checked, fitted, metrics, parts_of, ready, tested, write_candidate
from training.recipes import Recipe, load
from training.sweep.asked import SIMPLEST_FIRST
from training.sweep.choosing import Contender, leader_of
from training.sweep.tuning import Suggested, Trial, tune
from training.tasks import Task, task_of

if TYPE_CHECKING:
    import pandas as pd

CANDIDATES = "candidates"
# The place of whoever answers today: it comes before all families.
INCUMBENT, _FIRST = "incumbent", -1


@dataclass(frozen=True)
class Ran:
    """What came of one entrant (JSON of `asked.Entrant`): a contender with its artefact, or why there is none.
    `fitting` is the part of the seconds that the estimator itself took."""

    entrant: Mapping[str, Any]
    seconds: float
    fitting: float
    why_not: str = ""
    artifact: str = ""
    contender: Contender | None = None
    measured: Mapping[str, float] | None = None


class Field:
    """The rows of a sweep. Every entrant has the same parts; what is fitted for one way of preparing them is kept until
    another way comes."""

    def __init__(self, folder: Path, frame: pd.DataFrame, first: Task) -> None:
        self._folder, self._frame = folder, frame
        self.parts = parts_of(first.split, checked(first.schema, first.target, frame))
        if self.parts.places is None or self.parts.test is None:
            raise NotMeasurable("A sweep needs a split: nothing would be left to compare on.")
        self.places = self.parts.places
        self.test_defaults = self.parts.test.defaults
        self._ready: tuple[tuple[FeatureSchema, int], Ready] | None = None
        self._ways: dict[tuple[object, ...], Way] = {}
        self._count = 0

    def run(self, entrant: Mapping[str, Any]) -> Ran:
        """Train it, seal it, let it answer for validation and test part. What cannot be trained says why."""
        began, fitting = time.perf_counter(), 0.0
        place = self._folder / CANDIDATES / f"{self._count:03d}"
        self._count += 1
        try:
            task = task_of(entrant["task"])
            given, recipe = self._prepared(task), _own(task)
            fitting = -time.perf_counter()
            made = fitted(recipe, given)
            fitting += time.perf_counter()
            place.mkdir(parents=True)
            test = tested(made, given)
            measured = metrics(made, given, test)
            artifact = write_candidate(place, task, given, made, measured)
        except QuantError as fault:
            return Ran(entrant, time.perf_counter() - began, max(0.0, fitting), why_not=str(fault))
        write_whole(place.with_suffix(".json"), entrant)
        contender = _contender(entrant, made, given, test)
        return Ran(entrant, time.perf_counter() - began, fitting, "", artifact, contender, measured)

    def tuned(self, leader: Ran, trials: int) -> tuple[tuple[Trial, ...], Ran]:
        """Settings of the leader's family that were looked for, and the entrant that has the best of them."""
        task = task_of(leader.entrant["task"])
        given, recipe = self._prepared(task), _own(task)

        def measure(settings: Suggested, share: float) -> float:
            tried = load({**recipe.plain(), **settings})
            try:
                made = fitted(tried, _first(given, share))
            except QuantError:
                return 0.5
            return float(auc(_validation(given).defaults, _unseen(made)).value)

        looked = tune(recipe.settings.family, trials, recipe.seed, measure)
        best = max((each for each in looked if each.value is not None), key=lambda each: each.value or 0.0)
        plain = load({**recipe.plain(), **best.settings}).plain()
        entrant = {
            **leader.entrant,
            "name": f"{leader.entrant['name']} · tuned",
            "task": {**leader.entrant["task"], "recipe": plain},
        }
        return looked, self.run(entrant)

    def incumbent(self) -> tuple[Contender | None, str]:
        """The version in force on the same rows; or why it cannot answer for them, "" where there is none."""
        folder = self._folder / INCUMBENT
        if not folder.exists():
            return None, ""
        try:
            served = build(read_candidate(folder))
            validation, test = (
                served.score_frame(self._frame[part]).probabilities
                for part in (self.places.validation, self.places.test)
            )
        except Refusal as refusal:
            return None, refusal.message
        return Contender(INCUMBENT, _FIRST, float("nan"), validation, test), ""

    def _prepared(self, task: Task) -> Ready:
        schema, seed = task.schema, task.recipe.seed
        if self._ready is None or self._ready[0] != (schema, seed):
            # Encoders come after filling: what was filled for one of them is filled for all.
            shared = (schema.inputs, schema.steps, seed)
            if shared not in self._ways:
                train = self.parts.train
                self._ways[shared] = way_of(schema, train.columns, train.defaults, seed)
            self._ready = ((schema, seed), ready(schema, self.parts, seed, self._ways[shared]))
        return self._ready[1]


def write_whole(path: Path, told: Mapping[str, Any]) -> None:
    """Whole or not there: another process reads it meanwhile."""
    fresh = path.with_suffix(".part")
    fresh.write_bytes(canonical.dumps(told))
    fresh.replace(path)


def best_of(runs: Sequence[Ran]) -> Ran:
    """Who leads the validation part; NotMeasurable where nobody could be trained."""
    able = {run.contender.name: run for run in runs if run.contender is not None}
    if not able:
        raise NotMeasurable(f"No candidate could be trained. The first says: {runs[0].why_not}")
    leader = leader_of([run.contender for run in able.values() if run.contender is not None])
    return able[leader.name]


def _own(task: Task) -> Recipe:
    if not isinstance(task.recipe, Recipe):
        raise NotMeasurable("A sweep trains its own candidates.")
    return task.recipe


def _contender(entrant: Mapping[str, Any], made: Fitted, given: Ready, test: Tested | None) -> Contender:
    if test is None:
        raise NotMeasurable("A sweep needs a test part.")
    return Contender(
        name=str(entrant["name"]),
        rank=SIMPLEST_FIRST.index(entrant["family"]),
        validation_auc=auc(_validation(given).defaults, _unseen(made)).value,
        validation_pds=made.unseen_pds,
        pds=test.pds,
    )


def _validation(given: Ready) -> Apart:
    if given.validation is None:
        raise NotMeasurable("A sweep needs a validation part.")
    return given.validation


def _unseen(made: Fitted) -> Any:
    if made.unseen_margins is None:
        raise NotMeasurable("Nothing is known of rows that were not learned.")
    return made.unseen_margins


def _first(given: Ready, share: float) -> Ready:
    """Learning from the first rows only: a part that was drawn anew would make two looks at one setting differ."""
    learning = given.learning
    kept = np.arange(len(learning.defaults)) < share * len(learning.defaults)
    return replace(given, learning=Learning.rows(learning, kept))
