"""Scored samples: asking for the import of a table of outcomes and scores, freezing what the child read, reading it.
The model itself lives elsewhere; nothing of it is sealed here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import opened, record, unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotFound, TooLarge, WrongStage
from quant.features import plain
from registry import subjects, vault
from registry.frames.scored_spec import ScoredSpec, load
from registry.frames.spec import MAX_BYTES
from registry.models import RiskModel, ScoredSample

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

KIND = "import-sample"
FORMAT = "countersign-scored-sample/1"
TESTED, REFERENCE = "tested", "reference"


@dataclass(frozen=True)
class Examined:
    """What the child said about a table, with the ciphertext of each of its parts in the store."""

    risk_model: RiskModel
    spec: ScoredSpec
    digest: str
    table: Mapping[str, Any]  # registry.frames: table.json
    kept: Mapping[str, str]  # part -> digest of its ciphertext


@dataclass(frozen=True)
class Rows:
    """Plain parquet bytes of one part; its declared columns and no others."""

    table: bytes

    def frame(self) -> pd.DataFrame:
        from registry.frames import read_table

        return read_table(self.table)

    def days(self, column: str) -> NDArray[np.float64]:
        """Days since 0001-01-01 that a column of dates means (rows,), NaN where none can be read."""
        from registry.frames import days_of

        return days_of(self.table, column)


def read_declaration(raw: object) -> ScoredSpec:
    """The declaration of a plain JSON object; Invalid says which member is wrong."""
    try:
        return load(raw)
    except plain.SchemaFault as fault:
        raise Invalid(
            "The declaration of the sample is not valid.", [FieldError("/declaration", "invalid", str(fault))]
        ) from None


def require_bringable(*, actor: User, risk_model: RiskModel) -> None:
    """Asked when a sample is brought, and again when its job is claimed and ends."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT, model_slug=risk_model.slug)
    if risk_model.accepted_at is None:
        raise WrongStage(
            f"Cannot bring a sample of {risk_model.slug}: its entry is not accepted, so its tier is not known. Ask a"
            " validator to accept it first."
        )


def import_sample(*, actor: User, risk_model: RiskModel, upload: bytes, spec: ScoredSpec) -> Job:
    """Keep the upload encrypted and queue the job that reads it in a child process. Refuses an entry that is not
    accepted, and what is too large."""
    require_bringable(actor=actor, risk_model=risk_model)
    if len(upload) > MAX_BYTES:
        raise TooLarge(f"The file has {len(upload)} bytes; at most {MAX_BYTES} are read. Upload fewer rows.")
    # Encrypted before the transaction opens: nothing is computed while others wait for the database.
    kept = vault.keep_upload(upload)
    try:
        with opened():
            payload = {"upload": kept, "model": str(risk_model.pk), "declaration": spec.plain()}
            subject = subjects.of_model(risk_model)
            return request_job(actor=actor, kind=KIND, subject=subject, payload=payload)
    except BaseException:
        vault.discard_upload(kept)
        raise


def digest_of(risk_model: RiskModel, spec: ScoredSpec, table: Mapping[str, Any]) -> str:
    """The same rows declared alike for the same entry have the same digest, whatever file they came in."""
    content = {"format": FORMAT, "model": risk_model.slug, "table": table["digest"]}
    return canonical.digest(content | {"declared": spec.declared()})


@unit_of_work
def freeze_sample(*, actor: User, examined: Examined) -> ScoredSample:
    """The row of a table that was read and kept. The same rows declared alike are frozen once: the row that stands is
    returned, and nothing is written."""
    require_bringable(actor=actor, risk_model=examined.risk_model)
    standing = ScoredSample.objects.filter(digest=examined.digest).first()
    if standing is not None:
        return standing
    sample = _row(actor, examined)
    sample.save(force_insert=True)
    facts = {
        "digest": sample.digest,
        "model": examined.risk_model.slug,
        "kind": sample.kind,
        "rows": sample.rows,
        "reference_rows": sample.reference_rows,
        "sealed_here": False,
    }
    record(event=Event.SAMPLE_FROZEN, actor=actor, subject=subjects.of_sample(sample), facts=facts)
    return sample


def read_sample(*, actor: User, sample: ScoredSample) -> tuple[Rows, Rows | None]:
    """The rows that are tested, and those of development where they were brought. For who may read held-out rows."""
    require(actor=actor, permission=Permission.HELD_OUT_READ, model_slug=sample.risk_model.slug)
    found = {
        name: Rows(vault.read_sample_part(sample=sample.digest, name=name, kept=kept))
        for name, kept in sample.parts.items()
    }
    return found[TESTED], found.get(REFERENCE)


def samples_of(*, actor: User, risk_model: RiskModel) -> QuerySet[ScoredSample]:
    """The samples of a model, the newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=risk_model.slug)
    rows = ScoredSample.objects.filter(risk_model=risk_model)
    return rows.select_related("risk_model", "brought_by__person").order_by("-brought_at", "id")


def sample(*, actor: User, sample_id: uuid.UUID) -> ScoredSample:
    rows = ScoredSample.objects.select_related("risk_model", "brought_by__person")
    found = rows.filter(pk=sample_id).first()
    if found is None or not _may_read(actor, found):
        raise NotFound("There is no such sample that you may see.")
    return found


def _may_read(actor: User, found: ScoredSample) -> bool:
    return allows(actor=actor, permission=Permission.INVENTORY_READ, model_slug=found.risk_model.slug)


def _row(actor: User, examined: Examined) -> ScoredSample:
    spec, parts = examined.spec, examined.table["parts"]
    return ScoredSample(
        risk_model=examined.risk_model,
        name=spec.name,
        digest=examined.digest,
        kind=str(spec.kind),
        vendor=spec.place.vendor,
        system=spec.place.system,
        system_version=spec.place.version,
        declaration=spec.plain(),
        columns=list(examined.table["columns"]),
        rows=parts[TESTED]["rows"],
        defaults=parts[TESTED]["defaults"],
        reference_rows=parts[REFERENCE]["rows"] if REFERENCE in parts else 0,
        parts=dict(examined.kept),
        brought_by=actor,
        brought_at=clock.now(),
    )
