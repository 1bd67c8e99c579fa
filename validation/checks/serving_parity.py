"""The served path against a second one, written apart, on the same rows."""

from __future__ import annotations

from quant.verdict import Judgement, Severity, Verdict
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:  # noqa: ARG001
    from registry.serving import parity

    found = parity.compare(sample.served, sample.sealed, sample.frame)
    judgement = (
        Judgement(Verdict.PASSED, f"All {found.rows} margins are equal to the last bit.")
        if found.different == 0
        else Judgement(
            Verdict.FAILED,
            f"{found.different} of {found.rows} margins differ, by up to {found.largest_difference:.3g}.",
            Severity.RED,
        )
    )
    measured = (
        Measurement(
            "largest_difference",
            "Largest |Δ margin| (log-odds)",
            found.largest_difference,
            n=found.rows,
            limit=0.0,
            judgement=judgement,
        ),
        Measurement("rows_that_differ", "Rows that differ", float(found.different), n=found.rows),
    )
    return Measured(judgement.why, judgement, measured)


CHECK = Check(
    id="serving_parity",
    title=gettext_noop("Serving parity"),
    section=Section.IMPLEMENTATION,
    question=gettext_noop("Does the served path give the numbers that the raw sealed bytes give?"),
    needs="The held-out inputs, the served version, the raw sealed files.",
    bad_sign="One row whose margin differs at all.",
    limits=gettext_noop("Both paths read the same sealed tables: a wrong table is wrong in both."),
    reference="Raw bytes: XGBoost's other entry, LightGBM's trees walked here. Feature tables applied by other code.",
    run=run,
)
