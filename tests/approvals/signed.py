"""Steps that the tests of this folder share."""

from __future__ import annotations

from approvals.models import ApprovalRequest, SignOff
from approvals.services import open_request, sign_off
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from tests.validation.cases import Case, signing_of


def signed(request: ApprovalRequest, user, verdict: str = "approve", **more) -> SignOff:
    signature = signing_of(user, request, f"signoff:{verdict}")
    return sign_off(actor=user, request=request, verdict=verdict, signature=signature, **more)


def granted_by(request: ApprovalRequest, *people) -> ApprovalRequest:
    for user in people:
        signed(request, user)
    request.refresh_from_db()
    return request


def requested(case: Case) -> ApprovalRequest:
    case.evidence()
    case.concluded()
    request = open_request(actor=case.cast.dana, version=case.version)
    case.version.refresh_from_db()
    return request


def approved(case: Case) -> Case:
    granted_by(requested(case), case.cast.ada, case.cast.amir)
    case.version.refresh_from_db()
    return case


def about(case: Case, event: Event) -> int:
    return count_about(Subject("version", str(case.version.pk)), event)
