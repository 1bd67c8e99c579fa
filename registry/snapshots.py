"""Data frozen by digest: asking for an import, freezing what the child read, reading the two parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import opened, record, unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import canonical, clock
from mrm.lib.errors import NotFound, TooLarge
from registry import subjects, vault
from registry.declarations import BY_TIME, HELD_OUT_PERCENT, SPLIT_METHOD, Declaration
from registry.frames.spec import MAX_BYTES
from registry.models import DatasetSnapshot

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

DEVELOPMENT, HELD_OUT = "development", "held_out"
TOKENS = "_tokens"


@dataclass(frozen=True)
class Inspected:
    """What the child said about a table, with the ciphertext of each of its parts in the store."""

    declaration: Declaration
    digest: str
    table: Mapping[str, Any]  # registry.frames: table.json
    quality: Mapping[str, Any]  # registry.frames: quality.json
    kept: Mapping[str, str]  # part -> digest of its ciphertext
    lineage: Mapping[str, Any] = field(
        default_factory=dict
    )  # which tables it was made of, and how they joined


@dataclass(frozen=True)
class Part:
    """Plain parquet bytes of one side of the split, rows in the same order. What was not declared is None."""

    table: bytes
    protected: bytes | None = None
    tokens: bytes | None = None
    realised: bytes | None = None

    def frame(self) -> pd.DataFrame:
        """Model columns, exposure and target."""
        return _frame(self.table)

    def protected_frame(self) -> pd.DataFrame | None:
        """Protected columns and declared proxies: joined at validation only."""
        return None if self.protected is None else _frame(self.protected)

    def realised_frame(self) -> pd.DataFrame | None:
        """What became of the loans: joined at validation only."""
        return None if self.realised is None else _frame(self.realised)

    def days(self, column: str) -> NDArray[np.float64]:
        """Days since 0001-01-01 that a column of dates means (rows,), NaN where none can be read."""
        from registry.frames import days_of

        return days_of(self.table, column)


def import_snapshot(*, actor: User, upload: bytes, declaration: Declaration) -> Job:
    """Keep the upload encrypted and queue the job that reads it in a child process. Refuses what is too
    large."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    if len(upload) > MAX_BYTES:
        raise TooLarge(f"The file has {len(upload)} bytes; at most {MAX_BYTES} are read. Upload a sample.")
    # Encrypted before the transaction opens: nothing is computed while others wait for the database.
    kept = vault.keep_upload(upload)
    try:
        with opened():
            payload = {"upload": kept, "declaration": declaration.plain()}
            subject = Subject("upload", kept)
            return request_job(actor=actor, kind="import-snapshot", subject=subject, payload=payload)
    except BaseException:
        vault.discard_upload(kept)
        raise


def digest_of(declaration: Declaration, table: Mapping[str, Any]) -> str:
    """The same content with the same roles, drawn by the same key, has the same digest anywhere. Applicants' tokens
    are keyed by the installation and stay outside."""
    content = {"table": table["digest"], "roles": declaration.roles(), "split": _split_words(declaration)}
    return canonical.digest(content | {"parts": [_drawn(part) for part in table["parts"]]})


def _drawn(part: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: digest for name, digest in part["digests"].items() if not name.endswith(TOKENS)}
    return {**part, "digests": told}


@unit_of_work
def freeze_snapshot(*, actor: User, inspected: Inspected) -> DatasetSnapshot:
    """The row of a table that was read and kept. The same data declared alike are frozen once: the row
    that stands is returned, and nothing is written."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    standing = DatasetSnapshot.objects.filter(digest=inspected.digest).first()
    if standing is not None:
        return standing
    snapshot = _row(actor, inspected)
    snapshot.save(force_insert=True)
    record(
        event=Event.SNAPSHOT_FROZEN,
        actor=actor,
        subject=subjects.of_snapshot(snapshot),
        facts=_facts(snapshot),
    )
    return snapshot


def read_development(*, actor: User, snapshot: DatasetSnapshot) -> Part:
    """The rows that may be learned from, without protected columns. For whoever trains or validates."""
    if not allows(actor=actor, permission=Permission.HELD_OUT_READ):
        require(actor=actor, permission=Permission.TRAINING_REQUEST)
    return Part(table=_part(snapshot, DEVELOPMENT))


def read_development_applicants(*, actor: User, snapshot: DatasetSnapshot) -> bytes | None:
    """Whom the rows that may be learned from are about, by token, as parquet; None without tokens. To tell whether
    somebody else's held-out row was one of them; for whoever validates."""
    require(actor=actor, permission=Permission.HELD_OUT_READ)
    return _optional_part(snapshot, f"{DEVELOPMENT}{TOKENS}")


