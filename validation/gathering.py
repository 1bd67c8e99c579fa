"""From the registry to a sample: held-out rows read once (an entry), the version served, its policy
applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from accounts.models import User
from mrm.lib.errors import Invalid
from registry import decision_policies, snapshots, vault
from registry.lifecycle import Stage
from registry.models import ModelVersion
from validation.deciding import outcomes
from validation.models import ValidationRun
from validation.sample import Decided, Incumbent, Registered, Sample, ScoreShares, SealedVersion

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one snapshot's held-out part, in one order, with all that is joined to them at validation only."""

    frame: pd.DataFrame
    protected: pd.DataFrame
    defaulted: NDArray[np.bool_]
    exposure: NDArray[np.float64] | None
    decided_on: NDArray[np.float64] | None
    realised: pd.DataFrame | None
    # The column of the day of the decision; empty where none is declared.
    decided: str


def rows_of(part: snapshots.Part, declared: Mapping[str, Any]) -> Rows:
    import numpy as np
    import pandas as pd

    frame, apart = part.frame(), part.protected_frame()
    decided = _decision_column(declared)
    return Rows(
        frame=frame,
        protected=pd.DataFrame(index=frame.index) if apart is None else apart,
        defaulted=_defaulted(frame, declared),
        exposure=frame[declared["exposure"]].to_numpy(dtype=np.float64) if declared["exposure"] else None,
        decided_on=part.days(decided) if decided in frame.columns else None,
        realised=part.realised_frame(),
        decided=decided,
    )


def gather(*, actor: User, run: ValidationRun, retrained: str | None = None) -> Sample:
    """Everything the checks look at. Refuses bytes that do not match their digest and rows outside the
    schema."""
    version = run.version
    held_out = snapshots.read_held_out(actor=actor, snapshot=version.snapshot, why=f"validation-run:{run.pk}")
    declared = version.snapshot.declaration
    rows = rows_of(held_out, declared)
    made = sample_of(version, rows)
    development = snapshots.read_development(actor=actor, snapshot=version.snapshot).frame()
    incumbent, why_not = _incumbent(version, rows.frame)
    return replace(
        made,
        development=development,
        development_defaulted=_defaulted(development, declared),
        registered=replace(made.registered, retrained_digest=retrained),
        incumbent=incumbent,
        no_incumbent_because=why_not,
    )


def sample_of(version: ModelVersion, rows: Rows) -> Sample:
    """What one version says of these rows, without its development part and what it would replace. Refuses bytes that
    do not match their digest and rows outside the schema."""
    from registry import serving

    store = vault.artifacts()
    served = serving.load(store, version.artifact_id)
    scored, policy = served.score_frame(rows.frame), decision_policies.loaded(version.policy)
    bins = served.parts.score_bins
    return Sample(
        frame=rows.frame,
        protected=rows.protected,
        development=None,
        defaulted=rows.defaulted,
        exposure=rows.exposure,
        probabilities=scored.probabilities,
        grades=served.parts.grades,
        score_shares=ScoreShares(bins.edges, bins.shares, version.snapshot.development_rows),
        # The day of the decision moves with time by itself: that it has moved is no news of the population.
        inputs={each.name: each.type for each in served.schema.inputs if each.name != rows.decided},
        decided=Decided.of(policy, outcomes(served, scored, policy, rows.frame)),
        version=SealedVersion(served, store.read_sealed(version.artifact_id), scored),
        registered=_registered(version),
        decided_on=rows.decided_on,
        realised=rows.realised,
    )


def _defaulted(frame: pd.DataFrame, declared: Mapping[str, Any]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = frame[declared["target"]].to_numpy(dtype="float64") == 1.0
    return found


def _decision_column(declared: Mapping[str, Any]) -> str:
    """The column of the day of the decision; empty where none is declared."""
    return str(declared.get("dates", {}).get("decision", ""))


def _registered(version: ModelVersion) -> Registered:
    candidate, task = version.candidate, version.candidate.recipe
    return Registered(
        artifact_digest=version.artifact_id,
        recipe=task.get("recipe", task),
        recipe_digest=candidate.recipe_digest,
        metrics=candidate.metrics,
        quality=version.snapshot.quality,
        development_rows=version.snapshot.development_rows,
    )


def incumbent_of(version: ModelVersion) -> ModelVersion | None:
    """What this version would replace: the newest other version that is approved, else its named
    predecessor."""
    rivals = version.risk_model.versions.exclude(pk=version.pk).filter(
        stage=Stage.APPROVED, number__lt=version.number
    )
    return rivals.order_by("-number").first() or version.predecessor


def _incumbent(version: ModelVersion, frame: pd.DataFrame) -> tuple[Incumbent | None, str]:
    from registry import serving

    rival = incumbent_of(version)
    if rival is None:
        return None, "the version has no predecessor."
    try:
        served = serving.load(vault.artifacts(), rival.artifact_id)
        scored = served.score_frame(frame)
    except Invalid:
        return None, f"{rival.label} takes other inputs and cannot score these rows."
    approved = outcomes(served, scored, decision_policies.loaded(rival.policy), frame) == "approve"
    return Incumbent(rival.label, approved, scored.probabilities), ""
