"""The order of the score beyond the AUC: profile, pairs, entropy, and what its riskiest part holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.verdict import reported
from validation.calibration import grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, thinned
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.metrics.lift import Riskiest

_CORNERS = 200


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.cap import cap
    from quant.metrics.lift import riskiest

    rules = required(standard.ranking, "The standard has no section on ranking.")
    pds, level = sample.probabilities, standard.confidence
    profile = cap(sample.defaulted, pds, level=level)
    parts = riskiest(sample.defaulted, pds, shares=rules.shares, level=level)
    measured = (
        Measurement(
            "accuracy_ratio", "Accuracy ratio", profile.accuracy_ratio, profile.interval, n=profile.n
        ),
        *_pairs(sample),
        _entropy(sample),
        *(each for part in parts for each in _part(part)),
    )
    tables = {
        "cap": Table(
            ("share_of_clients", "share_of_defaults"),
            thinned(list(zip(profile.shares, profile.captured, strict=True)), _CORNERS),
        ),
        "riskiest": _table(parts),
    }
    widest = max(parts, key=lambda part: part.asked, default=None)
    told = (
        ""
        if widest is None
        else f"; the riskiest {widest.asked:.0%} hold {widest.captured.value:.0%} of defaults"
    )
    return Measured(
        f"Accuracy ratio {profile.accuracy_ratio:.3f}{told}.", reported("Reported."), measured, tables
    )


def _pairs(sample: Sample) -> tuple[Measurement, ...]:
    from quant.metrics.association import association

    found = association(sample.defaulted, sample.probabilities)
    return (
        Measurement("kendall_tau_b", "Kendall's τ_b", found.tau_b, p=found.p_value, n=found.n),
        Measurement(
            "somers_d",
            "Somers' D of default given the score",
            found.somers_d,
            p=found.p_value,
            n=found.n,
            note="Pairs tied in the score are left out. Both have one numerator, so one p.",
        ),
    )


def _entropy(sample: Sample) -> Measurement:
    from quant.metrics.entropy import entropy_ratio

    label = "Entropy that the grades take away"
    try:
        counts = grade_counts(sample)
        found = entropy_ratio(counts.sizes, counts.defaults)
    except NotMeasurable as refusal:
        return Measurement("cier", label, note=str(refusal))
    note = f"Conditional information entropy ratio over {found.grades} grades."
    return Measurement("cier", label, found.value, p=found.p_value, n=found.n, note=note)


def _part(part: Riskiest) -> tuple[Measurement, ...]:
    name, told = f"{part.asked:g}", f"the riskiest {100 * part.asked:.3g} % of clients"
    taken = f"{part.precision.n} clients from a PD of {part.cut_off:.4f} up."
    return (
        Measurement(
            f"precision:{name}",
            f"Default rate of {told}",
            part.precision.value,
            part.precision.interval,
            n=part.precision.n,
            note=taken,
        ),
        Measurement(f"lift:{name}", f"Lift of {told}", part.lift, part.lift_interval, n=part.precision.n),
    )


def _table(parts: tuple[Riskiest, ...]) -> Table:
    columns = ("riskiest_share", "taken", "n", "defaults", "default_rate", "lift", "share_of_defaults")
    rows = tuple(
        (
            part.asked,
            part.taken,
            part.precision.n,
            part.precision.successes,
            part.precision.value,
            part.lift,
            part.captured.value,
        )
        for part in parts
    )
    return Table(columns, rows)


CHECK = Check(
    id="ranking",
    title=gettext_noop("Ranking"),
    section=Section.DISCRIMINATION,
    question=gettext_noop("How much of the risk does the score put first?"),
    needs="Held-out outcomes and PDs, both classes; sealed grades for the entropy.",
    bad_sign="A lift near 1 in the riskiest part, or an entropy ratio near 0.",
    limits=gettext_noop(
        "No universal minimum is a pass; all but the entropy say nothing of the level of PDs. The interval of a lift"
        " takes the sample's own default rate as known. Whoever ties with the last one is taken too."
    ),
    reference="Basel WP14; Kendall 1945; Somers 1962; Keenan and Sobehart 1999; Wilson 1927.",
    run=run,
)
