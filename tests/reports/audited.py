"""An audit report made as its job makes it, but inside the test's own transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mrm.lib import clock
from reports import audit_reports
from reports.audit_asked import Asked
from reports.audit_sample import sample
from reports.build.audit_facts import gather
from reports.build.audit_report import document
from reports.build.content import Document
from reports.models import AuditReport
from reports.sealed_files import sealed_file
from reports.signing import signing_key


def asked(**told: Any) -> Asked:
    today = clock.now().date()
    plain = {
        "report": str(uuid.uuid4()),
        "model": "",
        "since": (today - dt.timedelta(days=30)).isoformat(),
        "until": today.isoformat(),
        "sample_size": 3,
    }
    return Asked.read(plain | told)


def built(actor: Any, what: Asked) -> tuple[AuditReport, bytes, Document]:
    audit_reports.request_audit_report(actor=actor, asked=what)
    key = signing_key()
    sampled = sample(actor=actor, asked=what, told=lambda _done, _of: None)
    facts = gather(actor=actor, asked=what, sampled=sampled, signer=key.signer)
    made = document(facts)
    told = {"key": key, "ledger": facts.ledger, "kind": "Audit report", "told": lambda _step, _percent: None}
    # In a thread: a browser of an earlier test leaves an event loop running in this one, and the seal starts its own.
    with ThreadPoolExecutor(1) as pool:
        signed = pool.submit(sealed_file, made, **told).result()
    report = audit_reports.keep_audit_report(actor=actor, asked=what, sampled=sampled, signed=signed)
    return report, signed.content, made
