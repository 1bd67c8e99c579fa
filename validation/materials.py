"""What a sample is made of, as plain bytes and JSON: enough for a process that has no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


def rows_of(tables: Tables, declared: Mapping[str, Any]) -> Rows:
    """The held-out rows of these bytes. Any: the JSON of a snapshot's declaration."""
    import numpy as np
    import pandas as pd

    from registry.frames import days_of, read_table

    frame = read_table(tables.held_out)
    apart = None if tables.protected is None else read_table(tables.protected)
    decided = _decision_column(declared)
    return Rows(
        frame=frame,
        protected=pd.DataFrame(index=frame.index) if apart is None else apart,
        defaulted=_defaulted(frame, declared),
        exposure=frame[declared["exposure"]].to_numpy(dtype=np.float64) if declared["exposure"] else None,
        decided_on=days_of(tables.held_out, decided) if decided in frame.columns else None,
        realised=None if tables.realised is None else read_table(tables.realised),
        decided=decided,
    )


def said_of(
    rows: Rows, artifact: str, rules: Mapping[str, Any], registered: Registered, store: ArtifactStore
) -> Sample:
    """What one sealed artefact says of these rows under a policy, without its development part and what it would
    replace. Refuses bytes that do not match their digest and rows outside the schema. Any: quant.policy's JSON."""
    from quant import policy as policies
    from registry import serving

    served = serving.load(store, artifact)
    scored, policy = served.score_frame(rows.frame), policies.load(rules)
    bins = served.parts.score_bins
    return Sample(
        frame=rows.frame,
        protected=rows.protected,
        development=None,
        defaulted=rows.defaulted,
        exposure=rows.exposure,
        probabilities=scored.probabilities,
        grades=served.parts.grades,
        score_shares=ScoreShares(bins.edges, bins.shares, registered.development_rows),
        # The day of the decision moves with time by itself: that it has moved is no news of the population.
        inputs={each.name: each.type for each in served.schema.inputs if each.name != rows.decided},
        decided=Decided.of(policy, outcomes(served, scored, policy, rows.frame)),
        version=SealedVersion(served, store.read_sealed(artifact), scored),
        registered=registered,
        decided_on=rows.decided_on,
        realised=rows.realised,
    )


def assembled(given: Materials, store: ArtifactStore) -> Sample:
    """Everything the checks look at. Refuses bytes that do not match their digest and rows outside the schema."""
    from registry.frames import read_table

    rows = rows_of(given.tables, given.declaration)
    made = said_of(rows, given.artifact, given.policy, given.registered, store)
    development = read_table(given.tables.development)
    incumbent, why_not = _incumbent(given.rival, store, rows.frame)
    return replace(
        made,
        development=development,
        development_defaulted=_defaulted(development, given.declaration),
        incumbent=incumbent,
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
