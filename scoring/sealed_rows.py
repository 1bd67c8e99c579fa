"""Decisions as a verification of the ledger reads them: no payload is opened, and an erased one checks as any other."""

from __future__ import annotations

from typing import Any

from audit.rows import Narrowed, SealedRow, is_as_hashed
from mrm.lib import clock
from scoring.models import Decision

_COLUMNS = (
    "record",
    "body",
    "pk",
    "outcome",
    "reference",
    "at",
    "deployment_id",
    "made_by_id",
    "version__number",
    "version__risk_model__slug",
)


def rows(narrowed: Narrowed) -> list[SealedRow]:
    """Whether each decision's record is the hash of its body, and its columns say what the body says."""
    found = narrowed.of(Decision.objects.values_list(*_COLUMNS))
    return [_row(bytes(record), bytes(body), columns) for record, body, *columns in found]


def _row(record: bytes, body: bytes, columns: list[Any]) -> SealedRow:  # Any: the columns of _COLUMNS
    decision, outcome, reference, at, deployment, made_by, number, slug = columns
    said = {
        "at": clock.stamp(at),
        "decision": str(decision),
        "deployment": str(deployment),
        "made_by": str(made_by),
        "model": slug,
        "model_version": number,
        "outcome": outcome,
        "reference": reference,
    }
    return SealedRow(record, str(decision), is_as_hashed(record, body, said))
