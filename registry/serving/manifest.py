"""The manifest of an artefact: which files, with which digests. Its own digest is the artefact's name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal

FORMAT = "countersign-artifact/1"
MANIFEST = "manifest.json"
ESTIMATOR = "model.ubj"
TABLES = "tables.json"
CALIBRATION = "calibration.json"
GRADES = "grades.json"
POINTS = "points.json"
REFERENCE = "reference.json"
REASONS = "reasons.json"
ATTRIBUTION = "attribution.json"
EXAMPLE = "input_example.json"
METRICS = "metrics.json"
SEALED_NAMES = (
    ATTRIBUTION, CALIBRATION, GRADES, EXAMPLE, ESTIMATOR, POINTS, REASONS, REFERENCE, TABLES,
)  # fmt: skip
# What the recipe measured on the way lies beside the artefact but is not part of it.
KNOWN_NAMES = frozenset((*SEALED_NAMES, MANIFEST, METRICS))
MAX_ESTIMATOR_BYTES = 256 * 1024 * 1024
MAX_TABLE_BYTES = 4 * 1024 * 1024
_HEX = re.compile(r"[0-9a-f]{64}")


class ArtifactRefused(Refusal):
    """The artefact is not in our format, or does not do what it says. Nothing of it was kept."""

    status, code, title = 422, "artifact-refused", "The artefact was refused"


@dataclass(frozen=True)
class SealedFile:
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """Files by name, digests of recipe and schema, and the platform that trained."""

    files: tuple[SealedFile, ...]
    recipe: str
    schema: str
    platform: Mapping[str, str]

    def file(self, name: str) -> SealedFile:
        return next(entry for entry in self.files if entry.name == name)


def dump(manifest: Manifest) -> bytes:
    """Canonical bytes; their SHA-256 is the artefact digest."""
    return canonical.dumps(
        {
            "format": FORMAT,
            "files": [{"name": f.name, "sha256": f.sha256, "size": f.size} for f in manifest.files],
            "recipe": manifest.recipe,
            "schema": manifest.schema,
            "platform": dict(manifest.platform),
        }
    )


def load(content: bytes) -> Manifest:
    """The manifest of canonical bytes; ArtifactRefused for any other bytes."""
    try:
        manifest = _manifest(strict_json.loads(content, max_bytes=MAX_TABLE_BYTES))
    except (KeyError, TypeError, ValueError, Refusal):
        raise ArtifactRefused("The artefact was refused: its manifest could not be read.") from None
    _check(manifest)
    if dump(manifest) != content:
        raise ArtifactRefused("The artefact was refused: its manifest is not in canonical form.")
    return manifest


def write(folder: Path, *, recipe: str, schema: str, platform: Mapping[str, str]) -> str:
    """Write the manifest over the sealed files in `folder` and return the artefact digest."""
    files = tuple(_listed(folder / name) for name in SEALED_NAMES)
    content = dump(Manifest(files=files, recipe=recipe, schema=schema, platform=platform))
    (folder / MANIFEST).write_bytes(content)
    return canonical.sha256(content)


def _listed(path: Path) -> SealedFile:
    content = path.read_bytes()
    return SealedFile(name=path.name, sha256=canonical.sha256(content), size=len(content))


def _manifest(raw: dict[str, object]) -> Manifest:
    files, platform = raw["files"], raw["platform"]
    if raw["format"] != FORMAT or not isinstance(files, list) or not isinstance(platform, dict):
        raise ValueError("Not this format.")
    return Manifest(
        files=tuple(_file(entry) for entry in files),
        recipe=_digest(raw["recipe"]),
        schema=_digest(raw["schema"]),
        platform={str(key): str(value) for key, value in platform.items()},
    )


def _file(raw: Mapping[str, object]) -> SealedFile:
    name, size = raw["name"], raw["size"]
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool):
        raise TypeError("Not a file entry.")
    return SealedFile(name=name, sha256=_digest(raw["sha256"]), size=size)


def _digest(raw: object) -> str:
    if not isinstance(raw, str) or not _HEX.fullmatch(raw):
        raise ValueError("Not a digest.")
    return raw


def _check(manifest: Manifest) -> None:
    if tuple(entry.name for entry in manifest.files) != SEALED_NAMES:
        raise ArtifactRefused(
            "The artefact was refused: its manifest must list exactly the files of our format. "
            "Pickle, joblib and other formats are never loaded."
        )
    for entry in manifest.files:
        limit = MAX_ESTIMATOR_BYTES if entry.name == ESTIMATOR else MAX_TABLE_BYTES
        if not 0 < entry.size <= limit:
            raise ArtifactRefused(f"The artefact was refused: {entry.name} must have 1 to {limit} bytes.")
