"""From the registry to a sample: held-out rows read once (an entry), the version served, its policy
applied."""

from __future__ import annotations

from collections.abc import Mapping
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


def gather(*, actor: User, run: ValidationRun, retrained: str | None = None) -> Sample:
    """Everything the checks look at. Refuses bytes that do not match their digest and rows outside the
    schema."""
    import numpy as np
    import pandas as pd

    from registry import serving

    version, store = run.version, vault.artifacts()
    held_out = snapshots.read_held_out(actor=actor, snapshot=version.snapshot, why=f"validation-run:{run.pk}")
    frame, apart = held_out.frame(), held_out.protected_frame()
    served = serving.load(store, version.artifact_id)
    scored, policy = served.score_frame(frame), decision_policies.loaded(version.policy)
    verdicts = outcomes(served, scored, policy, frame)
    development = snapshots.read_development(actor=actor, snapshot=version.snapshot).frame()
    declared, bins = version.snapshot.declaration, served.parts.score_bins
    incumbent, why_not = _incumbent(version, frame)
    decided = _decision_column(declared)
    return Sample(
        frame=frame,
        protected=pd.DataFrame(index=frame.index) if apart is None else apart,
        development=development,
        defaulted=_defaulted(frame, declared),
        development_defaulted=_defaulted(development, declared),
        exposure=frame[declared["exposure"]].to_numpy(dtype=np.float64) if declared["exposure"] else None,
        probabilities=scored.probabilities,
        grades=served.parts.grades,
        score_shares=ScoreShares(bins.edges, bins.shares, version.snapshot.development_rows),
        # The day of the decision moves with time by itself: that it has moved is no news of the population.
        inputs={each.name: each.type for each in served.schema.inputs if each.name != decided},
        decided=Decided.of(policy, verdicts),
        version=SealedVersion(served, store.read_sealed(version.artifact_id), scored),
        registered=_registered(version, retrained),
        incumbent=incumbent,
        decided_on=held_out.days(decided) if decided in frame.columns else None,
        realised=held_out.realised_frame(),
        no_incumbent_because=why_not,
    )


def _defaulted(frame: pd.DataFrame, declared: Mapping[str, Any]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = frame[declared["target"]].to_numpy(dtype="float64") == 1.0
    return found


def _decision_column(declared: Mapping[str, Any]) -> str:
    """The column of the day of the decision; empty where none is declared."""
    return str(declared.get("dates", {}).get("decision", ""))


def _registered(version: ModelVersion, retrained: str | None) -> Registered:
    candidate, task = version.candidate, version.candidate.recipe
    return Registered(
        artifact_digest=version.artifact_id,
        recipe=task.get("recipe", task),
        recipe_digest=candidate.recipe_digest,
        metrics=candidate.metrics,
        quality=version.snapshot.quality,
        development_rows=version.snapshot.development_rows,
        retrained_digest=retrained,
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
