"""What a sweep of candidates has found, written down once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from registry import subjects
from registry.candidates import Trained, record_candidate
from registry.models import Candidate, DatasetSnapshot, ModelVersion, RiskModel, Sweep, Trial


@dataclass(frozen=True)
class Swept:
    """The outcome of one sweep. `facts` is canonical JSON (training.sweep.facts); `trained` has an entry for each of
    its candidates in their order, None for one that could not be trained."""

    job_id: uuid.UUID
    risk_model: RiskModel
    snapshot: DatasetSnapshot
    asked: Mapping[str, Any]
    facts: Mapping[str, Any]
    trained: Sequence[Trained | None]
    incumbent: ModelVersion | None


@unit_of_work
def record_sweep(*, actor: User, swept: Swept) -> Sweep:
    """Write down every candidate and the comparison. A second attempt of the same job finds the row of the first.
    Nothing is registered, submitted or deployed by it."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=swept.risk_model.slug)
    standing = Sweep.objects.filter(job_id=swept.job_id).first()
    if standing is not None:
        return standing
    candidates = [
        None if each is None else record_candidate(actor=actor, trained=each) for each in swept.trained
    ]
    told = swept.facts["candidates"]
    named = {entry["name"]: made for entry, made in zip(told, candidates, strict=True)}
    sweep = Sweep(
        risk_model=swept.risk_model,
        snapshot=swept.snapshot,
        job_id=swept.job_id,
        asked=dict(swept.asked),
        facts=dict(swept.facts),
        facts_digest=canonical.digest(swept.facts),
        incumbent=swept.incumbent,
        proposed=named.get(swept.facts["choice"]["chosen"]),
        run_by=actor,
        ended_at=clock.now(),
    )
    sweep.save(force_insert=True)
    Trial.objects.bulk_create(
        _trial(sweep, place, entry, made)
        for place, (entry, made) in enumerate(zip(told, candidates, strict=True))
    )
    record(
        event=Event.SWEEP_CONCLUDED,
        actor=actor,
        subject=subjects.of_sweep(sweep),
        facts=_facts(sweep, candidates),
    )
    return sweep


def _trial(sweep: Sweep, place: int, entry: Mapping[str, Any], candidate: Candidate | None) -> Trial:
    metrics = entry.get("metrics", {})
    measured = {
        name: float(metrics[name]) if name in metrics else None
        for name in ("validation_auc", "test_auc", "test_brier", "test_log_loss")
    }
    return Trial(
        sweep=sweep,
        place=place,
        name=entry["name"],
        family=entry["family"],
        encoder=entry["encoder"],
        imputer=entry["imputer"],
        candidate=candidate,
        why_not=entry["why_not"],
        seconds=float(entry["seconds"]),
        **measured,
    )


def _facts(sweep: Sweep, candidates: Sequence[Candidate | None]) -> dict[str, object]:
    return {
        "model": sweep.risk_model.slug,
        "sweep": str(sweep.pk),
        "snapshot": sweep.snapshot.digest,
        "facts": sweep.facts_digest,
        "candidates": sum(each is not None for each in candidates),
        "proposed": str(sweep.proposed_id or ""),
        "incumbent": sweep.incumbent.number if sweep.incumbent else 0,
    }
