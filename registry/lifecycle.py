"""The life of a model version as data. Pages, documents, the API, the database's guard and the tests read
this one table; `registry.services.advance` is the only code that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.permissions import Permission
from audit.events import Event


class Stage(StrEnum):
    DRAFT = "draft"
    IN_VALIDATION = "in_validation"
    VALIDATED = "validated"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETIRED = "retired"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class Move:
    """One legal step. `gates` is the row of governance.GATES that is asked (none: no row)."""

    name: str
    source: Stage
    target: Stage
    permission: Permission
    event: Event


MOVES: tuple[Move, ...] = (
    Move("submit", Stage.DRAFT, Stage.IN_VALIDATION, Permission.VERSION_SUBMIT, Event.VERSION_SUBMITTED),
    Move(
        "conclude", Stage.IN_VALIDATION, Stage.VALIDATED, Permission.VERSION_CONCLUDE, Event.VERSION_CONCLUDED
    ),
    Move("reject", Stage.IN_VALIDATION, Stage.REJECTED, Permission.VERSION_CONCLUDE, Event.VERSION_REJECTED),
    Move("return", Stage.IN_VALIDATION, Stage.DRAFT, Permission.VERSION_CONCLUDE, Event.VERSION_RETURNED),
    Move("request", Stage.VALIDATED, Stage.IN_REVIEW, Permission.VERSION_REQUEST, Event.VERSION_REQUESTED),
    Move("approve", Stage.IN_REVIEW, Stage.APPROVED, Permission.VERSION_APPROVE, Event.VERSION_APPROVED),
    Move("reject", Stage.IN_REVIEW, Stage.REJECTED, Permission.VERSION_APPROVE, Event.VERSION_REJECTED),
    Move("return", Stage.IN_REVIEW, Stage.DRAFT, Permission.VERSION_APPROVE, Event.VERSION_RETURNED),
    # Whoever asked takes the question back; the conclusion stands, and it may be asked again.
    Move("withdraw", Stage.IN_REVIEW, Stage.VALIDATED, Permission.VERSION_REQUEST, Event.VERSION_WITHDRAWN),
    Move("reopen", Stage.VALIDATED, Stage.IN_VALIDATION, Permission.VERSION_REOPEN, Event.VERSION_REOPENED),
    Move("reopen", Stage.IN_REVIEW, Stage.IN_VALIDATION, Permission.VERSION_REOPEN, Event.VERSION_REOPENED),
    Move("suspend", Stage.APPROVED, Stage.SUSPENDED, Permission.VERSION_SUSPEND, Event.VERSION_SUSPENDED),
    Move("resume", Stage.SUSPENDED, Stage.APPROVED, Permission.VERSION_APPROVE, Event.VERSION_RESUMED),
    Move("retire", Stage.APPROVED, Stage.RETIRED, Permission.VERSION_APPROVE, Event.VERSION_RETIRED),
    Move("retire", Stage.SUSPENDED, Stage.RETIRED, Permission.VERSION_APPROVE, Event.VERSION_RETIRED),
)


def move_from(name: str, source: str) -> Move | None:
    """The row with this name and source, or None: then the move is illegal at that stage."""
    return next((move for move in MOVES if move.name == name and move.source == source), None)
