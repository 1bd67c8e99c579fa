"""Does risk move with each feature as it was declared to?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import Judgement, Severity, Verdict
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.attribution.direction import Declared, Movement

MOST_ROWS = 1_000


def run(sample: Sample, standard: Standard) -> Measured:
    import numpy as np

    from quant.attribution.direction import movements

    matrix = sample.scored.matrix
    at = np.random.default_rng(standard.seed).permutation(len(matrix))[:MOST_ROWS]
    tolerance = standard.explainability.additivity_limit
    found = movements(matrix[np.sort(at)], declared_of(sample), sample.served.margins, tolerance=tolerance)
    measured = tuple(_measurement(each, tolerance) for each in found)
    against = [each.name for each in found if each.against]
    headline = (
        f"{len(found)} features declare a direction; {len(against)} are broken somewhere"
        f"{': ' + ', '.join(against) if against else ''}."
    )
    return Measured(headline, _judged(found), measured)


def declared_of(sample: Sample) -> list[Declared]:
    from quant.attribution.direction import Declared

    features = sample.served.schema.features
    return [
        Declared(each.name, at, int(each.monotone)) for at, each in enumerate(features) if int(each.monotone)
    ]


def _measurement(each: Movement, tolerance: float) -> Measurement:
    words = "rises" if each.declared > 0 else "falls"
    return Measurement(
        f"against:{each.name}",
        f"{each.name}: steps against the declaration (risk {words} with it)",
        float(each.against),
        n=each.moves,
        limit=0.0,
        note=f"Furthest {each.furthest:.2g} log-odds; up to {tolerance:g} is the arithmetic of the estimator.",
    )


def _judged(found: tuple[Movement, ...]) -> Judgement:
    steps = sum(each.moves for each in found)
    against = sum(each.against for each in found)
    if against:
        return Judgement(
            Verdict.FAILED, f"{against} of {steps} steps go against the declaration.", Severity.RED
        )
    if not steps:
        return Judgement(Verdict.INSUFFICIENT_DATA, "Every declared feature is constant here.")
    return Judgement(Verdict.PASSED, f"All {steps} steps go as declared.")


CHECK = Check(
    id="direction",
    title=gettext_noop("Declared directions"),
    section=Section.EXPLAINABILITY,
    question=gettext_noop(
        "Does risk move with each feature as its declaration says, wherever a client stands?"
    ),
    needs="Features that declare a direction, the sealed version, held-out inputs.",
    bad_sign="A single step against the declaration.",
    limits=gettext_noop(
        "One feature at a time, on up to 1,000 clients and nine of its values; what declares nothing is free."
    ),
    reference="Individual conditional expectations over the quantiles of each feature.",
    run=run,
)
