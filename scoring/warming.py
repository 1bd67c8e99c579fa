"""Loading what holds a slot before the first applicant waits for it: after a fork, never before one."""

from __future__ import annotations

from mrm.lib.errors import Unavailable
from registry import serving, vault
from scoring.models import Deployment


def load_champions() -> int:
    """Load every deployed artefact into this process and return how many are ready.

    Writes nothing: bytes that do not match their seal are noted by the score that is refused for them.
    """
    deployed = Deployment.objects.filter(ended_at=None).values_list("version__artifact_id", flat=True)
    return sum(_loads(digest) for digest in sorted(set(deployed)))


def _loads(digest: str) -> bool:
    try:
        serving.load(vault.artifacts(), digest)
    except Unavailable:
        return False
    return True
