"""The child's entry: what the recipe says no to becomes a refusal in words instead of a crash."""

from __future__ import annotations

from pathlib import Path

from mrm.lib.errors import Malformed
from quant.features.plain import SchemaFault
from training.child import train


def run(folder: Path) -> None:
    """`training.child.train`. Only the declarations' own faults are told: another error's text may quote a
    row."""
    try:
        train(folder)
    except SchemaFault as fault:
        raise Malformed(f"The training was refused: {fault}") from None
