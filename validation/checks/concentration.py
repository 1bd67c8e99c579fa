"""Do clients gather in fewer grades than at development?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.verdict import judge_test
from validation.calibration import grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.metrics.concentration import ConcentrationByChance, ConcentrationChange


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.concentration import concentration_by_chance, concentration_change

    rules = required(standard.shift, "The standard has no section on shifts.")
    before, now = _development(sample), grade_counts(sample).sizes
    change = concentration_change(before, now)
    chance = concentration_by_chance(before, now, seed=standard.seed)
    power = _power(change, rules.concentration_alpha, standard)
    # The guideline's test knows nothing of the number of clients: a failure needs what chance does not give, too.
    judgement = judge_test(
        max(change.p_value, chance.p_value),
        alpha=rules.concentration_alpha,
        power=power,
        required_power=standard.calibration.required_power,
    )
    measured = (
        Measurement(
            "cv_growth",
            "Growth of the coefficient of variation",
            change.current.cv - change.initial.cv,
            p=max(change.p_value, chance.p_value),
            n=sample.n,
            power=power,
            judgement=judgement,
            note=f"{judgement.why} The larger p of two: {change.p_value:.4f} by the guideline, {chance.p_value:.4f} of"
            f" as high a value by chance.",
        ),
        *_both(change, chance),
    )
    headline = (
        f"Coefficient of variation {change.initial.cv:.3f} at development, {change.current.cv:.3f} here; Herfindahl"
        f" {change.initial.herfindahl:.4f} and {change.current.herfindahl:.4f}."
    )
    return Measured(headline, judgement, measured, {"grade_shares": _table(before, now)})


def _development(sample: Sample) -> NDArray[np.int64]:
    """Clients of development per grade (K,): as they were graded, or from the sealed bins of their PDs, which must end
    where grades do."""
    import numpy as np

    if sample.graded is not None:
        return required(sample.graded.development, "The grades of no client of development are given.")
    grades = required(sample.grades, "No frozen grades are given.")
    kept = required(sample.score_shares, sample.no_score_shares_because)
    if not np.isin(grades.bounds, kept.edges).all():
        raise NotMeasurable(
            "How many clients of development each grade held is not known: the score bins kept of it do not end at the"
            " bounds of the grades. Use a number of score bins that is a multiple of that of the grades."
        )
    place = np.searchsorted(np.asarray(grades.bounds), [0.0, *kept.edges], side="right")
    shares = np.bincount(place, weights=kept.shares, minlength=len(grades.pds))
    return np.rint(shares * kept.rows).astype(np.int64)


def _power(change: ConcentrationChange, alpha: float, standard: Standard) -> float | None:
    """Against δ times the CV of development; None where it was spread evenly."""
    from quant.metrics.concentration import concentration_change_power

    start, factor = change.initial, standard.calibration.delta
    try:
        return concentration_change_power(start.cv, start.grades, alpha=alpha, factor=factor)
    except NotMeasurable:
        return None


def _both(change: ConcentrationChange, chance: ConcentrationByChance) -> tuple[Measurement, ...]:
    return (
        Measurement(
            "cv_initial", "Coefficient of variation at development", change.initial.cv, n=chance.n_initial
        ),
        Measurement("cv_current", "Coefficient of variation here", change.current.cv, n=chance.n_current),
        Measurement(
            "herfindahl_initial",
            "Herfindahl index at development",
            change.initial.herfindahl,
            n=chance.n_initial,
        ),
        Measurement(
            "herfindahl_current", "Herfindahl index here", change.current.herfindahl, n=chance.n_current
        ),
    )


def _table(before: NDArray[np.int64], now: NDArray[np.int64]) -> Table:
    rows = zip((before / before.sum()).tolist(), (now / now.sum()).tolist(), now.tolist(), strict=True)
    return Table(
        ("grade", "development_share", "current_share", "n"),
        tuple((at, first, second, n) for at, (first, second, n) in enumerate(rows, start=1)),
    )


CHECK = Check(
    id="concentration",
    title=gettext_noop("Concentration in grades"),
    section=Section.STABILITY,
    question=gettext_noop("Do clients gather in fewer grades than at development?"),
    needs="Score bins sealed with the version that end at the bounds of its grades, held-out PDs.",
    bad_sign="A growth of the coefficient of variation that both tests call more than chance.",
    limits=gettext_noop(
        "By headcount. PDs of development are cross-fitted, so by estimators of fewer rows. The guideline's test"
        " takes the grades as the sample: over grades that were cut at quantiles it rejects even a small growth, and"
        " below about 30 grades it has no power to pass."
    ),
    reference="ECB instructions for validation reporting 2019; Monte Carlo of obligors for what chance gives.",
    run=run,
)
