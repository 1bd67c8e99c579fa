"""The first section and the last ones: what was asked, where the ledger stands, and what each number rests on."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.audit_facts import AuditFacts
from reports.build.audit_words import columns, minute
from reports.build.content import Block, Digest, Facts, NotAssessed, Paragraph, Table
from reports.build.numbering import Entry
from reports.build.proof import EVIDENCE_FILE, LEDGER_FILE
from reports.inspection import CHECKPOINT_FILE
from reports.offline import dossier_verifier_digest, verifier_digest

PROOF_FILE, EARLIER_FILE = "inclusion-proof.json", "checkpoint-before.txt"


def scope(facts: AuditFacts) -> tuple[Block, ...]:
    asked = facts.asked
    told = Facts(
        (
            (_("Models"), asked.model_slug or _("all of them")),
            (_("Period (UTC, both days included)"), f"{asked.since.isoformat()} – {asked.until.isoformat()}"),
            (_("Reported up to"), minute(facts.at)),
            (_("Asked for by"), facts.asked_by.name),
            (_("Entry that asked for it"), words.count(facts.sampled.asked_entry)),
            (_("Acts of the period in the attached extract"), words.count(len(facts.ledger.rows))),
        )
    )
    said = Paragraph(
        _(
            "A section without anything in the period says so; what this release cannot tell is called not assessed, "
            "with the reason. Times are the word of the system that wrote them."
        )
    )
    return (told, said)


def ledger(facts: AuditFacts) -> tuple[Block, ...]:
    extract = facts.ledger
    told = Facts(
        (
            (_("Entries recomputed when this was made"), words.count(extract.sequence)),
            (_("Head leaf"), Digest(extract.head)),
            (_("Newest checkpoint over"), words.count(extract.note_size)),
            (_("Earlier checkpoint over"), words.count(facts.earlier.size) if facts.earlier else words.NONE),
            (_("Offline verifier of a ledger"), Digest(verifier_digest())),
            (_("Offline verifier of this file"), Digest(dossier_verifier_digest())),
        )
    )
    said = Paragraph(
        _(
            "The whole ledger was recomputed from its first entry and found without a fault. %(extract)s, attached, "
            "holds the exact bytes of each act of the period, and of the one that asked for this report."
        )
        % {"extract": LEDGER_FILE}
    )
    return (said, told, *_consistency(facts), *_inclusion(facts))


def _consistency(facts: AuditFacts) -> tuple[Block, ...]:
    if not facts.ledger.note:
        return (
            NotAssessed(_("No checkpoint was signed yet, so there is none to compare with or to attach.")),
        )
    if facts.earlier is None or facts.earlier.size == facts.ledger.note_size:
        return (
            Paragraph(
                _("The ledger leads to its newest checkpoint. There is no earlier one to compare with.")
            ),
        )
    return (
        Paragraph(
            _(
                "Consistency: the first %(before)s of the same leaves have the root of the earlier checkpoint "
                "(%(earlier)s), the first %(now)s that of the newest (%(newest)s): what was signed before was not "
                "rewritten. Both are attached; with the ledger's bundle verifier.py computes it again."
            )
            % {
                "before": words.count(facts.earlier.size),
                "now": words.count(facts.ledger.note_size),
                "earlier": EARLIER_FILE,
                "newest": CHECKPOINT_FILE,
            }
        ),
    )


def _inclusion(facts: AuditFacts) -> tuple[Block, ...]:
    if facts.proof is None:
        return (
            NotAssessed(
                _("No act of the extract is under a checkpoint yet, so none is proven to stand in one.")
            ),
        )
    return (
        Paragraph(
            _(
                "Inclusion: %(file)s, attached, proves entry %(entry)s to stand in the checkpoint over %(size)s "
                "entries; python verifier.py %(file)s follows it."
            )
            % {
                "file": PROOF_FILE,
                "entry": words.count(facts.proof.sequence),
                "size": words.count(facts.proof.note.size),
            }
        ),
    )


def evidence_index(results: Sequence[tuple[str, str]], entries: Sequence[Entry]) -> tuple[Block, ...]:
    said = Paragraph(
        _(
            "%(file)s, attached, holds every cell of the sections it names, each section with its own SHA-256; the "
            "SHA-256 of the whole is the evidence digest on the first page."
        )
        % {"file": EVIDENCE_FILE}
    )
    sections = Table(
        columns((_("Section"), 0.3), (_("SHA-256 of what it prints"), 0.7)),
        tuple((name, Digest(digest)) for name, digest in results),
    )
    listed = tuple((each.number, each.what, Digest(each.proof)) for each in entries)
    heads = columns(
        (_("Evidence"), 0.09), (_("What stands there"), 0.33), (_("SHA-256 of what it rests on"), 0.58)
    )
    return (said, sections, Table(heads, listed))
