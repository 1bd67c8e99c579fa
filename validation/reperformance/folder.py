"""What the child process is given and what it gives back, as files of a private folder. It sees nothing that is
recorded of the run: what it finds cannot follow it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from mrm.lib import strict_json
from registry.artifacts import ArtifactStore
from registry.serving import manifest as manifests
from validation.materials import Materials, Rival, Tables
from validation.reperformance.paths.loans import HELD_OUT, PROTECTED, REALISED
from validation.reperformance.rows import Again, Reading
from validation.sample import Registered

DEVELOPMENT: Final = "development.parquet"
_ASKED, _FOUND, _STORE = "asked.json", "found.json", "sealed"
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """The materials, and the standard's content (JSON), whose plan is run."""

    materials: Materials
    standard: Mapping[str, Any]


def write(folder: Path, asked: Asked, sealed: ArtifactStore) -> None:
    """Bytes are read from `sealed`, which checks each against its digest, and are checked again by the child."""
    given = asked.materials
    parts = _parts(given.tables)
    for name, content in parts.items():
        if content is not None:
            (folder / name).write_bytes(content)
    copy = store(folder)
    for digest in {given.artifact, *([given.rival.artifact] if given.rival else [])}:
        found = sealed.read_sealed(digest)
        for content in (*found.files.values(), manifests.dump(found.manifest)):
            copy.put_bytes(content)
    told = {
        "declaration": given.declaration,
        "artifact": given.artifact,
        "policy": given.policy,
        "registered": asdict(given.registered),
        "rival": None if given.rival is None else asdict(given.rival),
        "standard": asked.standard,
    }
    (folder / _ASKED).write_text(json.dumps(told), encoding="utf-8")


def asked(folder: Path) -> Asked:
    told = strict_json.loads((folder / _ASKED).read_bytes(), max_bytes=_MOST_BYTES)
    read = {name: _optional(folder / name) for name in (PROTECTED, REALISED)}
    tables = Tables(
        held_out=(folder / HELD_OUT).read_bytes(),
        development=(folder / DEVELOPMENT).read_bytes(),
        protected=read[PROTECTED],
        realised=read[REALISED],
    )
    materials = Materials(
        tables=tables,
        declaration=told["declaration"],
        artifact=told["artifact"],
        policy=told["policy"],
        registered=Registered(**told["registered"]),
        rival=None if told["rival"] is None else Rival(**told["rival"]),
    )
    return Asked(materials, told["standard"])


def store(folder: Path) -> ArtifactStore:
    return ArtifactStore(folder / _STORE)


def answer(folder: Path, again: Again) -> None:
    (folder / _FOUND).write_text(json.dumps(asdict(again)), encoding="utf-8")


def answered(folder: Path) -> Again:
    """What the child has found. NaN is kept, so that it can disagree."""
    content = (folder / _FOUND).read_bytes()
    told = strict_json.loads(content, max_bytes=_MOST_BYTES, constant=float)
    readings = tuple(Reading(**each) for each in told.pop("readings"))
    return Again(readings=readings, **told)


def _parts(tables: Tables) -> dict[str, bytes | None]:
    return {
        HELD_OUT: tables.held_out,
        DEVELOPMENT: tables.development,
        PROTECTED: tables.protected,
        REALISED: tables.realised,
    }


def _optional(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
