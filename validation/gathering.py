"""From the registry to a sample: held-out rows read once (an entry), the version served, its policy
applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from registry import snapshots, vault
from registry.lifecycle import Stage
from registry.models import ModelVersion, StageChange
from validation import materials as plain
from validation.materials import Materials, Rival, Rows, Tables, assembled, said_of
from validation.models import ValidationRun
from validation.sample import Registered, Sample


def gather(*, actor: User, run: ValidationRun, retrained: str | None = None) -> Sample:
    """Everything the checks look at. Refuses bytes that do not match their digest and rows outside the
    schema."""
    version, why = run.version, f"validation-run:{run.pk}"
    given = materials(actor=actor, version=version, why=why, retrained=retrained, rival=incumbent_of(version))
    return assembled(given, vault.artifacts())


def materials(
    *, actor: User, version: ModelVersion, why: str, retrained: str | None, rival: ModelVersion | None
) -> Materials:
    """The plain bytes behind a sample. Reading the held-out part is an entry; `why` names what reads."""
    held_out = snapshots.read_held_out(actor=actor, snapshot=version.snapshot, why=why)
    development = snapshots.read_development(actor=actor, snapshot=version.snapshot)
    return Materials(
        tables=Tables(held_out.table, development.table, held_out.protected, held_out.realised),
        declaration=version.snapshot.declaration,
        artifact=version.artifact_id,
        policy=version.policy.rules,
        registered=_registered(version, retrained),
        rival=None if rival is None else Rival(rival.label, rival.artifact_id, rival.policy.rules),
    )


def rows_of(part: snapshots.Part, declared: Mapping[str, Any]) -> Rows:
    """The rows of a held-out part. Any: the JSON of a snapshot's declaration."""
    return plain.rows_of(Tables(part.table, b"", part.protected, part.realised), declared)


def sample_of(version: ModelVersion, rows: Rows) -> Sample:
    """What one version says of these rows, without its development part and what it would replace."""
    registered = _registered(version, None)
    return said_of(rows, version.artifact_id, version.policy.rules, registered, vault.artifacts())


def incumbent_of(version: ModelVersion) -> ModelVersion | None:
    """What this version would replace: the newest other version that is approved, else its named
    predecessor."""
    rivals = version.risk_model.versions.exclude(pk=version.pk).filter(
        stage=Stage.APPROVED, number__lt=version.number
    )
    return rivals.order_by("-number").first() or version.predecessor


def incumbent_at(version: ModelVersion, moment: dt.datetime) -> ModelVersion | None:
    """What it would have replaced at a moment, by the moves that were made until then. A rival that was approved while
    the run was going counts here and did not there: the comparison then shows a difference, and no agreement."""
    for rival in version.risk_model.versions.filter(number__lt=version.number).order_by("-number"):
        moves = StageChange.objects.filter(version=rival, made_at__lte=moment)
        newest = moves.order_by("-made_at", "-id").first()
        if newest is not None and newest.target == Stage.APPROVED:
            return rival
    return version.predecessor


def _registered(version: ModelVersion, retrained: str | None) -> Registered:
    candidate, task = version.candidate, version.candidate.recipe
    return Registered(
        artifact_digest=version.artifact_id,
        recipe=task.get("recipe", task),
        recipe_digest=candidate.recipe_digest,
        metrics=candidate.metrics,
        quality=version.snapshot.quality,
        development_rows=version.snapshot.development_rows,
        retrained_digest=retrained,
    )
