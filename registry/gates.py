"""What may stop a version, as questions: None lets pass, text says why not and what to do."""

from __future__ import annotations

from typing import Protocol

from accounts.models import User
from mrm.lib import clock
from mrm.lib.errors import Refusal
from registry import vault
from registry.models import ModelVersion, RiskModel


class ConcernsVersion(Protocol):
    """The request of an act: a deployment or a score names the version it is about."""

    @property
    def version(self) -> ModelVersion: ...


def inventory_entry_is_accepted(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001 (every gate has this signature)
    return acceptance_of(version_of(subject).risk_model)


def use_is_described(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    """What is validated and approved is a use within limitations: without them nobody could say of what."""
    entry = version_of(subject).risk_model
    lacking = [name for name in ("uses", "limitations") if not getattr(entry, name)]
    if not lacking:
        return None
    return (
        f"The inventory entry {entry.slug} names no {' and no '.join(lacking)}. Ask its owner to amend it; where it is"
        " accepted already, propose another entry."
    )


def bytes_match_their_seal(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    """Every byte of the artefact is hashed again, whoever has read it before."""
    version = version_of(subject)
    try:
        vault.artifacts().read_sealed(version.artifact_id)
    except Refusal as refusal:
        return f"The sealed bytes of {version.label} are not what was sealed. {refusal.message}"
    return None


def approval_has_not_expired(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    version = version_of(subject)
    if version.expires_at is not None and version.expires_at > clock.now():
        return None
    return f"The approval of {version.label} has expired. Nothing brings it back: validate it again."


def acceptance_of(risk_model: RiskModel) -> str | None:
    if risk_model.accepted_at is not None:
        return None
    return (
        f"The inventory entry {risk_model.slug} is not accepted. Ask a validator who neither"
        " proposed nor owns it to accept it."
    )


def version_of(subject: ModelVersion | ConcernsVersion) -> ModelVersion:
    return subject if isinstance(subject, ModelVersion) else subject.version
