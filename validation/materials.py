"""What a sample is made of, as plain bytes and JSON: enough for a process that has no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mrm.lib.errors import Invalid
from validation.deciding import outcomes
from validation.sample import Decided, Incumbent, Registered, Sample, ScoreShares, SealedVersion

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from registry.artifacts import ArtifactStore


@dataclass(frozen=True)
class Tables:
    """Parquet bytes. The held-out ones have their rows in one order."""

    held_out: bytes
    development: bytes
    protected: bytes | None = None
    realised: bytes | None = None


@dataclass(frozen=True)
class Rival:
    """What the version would replace: its name, its sealed bytes, the rules of its policy."""

    label: str
    artifact: str
    policy: Mapping[str, Any]  # Any: quant.policy's JSON


@dataclass(frozen=True)
class Materials:
    """Sealed bytes are named by their digest and read from a store, which checks them."""

    tables: Tables
    declaration: Mapping[str, Any]  # Any: the JSON of a snapshot's declaration
    artifact: str
    policy: Mapping[str, Any]  # Any: quant.policy's JSON
    registered: Registered
    rival: Rival | None = None


def assembled(given: Materials, store: ArtifactStore) -> Sample:
    """Everything the checks look at. Refuses bytes that do not match their digest and rows outside the schema."""
    import numpy as np
    import pandas as pd

    from quant import policy as policies
    from registry import serving
    from registry.frames import days_of, read_table

    tables, declared = given.tables, given.declaration
    frame, development = read_table(tables.held_out), read_table(tables.development)
    apart = None if tables.protected is None else read_table(tables.protected)
    served = serving.load(store, given.artifact)
    scored, policy = served.score_frame(frame), policies.load(given.policy)
    verdicts = outcomes(served, scored, policy, frame)
    bins, decided = served.parts.score_bins, _decision_column(declared)
    incumbent, why_not = _incumbent(given.rival, store, frame)
    return Sample(
        frame=frame,
        protected=pd.DataFrame(index=frame.index) if apart is None else apart,
        development=development,
        defaulted=_defaulted(frame, declared),
        development_defaulted=_defaulted(development, declared),
        exposure=frame[declared["exposure"]].to_numpy(dtype=np.float64) if declared["exposure"] else None,
        probabilities=scored.probabilities,
        grades=served.parts.grades,
        score_shares=ScoreShares(bins.edges, bins.shares, given.registered.development_rows),
        # The day of the decision moves with time by itself: that it has moved is no news of the population.
        inputs={each.name: each.type for each in served.schema.inputs if each.name != decided},
        decided=Decided.of(policy, verdicts),
        version=SealedVersion(served, store.read_sealed(given.artifact), scored),
        registered=given.registered,
        incumbent=incumbent,
        decided_on=days_of(tables.held_out, decided) if decided in frame.columns else None,
        realised=None if tables.realised is None else read_table(tables.realised),
        no_incumbent_because=why_not,
    )


def _defaulted(frame: pd.DataFrame, declared: Mapping[str, Any]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = frame[declared["target"]].to_numpy(dtype="float64") == 1.0
    return found


def _decision_column(declared: Mapping[str, Any]) -> str:
    """The column of the day of the decision; empty where none is declared."""
    return str(declared.get("dates", {}).get("decision", ""))


def _incumbent(
    rival: Rival | None, store: ArtifactStore, frame: pd.DataFrame
) -> tuple[Incumbent | None, str]:
    from quant import policy as policies
    from registry import serving

    if rival is None:
        return None, "the version has no predecessor."
    try:
        served = serving.load(store, rival.artifact)
        scored = served.score_frame(frame)
    except Invalid:
        return None, f"{rival.label} takes other inputs and cannot score these rows."
    approved = outcomes(served, scored, policies.load(rival.policy), frame) == "approve"
    return Incumbent(rival.label, approved, scored.probabilities), ""
