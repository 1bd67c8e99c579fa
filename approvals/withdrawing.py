"""Taking a question back."""

from __future__ import annotations

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals import selectors
from approvals.closing import close, lock_with_version
from approvals.models import ApprovalRequest, RequestState
from audit.services import unit_of_work
from mrm.lib.errors import NotAllowed, WrongStage
from mrm.settings import governance
from registry.lifecycle import move_from
from registry.services import advance
from validation.signing import check_words


@unit_of_work
def withdraw(*, actor: User, request: ApprovalRequest, why: str) -> ApprovalRequest:
    """Close one's own open request; what was signed under it stays in the file and counts for nothing. A version in
    review goes back to validated. Refuses everybody but whoever asked, and a request that is closed."""
    row = governance.ACTS[request.act]
    require(actor=actor, permission=Permission(row.asks), model_slug=selectors.slug_of(request))
    held = lock_with_version(request)
    if held.state != RequestState.OPEN:
        raise WrongStage(f"Cannot withdraw: this request is {held.state}. {held.closed_why}".strip())
    if held.opened_by.person_id != actor.person_id:
        raise NotAllowed(f"Only {held.opened_by.name}, who asked, withdraws this request.")
    check_words("/why", why)
    move = row.moves.get(RequestState.WITHDRAWN)
    # New evidence may have moved the version on already: then only the request is left to close.
    if held.version is not None and move is not None and move_from(move, held.version.stage):
        advance(actor=actor, version=held.version, move=move, why=why)
    close(actor, held, RequestState.WITHDRAWN, why)
    return held
