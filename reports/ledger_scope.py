"""Which entries somebody may read who does not read all of them: those about their models, made on their days.

An entry names its subject by type and id. OWNERS says for each type whose entries belong to one model how to find that
model; an entry about anything else (people, keys, jobs, segments, snapshots) belongs to no model and is read only by
those who read the whole ledger. A type nobody listed here stays unseen.

Accepted: for a scoped reader the database looks at entries from the newest one down until a page is full, one look by
primary key for each; where a model has few entries among millions that takes a second or two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Func, Manager, OuterRef, Q, QuerySet, UUIDField

from accounts.access import EVERY_MODEL, Window, require, windows
from accounts.models import User
from accounts.permissions import Permission
from audit import search
from audit.search import LARGEST, Whole
from registry.models import ModelVersion, RiskModel, ScoredSample, Sweep
from scoring.models import Decision, Deployment

_IS_ID = "'^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'"


class AsId(Func):
    """Text as the key of a row; NULL for text that is no id."""

    template = f"CASE WHEN %(expressions)s ~ {_IS_ID} THEN CAST(%(expressions)s AS uuid) END"
    output_field = UUIDField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # Any: the framework's
        """SQLite keeps ids as 32 hex digits."""
        return self.as_sql(compiler, connection, template="REPLACE(%(expressions)s, '-', '')", **context)


def _by_id(rows: Manager[Any], slug: str) -> Callable[[str], QuerySet[Any]]:
    return lambda wanted: rows.filter(pk=AsId(OuterRef("subject_id")), **{slug: wanted})


# Type of subject: the rows that tie it to a model of this slug.
OWNERS: dict[str, Callable[[str], QuerySet[Any]]] = {
    "model": _by_id(RiskModel.objects, "slug"),
    "version": _by_id(ModelVersion.objects, "risk_model__slug"),
    "sample": _by_id(ScoredSample.objects, "risk_model__slug"),
    "sweep": _by_id(Sweep.objects, "risk_model__slug"),
    "deployment": _by_id(Deployment.objects, "risk_model__slug"),
    "decision": _by_id(Decision.objects, "version__risk_model__slug"),
    "artifact": lambda slug: ModelVersion.objects.filter(
        artifact_id=OuterRef("subject_id"), risk_model__slug=slug
    ),
}


def within(*, actor: User) -> Q | None:
    """The entries this person reads; None for all of them. NotAllowed for who reads none."""
    reached = windows(actor=actor, permission=Permission.LEDGER_READ)
    if reached is None:
        return None
    if not reached:
        require(actor=actor, permission=Permission.LEDGER_READ)
    found = Q(pk__in=[])
    for window in reached:
        found |= _made_in(window) & about(window.model_slug)
    return found


def entry_within(*, actor: User, sequence: int) -> Whole | None:
    """One entry; None for one that does not exist or lies outside what this person reads."""
    part = within(actor=actor)
    return search.whole(sequence, within=part) if sequence <= LARGEST else None


def require_all(*, actor: User) -> None:
    """For what cannot be taken apart: the whole ledger as a file, as a stream, and its verification."""
    require(actor=actor, permission=Permission.LEDGER_READ, model_slug=EVERY_MODEL)


def about(slug: str) -> Q:
    """The entries about one model; every entry for EVERY_MODEL."""
    if slug == EVERY_MODEL:
        return Q()
    found = Q(pk__in=[])
    for kind, rows in OWNERS.items():
        found |= Q(subject_type=kind) & Q(Exists(rows(slug)))
    return found


def _made_in(window: Window) -> Q:
    found = Q()
    if window.since is not None:
        found &= Q(at__gte=window.since)
    if window.before is not None:
        found &= Q(at__lt=window.before)
    return found
