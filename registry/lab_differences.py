"""Differences between MLflow and what stands here: an entry when one is seen, once while it stands, and one when it is
gone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from registry import subjects
from registry.lab_comparison import Found, Look
from registry.lab_watch import Turn
from registry.models import LabDifference, ModelVersion

Key = tuple[str, str]


def note_look(*, actor: User, turn: Turn, version: ModelVersion, look: Look) -> None:
    """Write down what has changed since the last look; a look that finds what the last one found writes nothing."""
    if _is_news(_open(version), look):
        _note(actor=actor, turn=turn, version=version, look=look)


def open_differences(*, actor: User, version: ModelVersion) -> QuerySet[LabDifference]:
    """What MLflow holds otherwise than it stands here, the oldest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    return _open(version).order_by("seen_at", "kind", "what")


@unit_of_work
def _note(*, actor: User, turn: Turn, version: ModelVersion, look: Look) -> None:
    """No permission: whoever has the turn writes down what it has seen."""
    # Locked first: a process whose turn has passed would write what is not so any more.
    turn.confirm()
    standing = {(row.kind, row.what): row for row in _open(version)}
    found = {(each.kind.value, each.what): each for each in look.found}
    for key, row in standing.items():
        if _is_over(row, found.get(key), look):
            row.gone_at = clock.now()
            row.save(update_fields=["gone_at"])
            if key not in found:
                _record(Event.MLFLOW_RESTORED, actor, row)
    for key, each in found.items():
        if key not in standing or standing[key].gone_at is not None:
            _record(Event.MLFLOW_CHANGED, actor, _seen(version, each))


def _is_news(standing: Iterable[LabDifference], look: Look) -> bool:
    rows = {(row.kind, row.what): row for row in standing}
    found = {(each.kind.value, each.what): each for each in look.found}
    return bool(found.keys() - rows.keys()) or any(
        _is_over(row, found.get(key), look) for key, row in rows.items()
    )


def _is_over(row: LabDifference, now: Found | None, look: Look) -> bool:
    """Gone, or another one in its place. Of what nobody could look at nothing is known."""
    if now is not None:
        return (now.expected, now.found) != (row.expected, row.found)
    return row.kind in look.judged


def _seen(version: ModelVersion, each: Found) -> LabDifference:
    row = LabDifference(
        version=version,
        kind=each.kind,
        what=each.what,
        expected=each.expected,
        found=each.found,
        seen_at=clock.now(),
    )
    row.save(force_insert=True)
    return row


def _record(event: Event, actor: User, row: LabDifference) -> None:
    facts = {
        "difference": str(row.pk),
        "kind": str(row.kind),
        "what": row.what,
        "expected": row.expected,
        "found": row.found,
        "mlflow_run": row.version.candidate.mlflow_run_id,
    }
    record(event=event, actor=actor, subject=subjects.of_version(row.version), facts=facts)


def _open(version: ModelVersion) -> QuerySet[LabDifference]:
    return LabDifference.objects.filter(version=version, gone_at=None).select_related("version__candidate")
