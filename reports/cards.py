"""A model card, drawn when it is asked for: the same facts give the same bytes, so none is kept."""

from __future__ import annotations

from accounts.models import User
from registry.models import ModelVersion
from reports.build.card import document
from reports.build.card_facts import CardFor, gather
from reports.build.content import Document
from reports.sample_documents import Drawn


def told(*, actor: User, version: ModelVersion, audience: CardFor) -> Document:
    return document(gather(actor=actor, version=version, audience=audience))


def drawn(*, actor: User, version: ModelVersion, audience: CardFor) -> Drawn:
    """The PDF, in the language that is active."""
    from reports.render.pdf import render

    found = told(actor=actor, version=version, audience=audience)
    name = f"{version.risk_model.slug}-v{version.number}-card-{audience}-{found.evidence_digest[:12]}.pdf"
    return Drawn(render(found).content, name)
