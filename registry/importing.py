"""From a file in a job's folder to what a snapshot is frozen from: read in a child process, its parts encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.run import Run
from mrm.lib import canonical, strict_json
from registry import snapshots, vault
from registry.declarations import Declaration

_MAX_REPORT_BYTES = 32 * 1024 * 1024


def examined(
    run: Run, folder: Path, declaration: Declaration, lineage: Mapping[str, Any] | None = None
) -> snapshots.Inspected:
    """What the child says of upload.csv or upload.parquet in the folder, its parts kept. Any: JSON."""
    (folder / "spec.json").write_bytes(canonical.dumps(declaration.spec(settings.MRM_SPLIT_KEY)))
    run.progress("Reading the table in a child process", 45)
    run.child(target="registry.frames.confined:inspect", folder=folder)
    run.progress("Encrypting the parts", 75)
    table, quality = _report(folder / "table.json"), _report(folder / "quality.json")
    digest = snapshots.digest_of(declaration, table)
    kept = {
        part: vault.put_part(snapshot=digest, name=part, content=(folder / f"{part}.parquet").read_bytes())
        for side in table["parts"]
        for part in side["digests"]
    }
    return snapshots.Inspected(declaration, digest, table, quality, kept, lineage or {})


def _report(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = strict_json.loads(path.read_bytes(), max_bytes=_MAX_REPORT_BYTES)
    return report
