"""Dossiers' verbs: ask for one, keep the signed file."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.anchors.services import carried_by_dossier
from audit.checkpoint import read as read_note
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import canonical, clock
from mrm.lib.errors import WrongStage
from registry import subjects
from registry.lifecycle import Stage
from registry.models import ModelVersion
from reports.build.facts import Signer
from reports.build.ledger import AsOf
from reports.edition import ENGLISH_ON_A4, Edition
from reports.models import Dossier
from validation.selectors import latest_conclusion

KIND = "build-dossier"
# From here on a signed conclusion stands on the evidence; before, there is nothing to put a seal on.
STAGES = frozenset(
    {Stage.VALIDATED, Stage.IN_REVIEW, Stage.APPROVED, Stage.SUSPENDED, Stage.RETIRED, Stage.REJECTED}
)


@dataclass(frozen=True)
class SignedFile:
    """What a job made: the sealed bytes, kept in the store already, and what they were made of."""

    content: bytes
    unsigned_size: int
    unsigned_digest: str
    evidence_digest: str
    content_digest: str
    as_of: AsOf
    note: str
    pages: int
    signer: Signer
    edition: Edition = ENGLISH_ON_A4

    @property
    def digest(self) -> str:
        return canonical.sha256(self.content)

    def facts(self) -> dict[str, str | int]:
        """As the entry names it and a verifier compares it."""
        return {
            "signed": self.digest,
            "signed_size": len(self.content),
            "unsigned": self.unsigned_digest,
            "unsigned_size": self.unsigned_size,
            "evidence": self.evidence_digest,
            "content": self.content_digest,
            "certificate": self.signer.fingerprint,
            "as_of_entry": self.as_of.sequence,
            "as_of_checkpoint": self.as_of.checkpoint,
        }


@unit_of_work
def request_dossier(*, actor: User, version: ModelVersion, edition: Edition = ENGLISH_ON_A4) -> Job:
    """Queue the job that builds and seals a dossier. Refuses a version without a signed conclusion."""
    require_buildable(actor=actor, version=version)
    subject = subjects.of_version(version)
    payload = {"version": str(version.pk), "language": edition.language.value, "paper": edition.paper.value}
    return request_job(actor=actor, kind=KIND, subject=subject, payload=payload)


def require_buildable(*, actor: User, version: ModelVersion) -> None:
    """What is refused when a dossier is asked for, and again when its job begins and ends."""
    require(actor=actor, permission=Permission.DOSSIER_BUILD, model_slug=version.risk_model.slug)
    said = why_not_buildable(version)
    if said is not None:
        raise WrongStage(said)


def why_not_buildable(version: ModelVersion) -> str | None:
    """None where a dossier can be built; otherwise why not, and what to do."""
    if version.stage not in STAGES or latest_conclusion(version) is None:
        return (
            f"Cannot build a dossier of {version.label}: it is {version.stage.replace('_', ' ')} and has no signed "
            "conclusion that stands. Ask a validator to conclude first."
        )
    return None


@unit_of_work
def keep_dossier(*, actor: User, version: ModelVersion, signed: SignedFile) -> Dossier:
    """Write down which file was sealed. Its digests are an entry: the verifier compares a file with that."""
    require_buildable(actor=actor, version=version)
    dossier = Dossier(
        version=version,
        evidence_digest=signed.evidence_digest,
        unsigned_digest=signed.unsigned_digest,
        signed_digest=signed.digest,
        content_digest=signed.content_digest,
        language=signed.edition.language,
        paper=signed.edition.paper,
        pages=signed.pages,
        size=len(signed.content),
        signer=signed.signer.name,
        built_by=actor,
        built_at=clock.now(),
    )
    dossier.save(force_insert=True)
    facts = {
        "dossier": str(dossier.pk),
        **signed.facts(),
        "language": signed.edition.language.value,
        "paper": signed.edition.paper.value,
    }
    if signed.note:
        carried_by_dossier(note=read_note(signed.note), where=f"dossier {dossier.pk}")
    record(event=Event.DOSSIER_SIGNED, actor=actor, subject=subjects.of_version(version), facts=facts)
    return dossier
