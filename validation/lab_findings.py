"""A finding for what was changed in MLflow below its gate: opened by the entry, once for each difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Q

from accounts.models import User
from audit.services import unit_of_work
from registry.models import LabDifference, LabKind, ModelVersion
from registry.services import lock_version
from validation.findings import Raised, open_finding_by_rule
from validation.models import Finding, Severity

# High: bytes that somebody may load from MLflow for a try, and what other tools read to choose what they deploy.
# Medium: what people read there about a training. None reaches a score, so none is critical and closes a gate.
SEVERITY: Final[Mapping[str, Severity]] = {
    LabKind.RUN: Severity.HIGH,
    LabKind.FILE: Severity.HIGH,
    LabKind.NATIVE: Severity.HIGH,
    LabKind.ALIAS: Severity.HIGH,
    LabKind.TAG: Severity.HIGH,
    LabKind.RECORD: Severity.MEDIUM,
}
_WORDS: Final[Mapping[str, str]] = {
    LabKind.RUN: "the run",
    LabKind.FILE: "the file {what}",
    LabKind.NATIVE: "the copy for MLflow's own tools ({what})",
    LabKind.ALIAS: "the alias {what}",
    LabKind.TAG: "the governed tag {what}",
    LabKind.RECORD: "the {what} of the training",
}


@unit_of_work
def open_lab_findings(*, actor: User, version: ModelVersion) -> int:
    """The finding of every difference of a version that none stands for yet. Returns how many were opened. No
    permission: it runs as the reaction to the entry."""
    held = lock_version(version)
    newest = {(row.kind, row.what): row for row in held.lab_differences.order_by("seen_at")}
    waiting = [row for row in newest.values() if not _is_covered(held, row)]
    return sum(
        open_finding_by_rule(actor=actor, version=held, raised=_raised(held, row)) is not None
        for row in waiting
    )


def _is_covered(version: ModelVersion, row: LabDifference) -> bool:
    """By a finding that was open when it was seen, or is: somebody who flips a byte to and fro opens one."""
    open_then = Q(closed_at=None) | Q(closed_at__gte=row.seen_at)
    return Finding.objects.filter(open_then, version=version, title__startswith=_subject(row)).exists()


def _subject(row: LabDifference) -> str:
    return f"In MLflow {_WORDS[row.kind].format(what=row.what)} is not as it was, seen "


def _raised(version: ModelVersion, row: LabDifference) -> Raised:
    words = _WORDS[row.kind].format(what=row.what)
    return Raised(
        title=f"{_subject(row)}{row.seen_at:%Y-%m-%d %H:%M:%S} UTC",
        text=(
            f"{words[0].upper()}{words[1:]} of {version.label} was changed in MLflow, past its gate. Digest expected:"
            f" {row.expected or 'none'}; found: {row.found or 'none'}. No score is made of what stands there: the"
            " sealed bytes decide as before. Say who changed it and why, and who may have used it."
        ),
        severity=SEVERITY[row.kind],
    )
