"""The document of a sample run, drawn when it is asked for: the same results give the same bytes, so none is kept."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from mrm.lib import canonical
from reports.build.sample import document
from reports.build.sample_facts import gather
from validation.models import SampleRun


@dataclass(frozen=True)
class Drawn:
    content: bytes
    name: str

    @property
    def digest(self) -> str:
        return canonical.sha256(self.content)


def drawn(*, actor: User, run: SampleRun) -> Drawn:
    """The PDF. Refuses who may not read dossiers, a run without results, and results that were altered."""
    from reports.render.pdf import render

    content = render(document(gather(actor=actor, run=run))).content
    # ASCII by construction: a slug and the beginning of a digest.
    return Drawn(content, f"{run.sample.risk_model.slug}-sample-{run.evidence_digest[:12]}.pdf")
