"""What this app lets stop an act. A gate answers None, or says why not and what to do."""

from __future__ import annotations

from accounts.models import User
from registry.models import ModelVersion


def operator_is_not_author(*, actor: User, subject: ModelVersion) -> str | None:
    """Who made or trained a version does not put it to work. People are compared, not accounts."""
    if actor.person_id not in {subject.author_id, subject.trainer_id}:
        return None
    return f"{actor.name} made or trained this version. Ask another operator to deploy it."
