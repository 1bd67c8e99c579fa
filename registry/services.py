"""The life of a version: `advance` is the only writer of its stage."""

from __future__ import annotations

import calendar
import datetime as dt

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotFound, WrongStage
from mrm.settings import governance
from registry import subjects
from registry.gatekeeper import pass_gates
from registry.lifecycle import MOVES, Move, Stage, move_from
from registry.models import ModelVersion, RiskModel, StageChange
from registry.uses import digest_of, document

APPROVE = "approve"


@unit_of_work
def advance(*, actor: User, version: ModelVersion, move: str, why: str = "") -> ModelVersion:
    """Make one move of the lifecycle. Raises NotAllowed, WrongStage, or Blocked with every reason of every
    gate. An approval sets the date it expires."""
    for permission in _permissions(move, version):
        require(actor=actor, permission=permission, model_slug=version.risk_model.slug)
    held = lock_version(version)
    step = move_from(move, held.stage)
    if step is None or permission_of(step, held.risk_model) not in _permissions(move, version):
        raise WrongStage(_wrong_stage(move, held))
    pass_gates(act=step.name, actor=actor, subject=held, refused=f"{held.label}: {step.name} is blocked.")
    _make(held, step, actor, why)
    _record(held, step, actor, why)
    return held


@unit_of_work
def submit_version(*, actor: User, version: ModelVersion) -> ModelVersion:
    """Hand a draft to validation, for the uses and within the limitations that its entry names now; whoever does so
    signs nothing on it afterwards."""
    require(actor=actor, permission=Permission.VERSION_SUBMIT, model_slug=version.risk_model.slug)
    held = lock_version(version)
    if held.stage != Stage.DRAFT:
        raise WrongStage(_wrong_stage("submit", held))
    held.submitter = actor.person
    _freeze_use(held)
    held.save(update_fields=["submitter", "use", "use_digest"])
    return advance(actor=actor, version=held, move="submit")


@unit_of_work
def suspend_version(*, actor: User, version: ModelVersion, why: str) -> ModelVersion:
    """Take an approved version out of force at once: from the next question on it neither deploys nor
    scores."""
    require(actor=actor, permission=Permission.VERSION_SUSPEND, model_slug=version.risk_model.slug)
    if not why.strip():
        detail = "Say why, in a sentence others can act on."
        raise Invalid("A suspension needs a reason.", [FieldError("/why", "required", detail)])
    return advance(actor=actor, version=version, move="suspend", why=why)


@unit_of_work
def resume_version(*, actor: User, version: ModelVersion, why: str) -> ModelVersion:
    """Put a suspended version back into force until the date its approval gave it. Its gates ask for the grant that
    was signed after this suspension. It holds no slot until an operator deploys it."""
    return advance(actor=actor, version=version, move="resume", why=why)


@unit_of_work
def retire_version(*, actor: User, version: ModelVersion, why: str) -> ModelVersion:
    """Take a version out of force for good; its gates ask for the grant."""
    return advance(actor=actor, version=version, move="retire", why=why)


def lock_version(version: ModelVersion) -> ModelVersion:
    """The version's row, locked, with what the gates read beside it."""
    rows = ModelVersion.objects.select_for_update(of=("self",))
    return rows.select_related("risk_model", "snapshot", "policy", "dictionary").get(pk=version.pk)


def permission_of(move: Move, risk_model: RiskModel) -> Permission:
    """Where the tier asks for no approver, the request itself approves: the validator's conclusion
    suffices."""
    if move.name == APPROVE and risk_model.tier is not None and governance.QUORUM[risk_model.tier] == 0:
        return Permission.VERSION_REQUEST
    return move.permission


def _freeze_use(held: ModelVersion) -> None:
    """Once: a version that was returned and is submitted again keeps what it was submitted for."""
    entry = held.risk_model
    if held.use_digest or not (entry.uses and entry.limitations):
        return
    held.use = document(
        purpose=entry.purpose,
        intended_use=entry.intended_use,
        uses=entry.uses,
        limitations=entry.limitations,
    )
    held.use_digest = digest_of(held.use)


def _permissions(move: str, version: ModelVersion) -> set[Permission]:
    """What the actor must hold: the row of the present stage, or of any stage where the move is out of
    place now."""
    rows = [row for row in MOVES if row.name == move]
    if not rows:
        raise NotFound(f"The lifecycle has no move named {move}.")
    here = [row for row in rows if row.source == version.stage]
    return {permission_of(row, version.risk_model) for row in here or rows[:1]}


def _make(held: ModelVersion, step: Move, actor: User, why: str) -> None:
    moment = clock.now()
    held.stage, held.stage_since = step.target, moment
    changed = ["stage", "stage_since"]
    if step.target is Stage.APPROVED and step.source is Stage.IN_REVIEW:
        held.expires_at = _months_later(moment, governance.VALIDITY_MONTHS[held.risk_model.tier or 1])
        changed.append("expires_at")
    held.save(update_fields=changed)
    StageChange(
        version=held,
        move=step.name,
        source=step.source,
        target=step.target,
        why=why,
        made_by=actor,
        made_at=moment,
    ).save(force_insert=True)


def _record(held: ModelVersion, step: Move, actor: User, why: str) -> None:
    facts: dict[str, object] = {
        "model": held.risk_model.slug,
        "number": held.number,
        "from": str(step.source),
        "to": str(step.target),
        "artifact": held.artifact_id,
        "policy": held.policy.digest,
        "rules": governance.digest(),
    }
    if why:
        facts["why"] = canonical.sha256(why.encode())
    if held.expires_at and step.target is Stage.APPROVED:
        facts["expires_at"] = clock.stamp(held.expires_at)
    record(event=step.event, actor=actor, subject=subjects.of_version(held), facts=facts)


def _wrong_stage(move: str, held: ModelVersion) -> str:
    sources = sorted({row.source.replace("_", " ") for row in MOVES if row.name == move})
    return f"Cannot {move} {held.label}: it is {held.stage.replace('_', ' ')}, not {' or '.join(sources)}."


def _months_later(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day of a later month, or its last day where that month is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
