"""The job that makes one table of several, outside any transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from accounts.access import require
from accounts.permissions import Permission
from jobs.run import Run, TryAgain
from mrm.lib import canonical, strict_json
from mrm.lib.errors import Unavailable
from registry import declarations, feature_views, snapshots
from registry.importing import examined
from training.sources import athena, child, database, stores
from training.sources.declared import ASKED, Source, SourceKind, load
from training.sources.places import files_of

_MAX_LINEAGE_BYTES: Final = 4 * 2**20
Conclusion = Callable[[], dict[str, str | int]]


def assemble_snapshot(run: Run) -> Conclusion:
    """Read the sources, join them in a child process, then freeze the one table as an upload is frozen."""
    require(actor=run.actor, permission=Permission.SNAPSHOT_IMPORT)
    assembly = load(run.job.payload["assembly"])
    declaration = declarations.read(run.job.payload["declaration"])
    with run.folder() as name:
        folder = Path(name)
        spec = {"assembly": assembly.plain(), **gathered(run, assembly.sources, folder)}
        (folder / child.SPEC).write_bytes(canonical.dumps(spec))
        run.progress("Joining the tables in a child process", 30)
        run.child(target="training.sources.child:assemble", folder=folder)
        facts = strict_json.loads((folder / child.LINEAGE).read_bytes(), max_bytes=_MAX_LINEAGE_BYTES)
        lineage = {"assembly": assembly.plain(), "assembly_digest": run.job.subject_id, **facts}
        inspected = examined(run, folder, declaration, lineage)
    run.progress("Freezing the snapshot", 95)

    def conclude() -> dict[str, str | int]:
        snapshot = snapshots.freeze_snapshot(actor=run.actor, inspected=inspected)
        return {
            "snapshot": str(snapshot.pk),
            "digest": snapshot.digest,
            "development_rows": snapshot.development_rows,
            "held_out_rows": snapshot.held_out_rows,
        }

    return conclude


def gathered(run: Run, sources: Sequence[Source], folder: Path) -> dict[str, dict[str, Any]]:
    """{"files", "staged"}: where the child finds the files of each source, and what is said of those whose rows lie in
    the folder already as NAME.parquet. The child gets no address and no key. Any: JSON."""
    made: dict[str, dict[str, Any]] = {"files": {}, "staged": {}}
    for source in sources:
        if source.kind in ASKED:
            made["staged"][source.name] = _queried(run, source, folder)
        elif source.kind is SourceKind.VIEW:
            made["staged"][source.name] = _viewed(run, source, folder)
        elif source.kind is SourceKind.STORE:
            made["files"][source.name] = _fetched(run, source, folder)
        else:
            found = files_of(source, settings.MRM_SOURCES_DIR)
            made["files"][source.name] = [file.plain() for file in found]
    return made


def _viewed(run: Run, source: Source, folder: Path) -> dict[str, Any]:
    """The features of a view are decrypted into the folder; they have the kinds and the digest of the view."""
    view = feature_views.named(actor=run.actor, label=source.place)
    content = feature_views.read_features(actor=run.actor, view=view)
    (folder / f"{source.name}.parquet").write_bytes(content)
    kinds = [[name, str(kind)] for name, kind in feature_views.kinds_of(view).items()]
    return {"kinds": kinds, "rows": view.rows, "bytes": len(content), "digest": view.content_digest}


def _queried(run: Run, source: Source, folder: Path) -> dict[str, Any]:
    """The answer to a query lies in the folder when the child begins; the child gets no address and no key."""
    target = folder / f"{source.name}.parquet"

    def told(rows: int) -> None:
        run.progress(f"Reading {source.name}: {rows:,} rows", 10)

    try:
        if source.kind is SourceKind.ATHENA:
            service = athena.Service(_configured(source, settings.MRM_SOURCE_ATHENA), str(run.job.pk))
            staged = athena.read(source, service, target, told)
        else:
            staged = database.read(source, _configured(source, settings.MRM_SOURCE_CONNECTIONS), target, told)
    except Unavailable as fault:
        raise TryAgain(fault.message) from None
    kinds = [[name, str(kind)] for name, kind in staged.kinds.items()]
    return {"kinds": kinds, "rows": staged.rows, "bytes": staged.bytes, "digest": staged.digest}


def _fetched(run: Run, source: Source, folder: Path) -> list[dict[str, Any]]:
    store = _configured(source, settings.MRM_SOURCE_STORES)

    def told(files: int) -> None:
        run.progress(f"Reading {source.name}: {files:,} files", 10)

    try:
        found = stores.fetch(source, store, folder / f"{source.name}.objects", told)
    except Unavailable as fault:
        raise TryAgain(fault.message) from None
    return [file.plain() for file in found]


def _configured(
    source: Source, offered: Mapping[str, Any]
) -> Any:  # Any: an address, or the settings of a store
    if source.connection not in offered:
        raise Unavailable(f"{source.connection} is not configured here any more. Ask the operator.")
    return offered[source.connection]
