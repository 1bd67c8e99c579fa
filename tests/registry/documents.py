"""What people write beside a version, whole: the developer's document and the monitoring plan."""

from __future__ import annotations

from accounts.models import User
from registry.developer_documents import write_document
from registry.document_template import template
from registry.models import ModelVersion
from registry.monitored import Bad, Watched, catalogue
from registry.monitoring_plans import write_plan

PARTS = {
    part.key: f"{part.title.english}: written down by whoever made it, in full." for part in template().parts
}


def watched_lines(owner: str = "victor") -> list[Watched]:
    """Everything that any tier asks for."""
    return [
        Watched(each.key, "month", "0.5", "0.9" if each.bad is Bad.ABOVE else "0.1", owner, "Look at it.")
        for each in catalogue().due(None)
    ]


def documented(actor: User, version: ModelVersion, *, is_watched: bool = True) -> ModelVersion:
    write_document(actor=actor, version=version, parts=PARTS)
    if is_watched:
        write_plan(actor=actor, version=version, lines=watched_lines(actor.username))
    return version
