"""Files of an object store that speaks S3, brought into the job's folder, piece by piece."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Unavailable
from training.sources.places import MOST_FILES, Found, is_note, partition_of, refused

if TYPE_CHECKING:
    from pyarrow import fs

    from training.sources.declared import Source

_PIECE: Final = 2**20
_SECONDS: Final = 30.0
_MEMBERS: Final = frozenset({"bucket", "endpoint", "region", "access_key", "secret_key"})
Told = Callable[[int], None]


def fetch(source: Source, store: Mapping[str, Any], folder: Path, told: Told) -> list[Found]:
    """The objects of a source, as files of the folder under names of ours, in the order of their keys; `told` hears the
    count of files and may raise. Blocked where there are none, Unavailable where the store does not answer. Any: the
    settings of a store (see MRM_SOURCE_STORES)."""
    opened, root = _opened(source, store), f"{store['bucket']}/"
    place = root + source.place.strip("/")
    try:
        keys = _keys(source, opened, place)
        folder.mkdir()
        found = []
        for number, key in enumerate(keys):
            told(number)
            target = folder / f"{number:06}.{source.format}"
            with opened.open_input_stream(key) as content, target.open("wb") as kept:
                shutil.copyfileobj(content, kept, _PIECE)
            name = key.removeprefix(place).lstrip("/") or PurePosixPath(key).name
            found.append(Found(str(target), name, partition_of(PurePosixPath(name).parts[:-1])))
        told(len(found))
    except OSError:
        # What the store says may name a key of its own, or a person's access.
        raise Unavailable(
            f"The source {source.name} does not answer, or stopped in the middle (store {source.connection})."
            " Nothing was frozen."
        ) from None
    return found


def _keys(source: Source, opened: fs.FileSystem, place: str) -> list[str]:
    """One object by its own name, or all below a prefix in the source's format."""
    from pyarrow import fs

    if opened.get_file_info(place).type is fs.FileType.File:
        return [place]
    listed = opened.get_file_info(fs.FileSelector(place, recursive=True, allow_not_found=True))
    keys = sorted(
        entry.path
        for entry in listed
        if entry.type is fs.FileType.File
        and entry.path.endswith(f".{source.format}")
        and not any(map(is_note, PurePosixPath(entry.path.removeprefix(place)).parts))
    )
    if not keys:
        raise refused(
            source, f"the store has no object of this name, and none below it that ends in .{source.format}"
        )
    if len(keys) > MOST_FILES:
        raise refused(source, f"there are more than {MOST_FILES} objects below its name")
    return keys


def _opened(source: Source, store: Mapping[str, Any]) -> fs.S3FileSystem:
    """Without keys of its own a store is asked with those of the machine (its environment or its role)."""
    from pyarrow import fs

    strange = sorted(store.keys() - _MEMBERS)
    if strange or not store.get("bucket"):
        raise refused(
            source, f"the store {source.connection} is not configured as it must be; ask the operator"
        )
    scheme, _, host = str(store.get("endpoint", "")).rpartition("://")
    own = {name: str(store[name]) for name in ("access_key", "secret_key", "region") if store.get(name)}
    if host:
        own |= {"endpoint_override": host, "scheme": scheme or "https"}
    return fs.S3FileSystem(connect_timeout=_SECONDS, request_timeout=_SECONDS, **own)
