"""Estimators that are plain tables: canonical JSON whose fractions are texts, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from quant.errors import QuantError
from quant.features import plain
from registry.serving.manifest import MAX_TABLE_BYTES, ArtifactRefused

Made = TypeVar("Made")


def read(
    name: str, buffer: bytes, shape: frozenset[str], make: Callable[[Mapping[str, object]], Made]
) -> Made:
    """What `make` makes of the object in the buffer. ArtifactRefused for any other shape."""
    try:
        told = strict_json.loads(buffer, max_bytes=MAX_TABLE_BYTES)
        members = plain.members(told, name, shape)
        if set(members) != shape or canonical.dumps(told) != buffer:
            raise plain.SchemaFault("it is not in canonical form")
        return make(members)
    except Refusal as refusal:
        raise ArtifactRefused(f"The artefact was refused: {name}: {refusal.message}") from None
    except (QuantError, ValueError, TypeError, OverflowError) as fault:
        raise ArtifactRefused(f"The artefact was refused: {name}: {fault}") from None


def refuse_other_columns(found: int, features: int) -> None:
    if found != features:
        raise ArtifactRefused(
            f"The artefact was refused: the estimator has {found} features, the tables make {features}."
        )


def numbers(raw: object, where: str) -> tuple[float, ...]:
    return tuple(plain.decimal(entry, where) for entry in plain.items(raw, where))


def texts(values: tuple[float, ...]) -> list[str]:
    return [canonical.number(value) for value in values]
