"""Tables in, one table out, in a process of its own: files and a folder, no database of ours and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from registry.frames.files import Kind
from registry.serving import limits
from training.sources.declared import Assembly, load
from training.sources.merging import Table, merge
from training.sources.places import Found
from training.sources.staging import Staged, stage

SPEC, LINEAGE, RESULT = "assembly.json", "lineage.json", "upload.parquet"
# DuckDB holds itself to its own, smaller limit; the rest is Arrow's batches and the libraries.
_MEMORY_BYTES: Final = 4 * 2**30
_CPU_SECONDS: Final = 3_600
_MAX_SPEC_BYTES: Final = 32 * 2**20


def assemble(folder: Path) -> None:
    """Reads assembly.json {"assembly", "files", "staged"}; writes upload.parquet and lineage.json. Raises Blocked with
    every reason. `staged` are sources whose rows already lie in the folder as NAME.parquet."""
    limits.limit(limits.Limits(_MEMORY_BYTES, _CPU_SECONDS))
    _assembled(folder)


def _assembled(folder: Path) -> None:
    spec = strict_json.loads((folder / SPEC).read_bytes(), max_bytes=_MAX_SPEC_BYTES)
    assembly = load(spec["assembly"])
    staged = _staged(folder, assembly, spec)
    tables = {each.name: Table(folder / f"{each.name}.parquet", each.kinds) for each in staged}
    try:
        joined = merge(assembly, tables, folder, folder / RESULT)
    except Exception as fault:
        if isinstance(fault, Refusal):
            raise
        # DuckDB's words may quote a cell.
        raise RuntimeError(f"DuckDB ended with {type(fault).__name__}") from None
    facts = {"sources": [_plain(each) for each in staged], "joins": [each.plain() for each in joined]}
    (folder / LINEAGE).write_bytes(canonical.dumps(facts))


def _staged(folder: Path, assembly: Assembly, spec: dict[str, Any]) -> list[Staged]:  # Any: JSON
    made = []
    for source in assembly.sources:
        said = spec["staged"].get(source.name)
        if said is not None:
            kinds = {name: Kind(kind) for name, kind in said["kinds"]}
            made.append(Staged(source.name, kinds, said["rows"], 0, said["bytes"], said["digest"]))
            continue
        files = [Found(**each) for each in spec["files"][source.name]]
        made.append(stage(source, files, folder / f"{source.name}.parquet"))
    return made


def _plain(staged: Staged) -> dict[str, Any]:  # Any: JSON
    """Counts and names: what a snapshot may tell of where it comes from."""
    return {
        "name": staged.name,
        "columns": len(staged.kinds),
        "rows": staged.rows,
        "files": staged.files,
        "bytes": staged.bytes,
        "digest": staged.digest,
    }
