"""Sections 20 and 21: where every number is proven, and the ledger's entries about the version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        "Every table, list of facts and figure bears an evidence id. What it rests on stands below, by SHA-256. "
        f"Attached is {EVIDENCE_FILE}, the canonical form of the evidence: its SHA-256 is the evidence digest that "
        "every signature names, and inside it stands each result in full, with its own digest."
    )
    shared = Facts(
        (
            ("Evidence", Digest(facts.evidence.digest)),
            ("Standard", Digest(facts.run.standard.digest)),
            ("Plan", Digest(facts.run.plan_digest)),
            ("Data", Digest(facts.version.snapshot.digest)),
            ("Sealed artefact", Digest(facts.version.artifact_id)),
            ("Recipe", Digest(facts.version.candidate.recipe_digest)),
            ("Code it was trained by", _code(facts)),
            ("Seed of all resampling", str(facts.standard.seed)),
        )
    )
    rows = tuple(
        (each.check_id, _section(each.check_id), words.verdict(each.verdict), Digest(each.digest))
        for each in facts.results
    )
    columns = (
        Column("Check", 0.2),
        Column("Section", 0.07),
        Column("Result", 0.12),
        Column("SHA-256 of the result", 0.61),
    )
    listed = tuple((each.number, each.what, Digest(each.proof)) for each in entries)
    heads = (
        Column("Evidence", 0.09),
        Column("What stands there", 0.33),
        Column("SHA-256 of what it rests on", 0.58),
    )
    return Section(
        20,
        "Evidence index",
        (
            said,
            shared,
            Heading("Results", "results"),
            Table(columns, rows),
            Heading("Evidence ids", "evidence-ids"),
            Table(heads, listed),
        ),
    )


def _code(facts: DossierFacts) -> str:
    """As the job that trained noted it; a model of somebody else's code says so."""
    code = facts.version.candidate.recipe.get("code")
    if not isinstance(code, Mapping):
        return "not noted: the model was trained elsewhere, or before the code was noted"
    commit = f"commit {code['commit']}, " if code.get("commit") else ""
    return f"{commit}source {code.get('digest', words.NONE)}"


def ledger(facts: DossierFacts) -> Section:
    extract = facts.ledger
    said = Paragraph(
        f"When this dossier was built the whole ledger, {words.count(extract.sequence)} entries, was recomputed and "
        f"found intact. The entries about this version and its data are listed; {LEDGER_FILE}, attached, holds the "
        "exact bytes of each, so that anybody can recompute a leaf as SHA-256 of a zero byte and the body."
    )
    head = Facts(
        (
            ("Head entry", words.count(extract.sequence)),
            ("Head leaf", Digest(extract.head)),
            ("Checkpoint over", f"{words.count(extract.note_size)} entries" if extract.note else words.NONE),
            ("Offline verifier of a ledger", Digest(verifier_digest())),
            ("Offline verifier of a dossier", Digest(dossier_verifier_digest())),
        )
    )
    rows = tuple(
        (
            str(row.sequence),
            row.at[:19].replace("T", " "),
            row.event,
            row.actor_name,
            Digest(row.leaf.hex(), 24),
        )
        for row in extract.rows
    )
    columns = (
        Column("Entry", 0.08),
        Column("Time (UTC)", 0.21),
        Column("Event", 0.24),
        Column("Who", 0.19),
        Column("Leaf (first 24 digits)", 0.28),
    )
    return Section(21, "Ledger extract and proof", (said, head, *_anchor(facts), Table(columns, rows)))


def _anchor(facts: DossierFacts) -> tuple[Paragraph, ...]:
    """This file is an anchor: whoever keeps it holds a checkpoint that a rewritten ledger would contradict."""
    if not facts.ledger.note:
        return (
            Paragraph("No checkpoint was signed yet: this file anchors nothing. Build it again once one is."),
        )
    return (
        Paragraph(
            f"{CHECKPOINT_FILE}, attached, is the newest checkpoint, signed with the ledger's key. Whoever keeps this "
            "file holds it outside the installation: a ledger whose entries up to it were changed since contradicts "
            "it, even if the signing key was stolen. What is newer is not tamper-evident by this file."
        ),
        Paragraph(
            "To check: download the ledger's bundle and the offline verifier (its SHA-256 is printed above; it needs "
            "Python and nothing else), then run  python verifier.py BUNDLE --checkpoint checkpoint.txt ."
        ),
    )


def _section(check_id: str) -> str:
    return str(section_number(check_id) or words.NONE)
