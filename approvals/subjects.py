"""How the ledger names what this app owns."""

from __future__ import annotations

from approvals.models import ApprovalRequest, Condition
from audit.chain import Subject
from registry import subjects as registry


def of_request(request: ApprovalRequest) -> Subject:
    """The version or snapshot that an act is about; a request without one stands for itself."""
    if request.snapshot is not None:
        return registry.of_snapshot(request.snapshot)
    if request.version is None:
        return Subject("request", str(request.pk))
    return registry.of_version(request.version)


def of_condition(condition: Condition) -> Subject:
    return registry.of_version(condition.version)
