"""Where the files of a source may lie: below one folder that the operator opened for it, and nowhere else."""

from __future__ import annotations

import os
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Blocked
from training.sources.declared import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_FILES: Final = 20_000


@dataclass(frozen=True)
class Found:
    """One file. `name` is its path below the place, `partition` what the folders above it say (`month=2024-01`)."""

    path: str
    name: str
    partition: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:  # Any: JSON
        return asdict(self)


def files_of(source: Source, root: str) -> list[Found]:
    """The files of a source in the order of their names. Raises Blocked: what is asked for is not there."""
    if not root:
        raise refused(source, "no folder for sources is configured here (MRM_SOURCES_DIR); ask the operator")
    top = Path(root).resolve()
    place = (top / source.place).resolve()
    if not place.is_relative_to(top):
        raise refused(source, "its place lies outside the folder for sources")
    if source.kind is SourceKind.FILE:
        if not _is_plain(place):
            raise refused(source, f"there is no file {source.place[:200]!a} in the folder for sources")
        return [Found(str(place), place.name)]
    if not place.is_dir():
        raise refused(source, f"there is no folder {source.place[:200]!a} in the folder for sources")
    found = sorted(_below(source, place), key=lambda each: each.name)
    if not found:
        raise refused(source, f"its folder has no file that ends in .{source.format}")
    if len({tuple(each.partition) for each in found}) > 1:
        raise refused(source, "its files lie in folders that name different partitions")
    return found


def _below(source: Source, place: Path) -> Iterator[Found]:
    """Links are not followed; names that begin with a dot or an underscore are other tools' notes."""
    count = 0
    for folder, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not is_note(name)]
        for name in names:
            path = Path(folder) / name
            if is_note(name) or path.suffix != f".{source.format}" or not _is_plain(path):
                continue
            count += 1
            if count > MOST_FILES:
                raise refused(source, f"its folder has more than {MOST_FILES} files")
            relative = path.relative_to(place)
            yield Found(str(path), str(relative), partition_of(relative.parts[:-1]))


def is_note(name: str) -> bool:
    """Other tools' notes and what they have not finished: `_SUCCESS`, `_temporary`, `.crc`."""
    return name.startswith((".", "_"))


def partition_of(folders: Sequence[str]) -> dict[str, str]:
    return dict(part.split("=", 1) for part in folders if "=" in part)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def refused(source: Source, why: str) -> Blocked:
    words = f"The source {source.name} cannot be read: {why}."
    return Blocked(words, [words])
