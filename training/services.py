"""Asking for a training, for a snapshot made of several tables, and for a feature view."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings as installation

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.services import unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid
from quant.features.plain import SchemaFault
from registry import declarations, subjects
from registry.declarations import Declaration
from registry.gatekeeper import pass_gates
from registry.models import DatasetSnapshot, RiskModel
from training.catalog import plan
from training.feature_views.declared import AskedView
from training.feature_views.declared import load as load_view
from training.gates import TrainingAsked
from training.sources.declared import Assembly, Source, SourceKind, load
from training.sweep.plan import plan_sweep

ACT = "training"
_NO_FORMAT = "The sources say their formats; the table made of them has none to declare."


@unit_of_work
def request_training(
    *,
    actor: User,
    risk_model: RiskModel,
    snapshot: DatasetSnapshot,
    recipe: str,
    settings: Mapping[str, object] | None = None,
) -> Job:
    """Queue a training of a named recipe on a snapshot. Refuses with every reason of every gate; the same
    gates are asked again when a worker takes the job up."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=risk_model.slug)
    asked = TrainingAsked(risk_model, snapshot, plan(name=recipe, snapshot=snapshot, settings=settings or {}))
    pass_gates(act=ACT, actor=actor, subject=asked, refused=f"No training for {risk_model.slug}.")
    payload = {
        "model": str(risk_model.pk),
        "snapshot": str(snapshot.pk),
        "recipe": recipe,
        "settings": dict(settings or {}),
    }
    return request_job(actor=actor, kind="train", subject=subjects.of_model(risk_model), payload=payload)


@unit_of_work
def request_sweep(
    *, actor: User, risk_model: RiskModel, snapshot: DatasetSnapshot, asked: Mapping[str, object]
) -> Job:
    """Queue a sweep of candidates on a snapshot (see docs/sweeps.md for what may be asked). Refuses with every reason
    of every gate; the same gates are asked again when a worker takes the job up."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=risk_model.slug)
    made = plan_sweep(raw=asked, snapshot=snapshot)
    subject = TrainingAsked(risk_model, snapshot, made)
    pass_gates(act=ACT, actor=actor, subject=subject, refused=f"No training for {risk_model.slug}.")
    payload = {"model": str(risk_model.pk), "snapshot": str(snapshot.pk), "asked": made.asked.plain()}
    return request_job(actor=actor, kind="sweep", subject=subjects.of_model(risk_model), payload=payload)


def declared(assembly: object, declaration: object) -> tuple[Assembly, Declaration]:
    """What somebody sends as JSON, read strictly. Invalid says what is wrong with which of the two."""
    if isinstance(declaration, Mapping) and declaration.get("format", "parquet") != "parquet":
        raise Invalid(
            "The declaration is not valid.", [FieldError("/declaration/format", "invalid", _NO_FORMAT)]
        )
    try:
        made = load(assembly)
    except SchemaFault as fault:
        raise Invalid(
            "The assembly is not valid.", [FieldError("/assembly", "invalid", str(fault))]
        ) from None
    told = dict(declaration) if isinstance(declaration, Mapping) else declaration
    return made, declarations.read({**told, "format": "parquet"} if isinstance(told, dict) else told)


def declared_view(raw: object) -> AskedView:
    """What somebody sends as JSON, read strictly. Invalid says what is wrong with it."""
    try:
        return load_view(raw)
    except SchemaFault as fault:
        raise Invalid(
            "The feature view is not valid.", [FieldError("/view", "invalid", str(fault))]
        ) from None


@unit_of_work
def request_feature_view(*, actor: User, view: AskedView) -> Job:
    """Queue the job that reads the sources and builds the next number of the view. Refuses a source that this
    installation does not offer; whether its files are there is asked when they are read."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    unknown = [
        FieldError(f"/view/{source.name}/connection", "unknown", _offered(source.kind))
        for source in view.sources
        if not _is_offered(source)
    ]
    if unknown:
        raise Invalid("The feature view names a source that is not offered here.", unknown)
    subject = Subject("feature_view_asked", canonical.digest(view.plain()))
    return request_job(
        actor=actor, kind="build-feature-view", subject=subject, payload={"view": view.plain()}
    )


@unit_of_work
def request_assembly(*, actor: User, assembly: Assembly, declaration: Declaration) -> Job:
    """Queue the job that reads the sources, joins them and freezes the table. Refuses a source that this installation
    does not offer; whether its files are there is asked when they are read."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    unknown = [
        FieldError(f"/assembly/sources/{place}/connection", "unknown", _offered(source.kind))
        for place, source in enumerate(assembly.sources)
        if not _is_offered(source)
    ]
    if unknown:
        raise Invalid("The assembly names a source that is not offered here.", unknown)
    payload = {"assembly": assembly.plain(), "declaration": declaration.plain()}
    subject = Subject("assembly", canonical.digest(assembly.plain()))
    return request_job(actor=actor, kind="assemble-snapshot", subject=subject, payload=payload)


def _is_offered(source: Source) -> bool:
    return not source.connection or source.connection in _connections(source.kind)


def _connections(kind: SourceKind) -> Mapping[str, object]:
    offered: dict[SourceKind, Mapping[str, object]] = {
        SourceKind.SQL: installation.MRM_SOURCE_CONNECTIONS,
        SourceKind.ATHENA: installation.MRM_SOURCE_ATHENA,
        SourceKind.STORE: installation.MRM_SOURCE_STORES,
    }
    return offered.get(kind, {})


def _offered(kind: SourceKind) -> str:
    names = ", ".join(sorted(_connections(kind)))
    return f"Offered here: {names}." if names else "None is configured here; ask the operator."
