"""What would have to change, of what applicants can change: does the answer then really turn?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.verdict import Judgement, Severity, Verdict, insufficient
from validation.deciding import outcomes
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, of_rate
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard
from validation.straining import column_of, numeric_inputs, pds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from quant.counterfactuals import Counterfactual, Dial, Judged, Values

MOST_ROWS, VALUES = 40, 21


@dataclass(frozen=True)
class Turned:
    """A row that was not approved, and what would turn its answer."""

    row: int
    found: Counterfactual


def run(sample: Sample, standard: Standard) -> Measured:
    import numpy as np

    from quant.intervals import proportion

    dials = _dials(sample)
    rng = np.random.default_rng(standard.seed)
    declined = np.sort(rng.permutation(np.flatnonzero(~sample.approved))[:MOST_ROWS])
    if len(declined) == 0:
        return Measured("The policy declines nobody.", insufficient("Nobody is declined in this sample."))
    turned = [each for row in declined if (each := _turned(sample, dials, int(row))) is not None]
    flips = _second_opinion(sample, turned)
    found = proportion(len(turned), len(declined), standard.confidence)
    measured = (
        of_rate("found", f"Declines that {len(dials)} inputs can turn", found),
        Measurement(
            "flips",
            "Of these, approved when scored again another way",
            float(flips),
            n=len(turned),
            limit=float(len(turned)),
            judgement=_judged(len(turned), flips),
        ),
        *_effort(turned),
    )
    headline = f"{len(turned)} of {len(declined)} declines can be turned; {flips} of them really turn."
    return Measured(headline, _judged(len(turned), flips), measured)


def _judged(turned: int, flips: int) -> Judgement:
    if flips < turned:
        why = f"{turned - flips} of {turned} changes that should turn the answer do not."
        return Judgement(Verdict.FAILED, why, Severity.RED)
    if not turned:
        return insufficient("No decline is turned by what applicants can change.")
    return Judgement(Verdict.PASSED, f"All {turned} changes turn the answer.")


def _dials(sample: Sample) -> tuple[Dial, ...]:
    """Inputs that are declared as actionable and are amounts or counts, at values of the development part."""
    from quant.counterfactuals import Dial, quantile_values

    development = required(sample.development, sample.absent.development)
    numeric = numeric_inputs(sample)
    names = [each.name for each in sample.served.schema.inputs if each.actionable and each.name in numeric]
    if not names:
        raise NotMeasurable(
            "No input that is an amount or a count is declared as something applicants can change."
        )
    return tuple(Dial(name, quantile_values(column_of(development, name), VALUES)) for name in names)


def _turned(sample: Sample, dials: Sequence[Dial], row: int) -> Turned | None:
    from quant.counterfactuals import Effort, search

    frame = sample.frame.iloc[[row]]
    applicant = {dial.name: float(column_of(frame, dial.name)[0]) for dial in dials}

    def judge(candidates: Sequence[Values]) -> Judged:
        return _judge(sample, _with(frame, candidates))

    found = search(applicant, dials, judge, effort=Effort())
    return None if found is None else Turned(row, found)


def _judge(sample: Sample, rows: pd.DataFrame) -> Judged:
    """Who the policy would approve. Rules are asked only where the score lets pass: they never approve."""
    import numpy as np

    from quant.counterfactuals import Judged

    pds = pds_of(sample, rows)
    accepted = pds < float(sample.policy.approve_below)
    if sample.policy.rules and accepted.any():
        passing, served = rows[accepted].reset_index(drop=True), sample.served
        verdicts = outcomes(served, served.score_frame(passing), sample.policy, passing)
        accepted[np.flatnonzero(accepted)] = verdicts == "approve"
    return Judged(accepted, pds)


def _with(frame: pd.DataFrame, candidates: Sequence[Values]) -> pd.DataFrame:
    """The one row of `frame` as often as there are candidates, with their values."""
    import numpy as np

    repeated = frame.iloc[[0] * len(candidates)].reset_index(drop=True)
    columns = {
        name: np.array([each[name] for each in candidates], dtype=np.float64) for name in candidates[0]
    }
    return repeated.assign(**columns)


def _second_opinion(sample: Sample, turned: Sequence[Turned]) -> int:
    """How many the policy approves, rules included, with margins from the path that was written apart."""
    import pandas as pd

    from registry.serving import parity

    if not turned:
        return 0
    changed = (_with(sample.frame.iloc[[each.row]], [each.found.apply({})]) for each in turned)
    rows, served = pd.concat(changed, ignore_index=True), sample.served
    pds = served.parts.calibration.probabilities(parity.margins(sample.sealed.files, rows))
    verdicts = outcomes(served, served.score_frame(rows), sample.policy, rows, pds=pds)
    return int((verdicts == "approve").sum())


def _effort(turned: Sequence[Turned]) -> tuple[Measurement, ...]:
    if not turned:
        return ()
    changes = [len(each.found.changes) for each in turned]
    costs = [each.found.cost for each in turned]
    return (
        Measurement("changes", "Mean number of inputs changed", sum(changes) / len(changes), n=len(turned)),
        Measurement(
            "cost", "Mean distance, in quantiles of development", sum(costs) / len(costs), n=len(turned)
        ),
    )


CHECK = Check(
    id="counterfactuals",
    title=gettext_noop("Counterfactuals"),
    section=Section.EXPLAINABILITY,
    question=gettext_noop("If a declined client changed what can be changed, would the answer really turn?"),
    needs="Inputs declared as actionable, the sealed version and its policy, the development part for their values.",
    bad_sign="A change that should turn the answer and does not, when the version is scored by another path.",
    limits=gettext_noop(
        "Up to 40 declines drawn by the standard's seed, up to three changes among 21 values of each"
        " input, the fewest first; a cheaper pair may exist. What cannot be changed is not tried, nothing is advice."
    ),
    reference="Search by trying; Wachter, Mittelstadt and Russell 2018 for the idea; GDPR Art. 22 and C-203/22.",
    run=run,
)
