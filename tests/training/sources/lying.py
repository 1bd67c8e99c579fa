"""Tables as they lie about in a folder, and what a child makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mrm.lib import canonical
from training.sources import child, declared
from training.sources.places import files_of


def csv(folder: Path, name: str, rows: list[dict[str, Any]]) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(rows[0])
    lines = [",".join("" if row[each] is None else str(row[each]) for each in names) for row in rows]
    path.write_text("\n".join([",".join(names), *lines]) + "\n", encoding="utf-8")
    return name


def parquet(folder: Path, name: str, rows: list[dict[str, Any]]) -> str:
    import pyarrow as pa
    from pyarrow import parquet as files

    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_table(pa.Table.from_pylist(rows), path)
    return name


def source(name: str, place: str, **more: Any) -> dict[str, Any]:
    kind = "file" if Path(place).suffix else "folder"
    form = {"format": "csv"} if place.endswith(".csv") else {}
    return {"name": name, "kind": kind, "place": place, **form, **more}


def assembly(sources: list[dict[str, Any]], *joins: dict[str, Any], key: str = "id") -> declared.Assembly:
    return declared.load({"sources": sources, "base": sources[0]["name"], "key": [key], "joins": list(joins)})


def assembled(
    root: Path, folder: Path, made: declared.Assembly
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(rows of the table, lineage)"""
    from pyarrow import parquet as files

    folder.mkdir(exist_ok=True)
    found = {each.name: [file.plain() for file in files_of(each, str(root))] for each in made.sources}
    spec = {"assembly": made.plain(), "files": found, "staged": {}}
    (folder / child.SPEC).write_bytes(canonical.dumps(spec))
    child._assembled(folder)
    rows = files.read_table(folder / child.RESULT).to_pylist()
    return rows, json.loads((folder / child.LINEAGE).read_bytes())
