"""The developer's document of a version: written by the template, revised while the version is a draft."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, WrongStage
from registry import subjects
from registry.document_template import LONGEST_PART, Part, template
from registry.lifecycle import Stage
from registry.models import DeveloperDocument, ModelVersion
from registry.services import lock_version


@unit_of_work
def write_document(*, actor: User, version: ModelVersion, parts: Mapping[str, str]) -> DeveloperDocument:
    """Add a revision of the whole document. It may still lack something: only its submission is refused then. Refuses
    parts that the template does not have, and a version that has left its draft."""
    require(actor=actor, permission=Permission.DOCUMENT_WRITE, model_slug=version.risk_model.slug)
    held = lock_version(version)
    if held.stage != Stage.DRAFT:
        stage = held.stage.replace("_", " ")
        raise WrongStage(
            f"The document of {held.label} does not change: the version is {stage}, no longer a draft."
        )
    said = _checked(parts)
    row = DeveloperDocument(
        version=held,
        revision=held.documents.count() + 1,
        template_digest=template().digest,
        parts=said,
        digest=canonical.digest(said),
        written_by=actor,
        written_at=clock.now(),
    )
    row.save(force_insert=True)
    facts = {"revision": row.revision, "document": row.digest, "template": row.template_digest}
    record(event=Event.DOCUMENT_WRITTEN, actor=actor, subject=subjects.of_version(held), facts=facts)
    return row


def newest_document(version: ModelVersion) -> DeveloperDocument | None:
    return version.documents.select_related("written_by__person").order_by("-revision").first()


def lacking_parts(version: ModelVersion) -> list[Part]:
    """What the newest revision does not say yet and the tier asks for."""
    newest = newest_document(version)
    said = {} if newest is None else newest.parts
    return template().lacking(said, version.risk_model.tier)


def _checked(parts: Mapping[str, str]) -> dict[str, str]:
    known = {part.key for part in template().parts}
    errors = [
        FieldError(f"/parts/{key[:64]}", "unknown", "The template has no such part.")
        for key in parts
        if key not in known
    ]
    errors += [
        FieldError(f"/parts/{key}", "too-long", f"At most {LONGEST_PART} characters.")
        for key, text in parts.items()
        if len(text) > LONGEST_PART
    ]
    if errors:
        raise Invalid("The document was not written.", errors)
    return {part.key: parts[part.key].strip() for part in template().parts if parts.get(part.key, "").strip()}
