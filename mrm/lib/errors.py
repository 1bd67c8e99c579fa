"""The words with which Countersign refuses. Each says what was refused, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with an input: where (JSON pointer), which rule, in words."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """Base of all refusals; becomes problem+json or a page with the same text."""

    status = 400
    code = "refused"
    title = "Refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Malformed(Refusal):
    status, code, title = 400, "malformed", "The request could not be read"


class NotSignedIn(Refusal):
    status, code, title = 401, "not-signed-in", "Sign in first"


class NotAllowed(Refusal):
    status, code, title = 403, "not-allowed", "Not allowed"


class NotFound(Refusal):
    status, code, title = 404, "not-found", "Not found"


class WrongStage(Refusal):
    status, code, title = 409, "wrong-stage", "Not at this stage"


class Conflict(Refusal):
    status, code, title = 409, "conflict", "In conflict with the present state"


class Stale(Refusal):
    """What was shown has changed: 412 by the API, 409 on the page."""

    status, code, title = 412, "stale", "What was shown has changed"


class TooLarge(Refusal):
    status, code, title = 413, "too-large", "Too large"


class TooOften(Refusal):
    """More requests of one kind than are done in a minute."""

    status, code, title = 429, "too-often", "Too often"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyTries(TooOften):
    """Wrong secrets, too many of them: nothing is looked at until some seconds have passed."""

    code, title = "too-many-tries", "Too many tries"


class Unavailable(Refusal):
    status, code, title = 503, "unavailable", "Not available now"


class Blocked(Refusal):
    """A gate says not yet; all reasons at once."""

    status, code, title = 422, "blocked", "Blocked"

    def __init__(self, message: str, reasons: Sequence[str]) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)


class Invalid(Refusal):
    """Well-formed but wrong input; all errors at once."""

    status, code, title = 422, "invalid", "The input is not valid"

    def __init__(self, message: str, errors: Sequence[FieldError]) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


def reasons_of(refusal: Refusal) -> list[str]:
    """Every reason of a refusal as a sentence of its own: what a job's page and a child process tell."""
    if isinstance(refusal, Blocked):
        return list(refusal.reasons)
    if isinstance(refusal, Invalid):
        return [f"{error.pointer}: {error.detail}" for error in refusal.errors]
    return [refusal.message]
