"""Everything an audit report prints, read once, for whoever may read all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.scopes import EVERY_MODEL
from approvals.models import (
    ApprovalRequest,
    Cap,
    Emergency,
    Overlay,
    Recusal,
    SignOff,
    SnapshotException,
    ValidationException,
)
from audit import proofs, search, selectors
from audit.checkpoint import Note
from audit.events import Event
from audit.proofs import NotCovered, Proof
from mrm.settings import governance
from registry.models import ModelVersion, StageChange
from reports import ledger_scope
from reports.as_of.inventory import inventory_as_of
from reports.as_of.then import InventoryThen
from reports.audit_asked import Asked
from reports.audit_sample import Sampled
from reports.build.facts import Signer
from reports.build.ledger import Extract, extract
from scoring.models import Deployment
from validation.models import Deviation, Finding

# Acts upon people and their means of signing in: they belong to no one model.
PEOPLE: Final = tuple(
    each
    for each in Event
    if each.partition(":")[0] in {"person", "role", "invitation", "user", "delegation", "lockout"}
)
REFUSED: Final = Event.ACCESS_REFUSED
# Work and seals stand in the ledger by the thousand and are no acts of governance; the replays of a sample are told in
# a section of their own.
_NOT_TOLD: Final = frozenset(
    {Event.JOB_REQUESTED, Event.JOB_ENDED, Event.JOB_CANCELLED, Event.SEGMENT_SEALED, Event.DECISION_REPLAYED}
)
_TOLD: Final = tuple(str(each) for each in Event if each not in _NOT_TOLD)


@dataclass(frozen=True)
class AuditFacts:
    """`at` is the last moment that is reported on. Rows are those of the period, in the order they came about;
    `findings` also holds what was open from before."""

    asked: Asked
    asked_by: User
    at: dt.datetime
    inventory: InventoryThen
    versions: tuple[ModelVersion, ...]
    moves: tuple[StageChange, ...]
    deployments: tuple[Deployment, ...]
    requests: tuple[ApprovalRequest, ...]
    signoffs: tuple[SignOff, ...]
    recusals: tuple[Recusal, ...]
    findings: tuple[Finding, ...]
    overlays: tuple[Overlay, ...]
    exceptions: tuple[ValidationException, ...]
    let_stand: tuple[SnapshotException, ...]
    deviations: tuple[Deviation, ...]
    caps: tuple[Cap, ...]
    emergencies: tuple[Emergency, ...]
    names: Mapping[str, str]
    sampled: Sampled
    ledger: Extract
    earlier: Note | None
    # None where nothing is under a checkpoint yet.
    proof: Proof | None
    signer: Signer
    governance: str

    @property
    def is_of_every_model(self) -> bool:
        return self.asked.model_slug == EVERY_MODEL


def gather(*, actor: User, asked: Asked, sampled: Sampled, signer: Signer) -> AuditFacts:
    """Whether the actor may read all of it is asked before."""
    period = _Period(asked, sampled.at)
    slugs = None if asked.model_slug == EVERY_MODEL else {asked.model_slug}
    earlier = selectors.checkpoint_before(asked.begins_at)
    ledger = _extract(asked, sampled, earlier)
    return AuditFacts(
        asked=asked,
        asked_by=actor,
        at=sampled.at,
        inventory=inventory_as_of(actor=actor, at=sampled.at, slugs=slugs),
        versions=tuple(
            period.of(ModelVersion, "registered_at", "risk_model__slug").select_related("risk_model")
        ),
        moves=tuple(period.of(StageChange, "made_at").select_related("made_by__person", *_VERSION)),
        deployments=tuple(_deployments(period)),
        requests=tuple(_requests(period)),
        signoffs=tuple(
            period.of(SignOff, "at", "request__version__risk_model__slug").select_related(*_REQUEST)
        ),
        recusals=tuple(
            period.of(Recusal, "at", "request__version__risk_model__slug").select_related(*_REQUEST)
        ),
        findings=tuple(_findings(period)),
        overlays=tuple(
            _lasting(period, Overlay).select_related("request").prefetch_related("request__signoffs")
        ),
        exceptions=tuple(_lasting(period, ValidationException)),
        # Data are shared by all models, and so is what is let stand of them.
        let_stand=tuple(_let_stand(period)),
        deviations=tuple(
            period.of(Deviation, "at", "result__run__version__risk_model__slug").select_related("result")
        ),
        caps=tuple(_lasting(period, Cap)),
        emergencies=tuple(_lasting(period, Emergency, "begins_at")),
        names={each.ledger_id: each.name for each in User.objects.select_related("person")},
        sampled=sampled,
        ledger=ledger,
        earlier=earlier,
        proof=_proof(ledger),
        signer=signer,
        governance=governance.digest(),
    )


_VERSION = ("version__risk_model",)
_REQUEST = ("request__version__risk_model", "request__snapshot")


@dataclass(frozen=True)
class _Period:
    asked: Asked
    at: dt.datetime

    def within(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self.asked.begins_at, f"{column}__lte": self.at})

    def of_scope(self, rows: QuerySet[Any], slug: str) -> QuerySet[Any]:
        return rows.filter(**{slug: self.asked.model_slug}) if self.asked.model_slug else rows

    def of(
        self, kind: Any, column: str, slug: str = "version__risk_model__slug"
    ) -> QuerySet[Any]:  # Any: a model
        return self.of_scope(kind.objects.filter(self.within(column)), slug).order_by(column, "pk")


def _deployments(period: _Period) -> QuerySet[Deployment]:
    rows = Deployment.objects.filter(period.within("started_at") | period.within("ended_at"))
    found = period.of_scope(rows, "risk_model__slug").order_by("started_at", "pk")
    return found.select_related("started_by__person", "ended_by__person", *_VERSION)


def _requests(period: _Period) -> QuerySet[ApprovalRequest]:
    rows = ApprovalRequest.objects.filter(period.within("opened_at") | period.within("closed_at"))
    found = period.of_scope(rows, "version__risk_model__slug").order_by("opened_at", "pk")
    return found.select_related("opened_by__person", "snapshot", *_VERSION)


def _findings(period: _Period) -> QuerySet[Finding]:
    """Open at some moment of the period."""
    begins_at = period.asked.begins_at
    rows = Finding.objects.filter(Q(closed_at=None) | Q(closed_at__gte=begins_at), opened_at__lte=period.at)
    found = period.of_scope(rows, "version__risk_model__slug").order_by("opened_at", "pk")
    return found.select_related("owner__person", *_VERSION)


def _lasting(period: _Period, kind: Any, begins: str = "granted_at") -> QuerySet[Any]:
    """What counted at some moment of the period, whenever it was granted."""
    rows = kind.objects.filter(**{f"{begins}__lte": period.at, "until__gt": period.asked.begins_at})
    found = period.of_scope(rows, "version__risk_model__slug").order_by(begins, "pk")
    return found.select_related(*_VERSION)


def _let_stand(period: _Period) -> QuerySet[SnapshotException]:
    rows = SnapshotException.objects.filter(granted_at__lte=period.at, until__gt=period.asked.begins_at)
    if period.asked.model_slug:
        of_model = ModelVersion.objects.filter(risk_model__slug=period.asked.model_slug)
        rows = rows.filter(snapshot__in=of_model.values("snapshot"))
    return rows.select_related("snapshot").order_by("granted_at", "pk")


def _extract(asked: Asked, sampled: Sampled, earlier: Note | None) -> Extract:
    """The acts of the period about the scope, and the one that asked for this report."""
    within = None if asked.model_slug == EVERY_MODEL else ledger_scope.about(asked.model_slug)
    wanted = search.sequences(asked.begins_at, sampled.at, events=_TOLD, within=within) | {
        sampled.asked_entry
    }
    return extract(lambda row: row.sequence in wanted, earlier=earlier)


def _proof(ledger: Extract) -> Proof | None:
    """That the newest act of the extract under a checkpoint stands in the tree that was signed."""
    covered = [row.sequence for row in ledger.rows if row.sequence <= ledger.note_size]
    try:
        return proofs.of_entry(covered[-1]) if covered else None
    except NotCovered:
        return None
