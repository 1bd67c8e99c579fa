"""What follows at once from a grant, by the row of its act: the owner of the object executes, and asks its gates."""

from __future__ import annotations

from accounts.models import User
from approvals.caps import grant_cap
from approvals.emergencies import begin
from approvals.exceptions import grant_exception
from approvals.models import ApprovalRequest
from approvals.overlays import grant_overlay
from approvals.snapshot_exceptions import grant_snapshot_exception
from mrm.lib.errors import NotFound
from registry.models import ModelVersion
from registry.services import resume_version, retire_version


def resume(*, actor: User, request: ApprovalRequest) -> None:
    resume_version(actor=actor, version=_version(request), why=request.content["why"])


def retire(*, actor: User, request: ApprovalRequest) -> None:
    retire_version(actor=actor, version=_version(request), why=request.content["why"])


def except_check(*, actor: User, request: ApprovalRequest) -> None:
    grant_exception(actor, request, _version(request))


def put_overlay(*, actor: User, request: ApprovalRequest) -> None:
    grant_overlay(actor, request, _version(request))


def except_rule(*, actor: User, request: ApprovalRequest) -> None:
    if request.snapshot is None:
        raise NotFound("This grant names no snapshot.")
    grant_snapshot_exception(actor, request, request.snapshot)


def grant_use(*, actor: User, request: ApprovalRequest) -> None:
    grant_cap(actor, request, _version(request))


def begin_emergency(*, actor: User, request: ApprovalRequest) -> None:
    begin(actor, request, _version(request))


def _version(request: ApprovalRequest) -> ModelVersion:
    if request.version is None:
        raise NotFound("This grant names no version.")
    return request.version
