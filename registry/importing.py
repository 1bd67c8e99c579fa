"""From a file in a job's folder to what a snapshot is frozen from: read in a child process, its parts encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.run import Run
from mrm.lib import canonical, clock, strict_json
from registry import samples, snapshots, vault
from registry.declarations import Declaration
from registry.frames.scored_spec import ScoredSpec
from registry.models import DatasetSnapshot, RiskModel

_COMPARED = ("name", "type", "missing", "quantiles")
_MAX_REPORT_BYTES = 32 * 1024 * 1024


def examined(
    run: Run, folder: Path, declaration: Declaration, lineage: Mapping[str, Any] | None = None
) -> snapshots.Inspected:
    """What the child says of upload.csv or upload.parquet in the folder, its parts kept. Any: JSON."""
    (folder / "spec.json").write_bytes(canonical.dumps(_spec(declaration)))
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


def examined_sample(run: Run, folder: Path, risk_model: RiskModel, spec: ScoredSpec) -> samples.Examined:
    """What the child says of outcomes and scores in the folder, its parts kept."""
    (folder / "spec.json").write_bytes(canonical.dumps(spec.plain()))
    run.progress("Reading the table in a child process", 45)
    run.child(target="registry.frames.confined:inspect_sample", folder=folder)
    run.progress("Encrypting the parts", 75)
    table = _report(folder / "table.json")
    digest = samples.digest_of(risk_model, spec, table)
    kept = {
        part: vault.put_sample_part(
            sample=digest, name=part, content=(folder / f"{part}.parquet").read_bytes()
        )
        for part in table["parts"]
    }
    return samples.Examined(risk_model, spec, digest, table, kept)


def _spec(declaration: Declaration) -> dict[str, object]:
    """With the day, and what the report of the snapshot before says: the child knows no clock and no database."""
    spec = {**declaration.spec(settings.MRM_SPLIT_KEY), "today": clock.now().date().isoformat()}
    before = DatasetSnapshot.objects.filter(name=declaration.name).order_by("-imported_at").first()
    if before is None or "rows" not in before.quality:
        return spec
    columns = [
        {name: each[name] for name in _COMPARED if name in each} for each in before.quality["by_column"]
    ]
    told = {"snapshot": str(before.pk), "rows": before.quality["rows"], "by_column": columns}
    return spec | {"previous": told}


def _report(path: Path) -> dict[str, Any]:
    report: dict[str, Any] = strict_json.loads(path.read_bytes(), max_bytes=_MAX_REPORT_BYTES)
    return report
