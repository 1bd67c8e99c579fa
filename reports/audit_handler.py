"""The job that builds an audit report: draws and computes outside any transaction; row and entry come at its end."""

from __future__ import annotations

from collections.abc import Callable

from jobs.run import Run
from reports import audit_reports
from reports.audit_asked import Asked
from reports.audit_sample import sample
from reports.signing import signing_key

_STEP = "Drawing the sample and computing its decisions again"


def build_audit_report(run: Run) -> Callable[[], dict[str, str | int]]:
    """Refuses again whatever `request_audit_report` refuses: roles may have changed while the job waited."""
    from reports.build.audit_facts import gather
    from reports.build.audit_report import document
    from reports.sealed_files import sealed_file

    asked = Asked.read(run.job.payload)
    audit_reports.require_buildable(actor=run.actor, asked=asked)
    key = signing_key()

    def told(done: int, of: int) -> None:
        run.progress(_STEP, 5 + 45 * done // of)

    sampled = sample(actor=run.actor, asked=asked, told=told)
    run.progress("Reading the evidence and the ledger", 50)
    facts = gather(actor=run.actor, asked=asked, sampled=sampled, signer=key.signer)
    run.progress("Writing the pages", 65)
    signed = sealed_file(
        document(facts), key=key, ledger=facts.ledger, kind="Audit report", told=run.progress
    )

    def conclude() -> dict[str, str | int]:
        report = audit_reports.keep_audit_report(actor=run.actor, asked=asked, sampled=sampled, signed=signed)
        return {"audit_report": str(report.pk), "signed": report.signed_digest, "pages": report.pages}

    return conclude
