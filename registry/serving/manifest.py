"""The manifest of an artefact: which files, with which digests. Its own digest is the artefact's name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal

FORMAT = "countersign-artifact/1"
MANIFEST = "manifest.json"
LIGHTGBM = "model.lgb"
XGBOOST = "model.ubj"
LINEAR = "model.linear.json"
NETWORK = "model.network.json"
TABLES = "tables.json"
CALIBRATION = "calibration.json"
GRADES = "grades.json"
POINTS = "points.json"
REFERENCE = "reference.json"
REASONS = "reasons.json"
ATTRIBUTION = "attribution.json"
EXAMPLE = "input_example.json"
METRICS = "metrics.json"
# An artefact has every table and one estimator, whose name says its library.
TABLE_NAMES = (ATTRIBUTION, CALIBRATION, GRADES, EXAMPLE, POINTS, REASONS, REFERENCE, TABLES)
ESTIMATORS = (LIGHTGBM, LINEAR, NETWORK, XGBOOST)
KNOWN_NAMES = frozenset((*TABLE_NAMES, *ESTIMATORS, MANIFEST, METRICS))
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

    def expected(self) -> frozenset[str]:
        """The names of a candidate folder. What the recipe measured on the way lies beside the artefact but is not
        part of it."""
        return frozenset((*(entry.name for entry in self.files), MANIFEST, METRICS))

    @property
    def estimator(self) -> SealedFile:
        return next(entry for entry in self.files if entry.name in ESTIMATORS)


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


def sealed_names(estimator: str) -> tuple[str, ...]:
    """The files of an artefact, in the order of its manifest."""
    return tuple(sorted((*TABLE_NAMES, estimator)))


def write(folder: Path, *, estimator: str, recipe: str, schema: str, platform: Mapping[str, str]) -> str:
    """Write the manifest over the sealed files in `folder` and return the artefact digest."""
    files = tuple(_listed(folder / name) for name in sealed_names(estimator))
    content = dump(Manifest(files=files, recipe=recipe, schema=schema, platform=platform))
    (folder / MANIFEST).write_bytes(content)
    return canonical.sha256(content)


def largest(name: str) -> int:
    """The most bytes that a file of this name may have."""
    return MAX_ESTIMATOR_BYTES if name in ESTIMATORS else MAX_TABLE_BYTES


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
    if tuple(entry.name for entry in manifest.files) not in map(sealed_names, ESTIMATORS):
        raise ArtifactRefused(
            "The artefact was refused: its manifest must list exactly the files of our format. "
            "Pickle, joblib and other formats are never loaded."
        )
    for entry in manifest.files:
        limit = largest(entry.name)
        if not 0 < entry.size <= limit:
            raise ArtifactRefused(f"The artefact was refused: {entry.name} must have 1 to {limit} bytes.")
