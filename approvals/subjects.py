"""How the ledger names what this app owns."""

from __future__ import annotations

from approvals.models import ApprovalRequest
from audit.chain import Subject
from registry import subjects


def of_request(request: ApprovalRequest) -> Subject:
    """The version that an act is about; a request without one stands for itself."""
    if request.version is None:
        return Subject("request", str(request.pk))
    return subjects.of_version(request.version)
