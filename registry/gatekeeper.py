"""Asking the gates of governance.GATES. A gate that cannot be asked counts as a refusal."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.module_loading import import_string

from accounts.models import User
from mrm.lib.errors import Blocked
from mrm.settings import governance

Gate = Callable[..., str | None]


def ask_gates(*, act: str, actor: User, subject: object) -> list[str]:
    """Every reason why this act may not happen now; empty lets it pass. Writes nothing."""
    reasons = []
    for path in governance.GATES.get(act, ()):
        gate = _gate(path)
        said = (
            f"The gate {path} cannot be asked, so nothing passes. Tell the operator."
            if gate is None
            else None
        )
        if gate is not None:
            said = gate(actor=actor, subject=subject)
        if said is not None:
            reasons.append(said)
    return reasons


def pass_gates(*, act: str, actor: User, subject: object, refused: str) -> None:
    """Raise Blocked with all reasons at once; `refused` says what did not happen. An act without a row in
    the table has no gate."""
    reasons = ask_gates(act=act, actor=actor, subject=subject)
    if reasons:
        raise Blocked(f"{refused} {' '.join(reasons)}", reasons)


def _gate(path: str) -> Gate | None:
    try:
        found = import_string(path)
    except ImportError:
        return None
    if not callable(found):
        return None
    gate: Gate = found
    return gate
