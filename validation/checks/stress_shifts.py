"""PDs and approvals in worlds that are worse by a stated size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, required
from validation.standard import Shift, Standard
from validation.straining import column_of, numeric_inputs, pds_of, rows_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def run(sample: Sample, standard: Standard) -> Measured:
    rules = required(standard.stress, "The standard states no strain.")
    at = rows_of(sample, standard.seed)
    frame, cut_off = sample.frame.iloc[at], float(sample.policy.approve_below)
    before = pds_of(sample, frame)
    worlds = [("As it is", before), *((each.label, _pds(sample, frame, each)) for each in rules.shifts)]
    rows = tuple(_row(label, pds, before, cut_off) for label, pds in worlds)
    measured = tuple(
        Measurement(f"mean_pd:{place}", f"{label}: mean PD", float(pds.mean()), n=len(at))
        for place, (label, pds) in enumerate(worlds)
    )
    most = max(worlds[1:], key=lambda world: float(world[1].mean()), default=worlds[0])
    headline = f"Mean PD {before.mean():.2%}; in the worst stated world {most[1].mean():.2%} ({most[0]})."
    columns = ("world", "mean_pd", "share_below_cut_off", "pd_higher", "pd_lower")
    return Measured(headline, reported("Reported."), measured, {"worlds": Table(columns, rows)})


def _pds(sample: Sample, frame: pd.DataFrame, shift: Shift) -> NDArray[np.float64]:
    """NotMeasurable where a named input is none of the version's numbers."""
    from quant.errors import NotMeasurable
    from quant.strain import shifted

    known = numeric_inputs(sample)
    strangers = sorted(set(shift.inputs) - set(known))
    if strangers:
        raise NotMeasurable(f"{shift.label}: {', '.join(strangers)} is no numeric input of this version.")
    changed = {
        name: shifted(column_of(frame, name), factor=shift.factor, domain=known[name])
        for name in shift.inputs
    }
    return pds_of(sample, frame.assign(**changed))


def _row(
    label: str, pds: NDArray[np.float64], before: NDArray[np.float64], cut_off: float
) -> tuple[str | float, ...]:
    shares = (float((pds < cut_off).mean()), float((pds > before).mean()), float((pds < before).mean()))
    return (label, float(pds.mean()), *shares)


CHECK = Check(
    id="stress_shifts",
    title=gettext_noop("Stress of stated size"),
    section=Section.ROBUSTNESS,
    question=gettext_noop(
        "What would the version say of these clients if they were worse off by a stated size?"
    ),
    needs="The sealed version, the inputs and factors that the standard states.",
    bad_sign="PDs that fall where circumstances worsen, or approvals that hardly move.",
    limits=gettext_noop(
        "Inputs move alone and by one factor, and PDs follow the version's own relations: a stress of the model, not a"
        " forecast. The policy's cut-off alone counts, without its rules. At most 20,000 rows, drawn by the seed."
    ),
    reference="Sensitivity by stated factors; values stay in the range that the version accepts.",
    run=run,
)
