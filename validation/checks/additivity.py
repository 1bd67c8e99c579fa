"""Do the contributions of every row add up to its margin?"""

from __future__ import annotations

from quant.verdict import Judgement, Severity, Verdict
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.attribution.additivity import largest_gap

    limit = standard.explainability.additivity_limit
    gap = largest_gap(sample.scored.contributions, sample.scored.bias, sample.scored.margins)
    told = f"The largest gap over {sample.n} rows is {gap:.2g} log-odds; the limit is {limit:g}."
    verdict = (
        Judgement(Verdict.PASSED, told) if gap <= limit else Judgement(Verdict.FAILED, told, Severity.RED)
    )
    measured = Measurement(
        "largest_gap",
        "Largest |sum of contributions − margin| (log-odds)",
        gap,
        n=sample.n,
        limit=limit,
        judgement=verdict,
    )
    return Measured(told, verdict, (measured,))


CHECK = Check(
    id="additivity",
    title=gettext_noop("Additivity of contributions"),
    section=Section.EXPLAINABILITY,
    question=gettext_noop("Do the contributions of a row add up to what the estimator said?"),
    needs="Contributions, bias and margins on the held-out rows.",
    bad_sign="A gap above the float32 noise.",
    limits=gettext_noop("An attribution can add up and still mislead; see the deletion of reasons."),
    reference="Summed in float64 against the float32 margin of the estimator itself.",
    run=run,
)
