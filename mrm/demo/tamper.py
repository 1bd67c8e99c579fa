"""Demo only: tamper with a copy of the ledger and let the offline verifier look at it. The ledger itself is only read.

For the theft of the signing key this file reads the sealer's private key, which nothing else outside the sealer does.
It does so only where MRM_DEMO is set, where there is nothing but invented people and one machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

import audit
from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit import bundle, signed, stored
from audit.chain import Subject
from audit.checkpoint import SigningKey
from audit.sealer_folder import Folder, Unusable
from audit.services import unit_of_work
from jobs.models import Job
from jobs.run import Run
from jobs.services import request_job
from mrm.demo.attacks import ATTACKS, Attack, Copy
from mrm.lib.errors import Blocked, NotFound

KIND = "tamper-with-copy"
_FEWEST_ENTRIES = 8
_SECONDS = 300
_MOST_FAULTS = 20


@unit_of_work
def request_tampering(*, actor: User, attack: Attack) -> Job:
    """Queue the job. NotFound outside the demo, refused to whoever may not read the ledger."""
    _require_demo()
    require(actor=actor, permission=Permission.LEDGER_READ)
    subject = Subject("log", stored.origin() or "ledger")
    return request_job(actor=actor, kind=KIND, subject=subject, payload={"attack": str(attack)})


def handle(run: Run) -> Callable[[], dict[str, Any]]:
    """Export, alter the copy, verify both with the file that an examiner downloads. Writes nothing but the job."""
    _require_demo()
    require(actor=run.actor, permission=Permission.LEDGER_READ)
    attack = Attack(run.job.payload["attack"])
    with run.folder() as name:
        told = _tampered(run, attack, Path(name))
    return lambda: told


def _tampered(run: Run, attack: Attack, folder: Path) -> dict[str, Any]:
    run.progress("Exporting the ledger", 10)
    held = signed.newest()
    if held is None or held.size < _FEWEST_ENTRIES:
        told = "There is no checkpoint over enough entries yet. Wait until the sealer has signed, then try again."
        raise Blocked(told, [told])
    key = signed.key_in_force(held.size)
    original, altered, note = folder / "original.jsonl", folder / "altered.jsonl", folder / "checkpoint.txt"
    note.write_bytes(held.text.encode())
    with original.open("wb") as file:
        file.writelines(bundle.lines(stored.contents()))
    run.progress("Altering the copy", 30)
    stolen = _stolen_key(key) if attack is Attack.REWRITE else None
    copy = Copy.read(original)
    change = ATTACKS[attack](copy, held.size, stolen)
    copy.write(altered)
    run.progress("Running the offline verifier", 50)
    return {
        "attack": str(attack),
        "held": held.size,
        "key": key,
        "change": vars(change),
        "original": _verdict(original, key, note),
        "key_only": _verdict(altered, key, None),
        "outside": _verdict(altered, key, note),
    }


def _verdict(file: Path, key: str, note: Path | None) -> dict[str, Any]:
    """What the stand-alone verifier says, run as an examiner runs it: another process without this system."""
    verifier = Path(audit.__path__[0]) / "verifier.py"
    held = ["--checkpoint", str(note)] if note else []
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), str(file), "--key", key, *held, "--json"],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
        env={},
    )
    said = json.loads(done.stdout)
    faults = said["faults"]
    return {
        "verdict": said["verdict"],
        "exit": done.returncode,
        "found": len(faults),
        "faults": [
            {"code": fault["code"], "place": fault["place"], "what": fault["what"]}
            for fault in faults[:_MOST_FAULTS]
        ],
    }


def _stolen_key(public: str) -> SigningKey:
    try:
        key = Folder(Path(settings.MRM_SEALER_DIR)).keys().get(public)
    except Unusable:
        key = None
    if key is None:
        told = "The sealer's private key is not on this machine, so there is none to steal."
        raise Blocked(told, [told])
    return key


def _require_demo() -> None:
    if not settings.MRM_DEMO:
        raise NotFound("Only the demo tampers with copies.")
