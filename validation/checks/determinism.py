"""Scored twice, the same bits; trained again, the same bytes; and the sealed recipe is the registered one."""

from __future__ import annotations

from mrm.lib import canonical
from quant.verdict import Judgement, Severity, Verdict
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, worst
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:  # noqa: ARG001
    measured = (
        _rescored(sample),
        _rows_alone(sample),
        _recipe(sample),
        *_retrained(sample),
        *_not_retrained(sample),
    )
    judgement = worst(measured)
    return Measured(judgement.why, judgement, measured)


def _rescored(sample: Sample) -> Measurement:
    import numpy as np

    again = sample.served.score_frame(sample.frame)
    pairs = (
        (sample.scored.margins, again.margins),
        (sample.scored.probabilities, again.probabilities),
        (sample.scored.contributions, again.contributions),
    )
    different = sum(int(np.count_nonzero(first != second)) for first, second in pairs)
    return Measurement(
        "numbers_that_changed",
        "Numbers that changed when scored again",
        float(different),
        n=sample.n,
        limit=0.0,
        judgement=_judged(different, f"Scoring {sample.n} rows twice gave the same bits."),
    )


def _rows_alone(sample: Sample) -> Measurement:
    """Rows in another order: a row's number must not depend on its neighbours."""
    import numpy as np

    reversed_rows = sample.served.margins(np.ascontiguousarray(sample.scored.matrix[::-1]))[::-1]
    different = int(np.count_nonzero(reversed_rows != sample.scored.margins))
    return Measurement(
        "numbers_that_depend_on_order",
        "Margins that changed with the order of rows",
        float(different),
        n=sample.n,
        limit=0.0,
        judgement=_judged(different, "The order of rows changes no margin."),
    )


def _recipe(sample: Sample) -> Measurement:
    registered, recomputed = sample.registered.recipe_digest, canonical.digest(sample.registered.recipe)
    is_same = registered == recomputed == sample.sealed.manifest.recipe
    return Measurement(
        "recipe_digests_that_differ",
        "Digests of the recipe that differ",
        0.0 if is_same else 1.0,
        limit=0.0,
        judgement=_judged(int(not is_same), f"The sealed recipe is the registered one ({registered[:12]})."),
    )


def _retrained(sample: Sample) -> tuple[Measurement, ...]:
    """The recipe run again on the development part: the same bytes, or they are named."""
    registered = sample.registered
    if registered.retrained_digest is None:
        return ()
    is_same = registered.retrained_digest == registered.artifact_digest
    judgement = _judged(
        int(not is_same), f"Training again gave the same artefact ({registered.artifact_digest[:12]})."
    )
    return (
        Measurement(
            "artefacts_that_differ",
            "Artefacts that differ when the recipe is run again",
            0.0 if is_same else 1.0,
            n=registered.development_rows,
            limit=0.0,
            judgement=judgement,
        ),
    )


def _not_retrained(sample: Sample) -> tuple[Measurement, ...]:
    """An estimator that was trained elsewhere: its tables were made again, its training was not."""
    if sample.registered.recipe.get("estimator") != "given":
        return ()
    words = "The estimator was trained elsewhere and taken in as it was: its training was not repeated here."
    return (
        Measurement(
            "trainings_repeated",
            "Trainings repeated here",
            0.0,
            n=0,
            judgement=Judgement(Verdict.INSUFFICIENT_DATA, words),
        ),
    )


def _judged(different: int, words: str) -> Judgement:
    if different == 0:
        return Judgement(Verdict.PASSED, words)
    return Judgement(
        Verdict.FAILED, f"Not so: {words[0].lower()}{words[1:-1]} ({different} differ).", Severity.RED
    )


CHECK = Check(
    id="determinism",
    title=gettext_noop("Determinism"),
    section=Section.IMPLEMENTATION,
    question=gettext_noop("Does the same input give the same bits, and the same recipe the same artefact?"),
    needs="The held-out inputs, the served version, the candidate's recipe, the development part.",
    bad_sign=(
        "Any number that changes when it is computed again; another artefact digest from the same recipe."
    ),
    limits=gettext_noop(
        "On this platform: another processor or library may round otherwise. The manifest names the platform."
        " Of an estimator that was trained elsewhere only the tables are made again."
    ),
    reference="Bitwise comparison; SHA-256 of the canonical recipe.",
    run=run,
)
