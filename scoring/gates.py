"""What this app lets stop an act. A gate answers None, or says why not and what to do."""

from __future__ import annotations

from accounts.models import User
from registry.models import ModelVersion
from registry.serving.estimators import FORMATS


def operator_is_not_author(*, actor: User, subject: ModelVersion) -> str | None:
    """Who made or trained a version does not put it to work. People are compared, not accounts."""
    if actor.person_id not in {subject.author_id, subject.trainer_id}:
        return None
    return f"{actor.name} made or trained this version. Ask another operator to deploy it."


def explanation_is_exact(*, actor: User, subject: ModelVersion) -> str | None:  # noqa: ARG001 (every gate has this signature)
    """A slot answers in real time, with reasons: attributions by sampling take too long, and are estimates."""
    sealed = {entry["name"] for entry in subject.artifact.manifest["files"]}
    if not any(made.is_sampled and name in sealed for name, made in FORMATS.items()):
        return None
    return (
        "This estimator is explained by sampling, which is not for answers in real time. Deploy a version of another"
        " family; this one can be validated and compared with it."
    )
