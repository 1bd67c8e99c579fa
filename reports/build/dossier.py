"""The whole document, section by section in the order of the regulation's list."""

from __future__ import annotations

import datetime as dt

from django.utils import translation

from mrm.lib import canonical
from reports.build import challenge, data, design, overlays, proof, scope, testing, watching
from reports.build.content import Attachment, Document, Section
from reports.build.cover import cover
from reports.build.facts import DossierFacts
from reports.inspection import CHECKPOINT_FILE


def document(facts: DossierFacts) -> Document:
    """The same facts give the same document: English whatever the language of who asks, and no present moment."""
    with translation.override("en"):
        version = facts.version
        return Document(
            title=f"Validation dossier: {version.risk_model.name}, version {version.number}",
            label=version.label,
            evidence_digest=facts.evidence.digest,
            dated=_dated(facts),
            cover=cover(facts),
            sections=tuple(_sections(facts)),
            attachments=_attachments(facts),
        )


def _sections(facts: DossierFacts) -> list[Section]:
    return [
        scope.scope(facts),
        scope.tier(facts),
        data.data(facts),
        design.design(facts),
        testing.re_performance(facts),
        *(testing.subject(facts, each) for each in testing.SUBJECTS),
        watching.monitoring_plan(facts),
        overlays.overlays(facts),
        challenge.findings(facts),
        challenge.outcome(facts),
        challenge.sign_offs(facts),
        challenge.clauses(facts),
        proof.evidence_index(facts),
        proof.ledger(facts),
    ]


def _attachments(facts: DossierFacts) -> tuple[Attachment, ...]:
    mime, note = "application/json", facts.ledger.note.encode()
    said = "The newest checkpoint of the ledger, a signed note."
    return (
        *((Attachment(CHECKPOINT_FILE, "text/plain", said, note),) if note else ()),
        Attachment(
            proof.EVIDENCE_FILE,
            mime,
            "The evidence in canonical form; its SHA-256 is the evidence digest.",
            canonical.dumps(facts.evidence.document),
        ),
        Attachment(
            proof.LEDGER_FILE,
            mime,
            "The ledger's entries about this version, byte for byte.",
            canonical.dumps(facts.ledger.plain()),
        ),
    )


def _dated(facts: DossierFacts) -> str:
    at = facts.run.completed_at
    assert at is not None  # noqa: S101 (the newest completed run)
    return at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ")
