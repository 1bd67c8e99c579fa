"""The whole document, section by section in the order of the regulation's list."""

from __future__ import annotations

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _

from mrm.lib import canonical
from reports.build import (
    challenge,
    clauses,
    data,
    design,
    overlays,
    performed,
    proof,
    scope,
    testing,
    watching,
)
from reports.build.content import Attachment, Document, Section
from reports.build.cover import cover, warning
from reports.build.facts import DossierFacts
from reports.build.numbering import index, numbered
from reports.edition import ENGLISH_ON_A4, Edition
from reports.inspection import CHECKPOINT_FILE


def document(facts: DossierFacts, edition: Edition = ENGLISH_ON_A4) -> Document:
    """The same facts and edition give the same document: no present moment, and not the language of who asks."""
    with translation.override(edition.language):
        version = facts.version
        named = {"name": version.risk_model.name, "number": version.number}
        return Document(
            title=_("Validation dossier: %(name)s, version %(number)s") % named,
            label=version.label,
            evidence_digest=facts.evidence.digest,
            dated=_dated(facts),
            cover=cover(facts),
            sections=tuple(_sections(facts)),
            attachments=_attachments(facts),
            keywords=(_("model validation"),),
            warning=warning(facts.signer),
            edition=edition,
        )


def _sections(facts: DossierFacts) -> list[Section]:
    """The index stands after what it lists; it and the ledger's section are numbered like the others."""
    proofs = _proofs(facts)
    told = numbered(_told(facts), proofs)
    last = [proof.evidence_index(facts, index(told)), proof.ledger(facts)]
    return [*told, *numbered(last, proofs)]


def _told(facts: DossierFacts) -> list[Section]:
    return [
        scope.scope(facts),
        scope.tier(facts),
        data.data(facts),
        design.design(facts),
        performed.re_performance(facts),
        *(testing.subject(facts, each) for each in testing.SUBJECTS),
        watching.monitoring_plan(facts),
        overlays.overlays(facts),
        challenge.findings(facts),
        challenge.outcome(facts),
        challenge.sign_offs(facts),
        clauses.clauses(facts),
    ]


def _proofs(facts: DossierFacts) -> dict[int, str]:
    """What the blocks of a section rest on that name no result: the digest of the object they print."""
    shown = facts.conclusion.shown_digest
    return {
        1: facts.version.use_digest or facts.plan.plan.digest,
        2: facts.governance,
        3: facts.version.snapshot.digest,
        4: facts.version.candidate.recipe_digest,
        5: facts.evidence.digest if facts.performed is None else facts.performed.rows_digest,
        **dict.fromkeys(range(6, 16), facts.evidence.digest),
        **({} if facts.monitoring is None else {watching.NUMBER: facts.monitoring.digest}),
        **dict.fromkeys(range(16, 20), shown),
        20: facts.evidence.digest,
        21: facts.ledger.head,
    }


def _attachments(facts: DossierFacts) -> tuple[Attachment, ...]:
    mime, note = "application/json", facts.ledger.note.encode()
    said = _("The newest checkpoint of the ledger, a signed note.")
    return (
        *((Attachment(CHECKPOINT_FILE, "text/plain", said, note),) if note else ()),
        Attachment(
            proof.EVIDENCE_FILE,
            mime,
            _("The evidence in canonical form; its SHA-256 is the evidence digest."),
            canonical.dumps(facts.evidence.document),
        ),
        Attachment(
            proof.LEDGER_FILE,
            mime,
            _("The ledger's entries about this version, byte for byte."),
            canonical.dumps(facts.ledger.plain()),
        ),
    )


def _dated(facts: DossierFacts) -> str:
    at = facts.run.completed_at
    assert at is not None  # noqa: S101 (the newest completed run)
    return at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ")
