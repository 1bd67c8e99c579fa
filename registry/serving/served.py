"""One sealed version at work: canonical input → margin → PD, points, grade, contributions, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid
from quant.banding import round_to_total
from quant.features.check import CheckedTable, Fault, check_row, check_table
from quant.features.frames import NotNumeric, given_columns
from quant.features.reading import Value, plain_values
from quant.features.row import compile_row
from quant.features.table import matrix as feature_matrix
from quant.reasons import Reason, group_columns, group_places, group_sums, principal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from registry.serving.estimators import Estimator, Size
    from registry.serving.parts import Parts

UNKNOWN_CODE = "unknown_code"
REASON_LIMIT = 4


@dataclass(frozen=True)
class CanonicalInput:
    """A checked application: every input of the schema in its order; `unseen` are codes and labels never declared."""

    values: Mapping[str, Value]
    unseen: tuple[str, ...]

    def canonical(self) -> dict[str, object]:
        """What is digested and stored (see `plain_values`)."""
        return plain_values(self.values)


@dataclass(frozen=True)
class Scored:
    """The result for one application. `base_points` and `group_points` add up to `points` exactly.

    `margin` is the float32 margin as a double; contributions are log-odds of default, so positive is adverse,
    while points rise when risk falls.
    """

    margin: float
    probability: float
    points: int
    grade: int
    grade_pd: float
    bias: float
    contributions: Mapping[str, float]
    group_contributions: Mapping[str, float]
    base_points: int
    group_points: Mapping[str, int]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class ScoredFrame:
    """The results for a table, all of shape (rows,) but matrix and contributions (rows, features) and
    group_contributions (rows, groups). `unseen` has a mask per input with codes or labels never declared."""

    matrix: NDArray[np.float32]
    margins: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    points: NDArray[np.int64]
    grades: NDArray[np.int64]
    contributions: NDArray[np.float32]
    bias: NDArray[np.float32]
    group_contributions: NDArray[np.float64]
    unseen: Mapping[str, NDArray[np.bool_]]

    def flags(self, row: int) -> tuple[str, ...]:
        return tuple(f"{UNKNOWN_CODE}:{name}" for name, mask in self.unseen.items() if mask[row])


class Served:
    """A loaded version. Safe to share between threads: nothing here changes after it was made."""

    def __init__(self, digest: str, parts: Parts, estimator: Estimator) -> None:
        self.digest = digest
        self.parts = parts
        self.schema = parts.schema
        self.feature_names = parts.schema.feature_names
        self.group_keys = tuple(group.key for group in parts.groups)
        self.group_places = group_places(parts.groups, self.feature_names)
        self._estimator = estimator
        self._row = compile_row(parts.schema)

    @property
    def size(self) -> Size:
        """How much its estimator has learned."""
        return self._estimator.size

    def parse(self, features: Mapping[str, object], at: str = "/features") -> CanonicalInput:
        """The canonical input, or Invalid with every error and its JSON pointer below `at`."""
        checked = check_row(self.schema, features)
        if checked.faults:
            raise Invalid(_sentence(checked.faults), [_field_error(fault, at) for fault in checked.faults])
        return CanonicalInput(values=checked.values, unseen=checked.unseen)

    def score(self, application: CanonicalInput) -> Scored:
        margins, explained = self._estimator.explain(self._row(application.values))
        margin = float(margins[0])
        contributions = [float(value) for value in explained[0]]
        sums = group_sums(contributions, self.group_places)
        probability = self.parts.calibration.probability(margin)
        points = round(self.parts.scale.points(margin))
        shown = self._shown_points(contributions[-1], sums, points)
        grade = self.parts.grades.grade(probability)
        return Scored(
            margin=margin,
            probability=probability,
            points=points,
            grade=grade,
            grade_pd=self.parts.grades.pds[grade - 1],
            bias=contributions[-1],
            contributions=dict(zip(self.feature_names, contributions, strict=False)),
            group_contributions=dict(zip(self.group_keys, sums, strict=True)),
            base_points=shown[0],
            group_points=dict(zip(self.group_keys, shown[1:], strict=True)),
            flags=tuple(f"{UNKNOWN_CODE}:{name}" for name in application.unseen),
        )

    def margin(self, application: CanonicalInput) -> float:
        """The float32 margin alone, as a double."""
        return float(self._estimator.margins(self._row(application.values))[0])

    def row(self, application: CanonicalInput) -> NDArray[np.float32]:
        """The estimator's columns of one application: (features,)."""
        features: NDArray[np.float32] = self._row(application.values)[0]
        return features

    def explained_digest(self, applications: Sequence[CanonicalInput]) -> str:
        """SHA-256 of the float32 contributions (applications, features + 1), little-endian, row by row."""
        rows = [self._estimator.explain(self._row(given.values))[1] for given in applications]
        return canonical.sha256(np.vstack(rows).astype("<f4").tobytes())

    def reasons(self, scored: Scored, limit: int = REASON_LIMIT) -> tuple[Reason, ...]:
        """Adverse reason groups, the worst first. May be empty (see `quant.reasons.principal`)."""
        return principal(scored.group_contributions, scored.group_points, limit)

    def matrix(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        """The estimator's columns for a table of inputs; Invalid with counts when rows do not fit the
        schema."""
        return self._checked_matrix(frame)[0]

    def margins(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Margins of ready feature rows; the score function of deletion fidelity and scenarios."""
        return self._estimator.margins(matrix)

    def score_frame(self, frame: pd.DataFrame) -> ScoredFrame:
        """A whole table, equal to `score` row by row (margins, PDs, points, grades, contributions)."""
        matrix, unseen = self._checked_matrix(frame)
        margins, explained = self._estimator.explain(matrix)
        probabilities = self.parts.calibration.probabilities(margins)
        points = [round(self.parts.scale.points(float(margin))) for margin in margins]
        return ScoredFrame(
            matrix=matrix,
            margins=margins,
            probabilities=probabilities,
            points=np.array(points, dtype=np.int64),
            grades=self.parts.grades.grades(probabilities),
            contributions=explained[:, :-1],
            bias=explained[:, -1],
            group_contributions=group_columns(explained[:, :-1], self.group_places),
            unseen=unseen,
        )

    def _shown_points(self, bias: float, sums: tuple[float, ...], points: int) -> tuple[int, ...]:
        scale = self.parts.scale
        return round_to_total([scale.points(bias), *(scale.slope * value for value in sums)], points)

    def _checked_matrix(
        self, frame: pd.DataFrame
    ) -> tuple[NDArray[np.float32], Mapping[str, NDArray[np.bool_]]]:
        checked = self.checked(frame)
        return feature_matrix(self.schema, checked.columns), checked.unseen

    def checked(self, frame: pd.DataFrame) -> CheckedTable:
        """The number behind every value of a table of inputs; Invalid with counts when rows do not fit the schema."""
        try:
            columns = given_columns(self.schema, frame)
        except NotNumeric as fault:
            problem = FieldError(f"/{_escaped(fault.name)}", "type", "This column must be numeric.")
            raise Invalid("The table does not fit the schema of this version.", [problem]) from None
        checked = check_table(self.schema, columns)
        if checked.faults:
            raise Invalid(_sentence(checked.faults), [_field_error(fault, "") for fault in checked.faults])
        return checked


def _sentence(faults: tuple[Fault, ...]) -> str:
    count = "1 field does" if len(faults) == 1 else f"{len(faults)} fields do"
    return (
        f"The application was not scored: {count} not fit the schema of this version. Correct and send again."
    )


def _field_error(fault: Fault, at: str) -> FieldError:
    return FieldError(pointer=f"{at}/{_escaped(fault.name)}", code=fault.code, detail=fault.detail)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
