"""What `manage.py ledger` does, act by act."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from accounts.selectors import the_installation
from audit import bundle as bundles
from audit import proofs, rows, sealer, selectors, stored, stream
from audit.anchors import stamps
from audit.anchors.place import Outcome
from audit.anchors.services import anchor_all
from audit.checkpoint import VerifierKey
from audit.sealer_folder import Folder, Unusable
from audit.verdicts import Verdict
from mrm.lib.errors import NotFound
from reports.ledger_verification import outside_folder


def init_key(origin: str) -> VerifierKey:
    """The first key of this log. Refuses beside another: keys are rotated, not added."""
    folder = Folder(settings.MRM_SEALER_DIR)
    if folder.keys():
        raise Unusable(f"{folder.path} holds a key already. A later key comes by `ledger rotate-key`.")
    return folder.add_key(origin).public


def rotate_key() -> VerifierKey:
    return sealer.rotate(folder=Folder(settings.MRM_SEALER_DIR), actor=the_installation())


def export(path: Path) -> tuple[int, str]:
    """How many lines, and the SHA-256 of the file. It is there whole or not at all."""
    digest, lines = hashlib.sha256(), 0
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            for line in bundles.lines(stored.contents()):
                file.write(line)
                digest.update(line)
                lines += 1
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return lines, digest.hexdigest()


def verify(*, bundle: Path | None, key: str | None, notes: Sequence[str]) -> Verdict:
    """Over a file, or over the database: then with the folder of anchors, and every decision and access compared with
    its record."""
    trusted = key or settings.MRM_LEDGER_KEY or None
    if bundle is not None:
        return bundles.examine_file(bundle, key=trusted, notes=notes)
    outside = notes or outside_folder().notes
    verdict = selectors.verify(key=VerifierKey.read(trusted) if trusted else None, outside=outside)
    return rows.joined(verdict, rows.compare(told=lambda _: None)).and_also(stamps.faults())


def prove(*, entry: int | None, decision: str | None) -> bytes:
    if entry is not None:
        return proofs.of_entry(entry).content()
    return proofs.of_record(_body_of(str(decision))).content()


def _body_of(decision: str) -> bytes:
    from scoring import selectors as decisions

    try:
        wanted = uuid.UUID(decision)
    except ValueError:
        raise NotFound("A decision's id is a UUID.") from None
    return bytes(decisions.find(wanted).body)


def anchor() -> tuple[Outcome, ...]:
    return anchor_all()


def lines(*, after: str, limit: int) -> Iterator[bytes]:
    return stream.lines(stream.Cursor.read(after), limit)
