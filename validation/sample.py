"""What the checks look at: the held-out rows, the served version, its policy, and what it would replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from quant.policy import Policy
    from registry.artifacts import Sealed
    from registry.serving.served import ScoredFrame, Served
    from validation.measuring import Measured
    from validation.standards import Attribute, Standard


class Section(StrEnum):
    """Where a result stands in the dossier."""

    DATA = "data"
    IMPLEMENTATION = "implementation"
    DISCRIMINATION = "discrimination"
    CALIBRATION = "calibration"
    STABILITY = "stability"
    FAIRNESS = "fairness"
    EXPLAINABILITY = "explainability"
    ECONOMICS = "economics"
    ROBUSTNESS = "robustness"


@dataclass(frozen=True)
class Registered:
    """What the registry wrote down about the version when it was registered."""

    artifact_digest: str
    recipe: Mapping[str, object]
    recipe_digest: str
    metrics: Mapping[str, object]
    quality: Mapping[str, object]
    development_rows: int
    # The artefact digest that the recipe gave when it was run again for this validation; None if it was not.
    retrained_digest: str | None = None


@dataclass(frozen=True)
class Incumbent:
    """What the version would replace, on the same rows: its label and whom it approves (rows,)."""

    label: str
    approved: NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """All arrays have one entry per held-out row, in one order. `approved` counts `approve` alone,
    `referred` is
    counted both ways where it matters."""

    frame: pd.DataFrame
    protected: pd.DataFrame
    development: pd.DataFrame | None
    defaulted: NDArray[np.bool_]
    exposure: NDArray[np.float64] | None
    served: Served
    sealed: Sealed
    scored: ScoredFrame
    policy: Policy
    approved: NDArray[np.bool_]
    referred: NDArray[np.bool_]
    registered: Registered
    incumbent: Incumbent | None = None
    no_incumbent_because: str = ""

    @property
    def n(self) -> int:
        return len(self.defaulted)


@dataclass(frozen=True)
class Check:
    """One question to a version. `run` measures and judges; what a failure means is the standard's
    business."""

    id: str
    title: str
    section: Section
    question: str
    needs: str
    bad_sign: str
    limits: str
    reference: str
    run: Callable[[Sample, Standard], Measured] = field(repr=False)


def groups_of(sample: Sample, attribute: Attribute) -> NDArray[np.object_]:
    """One group name per row; rows outside every group, and missing values, are named "other".

    Raises NotMeasurable when neither table has the column.
    """
    import numpy as np

    from quant.errors import NotMeasurable

    holder = next(
        (frame for frame in (sample.protected, sample.frame) if attribute.column in frame.columns), None
    )
    if holder is None:
        raise NotMeasurable(f"The snapshot has no column {attribute.column}, which the standard asks for.")
    values = holder[attribute.column].to_numpy(dtype=np.float64, na_value=np.nan)
    named = np.full(len(values), OTHER, dtype=object)
    for group in attribute.groups:
        inside = np.isin(values, group.codes) if group.codes else ~np.isnan(values)
        inside &= values >= (-np.inf if group.at_least is None else group.at_least)
        inside &= values <= (np.inf if group.at_most is None else group.at_most)
        named[inside] = group.name
    return named


OTHER = "other"
