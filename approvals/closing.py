"""How a request ends: decided by signatures, or void because what was asked is no longer what there is."""

from __future__ import annotations

import datetime as dt

from django.utils.module_loading import import_string

from accounts.models import User
from approvals import selectors, subjects
from approvals.content import why_stale
from approvals.models import ApprovalRequest, RequestState
from approvals.policy import APPROVE_VERSION, Standing
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.settings import governance
from registry.lifecycle import Stage
from registry.models import ModelVersion
from registry.services import advance, lock_version

_VOID = "There is new evidence: the request and its sign-offs are void."
_MOVED = "The version has moved: the request and its sign-offs are void."


@unit_of_work
def void_requests(*, actor: User, version: ModelVersion) -> int:
    """Close the open requests of a version that are about what is no longer so, and their sign-offs with them. Returns
    how many. No permission: it runs as a reaction and grants nothing to anybody."""
    return void_stale(actor, lock_version(version))


def void_stale(actor: User, version: ModelVersion) -> int:
    """`version` is locked by the caller."""
    voided = 0
    for request in selectors.open_requests_of(version):
        held = lock(request, version)
        is_moved = held.act == APPROVE_VERSION and version.stage != Stage.IN_REVIEW
        if why_stale(held) is not None or is_moved:
            close(actor, held, RequestState.VOID, _VOID if held.act == APPROVE_VERSION else _MOVED)
            voided += 1
    return voided


def lock(request: ApprovalRequest, version: ModelVersion | None) -> ApprovalRequest:
    """The version's row is locked first, everywhere, then the request's."""
    rows = ApprovalRequest.objects.select_for_update(of=("self",))
    held = rows.select_related("conclusion", "opened_by__person").get(pk=request.pk)
    held.version = version
    return held


def lock_with_version(request: ApprovalRequest) -> ApprovalRequest:
    return lock(request, None if request.version is None else lock_version(request.version))


def settle(actor: User, request: ApprovalRequest, reached: Standing, why: str) -> None:
    """A version moves while its request is still open: the database counts the signatures under the open one. What a
    grant lets its owner do is done under the granted one."""
    row = governance.ACTS[request.act]
    if reached in row.moves and request.version is not None:
        advance(actor=actor, version=request.version, move=row.moves[reached], why=why)
    close(actor, request, RequestState(reached), why)
    if reached is Standing.GRANTED and row.executor:
        import_string(row.executor)(actor=actor, request=request)


def close(actor: User, request: ApprovalRequest, state: RequestState, why: str) -> None:
    moment = clock.now()
    request.state, request.closed_at, request.closed_why = state, moment, why
    if state == RequestState.GRANTED:
        request.holds_until = moment + dt.timedelta(hours=governance.ACTS[request.act].holds_hours)
    request.save(update_fields=["state", "closed_at", "closed_why", "holds_until"])
    event = Event.REQUEST_VOIDED if state == RequestState.VOID else Event.REQUEST_CLOSED
    facts = {"request": str(request.pk), "state": str(state), "evidence": request.evidence_digest}
    record(event=event, actor=actor, subject=subjects.of_request(request), facts=facts)
