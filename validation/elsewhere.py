"""From a scored sample to what the checks look at. The model lives elsewhere: no bytes of it are sealed here, so every
check that needs them says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import User
from quant.errors import NotMeasurable
from quant.policy import Policy, by_score
from registry.frames.scored_spec import ScoredSpec
from registry.models import ScoredSample
from registry.samples import Rows, read_declaration, read_sample
from validation.grading import Graded
from validation.sample import Absent, Decided, Registered, Sample, ScoreShares
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

NOT_SEALED = "The model lives elsewhere: its bytes are not sealed here, so it cannot be scored or explained."
_INPUTS = "The model lives elsewhere: what it learns from was not brought, only what it said."
_QUALITY = "Only the declared columns of a scored sample are kept, so no quality report of its data is made."
_CUT_OFFS = (
    "No cut-offs were declared, so nobody is approved or declined. Declare approve_below and decline_from."
)
_NO_DAYS = (
    "No day of the decision was declared, so nothing is told over time. Declare its column as the date."
)
_NO_RESULT = "Nothing that became of the loans was declared. Declare its columns and their currency."
_NO_EXPOSURE = (
    "No exposure was declared, and amounts without money are refused. Declare its column and currency."
)


def gather(*, actor: User, sample: ScoredSample, standard: Standard) -> Sample:
    """What was brought, and words for what was not. Refuses who may not read held-out rows."""

    spec = read_declaration(sample.declaration)
    tested, reference = read_sample(actor=actor, sample=sample)
    frame = tested.frame()
    pds = _numbers(frame, spec.pd)
    shares, why_not = _score_shares(reference, spec, standard)
    why_no_money, why_no_result = _no_exposure(spec, standard), _no_result(spec, standard)
    return Sample(
        frame=frame[list(spec.segments)],
        protected=frame[list(spec.protected)],
        development=None,
        defaulted=_numbers(frame, spec.outcome) == 1.0,
        exposure=_numbers(frame, spec.exposure) if why_no_money == "" else None,
        probabilities=pds,
        grades=None,
        score_shares=shares,
        inputs={},
        decided=None if spec.policy is None else _decided(spec.policy, pds),
        version=None,
        registered=Registered(metrics=_stated(reference, spec)),
        decided_on=tested.days(spec.date) if spec.date else None,
        realised=frame[list(spec.realised)] if why_no_result == "" else None,
        no_incumbent_because="a scored sample belongs to no version.",
        no_score_shares_because=why_not,
        graded=_graded(frame, None if reference is None else reference.frame(), spec),
        absent=Absent(
            version=NOT_SEALED,
            quality=_QUALITY,
            exposure=why_no_money,
            inputs=_INPUTS,
            development=_INPUTS,
            days=_NO_DAYS,
            realised=why_no_result,
            cut_offs=_CUT_OFFS,
        ),
    )


def _numbers(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    import numpy as np

    found: NDArray[np.float64] = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    return found


def _score_shares(
    reference: Rows | None, spec: ScoredSpec, standard: Standard
) -> tuple[ScoreShares | None, str]:
    if reference is None:
        return (
            None,
            "No rows of development were brought. Flag them in a column and declare it as the reference.",
        )
    try:
        return ScoreShares.of(_numbers(reference.frame(), spec.pd), standard.stability.bins), ""
    except NotMeasurable as refusal:
        return None, str(refusal)


def _stated(reference: Rows | None, spec: ScoredSpec) -> dict[str, object]:
    """Default rate and AUC of the development rows, by the PDs that were brought with them."""
    from quant.metrics.discrimination import auc

    if reference is None:
        return {}
    frame = reference.frame()
    defaulted = _numbers(frame, spec.outcome) == 1.0
    told: dict[str, object] = {"development_default_rate": repr(float(defaulted.mean()))}
    try:
        return told | {"reference_auc": repr(auc(defaulted, _numbers(frame, spec.pd)).value)}
    except NotMeasurable:
        # One outcome alone has no order; whoever asks is told that no AUC is stated.
        return told


def _no_exposure(spec: ScoredSpec, standard: Standard) -> str:
    """Why nothing is counted in the money of the standard; empty where it can be."""
    return _other_money(spec, standard.economics.unit) if spec.exposure else _NO_EXPOSURE


def _no_result(spec: ScoredSpec, standard: Standard) -> str:
    """Why nothing realised is counted; empty where it can be, or where the standard asks for none."""
    if not spec.realised:
        return _NO_RESULT
    return "" if standard.realised is None else _other_money(spec, standard.realised.unit)


def _other_money(spec: ScoredSpec, unit: str) -> str:
    if spec.currency == unit:
        return ""
    return f"Amounts were brought in {spec.currency}; the standard counts in {unit}. Use one in that unit."


def _decided(policy: Policy, pds: NDArray[np.float64]) -> Decided:
    """By the declared cut-offs alone: the hard rules of its policy live elsewhere, too."""
    import numpy as np

    values, back = np.unique(pds, return_inverse=True)
    verdicts = np.array([str(by_score(policy, float(each)).verdict) for each in values])
    return Decided.of(policy, verdicts[back])


def _graded(frame: pd.DataFrame, reference: pd.DataFrame | None, spec: ScoredSpec) -> Graded | None:
    import numpy as np

    if not spec.grade:
        return None
    place = {label: at for at, (label, _) in enumerate(spec.scale)}
    pds = tuple(pd for _, pd in spec.scale)
    before = None
    if reference is not None:
        before = np.bincount(_places(reference, spec, place), minlength=len(pds)).astype(np.int64)
    return Graded(pds, _places(frame, spec, place), before)


def _places(frame: pd.DataFrame, spec: ScoredSpec, place: dict[str, int]) -> NDArray[np.int64]:
    import numpy as np

    return np.array([place[str(label)] for label in frame[spec.grade]], dtype=np.int64)
