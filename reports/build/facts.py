"""Everything a dossier prints, read once, as the actor may see it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from approvals.models import (
    ApprovalRequest,
    Cap,
    Condition,
    Overlay,
    Recusal,
    SignOff,
    SnapshotException,
    ValidationException,
)
from approvals.selectors import (
    caps_of,
    conditions,
    exceptions_of,
    exceptions_of_snapshot,
    overlays_of,
    recusals_of,
    requests_of,
    signoffs_of,
)
from audit.events import Event
from mrm.lib.errors import NotFound, Unavailable
from mrm.settings import governance
from registry.developer_documents import newest_document
from registry.models import DeveloperDocument, ModelVersion, MonitoringPlan, StageChange, VersionFile
from registry.monitoring_plans import newest_plan
from registry.selectors import changes
from registry.version_files import files_of
from reports.build.ledger import AsOf, Extract, extract_about
from validation.assessments import questions
from validation.certificate import Certificate
from validation.certifying import certificate_of
from validation.competence import counting
from validation.evidence import Evidence, assessments_of, evidence_of
from validation.models import (
    Assessment,
    CheckResult,
    Competence,
    Conclusion,
    Deviation,
    Finding,
    Question,
    Reperformance,
    ValidationRun,
)
from validation.pack_selectors import CrossReference, crossed
from validation.plan_answers import AnsweredPlan, plan_answers
from validation.plan_facts import Seen
from validation.reperformed import Marks, marks_in, newest_of
from validation.sample import Section
from validation.selectors import (
    check_card,
    deviations_of,
    findings,
    latest_conclusion,
    latest_run,
    results_of,
)
from validation.standard import Standard
from validation.standards import load


@dataclass(frozen=True)
class Signer:
    """Whose key seals the file, as the cover names it."""

    name: str
    fingerprint: str
    is_development: bool


@dataclass(frozen=True)
class DossierFacts:
    """One version with its evidence, as of one place in the ledger."""

    version: ModelVersion
    run: ValidationRun
    standard: Standard
    evidence: Evidence
    results: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    deviations: tuple[Deviation, ...]
    conclusion: Conclusion
    # Of whoever concluded, as it counted at that signature.
    competence: tuple[Competence, ...]
    requests: tuple[ApprovalRequest, ...]
    signoffs: tuple[SignOff, ...]
    recusals: tuple[Recusal, ...]
    conditions: tuple[Condition, ...]
    exceptions: tuple[ValidationException, ...]
    # Rules of data quality that were let stand, at whatever time.
    let_stand: tuple[SnapshotException, ...]
    caps: tuple[Cap, ...]
    overlays: tuple[Overlay, ...]
    changes: tuple[StageChange, ...]
    readings: int
    ledger: Extract
    signer: Signer
    governance: str
    assessments: tuple[Assessment, ...]
    questions: tuple[Question, ...]
    document: DeveloperDocument | None
    monitoring: MonitoringPlan | None
    files: tuple[VersionFile, ...]
    plan: AnsweredPlan
    # The newest re-performance of the run; None where nobody has performed it again.
    performed: Reperformance | None
    marks: Marks
    certificate: Certificate
    # Of the packs that there were when the conclusion was signed, so that a later one does not alter the file.
    clauses: CrossReference

    def results_in(self, *sections: Section) -> tuple[CheckResult, ...]:
        return tuple(each for each in self.results if _section(each) in sections)

    def result(self, check_id: str) -> CheckResult | None:
        return next((each for each in self.results if each.check_id == check_id), None)


def gather(*, actor: User, version: ModelVersion, signer: Signer, until: AsOf | None = None) -> DossierFacts:
    """Read all facts. `until` cuts the ledger where it was cut before, so that a dossier can be built again as it
    was. Refuses when there is no signed conclusion or a stored result is no longer the one that was signed."""
    run, conclusion = latest_run(version), latest_conclusion(version)
    if run is None or conclusion is None:
        raise NotFound(f"{version.label} has no signed conclusion: there is nothing to put into a dossier.")
    evidence = evidence_of(run)
    if evidence.digest != run.evidence_digest:
        raise Unavailable(
            f"The stored results of {version.label} no longer give the evidence digest that was signed. No dossier "
            "is made of them: restore the results from a backup and verify the ledger."
        )
    ledger, performed = extract_about(version, until), newest_of(run)
    results, found = tuple(results_of(actor=actor, run=run)), tuple(_findings(actor, version))
    said = assessments_of(run.version, run)
    seen = Seen(run.version, run, results, found, conclusion, said)
    return DossierFacts(
        version=run.version,
        run=run,
        standard=load(run.standard.content),
        evidence=evidence,
        results=results,
        findings=found,
        deviations=tuple(deviations_of(actor=actor, version=version)),
        conclusion=conclusion,
        competence=counting([conclusion.person], conclusion.at)[conclusion.person],
        requests=tuple(requests_of(actor=actor, version=version).order_by("opened_at", "id")),
        signoffs=tuple(signoffs_of(actor=actor, version=version)),
        recusals=tuple(recusals_of(actor=actor, version=version)),
        conditions=tuple(conditions(actor=actor).filter(version=version)),
        exceptions=tuple(exceptions_of(actor=actor, version=version)),
        let_stand=tuple(exceptions_of_snapshot(actor=actor, snapshot=version.snapshot)),
        caps=tuple(caps_of(actor=actor, version=version).order_by("granted_at", "id")),
        overlays=tuple(overlays_of(actor=actor, version=version).order_by("granted_at", "id")),
        changes=tuple(changes(actor=actor, version=version)),
        readings=ledger.count(Event.HELD_OUT_READ),
        ledger=ledger,
        signer=signer,
        governance=governance.digest(),
        assessments=said,
        questions=tuple(questions(actor=actor, version=version)),
        document=newest_document(version),
        monitoring=newest_plan(version),
        files=tuple(files_of(actor=actor, version=version)),
        performed=performed,
        marks=Marks() if performed is None else marks_in(performed),
        plan=plan_answers(seen),
        certificate=certificate_of(seen),
        clauses=crossed(seen, conclusion.at),
    )


def _findings(actor: User, version: ModelVersion) -> list[Finding]:
    rows = findings(actor=actor, version=version).prefetch_related("notes__author__person")
    return list(rows.order_by("opened_at", "id"))


def _section(result: CheckResult) -> Section | None:
    card = check_card(result.check_id)
    return None if card is None else card.section
