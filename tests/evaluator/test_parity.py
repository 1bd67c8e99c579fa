"""The same sample and standard give the same figures, words and verdicts here and in a validation run."""

from __future__ import annotations

import numpy as np
import pytest

from countersign_evaluator.asked import ask
from countersign_evaluator.report import WHY_NOT_ASKED, report
from countersign_evaluator.rows import sample_of
from mrm.lib import canonical
from registry import vault
from registry.frames import read_table
from registry.serving import load
from tests.validation.conftest import case, drawn
from training import making, tasks
from validation.selectors import latest_run

__all__ = ["case", "drawn"]

# The lease is renewed from a thread of its own, which a test's open transaction would lock out.
pytestmark = pytest.mark.django_db(transaction=True)


def as_an_author_would_ask(case, drawn):
    """The author has the table, the recipe's own numbers and the estimator; the version is not opened."""
    part = {name: read_table((drawn.upload / f"{name}.parquet").read_bytes()) for name in _PARTS}
    table, served = part["held_out"], load(vault.artifacts(), case.version.artifact_id)
    development = part["development"]
    inputs = {declared.name: str(declared.type) for declared in served.schema.inputs}
    config = {
        "standard": "card-limit-demo",
        "protected": [name for name in ("SEX", "AGE") if name in part["held_out_protected"]],
        "exposure": "LIMIT_BAL",
        "inputs": inputs,
        **{name: case.version.policy.rules[name] for name in ("approve_below", "decline_from")},
        "grades": {"bounds": served.parts.grades.bounds, "pds": served.parts.grades.pds},
        "reference": development.assign(PD=_crossed_pds(drawn)),
        "reference_predictions": "PD",
        **{
            name: case.version.candidate.metrics[name]
            for name in ("development_default_rate", "cross_fitted_auc")
        },
    }
    asked = ask(config)
    return report(
        sample_of(
            asked,
            table=table.drop(columns="DEFAULT").join(part["held_out_protected"]),
            target=table["DEFAULT"].to_numpy(),
            predicted=None,
            predict=lambda rows: served.score_frame(rows).probabilities,
        ),
        asked.standard,
    )


_PARTS = ("development", "held_out", "held_out_protected")


def _crossed_pds(drawn) -> np.ndarray:
    """What training calls cross-fitted, made again: the author has them, the artefact only their bins."""
    task = tasks.load_task(canonical.dumps({name: drawn.task[name] for name in drawn.task}))
    frame = read_table((drawn.upload / "development.parquet").read_bytes())
    parts = making.Parts(making.checked(task.schema, task.target, frame))
    return making.fitted(task.recipe, making.ready(task.schema, parts, task.recipe.seed)).unseen_pds


def test_figures_of_the_author_are_those_of_the_validation_run(case, drawn, work):
    case.started()
    work()
    run = latest_run(case.version)
    assert run is not None
    server = {result.check_id: result for result in run.results.all()}
    local = {outcome.check_id: outcome for outcome in as_an_author_would_ask(case, drawn).outcomes}
    assert set(local) == set(server) - set(WHY_NOT_ASKED)
    assert len(local) == len(case.standard.content["plan"]) - len(WHY_NOT_ASKED)
    for check, outcome in local.items():
        kept = server[check]
        assert outcome.measurements == kept.measurements, check
        assert (outcome.verdict, outcome.headline, outcome.is_blocking) == (
            kept.verdict,
            kept.headline,
            kept.is_blocking,
        )
        assert outcome.tables == kept.tables, check
