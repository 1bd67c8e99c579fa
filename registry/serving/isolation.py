"""The first load of bytes from outside happens in a child process that may crash without hurting anyone."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from registry.artifacts import ArtifactStore, read_candidate
from registry.serving.manifest import ArtifactRefused

TIMEOUT_SECONDS = 120
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "registry.serving.isolation_child"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def quarantine_folder(folder: Path) -> str:
    """The artefact digest of a candidate folder that loads and gives its reference margins in a child
    process.

    Refuses with ArtifactRefused or BytesDoNotMatch. The caller reads the folder again when sealing it, so it
    must compare the digest: `store.put_folder(folder)` returns the same one or the folder was changed.
    """
    sealed = read_candidate(folder)
    answer = _child(folder)
    if answer != sealed.digest:
        raise ArtifactRefused("The artefact was refused: it changed while it was examined.")
    return answer


def quarantine_digest(store: ArtifactStore, digest: str) -> str:
    """The same for what is in the store, on an exported copy."""
    with tempfile.TemporaryDirectory(prefix="quarantine-") as name:
        folder = Path(name) / "candidate"
        store.export(digest, folder)
        return quarantine_folder(folder)


def _child(folder: Path) -> str:
    # A bare environment: the child reads hostile bytes and gets no secret of this process.
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", _CHILD, str(folder.resolve())]
    try:
        ended = subprocess.run(
            command, cwd=_ROOT, env=environment, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ArtifactRefused(
            f"The artefact was refused: it did not load within {TIMEOUT_SECONDS} seconds."
        ) from None
    if ended.returncode < 0:
        name = signal.Signals(-ended.returncode).name
        raise ArtifactRefused(f"The artefact was refused: loading it ended the child process ({name}).")
    return _answer(ended.stdout)


def _answer(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    try:
        answer = json.loads(lines[-1]) if lines else {}
    except ValueError:
        answer = {}
    if not isinstance(answer, dict) or not answer:
        raise ArtifactRefused("The artefact was refused: the child process that loaded it gave no answer.")
    if "refused" in answer:
        raise ArtifactRefused(str(answer["refused"])[:600])
    digest = str(answer.get("digest", ""))
    if not _DIGEST.fullmatch(digest):
        raise ArtifactRefused("The artefact was refused: the child process that loaded it gave no answer.")
    return digest
