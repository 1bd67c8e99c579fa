"""Audit reports' verbs and reading: ask for one, keep the signed file, list and read them."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from accounts.access import EVERY_MODEL, allows, reach, require
from accounts.models import User
from accounts.permissions import Permission
from audit.anchors.services import carried_by_dossier
from audit.checkpoint import read as read_note
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import clock
from mrm.lib.errors import NotFound
from registry.models import RiskModel
from registry.selectors import risk_model
from reports import store
from reports.audit_asked import Asked, refuse_unanswerable
from reports.audit_sample import Sampled
from reports.models import AuditReport
from reports.services import SignedFile

KIND = "build-audit-report"
# A report reads all of these for whoever asks, so whoever asks holds all of them for its scope.
NEEDS = (
    Permission.AUDIT_REPORT_BUILD,
    Permission.INVENTORY_READ,
    Permission.FINDING_READ,
    Permission.LEDGER_READ,
    Permission.DECISION_REPLAY,
)


@unit_of_work
def request_audit_report(*, actor: User, asked: Asked) -> Job:
    """Queue the job that builds and seals a report. The entry of this act is the seed of the sample, so nobody chooses
    it, and asking until a sample pleases leaves an entry each time."""
    require_buildable(actor=actor, asked=asked)
    refuse_unanswerable(asked)
    if asked.model_slug != EVERY_MODEL:
        # NotFound for a model that is not there.
        risk_model(actor=actor, slug=asked.model_slug)
    record(event=Event.AUDIT_REPORT_REQUESTED, actor=actor, subject=asked.subject, facts=asked.plain())
    return request_job(actor=actor, kind=KIND, subject=asked.subject, payload=asked.plain())


def require_buildable(*, actor: User, asked: Asked) -> None:
    """What is refused when a report is asked for, and again when its job begins and ends."""
    for permission in NEEDS:
        require(actor=actor, permission=permission, model_slug=asked.model_slug)


@unit_of_work
def keep_audit_report(*, actor: User, asked: Asked, sampled: Sampled, signed: SignedFile) -> AuditReport:
    """Write down which file was sealed. Its digests are an entry: the verifier compares a file with that."""
    require_buildable(actor=actor, asked=asked)
    report = AuditReport(
        id=asked.report,
        risk_model=RiskModel.objects.filter(slug=asked.model_slug).first() if asked.model_slug else None,
        since=asked.since,
        until=asked.until,
        asked_entry=sampled.asked_entry,
        seed=sampled.seed,
        sample_size=asked.sample_size,
        sampled=len(sampled.decisions),
        same=sampled.same,
        evidence_digest=signed.evidence_digest,
        unsigned_digest=signed.unsigned_digest,
        signed_digest=signed.digest,
        content_digest=signed.content_digest,
        pages=signed.pages,
        size=len(signed.content),
        signer=signed.signer.name,
        built_by=actor,
        built_at=clock.now(),
    )
    report.save(force_insert=True)
    if signed.note:
        carried_by_dossier(note=read_note(signed.note), where=f"audit report {report.pk}")
    facts = {"audit_report": str(report.pk), "sampled": report.sampled, "same": report.same, **signed.facts()}
    record(event=Event.AUDIT_REPORT_SIGNED, actor=actor, subject=asked.subject, facts=facts)
    return report


def audit_reports(*, actor: User) -> QuerySet[AuditReport]:
    """The signed reports whose scope the actor may read, the newest first."""
    require(actor=actor, permission=Permission.AUDIT_REPORT_READ)
    slugs = reach(actor=actor, permission=Permission.AUDIT_REPORT_READ)
    rows = AuditReport.objects.select_related("risk_model", "built_by__person").order_by("-built_at", "id")
    return rows if slugs is None else rows.filter(Q(risk_model__slug__in=slugs))


def audit_report(*, actor: User, report_id: uuid.UUID) -> AuditReport:
    rows = AuditReport.objects.select_related("risk_model", "built_by__person")
    found = rows.filter(pk=report_id).first()
    if found is None or not allows(
        actor=actor, permission=Permission.AUDIT_REPORT_READ, model_slug=found.model_slug
    ):
        raise NotFound("There is no such audit report that you may see.")
    return found


def pdf_of(*, actor: User, report: AuditReport) -> bytes:
    """The signed file, checked against its digest on the way out. Unavailable when it is missing or altered."""
    require(actor=actor, permission=Permission.AUDIT_REPORT_READ, model_slug=report.model_slug)
    return store.read(report.signed_digest)


def file_name(report: AuditReport) -> str:
    """ASCII by construction: a slug, two days, the beginning of a digest."""
    days = f"{report.since.isoformat()}-{report.until.isoformat()}"
    return f"{report.model_slug or 'all-models'}-audit-{days}-{report.signed_digest[:12]}.pdf"
