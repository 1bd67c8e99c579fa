"""Everything the document of a sample run prints, read once, as the actor may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib import canonical
from mrm.lib.errors import NotFound, Unavailable
from registry.models import ScoredSample
from validation.models import SampleResult, SampleRun
from validation.sample import Section
from validation.sample_runs import evidence_of
from validation.sample_selectors import results_of
from validation.selectors import check_card
from validation.standard import Standard
from validation.standards import load


@dataclass(frozen=True)
class SampleFacts:
    """One completed run on a scored sample; `evidence` is canonical JSON, and its digest that of the run."""

    run: SampleRun
    sample: ScoredSample
    standard: Standard
    results: tuple[SampleResult, ...]
    evidence: dict[str, Any]

    def results_in(self, *sections: Section) -> tuple[SampleResult, ...]:
        return tuple(each for each in self.results if _section(each) in sections)


def gather(*, actor: User, run: SampleRun) -> SampleFacts:
    """Refuses a run without results, and one whose stored results are no longer those that were written."""
    require(actor=actor, permission=Permission.DOSSIER_READ, model_slug=run.sample.risk_model.slug)
    if run.completed_at is None:
        raise NotFound("This run has no results yet: there is nothing to put into a document.")
    evidence = evidence_of(run)
    if canonical.digest(evidence) != run.evidence_digest:
        raise Unavailable(
            "The stored results of this run no longer give the evidence digest that was written. No document is made of"
            " them: restore the results from a backup and verify the ledger."
        )
    results = tuple(results_of(actor=actor, run=run))
    return SampleFacts(run, run.sample, load(run.standard.content), results, evidence)


def _section(result: SampleResult) -> Section | None:
    card = check_card(result.check_id)
    return None if card is None else card.section
