"""Which version holds a slot of its risk model: the only writer of deployments."""

from __future__ import annotations

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals.selectors import standing_of
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, WrongStage
from registry.gatekeeper import pass_gates
from registry.lifecycle import Stage
from registry.models import ModelVersion, RiskModel
from scoring import environments
from scoring.models import Deployment

CHAMPION = "champion"
SLOTS = (CHAMPION,)
OUT_OF_FORCE = (Stage.SUSPENDED, Stage.RETIRED, Stage.REJECTED, Stage.DRAFT)


@unit_of_work
def deploy(*, actor: User, version: ModelVersion, slot: str = CHAMPION) -> Deployment:
    """Give the slot to this version; the one that held it ends in the same transaction.

    Refuses unknown slots, a version that holds the slot already, and whatever the gates of `deployment` say.
    """
    slug = version.risk_model.slug
    require(actor=actor, permission=Permission.DEPLOYMENT_START, model_slug=slug)
    # Lock first: two operators may deploy in the same second.
    RiskModel.objects.select_for_update().get(pk=version.risk_model_id)
    if slot not in SLOTS:
        raise Invalid(
            "There is no such slot.", [FieldError("/slot", "unknown", f"Use {' or '.join(SLOTS)}.")]
        )
    held = Deployment.objects.filter(risk_model_id=version.risk_model_id, slot=slot, ended_at=None)
    previous = held.select_related("version__risk_model").first()
    if previous and previous.version_id == version.pk:
        raise Conflict(f"{version.label} holds the slot {slot} already; nothing was changed.")
    pass_gates(act="deployment", actor=actor, subject=version, refused=f"{version.label} was not deployed.")
    if previous:
        _end(actor, previous, f"Replaced by {version.label}.")
    return _start(actor, version, slot)


def champion_of(risk_model: RiskModel) -> ModelVersion | None:
    """The version that decides now, if there is one."""
    held = Deployment.objects.filter(risk_model=risk_model, slot=CHAMPION, ended_at=None)
    found = held.select_related("version__risk_model").first()
    return found.version if found else None


@unit_of_work
def end_deployment(*, actor: User, deployment: Deployment, why: str) -> Deployment:
    """Empty the slot. From then on a score is refused until another version is deployed."""
    slug = deployment.risk_model.slug
    require(actor=actor, permission=Permission.DEPLOYMENT_END, model_slug=slug)
    RiskModel.objects.select_for_update().get(pk=deployment.risk_model_id)
    held = Deployment.objects.select_related("version__risk_model").get(pk=deployment.pk)
    if held.ended_at:
        raise WrongStage(f"This deployment ended on {held.ended_at:%Y-%m-%d %H:%M} UTC already.")
    if not why.strip():
        raise Invalid("Say why it ends.", [FieldError("/why", "required", "A sentence is needed.")])
    _end(actor, held, why.strip())
    return held


@unit_of_work
def end_deployments(*, actor: User, version: ModelVersion) -> int:
    """Empty the slots of a version that left force, or whose validation ended without an approval while it was used
    under a cap. Returns how many. No permission: it runs as the reaction to that act. The gate refused every score from
    the act's commit on; this only clears the slot."""
    RiskModel.objects.select_for_update().get(pk=version.risk_model_id)
    stage = ModelVersion.objects.values_list("stage", flat=True).get(pk=version.pk)
    if stage not in OUT_OF_FORCE:
        # It came back before this ran.
        return 0
    if standing_of(version).why_not_in_force is None:
        # A break-glass grant has put it back into force for hours: whoever asked for that needs the slot.
        return 0
    held = Deployment.objects.select_related("version__risk_model").filter(version=version, ended_at=None)
    for deployment in held:
        was = "returned" if stage == Stage.DRAFT else stage
        _end(actor, deployment, f"{deployment.version.label} was {was}.")
    return len(held)


def _start(actor: User, version: ModelVersion, slot: str) -> Deployment:
    made = Deployment(
        risk_model=version.risk_model,
        version=version,
        slot=slot,
        environment_digest=environments.digest(),
        started_by=actor,
        started_at=clock.now(),
    )
    made.save(force_insert=True)
    facts = _facts(made) | {"environment": made.environment_digest, "artifact": version.artifact_id}
    record(event=Event.DEPLOYMENT_STARTED, actor=actor, subject=subject_of(made), facts=facts)
    return made


def _end(actor: User, deployment: Deployment, why: str) -> None:
    deployment.ended_at, deployment.ended_by, deployment.ended_why = clock.now(), actor, why
    deployment.save(update_fields=["ended_at", "ended_by", "ended_why"])
    facts = _facts(deployment) | {"why": canonical.digest(why)}
    record(event=Event.DEPLOYMENT_ENDED, actor=actor, subject=subject_of(deployment), facts=facts)


def _facts(deployment: Deployment) -> dict[str, str | int]:
    version = deployment.version
    return {
        "model": version.risk_model.slug,
        "slot": deployment.slot,
        "version": version.number,
        "version_id": str(version.pk),
    }


def subject_of(deployment: Deployment) -> Subject:
    return Subject("deployment", str(deployment.pk))
