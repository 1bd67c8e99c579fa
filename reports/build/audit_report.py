"""The whole audit report: its sections, its evidence, and what is attached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from mrm.lib import canonical
from reports import tables
from reports.build import (
    audit_acts,
    audit_decisions,
    audit_people,
    audit_proof,
    audit_standing,
    words,
)
from reports.build.audit_facts import AuditFacts
from reports.build.audit_words import minute
from reports.build.content import (
    Attachment,
    Block,
    Cover,
    Digest,
    Document,
    Facts,
    NotAssessed,
    Paragraph,
    Section,
    State,
    Word,
)
from reports.build.cover import development_notice, warning
from reports.build.numbering import index, numbered
from reports.build.proof import EVIDENCE_FILE, LEDGER_FILE
from reports.inspection import CHECKPOINT_FILE

KIND = "audit-report"
Builder = Callable[[AuditFacts], tuple[Block, ...]]


def document(facts: AuditFacts) -> Document:
    """The same facts give the same document: English whatever the language of who asks, and no present moment."""
    with translation.override("en"):
        told = _told(facts)
        results = [_result(each) for each in told]
        evidence = _evidence(facts, results)
        digest = canonical.digest(evidence)
        proofs = {each.number: one["digest"] for each, one in zip(told, results, strict=True)}
        whole = numbered(told, proofs)
        first = numbered(
            [Section(1, _("What was asked for"), audit_proof.scope(facts))], {1: facts.sampled.seed}
        )
        entries = index([*first, *whole])
        named = [(each.title, one["digest"]) for each, one in zip(told, results, strict=True)]
        last = [
            Section(10, _("Checkpoint and proof"), audit_proof.ledger(facts)),
            Section(11, _("Evidence index"), audit_proof.evidence_index(named, entries)),
        ]
        return Document(
            title=_("Audit report: %(scope)s") % {"scope": facts.asked.label},
            label=facts.asked.label,
            evidence_digest=digest,
            dated=facts.at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ"),
            cover=_cover(facts, digest),
            sections=(*first, *whole, *numbered(last, {10: facts.ledger.head, 11: digest})),
            attachments=_attachments(facts, evidence),
            keywords=(_("model risk audit"),),
            warning=warning(facts.signer),
        )


def _told(facts: AuditFacts) -> list[Section]:
    builders: tuple[tuple[str, Builder], ...] = (
        (_("Inventory in force"), audit_standing.inventory),
        (_("Changes"), audit_standing.changes),
        (_("Approvals and dissent"), audit_acts.approvals),
        (_("Findings and their age"), audit_standing.findings),
        (_("Overrides and overlays"), audit_acts.overlays),
        (_("Exceptions"), audit_acts.exceptions),
        (_("People and roles"), _people),
        (_("Sampled decisions, computed again"), audit_decisions.sampled),
    )
    return [Section(at, title, build(facts)) for at, (title, build) in enumerate(builders, start=2)]


def _people(facts: AuditFacts) -> tuple[Block, ...]:
    if not facts.is_of_every_model:
        return audit_people.roles(facts)
    return (*audit_people.roles(facts), *audit_people.denied(facts))


def _result(section: Section) -> dict[str, Any]:
    """Every cell that a section prints, with the digest of that: the evidence can be read without the pages."""
    rows = [
        [list(row) for row in rows]
        for each in numbered([section], {})
        for block in each.blocks
        for _number, rows in tables.rows_of(block)
    ]
    said = [
        each.text if isinstance(each, Paragraph) else each.why
        for each in section.blocks
        if isinstance(each, Paragraph | NotAssessed)
    ]
    content = {"check": section.title, "said": said, "tables": rows}
    return {**content, "digest": canonical.digest(content)}


def _evidence(facts: AuditFacts, results: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "asked": {**facts.asked.plain(), "entry": facts.sampled.asked_entry, "seed": facts.sampled.seed},
        "kind": KIND,
        "results": results,
    }


def _cover(facts: AuditFacts, digest: str) -> Cover:
    asked, found = facts.asked, facts.sampled
    return Cover(
        kicker=_("Audit report"),
        title=asked.model_slug or _("All models"),
        subtitle=f"{asked.since.isoformat()} – {asked.until.isoformat()}",
        outcome=_outcome(facts),
        facts=Facts(
            (
                (_("Asked for by"), facts.asked_by.name),
                (_("Reported up to"), f"{minute(facts.at)} UTC"),
                (_("Decisions computed again"), f"{len(found.decisions)} / {words.count(found.population)}"),
                (_("As of ledger entry"), words.count(facts.ledger.sequence)),
                (_("Sealed by"), facts.signer.name),
            )
        ),
        digests=Facts(
            (
                (_("Evidence"), Digest(digest)),
                (_("Seed of the sample"), Digest(found.seed)),
                (_("Governance rules"), Digest(facts.governance)),
                (_("Ledger head"), Digest(facts.ledger.head)),
                (_("Signing certificate"), Digest(facts.signer.fingerprint)),
            )
        ),
        signatures=None,
        verify=_verify(),
        key_notice=f"{development_notice()} {_seal_notice()}"
        if facts.signer.is_development
        else _seal_notice(),
    )


def _outcome(facts: AuditFacts) -> Word:
    found = facts.sampled
    if not found.decisions:
        return Word(_("Ledger intact · no decision was sampled"), State.QUIET)
    if found.same == len(found.decisions):
        return Word(_("Ledger intact · every sampled decision is the same in every bit"), State.GOOD)
    counts = {"same": found.same, "all": len(found.decisions)}
    return Word(_("Ledger intact · %(same)s of %(all)s sampled decisions are the same") % counts, State.BAD)


def _verify() -> tuple[str, ...]:
    return (
        _(
            "Run  manage.py verify_dossier FILE.pdf : signature, byte range, evidence and ledger are checked one by "
            "one."
        ),
        _(
            "Without this installation:  python dossier_verifier.py FILE.pdf  (its SHA-256 stands in section 10)."
        ),
        _("Save the attachment evidence.json; its SHA-256 must be the evidence digest printed above."),
    )


def _seal_notice() -> str:
    return _(
        "The PDF seal is the organisation's own. Nobody signs an audit report: it says what is kept, and "
        "judges nothing."
    )


def _attachments(facts: AuditFacts, evidence: dict[str, Any]) -> tuple[Attachment, ...]:
    made = [
        (
            EVIDENCE_FILE,
            _("The evidence in canonical form; its SHA-256 is the evidence digest."),
            canonical.dumps(evidence),
        ),
        (LEDGER_FILE, _("The acts of the period, byte for byte."), canonical.dumps(facts.ledger.plain())),
    ]
    if facts.ledger.note:
        made.append((CHECKPOINT_FILE, _("The newest checkpoint, a signed note."), facts.ledger.note.encode()))
    if facts.earlier:
        made.append((audit_proof.EARLIER_FILE, _("An earlier checkpoint."), facts.earlier.text.encode()))
    if facts.proof:
        made.append((audit_proof.PROOF_FILE, _("A proof of inclusion of one act."), facts.proof.content()))
    return tuple(
        Attachment(name, "text/plain" if name.endswith(".txt") else "application/json", said, content)
        for name, said, content in made
    )
