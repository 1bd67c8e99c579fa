"""Which code this is: a digest of the source, which nobody has to name, and the commit, where one is known."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

# All that a process imports of ours to make a candidate of a table.
TRAINING: Final = ("mrm/lib", "quant", "registry/frames", "registry/serving", "training")


def digest_of(root: Path, folders: tuple[str, ...] = TRAINING) -> str:
    """SHA-256 over path and content of every Python file below the folders, in the order of their paths."""
    whole = hashlib.sha256()
    for path in sorted(path for folder in folders for path in (root / folder).rglob("*.py")):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def commit_of(root: Path) -> str:
    """What is checked out there; "" where git does not say."""
    head = root / ".git" / "HEAD"
    if not head.is_file():
        return ""
    said = head.read_text(encoding="ascii").strip()
    named = root / ".git" / said.removeprefix("ref: ")
    if not said.startswith("ref: "):
        return said
    return named.read_text(encoding="ascii").strip() if named.is_file() else ""
