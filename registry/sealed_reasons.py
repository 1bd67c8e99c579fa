"""Which reasons a version can give: the groups of its sealed artefact and the rules of its policy."""

from __future__ import annotations

from mrm.lib import canonical
from quant.reasons import load_groups
from registry import decision_policies
from registry.models import ModelVersion
from registry.serving.manifest import REASONS


def reasons_given_by(version: ModelVersion) -> tuple[str, ...] | None:
    """Keys, the groups first. The groups are read from the recipe, and taken only where their digest is the one that
    the sealed manifest lists and the manifest has the digest of the artefact; None otherwise. No file is opened, so a
    dossier says the same wherever it is built."""
    manifest, groups = version.artifact.manifest, version.candidate.recipe.get("reasons")
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    is_sealed = canonical.digest(manifest) == version.artifact_id
    if not is_sealed or canonical.digest(groups) != listed.get(REASONS):
        return None
    rules = decision_policies.loaded(version.policy).rules
    return (*(group.key for group in load_groups(groups)), *(rule.key for rule in rules))
