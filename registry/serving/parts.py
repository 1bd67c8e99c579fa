"""The plain tables of an artefact, read strictly: any other shape is a refusal, never a crash."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from quant.banding import Grades, PointsScale, points_scale
from quant.estimators.calibration import Calibration
from quant.estimators.isotonic import ISOTONIC, Isotonic
from quant.features import form, plain
from quant.features.reading import read_plain
from quant.features.schema import FeatureSchema
from quant.reasons import ReasonGroup, check_cover, load_groups
from registry.serving import manifest as names
from registry.serving.estimators import COMPLETE_ONLY, FORMATS, Format
from registry.serving.manifest import ArtifactRefused


@dataclass(frozen=True)
class ReferenceVector:
    """One synthetic application and the exact float32 margin it must give."""

    features: Mapping[str, object]
    margin: float


@dataclass(frozen=True)
class ScoreBins:
    """Frozen bins of the PD at development: K−1 inner edges, K shares. For the stability of later scores."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Parts:
    """Everything sealed but the estimator. `vectors_explained` digests the contributions of the vectors."""

    schema: FeatureSchema
    calibration: Calibration
    grades: Grades
    scale: PointsScale
    groups: tuple[ReasonGroup, ...]
    attribution: Mapping[str, str]
    vectors: tuple[ReferenceVector, ...]
    vectors_explained: str
    medians: NDArray[np.float32]
    score_bins: ScoreBins
    example: Mapping[str, object]


def read(files: Mapping[str, bytes]) -> Parts:
    """The parts of verified buffers. Raises ArtifactRefused."""
    try:
        [estimator] = [name for name in files if name in names.ESTIMATORS]
        tables = {name: _table(name, files[name]) for name in names.TABLE_NAMES}
        return _read(tables, estimator)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ArtifactRefused(f"The artefact was refused: a table is not as declared ({error}).") from None


def _table(name: str, content: bytes) -> dict[str, object]:
    try:
        value = strict_json.loads(content, max_bytes=names.MAX_TABLE_BYTES)
    except Refusal as refusal:
        raise ArtifactRefused(f"The artefact was refused: {name}: {refusal.message}") from None
    if not isinstance(value, dict) or canonical.dumps(value) != content:
        raise ArtifactRefused(f"The artefact was refused: {name} is not in canonical form.")
    return value


def _read(tables: Mapping[str, dict[str, object]], estimator: str) -> Parts:
    schema = form.load(tables[names.TABLES])
    schema.require_fitted()
    if estimator in COMPLETE_ONLY:
        schema.require_complete()
    groups = load_groups(tables[names.REASONS])
    check_cover(groups, schema.feature_names)
    calibration = _calibration(tables[names.CALIBRATION])
    reference = tables[names.REFERENCE]
    return Parts(
        schema=schema,
        calibration=calibration,
        grades=_grades(tables[names.GRADES]),
        scale=_scale(tables[names.POINTS], calibration),
        groups=groups,
        attribution=_attribution(tables[names.ATTRIBUTION], FORMATS[estimator]),
        vectors=tuple(_vector(entry) for entry in plain.items(reference["vectors"], "vectors")),
        vectors_explained=plain.text(reference["contributions_sha256"], "contributions_sha256"),
        medians=_medians(reference["medians"], schema),
        score_bins=_score_bins(reference["score_bins"]),
        example=_features(tables[names.EXAMPLE]["features"]),
    )


def _numbers(raw: object, where: str) -> tuple[float, ...]:
    return tuple(plain.decimal(entry, where) for entry in plain.items(raw, where))


def _features(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise TypeError("features must be an object")
    return raw


def _calibration(table: Mapping[str, object]) -> Calibration:
    line = Calibration(plain.decimal(table["intercept"], "intercept"), plain.decimal(table["slope"], "slope"))
    if line.slope <= 0.0:
        raise ValueError("the calibrated slope must be positive")
    if table["method"] != ISOTONIC:
        return line
    corners = _numbers(table["margins"], "margins"), _numbers(table["pds"], "pds")
    return Isotonic(line.intercept, line.slope, *corners)


def _grades(table: Mapping[str, object]) -> Grades:
    return Grades(bounds=_numbers(table["bounds"], "bounds"), pds=_numbers(table["pds"], "pds"))


def _scale(table: Mapping[str, object], calibration: Calibration) -> PointsScale:
    """Offset and slope are what serves; the words they were made from are sealed too and must agree."""
    stated = PointsScale(plain.decimal(table["offset"], "offset"), plain.decimal(table["slope"], "slope"))
    made = points_scale(
        calibration,
        points=plain.decimal(table["points"], "points"),
        odds=plain.decimal(table["odds"], "odds"),
        double=plain.decimal(table["double"], "double"),
    )
    if not math.isclose(stated.offset, made.offset) or not math.isclose(stated.slope, made.slope):
        raise ValueError("the points scale contradicts the calibration")
    return stated


def _attribution(table: Mapping[str, object], made_by: Format) -> Mapping[str, str]:
    if table != made_by.attribution:
        raise ValueError("the attribution method is not that of the estimator")
    return made_by.attribution


def _vector(raw: object) -> ReferenceVector:
    members = plain.members(raw, "vector", frozenset({"features", "margin"}))
    features = read_plain(_features(members["features"]))
    return ReferenceVector(features=features, margin=float.fromhex(plain.text(members["margin"], "margin")))


def _medians(raw: object, schema: FeatureSchema) -> NDArray[np.float32]:
    members = plain.members(raw, "medians", frozenset(schema.feature_names))
    return np.array([plain.decimal(members[name], name) for name in schema.feature_names], dtype=np.float32)


def _score_bins(raw: object) -> ScoreBins:
    members = plain.members(raw, "score_bins", frozenset({"edges", "shares"}))
    made = ScoreBins(_numbers(members["edges"], "edges"), _numbers(members["shares"], "shares"))
    if len(made.shares) != len(made.edges) + 1:
        raise ValueError("K score bins need K−1 edges")
    return made
