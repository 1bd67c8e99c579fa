"""Is this file the dossier that was sealed here? Each check in words; all of them are run, whatever fails first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import chain, selectors, tree, verifier
from audit.checkpoint import Note
from audit.events import Event
from mrm.lib import canonical
from reports import dossier_verifier, inspection
from reports.build.ledger import facts_of
from reports.inspection import Doubt
from reports.models import AuditReport, Dossier
from reports.twin import drawn_again

# The entries that name a sealed file.
SEALED = (Event.DOSSIER_SIGNED, Event.AUDIT_REPORT_SIGNED)


@dataclass(frozen=True)
class Checked:
    """One question to the file, and the answer."""

    question: str
    holds: bool
    said: str


@dataclass(frozen=True)
class Verdict:
    digest: str
    checks: tuple[Checked, ...]

    @property
    def is_genuine(self) -> bool:
        return all(each.holds for each in self.checks)


def verify(content: bytes, bundle: Path | None = None) -> Verdict:
    """The file by itself, then against the ledger, then beside a bundle where one is given. Reads the whole ledger;
    changes nothing."""
    beside = () if bundle is None else check_bundle(content, bundle)
    return Verdict(canonical.sha256(content), (*check_file(content), *check_ledger(content), *beside))


def check_bundle(content: bytes, bundle: Path) -> tuple[Checked, ...]:
    """An exported ledger by its own verifier, and that it holds what the file carries."""
    return (
        _asked("The bundle is a ledger without a fault", lambda: _is_intact(bundle)),
        _asked(
            "The bundle holds what the file says", lambda: dossier_verifier.stands_in_bundle(content, bundle)
        ),
    )


def _is_intact(bundle: Path) -> str:
    found = verifier.examine_file(str(bundle))
    if found.faults:
        raise Doubt(f"{found.faults[0].what}")
    return "Its entries, segments and checkpoints agree; what stays unproven, its own verifier says."


def check_file(content: bytes) -> tuple[Checked, ...]:
    """What anybody can check who has only the file."""
    stamp = (
        (_asked("The time stamp is over this seal", lambda: inspection.stamp_of(content)),)
        if inspection.is_stamped(content)
        else ()
    )
    return (
        _asked("The seal covers the whole file", lambda: inspection.covers_whole_file(content)),
        _asked("The signature is written in one way only", lambda: inspection.hex_is_canonical(content)),
        _asked("Nothing follows the seal", lambda: inspection.no_later_update(content)),
        _asked("The signature is valid", lambda: inspection.seal_of(content).said),
        *stamp,
        _asked("The evidence is the one printed", lambda: inspection.evidence_of(content).said),
    )


def check_ledger(content: bytes) -> tuple[Checked, ...]:
    """What only the installation knows: that this very file was sealed, by whom, over what; and what only the file
    knows: the checkpoint it has carried since, whatever was done to the ledger."""
    carried = _asked("The checkpoint inside can be read", lambda: _carried(content))
    note = inspection.checkpoint_of(content) if carried.holds else None
    walk = _Walk(note.size if note else 0)
    faults = list(chain.faults(walk.rows()))
    told = (
        Checked("The ledger is intact", holds=False, said=f"Entry {faults[0].sequence}: {faults[0].what}.")
        if faults
        else Checked("The ledger is intact", holds=True, said="Every entry follows from the one before it.")
    )
    lead = (_asked("The ledger leads to the checkpoint inside", lambda: _leads(walk, note)),) if note else ()
    return (told, carried, *lead, *_entry_checks(content, walk.sealed))


def _carried(content: bytes) -> str:
    note = inspection.checkpoint_of(content)
    if note is None:
        return "The file carries none: none was signed when it was made."
    return f"It is over {note.size} entries of {note.origin}."


def _leads(walk: _Walk, note: Note) -> str:
    if walk.range.size < note.size:
        raise Doubt(
            f"The ledger has {walk.range.size} entries, the checkpoint is over {note.size}: its end is gone."
        )
    if walk.range.root() != note.root:
        raise Doubt(
            f"The first {note.size} entries lead to another root: they are not the ones that were signed."
        )
    return f"The first {note.size} entries have the root that was signed."


def _entry_checks(content: bytes, entries: list[chain.Row]) -> tuple[Checked, ...]:
    digest = canonical.sha256(content)
    found = next((row for row in entries if facts_of(row).get("signed") == digest), None)
    if found is None:
        why = f"No entry names a sealed file with the SHA-256 {digest}."
        return (Checked("The ledger holds this file's digest", holds=False, said=why),)
    facts = facts_of(found)
    said = f"Entry {found.sequence}, {found.at}, by {found.actor_name}, names this file."
    return (
        Checked("The ledger holds this file's digest", holds=True, said=said),
        _asked("The pages are the ones that were sealed", lambda: _same_pages(content, facts)),
        _asked("Certificate and evidence are the ledger's", lambda: _same_makers(content, facts)),
        *(
            (_asked("The pages can be drawn again", lambda: _drawn_again(facts)),)
            if facts.get("content")
            else ()
        ),
    )


def _same_pages(content: bytes, facts: dict[str, Any]) -> str:
    pages = content[: int(facts["unsigned_size"])]
    if canonical.sha256(pages) != facts["unsigned"]:
        raise Doubt("The part before the seal has another digest than the entry says.")
    return f"The first {len(pages)} bytes have the digest {facts['unsigned']}, as the entry says."


def _drawn_again(facts: dict[str, Any]) -> str:
    """From the frozen content alone; nothing of today's database takes part."""
    dossier = _made(facts)
    if dossier.content_digest != facts["content"]:
        raise Doubt("The content beside the dossier is not the one that the entry names.")
    digest = drawn_again(dossier)
    if digest != facts["unsigned"]:
        raise Doubt(
            "Drawn again from its content the file has other bytes: this installation draws otherwise than the one"
            " that made it, or its fonts differ. What the entry says of the file itself stands above."
        )
    return f"Drawn anew from the content {facts['content'][:16]}, it has the same bytes."


def _made(facts: dict[str, Any]) -> Dossier | AuditReport:
    if "audit_report" in facts:
        return AuditReport.objects.get(pk=facts["audit_report"])
    return Dossier.objects.get(pk=facts["dossier"])


def _same_makers(content: bytes, facts: dict[str, Any]) -> str:
    if inspection.seal_of(content).certificate != facts["certificate"]:
        raise Doubt("The seal's certificate is not the one that the entry names.")
    if inspection.evidence_of(content).digest != facts["evidence"]:
        raise Doubt("The evidence is not the one that the entry names.")
    return f"The certificate is {facts['certificate'][:16]}, the evidence {facts['evidence'][:16]}."


class _Walk:
    """Once through the ledger: the entries that name sealed files, and the tree over what the checkpoint is over."""

    def __init__(self, size: int) -> None:
        self._size, self.range = size, tree.Range()
        self.sealed: list[chain.Row] = []

    def rows(self) -> Iterator[chain.Row]:
        for row in selectors.rows():
            if row.event in SEALED:
                self.sealed.append(row)
            if row.sequence <= self._size:
                self.range.append(chain.leaf_of(row.body))
            yield row


def _asked(question: str, answer: Callable[[], str]) -> Checked:
    try:
        return Checked(question, holds=True, said=answer())
    except (Doubt, dossier_verifier.Doubt) as doubt:
        return Checked(question, holds=False, said=str(doubt))
    except Exception as fault:  # noqa: BLE001 (hostile bytes: whatever a parser makes of them, the check has failed)
        return Checked(
            question, holds=False, said=f"The file could not be read for this ({type(fault).__name__})."
        )