def read_result(*, actor: User, snapshot: DatasetSnapshot, column: str) -> bytes:
    """One column of what became of the loans of the development part, as parquet, rows in its order: to compare
    candidates by, never to learn from. For whoever trains."""
    require(actor=actor, permission=Permission.TRAINING_REQUEST)
    if column not in snapshot.declaration.get("realised", ()):
        raise NotFound("The snapshot has no such result.")
    from registry.frames import one_column

    return one_column(_part(snapshot, f"{DEVELOPMENT}_realised"), column)


def read_held_out(*, actor: User, snapshot: DatasetSnapshot, why: str) -> Part:
    """The rows nobody may tune on, with their protected columns. Each reading is an entry, written before
    the bytes are: `why` names what reads (`validation-run:<id>`), it is no prose."""
    _note_reading(actor=actor, snapshot=snapshot, why=why)
    return Part(
        table=_part(snapshot, HELD_OUT),
        protected=_optional_part(snapshot, f"{HELD_OUT}_protected"),
        tokens=_optional_part(snapshot, f"{HELD_OUT}{TOKENS}"),
        realised=_optional_part(snapshot, f"{HELD_OUT}_realised"),
    )


@unit_of_work
def _note_reading(*, actor: User, snapshot: DatasetSnapshot, why: str) -> None:
    require(actor=actor, permission=Permission.HELD_OUT_READ)
    facts = {"why": why, "rows": snapshot.held_out_rows, "digest": snapshot.held_out_digest}
    record(event=Event.HELD_OUT_READ, actor=actor, subject=subjects.of_snapshot(snapshot), facts=facts)


def discard_after_commit(upload: str) -> None:
    transaction.on_commit(lambda: vault.discard_upload(upload), robust=True)


def _row(actor: User, inspected: Inspected) -> DatasetSnapshot:
    parts = {part["name"]: part for part in inspected.table["parts"]}
    development, held_out = parts[DEVELOPMENT], parts[HELD_OUT]
    rules = inspected.quality["rules"]
    return DatasetSnapshot(
        name=inspected.declaration.name,
        digest=inspected.digest,
        development_digest=development["digests"][DEVELOPMENT],
        held_out_digest=held_out["digests"][HELD_OUT],
        development_rows=development["rows"],
        held_out_rows=held_out["rows"],
        declaration={**inspected.declaration.roles(), "columns": _columns(inspected.quality)},
        quality=dict(inspected.quality),
        quality_failures=[
            rule["text"] for rule in rules if rule["force"] == "blocking" and not rule["passed"]
        ],
        attribution=inspected.declaration.attribution,
        lineage=dict(inspected.lineage),
        split={
            **_split_words(inspected.declaration),
            **({"left_out": inspected.table["left_out"]} if "left_out" in inspected.table else {}),
            "table_digest": inspected.table["digest"],
            "defaults": {name: part["defaults"] for name, part in parts.items()},
            "parts": dict(inspected.kept),
        },
        imported_by=actor,
        imported_at=clock.now(),
    )


def _split_words(declaration: Declaration) -> dict[str, object]:
    """How the parts were made. The key of a draw is a secret; its fingerprint tells whether it was the same one."""
    if declaration.out_of_time is not None:
        return {"method": BY_TIME, "by": declaration.dates.decision, **declaration.out_of_time.plain()}
    key = str(settings.MRM_SPLIT_KEY)
    return {
        "method": SPLIT_METHOD,
        "held_out_percent": HELD_OUT_PERCENT,
        "key_fingerprint": canonical.sha256(f"countersign-split-key:{key}".encode())[:16],
    }


def _columns(quality: Mapping[str, Any]) -> list[dict[str, object]]:
    return [{name: column[name] for name in ("name", "type", "role")} for column in quality["by_column"]]


def _facts(snapshot: DatasetSnapshot) -> dict[str, object]:
    return {
        "digest": snapshot.digest,
        "development": {"rows": snapshot.development_rows, "digest": snapshot.development_digest},
        "held_out": {"rows": snapshot.held_out_rows, "digest": snapshot.held_out_digest},
        "duplicate_rows": snapshot.quality["duplicate_rows"],
        "undocumented_columns": snapshot.quality["undocumented_columns"],
        "quality_failures": len(snapshot.quality_failures),
        **({"assembly": snapshot.lineage["assembly_digest"]} if snapshot.lineage else {}),
    }


def _part(snapshot: DatasetSnapshot, name: str) -> bytes:
    return vault.read_part(snapshot=snapshot.digest, name=name, kept=snapshot.split["parts"][name])


def _optional_part(snapshot: DatasetSnapshot, name: str) -> bytes | None:
    return _part(snapshot, name) if name in snapshot.split["parts"] else None


def _frame(content: bytes) -> pd.DataFrame:
    from registry.frames import read_table

    return read_table(content)
