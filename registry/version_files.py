"""Files beside a version: kept encrypted by the digest of their bytes, handed out again byte for byte."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotFound, TooLarge
from registry import subjects, vault
from registry.models import ModelVersion, VersionFile
from registry.services import lock_version

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 200
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Brought:
    """A file as it came: its name and all its bytes."""

    name: str
    content: bytes


@unit_of_work
def add_file(*, actor: User, version: ModelVersion, brought: Brought) -> VersionFile:
    """Put a file beside a version. What lies there already is returned and leaves no second entry. Refuses an empty
    file, one of more than 20 MB, and a name that no file could have."""
    require(actor=actor, permission=Permission.FILE_ADD, model_slug=version.risk_model.slug)
    name = _named(brought)
    held = lock_version(version)
    digest = canonical.sha256(brought.content)
    there = VersionFile.objects.filter(version=held, digest=digest).first()
    if there is not None:
        return there
    if VersionFile.objects.filter(version=held).count() >= MAX_FILES:
        raise Invalid(
            "The file was not added.",
            [FieldError("/file", "too-many", f"At most {MAX_FILES} beside a version.")],
        )
    kept = vault.put_file(version=str(held.pk), digest=digest, content=brought.content)
    row = VersionFile(
        version=held,
        digest=digest,
        name=name,
        size=len(brought.content),
        kept=kept,
        added_by=actor,
        added_at=clock.now(),
    )
    row.save(force_insert=True)
    facts = {"file": str(row.pk), "sha256": digest, "size": row.size}
    record(event=Event.FILE_ADDED, actor=actor, subject=subjects.of_version(held), facts=facts)
    return row


def file(*, actor: User, file_id: uuid.UUID) -> VersionFile:
    rows = VersionFile.objects.select_related("version__risk_model", "added_by__person")
    found = rows.filter(pk=file_id).first()
    if found is None or not _may_read(actor, found.version):
        raise NotFound("There is no such file that you may see.")
    return found


def files_of(*, actor: User, version: ModelVersion) -> QuerySet[VersionFile]:
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=version.risk_model.slug)
    return version.files.select_related("added_by__person").order_by("added_at", "id")


def content_of(*, actor: User, found: VersionFile) -> bytes:
    """The plain bytes, hashed again. Unavailable where they are missing or not what was added."""
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=found.version.risk_model.slug)
    return vault.read_file(version=str(found.version_id), digest=found.digest, kept=found.kept)


def files_named(version: ModelVersion, digests: Sequence[str]) -> list[VersionFile]:
    """The files beside a version that a body names by their digests. Invalid with every one that is not there."""
    found = {each.digest: each for each in version.files.select_related("version").filter(digest__in=digests)}
    detail = "No file of this digest lies beside the version."
    errors = [
        FieldError(f"/files/{at}", "unknown", detail)
        for at, digest in enumerate(digests)
        if digest not in found
    ]
    if errors:
        raise Invalid("A file that was named is not there.", errors)
    return list(found.values())


def _may_read(actor: User, version: ModelVersion) -> bool:
    return allows(actor=actor, permission=Permission.FINDING_READ, model_slug=version.risk_model.slug)


def _named(brought: Brought) -> str:
    if len(brought.content) > MAX_BYTES:
        raise TooLarge(f"The file has {len(brought.content)} bytes; at most {MAX_BYTES} are kept.")
    errors = []
    if not brought.content:
        errors.append(FieldError("/file", "empty", "The file is empty."))
    # The last part only: a browser may send a whole path, which is nobody's business here.
    name = brought.name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or len(name) > _LONGEST_NAME or any(unicodedata.category(each)[0] == "C" for each in name):
        detail = f"A name has 1 to {_LONGEST_NAME} characters, none of them a control character."
        errors.append(FieldError("/file", "name", detail))
    if errors:
        raise Invalid("The file was not added.", errors)
    return name
