"""What the checks look at: the held-out rows, the served version, its policy, and what it would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from quant.errors import NotMeasurable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from quant.banding import Grades
    from quant.coded import Coded
    from quant.features.schema import InputType
    from quant.policy import Policy
    from registry.artifacts import Sealed
    from registry.serving.served import ScoredFrame, Served
    from validation.grading import Graded
    from validation.measuring import Measured
    from validation.standard import Attribute, Standard


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
    """What the registry wrote down about the version when it was registered. Nothing was, where an author asks
    before that: then only `metrics` may hold what the author states."""

    artifact_digest: str = ""
    recipe: Mapping[str, object] = field(default_factory=dict)
    recipe_digest: str = ""
    metrics: Mapping[str, object] = field(default_factory=dict)
    quality: Mapping[str, object] = field(default_factory=dict)
    development_rows: int = 0
    # The artefact digest that the recipe gave when it was run again for this validation; None if it was not.
    retrained_digest: str | None = None


@dataclass(frozen=True)
class Incumbent:
    """What the version would replace, on the same rows: its label, whom it approves (rows,), its PDs (rows,)."""

    label: str
    approved: NDArray[np.bool_]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class ScoreShares:
    """How the PDs of development were spread: K−1 inner edges, K shares, and over how many rows."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    rows: int

    @classmethod
    def of(cls, pds: NDArray[np.float64], bins: int) -> ScoreShares:
        """The shares of the quantile bins of these PDs (rows,); NotMeasurable with too few distinct ones."""
        import numpy as np

        from quant.banding import quantile_bounds

        edges = quantile_bounds(pds, bins)
        counts = np.bincount(np.searchsorted(np.array(edges), pds, side="right"), minlength=bins)
        return cls(edges, tuple((counts / counts.sum()).tolist()), len(pds))


@dataclass(frozen=True)
class Decided:
    """What the proposed policy says of each row (rows,). `approved` counts `approve` alone, `referred` is counted
    both ways where it matters."""

    policy: Policy
    approved: NDArray[np.bool_]
    referred: NDArray[np.bool_]

    @classmethod
    def of(cls, policy: Policy, verdicts: NDArray[np.str_]) -> Decided:
        return cls(policy, verdicts == "approve", verdicts == "refer")


@dataclass(frozen=True)
class SealedVersion:
    """The version as it serves, its bytes, and all that it says of the rows."""

    served: Served
    sealed: Sealed
    scored: ScoredFrame


@dataclass(frozen=True)
class Absent:
    """Why something is not there, in words for whoever reads that a check had too little."""

    version: str = "No sealed version is given."
    quality: str = "The snapshot carries no quality report."
    exposure: str = "No exposure is declared, and amounts without money are refused."
    inputs: str = "No inputs are declared."
    development: str = "The development part was not read."
    days: str = (
        "No day of the decision is declared, so nothing is told over time. Declare it with the snapshot."
    )
    # Empty: the check says which result it looks for.
    realised: str = ""
    cut_offs: str = "No cut-offs are given, so nobody is approved or declined."


Given = TypeVar("Given")


def required(given: Given | None, why_not: str) -> Given:
    """What a check cannot do without. NotMeasurable in words where it was not given, so that it never passes."""
    if given is None:
        raise NotMeasurable(why_not)
    return given


@dataclass(frozen=True)
class Sample:
    """All arrays have one entry per row, in one order, those of development in an order of their own. The rows are the
    held-out ones; an author who asks before registering brings rows of their own, and no version."""

    frame: pd.DataFrame
    protected: pd.DataFrame
    development: pd.DataFrame | None
    defaulted: NDArray[np.bool_]
    exposure: NDArray[np.float64] | None
    probabilities: NDArray[np.float64]
    grades: Grades | None
    score_shares: ScoreShares | None
    inputs: Mapping[str, InputType]
    decided: Decided | None
    version: SealedVersion | None
    registered: Registered
    incumbent: Incumbent | None = None
    # When each was decided, in days since 0001-01-01 (NaN: unknown), and what became of the loans, a column a result.
    decided_on: NDArray[np.float64] | None = None
    realised: pd.DataFrame | None = None
    development_defaulted: NDArray[np.bool_] | None = None
    no_incumbent_because: str = ""
    no_score_shares_because: str = "No PDs of development are given."
    # Grades that somebody gave row by row; without them `grades` cut the PDs.
    graded: Graded | None = None
    absent: Absent = Absent()

    @property
    def n(self) -> int:
        return len(self.defaulted)

    @property
    def policy(self) -> Policy:
        return self._decided.policy

    @property
    def approved(self) -> NDArray[np.bool_]:
        return self._decided.approved

    @property
    def referred(self) -> NDArray[np.bool_]:
        return self._decided.referred

    @property
    def served(self) -> Served:
        return self._version.served

    @property
    def sealed(self) -> Sealed:
        return self._version.sealed

    @property
    def scored(self) -> ScoredFrame:
        return self._version.scored

    @property
    def _decided(self) -> Decided:
        return required(self.decided, self.absent.cut_offs)

    @property
    def _version(self) -> SealedVersion:
        return required(self.version, self.absent.version)


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


def groups_of(sample: Sample, attribute: Attribute) -> Coded:
    """One group name per row; rows outside every group, and missing values, are named "other".

    Raises NotMeasurable when neither table has the column.
    """
    import numpy as np

    from quant.coded import placed

    holder = next(
        (frame for frame in (sample.protected, sample.frame) if attribute.column in frame.columns), None
    )
    if holder is None:
        raise NotMeasurable(f"The sample has no column {attribute.column}, which the standard asks for.")
    column, place = holder[attribute.column], np.zeros(len(holder), dtype=np.int64)
    insides = _with_label(column, attribute) if attribute.is_of_labels else _within(column, attribute)
    for at, inside in enumerate(insides, start=1):
        place[inside] = at
    return placed([OTHER, *(group.name for group in attribute.groups)], place)


def _with_label(column: pd.Series[str], attribute: Attribute) -> Iterator[NDArray[np.bool_]]:
    """Who belongs to each group by its labels: (rows,)."""
    return (column.isin(group.labels).to_numpy() for group in attribute.groups)


def _within(column: pd.Series[float], attribute: Attribute) -> Iterator[NDArray[np.bool_]]:
    """Who belongs to each group by its codes or its range: (rows,)."""
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    if not is_numeric_dtype(column):
        raise NotMeasurable(
            f"{attribute.column} is no column of numbers, and the standard cuts it by numbers."
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    for group in attribute.groups:
        inside = np.isin(values, group.codes) if group.codes else ~np.isnan(values)
        inside &= values >= (-np.inf if group.at_least is None else group.at_least)
        inside &= values <= (np.inf if group.at_most is None else group.at_most)
        yield inside


OTHER = "other"
