"""The recipe of a version run again, in a child process of the job that asks."""

from __future__ import annotations

from pathlib import Path

from jobs.run import ChildRefused, Run
from mrm.lib import canonical
from mrm.settings import governance
from registry import snapshots, vault
from registry.candidates import task_again
from registry.models import ModelVersion
from registry.submissions import is_given


def retrained(run: Run, version: ModelVersion) -> str | None:
    """The artefact digest of the recipe run again on the development part; None where the task was not
    kept whole."""
    task = version.candidate.recipe
    spec = task_again(task)
    if spec is None:
        return None
    part = snapshots.read_development(actor=run.actor, snapshot=version.snapshot)
    with run.folder() as name:
        folder = Path(name)
        (folder / "spec.json").write_bytes(canonical.dumps(spec))
        (folder / "development.parquet").write_bytes(part.table)
        target = governance.TRAINING_CHILD
        if is_given(task):
            target = governance.GIVEN_CHILD
            sealed = vault.artifacts().read_sealed(version.artifact_id)
            (folder / "given_estimator").write_bytes(sealed.files[sealed.manifest.estimator.name])
        try:
            run.child(target=target, folder=folder)
        except ChildRefused as refusal:
            # The recipe says no to its own data: the check reports it, and blocks. An accident of the
            # process is no evidence: it goes up, and the job tries again.
            return f"not reproduced: {refusal}"[:200]
        return canonical.sha256((folder / "candidate" / "manifest.json").read_bytes())
