"""Bookings in, features out, in a process of its own: files and a folder, no database of ours and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from registry.frames.files import Kind
from registry.serving import limits
from training.feature_views import building
from training.feature_views.declared import APPLICATIONS, BOOKINGS, AskedView, load
from training.feature_views.reading import Readable, of_staged, plain_facts, readable
from training.sources.places import Found
from training.sources.staging import Staged

SPEC, FACTS = "view.json", "facts.json"
FEATURES, HOLDERS = "features.parquet", "holders.parquet"
_MEMORY_BYTES: Final = 4 * 2**30
_CPU_SECONDS: Final = 3_600
_MAX_SPEC_BYTES: Final = 32 * 2**20


def build(folder: Path) -> None:
    """Reads view.json {"view", "files", "staged"}; writes features.parquet (key and features, in the order of the key),
    holders.parquet (customer and day, row by row of the same) and facts.json. Raises Blocked with every reason."""
    limits.limit(limits.Limits(_MEMORY_BYTES, _CPU_SECONDS))
    make(folder)


def make(folder: Path) -> None:
    spec = strict_json.loads((folder / SPEC).read_bytes(), max_bytes=_MAX_SPEC_BYTES)
    asked = load(spec["view"])
    tables = {source.name: _table(folder, asked, source.name, spec) for source in asked.sources}
    try:
        counts = building.build(asked, tables, folder)
    except Exception as fault:
        if isinstance(fault, Refusal):
            raise
        # DuckDB's words may quote a cell.
        raise RuntimeError(f"DuckDB ended with {type(fault).__name__}") from None
    digest = _divided(asked, folder)
    facts = {
        "counts": counts.plain(),
        "sources": [plain_facts(tables[source.name].staged) for source in asked.sources],
        "key_kind": str(tables[APPLICATIONS].kind(asked.columns.key)),
        "digest": digest,
    }
    (folder / FACTS).write_bytes(canonical.dumps(facts))


def _table(folder: Path, asked: AskedView, name: str, spec: dict[str, Any]) -> Readable:  # Any: JSON
    source = next(each for each in asked.sources if each.name == name)
    target = folder / f"{name}.parquet"
    said = spec["staged"].get(name)
    if said is not None:
        kinds = {column: Kind(kind) for column, kind in said["kinds"]}
        return of_staged(Staged(name, kinds, said["rows"], 0, said["bytes"], said["digest"]), target)
    columns, own = asked.definition.columns, asked.columns
    wanted = {
        BOOKINGS: [name for name in vars(columns).values() if name],
        APPLICATIONS: [own.key, own.customer, own.applied_on],
    }[name]
    files = [Found(**each) for each in spec["files"][name]]
    return readable(source, files, [*dict.fromkeys([*wanted, *source.only])], target)


def _divided(asked: AskedView, folder: Path) -> str:
    """What is joined and what is looked up by are kept apart. Returns the digest of all of it."""
    from pyarrow import parquet

    from registry.frames.content import content_digest

    made = parquet.read_table(folder / building.MADE).sort_by(building.PLACE)
    names = [feature.name for feature in asked.definition.features]
    features = made.select(["key", *names]).rename_columns([asked.columns.key, *names])
    parquet.write_table(features, folder / FEATURES, compression="zstd")
    holders = made.select([building.CUSTOMER, building.DAY])
    parquet.write_table(holders, folder / HOLDERS, compression="zstd")
    return content_digest(made.drop_columns([building.PLACE]))
