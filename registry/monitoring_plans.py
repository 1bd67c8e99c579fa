"""The monitoring plan of a version: what is watched, how often, from which reading on, and who answers."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, WrongStage
from registry import subjects
from registry.lifecycle import Stage
from registry.models import ModelVersion, MonitoringPlan
from registry.monitored import PLAN_FORMAT, Watched, catalogue, faults
from registry.services import lock_version

# Whoever signs an approval has seen the plan, so it stands still from the request on.
WRITABLE = (Stage.DRAFT, Stage.IN_VALIDATION, Stage.VALIDATED)


@unit_of_work
def write_plan(*, actor: User, version: ModelVersion, lines: Sequence[Watched]) -> MonitoringPlan:
    """Add a revision. Refuses a plan that does not watch what its tier asks for, thresholds in the wrong order,
    somebody without an account, and a version that approvers already look at."""
    require(actor=actor, permission=Permission.MONITORING_PLAN, model_slug=version.risk_model.slug)
    held = lock_version(version)
    if held.stage not in WRITABLE:
        raise WrongStage(
            f"The monitoring plan of {held.label} does not change now: the version is {held.stage.replace('_', ' ')}."
        )
    found = [*faults(lines, held.risk_model.tier), *_unknown_owners(lines)]
    if found:
        raise Invalid("The monitoring plan was not written.", found)
    content = {
        "format": PLAN_FORMAT,
        "catalogue": catalogue().digest,
        "measures": [line.plain() for line in lines],
    }
    row = MonitoringPlan(
        version=held,
        revision=held.monitoring_plans.count() + 1,
        content=content,
        digest=canonical.digest(content),
        written_by=actor,
        written_at=clock.now(),
    )
    row.save(force_insert=True)
    facts = {"revision": row.revision, "plan": row.digest}
    record(event=Event.MONITORING_PLANNED, actor=actor, subject=subjects.of_version(held), facts=facts)
    return row


def newest_plan(version: ModelVersion) -> MonitoringPlan | None:
    return version.monitoring_plans.select_related("written_by__person").order_by("-revision").first()


def lines_of(plan: MonitoringPlan | None) -> list[Watched]:
    return [] if plan is None else [Watched(**line) for line in plan.content["measures"]]


def _unknown_owners(lines: Sequence[Watched]) -> list[FieldError]:
    named = {line.owner for line in lines}
    known = set(User.objects.filter(username__in=named, is_active=True).values_list("username", flat=True))
    return [
        FieldError(f"/measures/{at}/owner", "unknown", "Name the active account of whoever answers.")
        for at, line in enumerate(lines)
        if line.owner not in known
    ]
