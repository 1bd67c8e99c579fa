"""What may stop a version, as questions: None lets pass, text says why not and what to do."""

from __future__ import annotations

from typing import Protocol

from accounts.models import User
from mrm.lib import clock
from mrm.lib.errors import Refusal
from registry import vault
from registry.developer_documents import lacking_parts
from registry.models import ModelVersion, RiskModel
from registry.monitored import faults
from registry.monitoring_plans import lines_of, newest_plan


class ConcernsVersion(Protocol):
    """The request of an act: a deployment or a score names the version it is about."""

    @property
    def version(self) -> ModelVersion: ...


def inventory_entry_is_accepted(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001 (every gate has this signature)
    return acceptance_of(version_of(subject).risk_model)


def developer_document_is_complete(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    """Every part that the tier asks for says something of its own."""
    version = version_of(subject)
    lacking = lacking_parts(version)
    if not lacking:
        return None
    titles = ", ".join(part.title.english for part in lacking)
    return f"The developer's document of {version.label} does not say yet: {titles}. Write it, then submit."


def monitoring_is_planned(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    """By the measures that the tier asks for as it is now."""
    version = version_of(subject)
    plan = newest_plan(version)
    if plan is None:
        return f"{version.label} has no monitoring plan. Have its developer or a validator write it."
    lacking = [fault.detail for fault in faults(lines_of(plan), version.risk_model.tier)]
    return (
        f"The monitoring plan of {version.label} does not suffice. {' '.join(lacking)}" if lacking else None
    )


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
