"""A version brought to approval through the services, with a rebutted finding and every deviation that it needs."""

from __future__ import annotations

from approvals.models import ApprovalRequest
from approvals.services import open_request, sign_off
from reports.build.dossier import document
from reports.build.facts import DossierFacts, gather
from reports.build.ledger import AsOf
from reports.edition import ENGLISH_ON_A4, Edition
from reports.render.pdf import Unsigned, render
from reports.signing import signing_key
from tests.validation.cases import Case, signature, signing
from validation.findings import Raised
from validation.selectors import blocking_failures, latest_run
from validation.services import open_finding, rebut, sign_deviation

REBUTTAL = "The score is refitted each year; ≤ 2 % of requests are touched — não há mudança."


def validated(case: Case) -> Case:
    """Findings raised and answered, failed blocking checks let stand in words, concluded as fit."""
    victor, version = case.cast.victor, case.version
    result = latest_run(version).results.get(check_id="psi_score")
    raised = Raised("Shift of the score", "The index lies above its critical value.", "medium")
    finding = open_finding(actor=victor, version=version, raised=raised, result=result)
    rebut(actor=case.cast.dana, finding=finding, text=REBUTTAL)
    for failed in blocking_failures(version):
        signed = signature(victor, version, "deviation")
        sign_deviation(actor=victor, result=failed, **signed)
    version.refresh_from_db()
    case.concluded()
    return case


def requested(case: Case) -> ApprovalRequest:
    return open_request(actor=case.cast.dana, version=case.version)


def approved(case: Case) -> Case:
    request = requested(validated(case))
    for signer in (case.cast.ada, case.cast.amir):
        signed = signing(signer, case.version, "signoff:approve")
        sign_off(actor=signer, request=request, verdict="approve", signature=signed)
    case.version.refresh_from_db()
    return case


def rendered(
    case: Case, until: AsOf | None = None, edition: Edition = ENGLISH_ON_A4
) -> tuple[DossierFacts, Unsigned]:
    facts = gather(actor=case.cast.victor, version=case.version, signer=signing_key().signer, until=until)
    return facts, render(document(facts, edition))
