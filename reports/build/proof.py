"""Sections 20 and 21: where every number is proven, and the ledger's entries about the version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.build import words
from reports.build.content import Column, Digest, Facts, Heading, Paragraph, Section, Table
from reports.build.facts import DossierFacts
from reports.build.numbering import Entry
from reports.build.testing import section_number
from reports.inspection import CHECKPOINT_FILE
from reports.offline import dossier_verifier_digest, verifier_digest

EVIDENCE_FILE = "evidence.json"
LEDGER_FILE = "ledger-extract.json"


def evidence_index(facts: DossierFacts, entries: Sequence[Entry]) -> Section:
    """From each evidence id to what it rests on; what all of them share stands once, above."""
    said = Paragraph(
        _(
            "Every table, list of facts and figure bears an evidence id. What it rests on stands below, by SHA-256."
            " Attached is %(file)s, the canonical form of the evidence: its SHA-256 is the evidence digest that every"
            " signature names, and inside it stands each result in full, with its own digest."
        )
        % {"file": EVIDENCE_FILE}
    )
    shared = Facts(
        (
            (_("Evidence"), Digest(facts.evidence.digest)),
            (_("Standard"), Digest(facts.run.standard.digest)),
            (_("Plan"), Digest(facts.run.plan_digest)),
            (_("Data"), Digest(facts.version.snapshot.digest)),
            (_("Sealed artefact"), Digest(facts.version.artifact_id)),
            (_("Recipe"), Digest(facts.version.candidate.recipe_digest)),
            (_("Code it was trained by"), _code(facts)),
            (_("Seed of all resampling"), str(facts.standard.seed)),
        )
    )
    rows = tuple(
        (each.check_id, _section(each.check_id), words.verdict(each.verdict), Digest(each.digest))
        for each in facts.results
    )
    columns = (
        Column(_("Check"), 0.2),
        Column(_("Section"), 0.07),
        Column(_("Result"), 0.12),
        Column(_("SHA-256 of the result"), 0.61),
    )
    listed = tuple((each.number, each.what, Digest(each.proof)) for each in entries)
    heads = (
        Column(pgettext("narrow column", "Evidence"), 0.09),
        Column(_("What stands there"), 0.33),
        Column(_("SHA-256 of what it rests on"), 0.58),
    )
    return Section(
        20,
        _("Evidence index"),
        (
            said,
            shared,
            Heading(_("Results"), "results"),
            Table(columns, rows),
            Heading(_("Evidence ids"), "evidence-ids"),
            Table(heads, listed),
        ),
    )


def _code(facts: DossierFacts) -> str:
    """As the job that trained noted it; a model of somebody else's code says so."""
    code = facts.version.candidate.recipe.get("code")
    if not isinstance(code, Mapping):
        return _("not noted: the model was trained elsewhere, or before the code was noted")
    told = {"commit": code.get("commit"), "digest": code.get("digest", words.NONE)}
    if not told["commit"]:
        return _("source %(digest)s") % told
    return _("commit %(commit)s, source %(digest)s") % told


def ledger(facts: DossierFacts) -> Section:
    extract = facts.ledger
    said = Paragraph(
        _(
            "When this dossier was built the whole ledger, %(count)s entries, was recomputed and found intact. The"
            " entries about this version and its data are listed; %(file)s, attached, holds the exact bytes of each,"
            " so that anybody can recompute a leaf as SHA-256 of a zero byte and the body."
        )
        % {"count": words.count(extract.sequence), "file": LEDGER_FILE}
    )
    head = Facts(
        (
            (_("Head entry"), words.count(extract.sequence)),
            (_("Head leaf"), Digest(extract.head)),
            (_("Checkpoint over"), _entries(extract.note_size) if extract.note else words.NONE),
            (_("Offline verifier of a ledger"), Digest(verifier_digest())),
            (_("Offline verifier of a dossier"), Digest(dossier_verifier_digest())),
        )
    )
    rows = tuple(
        (
            str(row.sequence),
            words.written(row.at),
            row.event,
            row.actor_name,
            Digest(row.leaf.hex(), 24),
        )
        for row in extract.rows
    )
    columns = (
        Column(_("Entry"), 0.08),
        Column(_("Time (UTC)"), 0.21),
        Column(_("Event"), 0.24),
        Column(_("Who"), 0.19),
        Column(_("Leaf (first 24 digits)"), 0.28),
    )
    return Section(21, _("Ledger extract and proof"), (said, head, *_anchor(facts), Table(columns, rows)))


def _anchor(facts: DossierFacts) -> tuple[Paragraph, ...]:
    """This file is an anchor: whoever keeps it holds a checkpoint that a rewritten ledger would contradict."""
    if not facts.ledger.note:
        return (
            Paragraph(
                _("No checkpoint was signed yet: this file anchors nothing. Build it again once one is.")
            ),
        )
    return (
        Paragraph(
            _(
                "%(file)s, attached, is the newest checkpoint, signed with the ledger's key. Whoever keeps this file"
                " holds it outside the installation: a ledger whose entries up to it were changed since contradicts"
                " it, even if the signing key was stolen. What is newer is not tamper-evident by this file."
            )
            % {"file": CHECKPOINT_FILE}
        ),
        Paragraph(
            _(
                "To check: download the ledger's bundle and the offline verifier (its SHA-256 is printed above; it"
                " needs Python and nothing else), then run  python verifier.py BUNDLE --checkpoint checkpoint.txt ."
            )
        ),
    )


def _entries(count: int) -> str:
    return _("%(count)s entries") % {"count": words.count(count)}


def _section(check_id: str) -> str:
    return str(section_number(check_id) or words.NONE)
