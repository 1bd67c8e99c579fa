"""The stand-alone verifiers as they are given out: of a ledger, and of a dossier."""

from __future__ import annotations

import functools
from pathlib import Path

import audit
from mrm.lib import canonical

FILE = Path(audit.__path__[0]) / "verifier.py"
DOSSIER_FILE = Path(__file__).resolve().parent / "dossier_verifier.py"


def content() -> bytes:
    return FILE.read_bytes()


@functools.cache
def verifier_digest() -> str:
    """SHA-256 of the file, as README and dossiers print it."""
    return canonical.sha256(content())


def dossier_content() -> bytes:
    return DOSSIER_FILE.read_bytes()


@functools.cache
def dossier_verifier_digest() -> str:
    """SHA-256 of the file, as every dossier prints it."""
    return canonical.sha256(dossier_content())
