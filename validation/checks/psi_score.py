"""Has the score moved since development? Bins sealed with the version."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from validation.marking import gettext_noop
from validation.measuring import Measured
from validation.sample import Check, Sample, Section, required
from validation.stability import measured_shift, shift_table
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class SealedBins:
    """Bins [e_k, e_{k+1}) as the artefact froze them; the reference counts follow from their shares."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    floor: float

    @property
    def names(self) -> tuple[str, ...]:
        ends = ["0", *(f"{edge:.4g}" for edge in self.edges), "1"]
        return tuple(f"[{low}, {high})" for low, high in pairwise(ends))

    def count(self, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
        import numpy as np

        places = np.searchsorted(np.asarray(self.edges), np.asarray(values, dtype=np.float64), side="right")
        return np.bincount(places, minlength=len(self.edges) + 1).astype(np.int64)


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.stability import psi

    before, rules = required(sample.score_shares, sample.no_score_shares_because), standard.stability
    counts = tuple(round(share * before.rows) for share in before.shares)
    reference = SealedBins(before.edges, counts, rules.floor)
    found = psi(reference, sample.probabilities, confidence=rules.confidence)
    measured = measured_shift("psi_score", "PSI of the PD", found, rules)
    judgement = measured.judgement
    assert judgement is not None  # noqa: S101 (measured_shift always judges)
    headline = f"PSI {found.value:.4f}, critical value {found.critical:.4f}."
    return Measured(headline, judgement, (measured,), {"psi_bins": shift_table(found)})


CHECK = Check(
    id="psi_score",
    title=gettext_noop("Stability of the score"),
    section=Section.STABILITY,
    question=gettext_noop("Are PDs spread here as they were at development?"),
    needs="Score bins sealed with the version, held-out PDs.",
    bad_sign="A PSI above .10 or .25 that also exceeds its size-aware critical value.",
    limits=gettext_noop("One snapshot drawn at random: it shows overfit, not drift over time."),
    reference="Yurdakul 2018 for the critical value; .10 and .25 are conventions.",
    run=run,
)
