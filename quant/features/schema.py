"""The declaration of a version's inputs and features, as frozen dataclasses."""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from quant.features.plain import SchemaFault

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_MAX_INPUTS = 500
_LARGEST = 1e15


class InputType(StrEnum):
    NUMBER = "number"
    INTEGER = "integer"
    CODE = "code"


class Unknown(StrEnum):
    """What happens to a code that was never declared."""

    REFUSE = "refuse"
    BUCKET = "bucket"


class Operation(StrEnum):
    IDENTITY = "identity"
    RATIO = "ratio"
    MONTHS_LATE = "months_late"
    STATUS_CODE = "status_code"


class Direction(IntEnum):
    """How the risk of default may move when the feature rises."""

    FALLING = -1
    FREE = 0
    RISING = 1


@dataclass(frozen=True)
class Input:
    """One field of an application. Numbers and integers have a range, codes a list of known codes.

    A field that is not required may be absent; absent and null are the same, so it must be nullable.
    """

    name: str
    type: InputType
    label_en: str
    label_pt_br: str
    minimum: float = 0.0
    maximum: float = 0.0
    codes: tuple[int, ...] = ()
    unknown: Unknown = Unknown.REFUSE
    nullable: bool = False
    required: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SchemaFault(f"Input name {self.name[:80]!a}: letters, digits and underscore, up to 63.")
        if not self.required and not self.nullable:
            raise SchemaFault(f"Input {self.name} may be absent, so null must be allowed.")
        if self.type is InputType.CODE:
            self._check_codes()
        elif not -_LARGEST <= self.minimum < self.maximum <= _LARGEST:
            raise SchemaFault(f"Input {self.name} needs a range within ±1e15.")

    def _check_codes(self) -> None:
        if not self.codes or len(set(self.codes)) != len(self.codes):
            raise SchemaFault(f"Input {self.name} needs its codes, each once.")


@dataclass(frozen=True)
class Feature:
    """One column of the estimator. `inputs` holds one name, for a ratio two (numerator, denominator).

    `when_zero` is the value of a ratio whose denominator is zero; `table` maps codes to categories;
    `bucket` is the value for a code that was never declared.
    """

    name: str
    operation: Operation
    inputs: tuple[str, ...]
    monotone: Direction = Direction.FREE
    when_zero: float = 0.0
    table: tuple[tuple[int, int], ...] = ()
    bucket: float = 0.0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SchemaFault(f"Feature name {self.name[:80]!a}: letters, digits and underscore, up to 63.")
        if len(self.inputs) != (2 if self.operation is Operation.RATIO else 1):
            raise SchemaFault(f"Feature {self.name}: {self.operation} has another number of inputs.")
        if (self.operation is Operation.STATUS_CODE) != bool(self.table):
            raise SchemaFault(f"Feature {self.name}: a table belongs to status_code and only to it.")
        if len(dict(self.table)) != len(self.table):
            raise SchemaFault(f"Feature {self.name}: a code stands twice in the table.")


@dataclass(frozen=True)
class FeatureSchema:
    """Inputs in the order they are listed to people, features in the order of the estimator's columns."""

    inputs: tuple[Input, ...]
    features: tuple[Feature, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.inputs) <= _MAX_INPUTS or not 0 < len(self.features) <= _MAX_INPUTS:
            raise SchemaFault(f"A schema has 1 to {_MAX_INPUTS} inputs and features.")
        known = {declared.name: declared for declared in self.inputs}
        if len(known) != len(self.inputs):
            raise SchemaFault("An input stands twice in the schema.")
        if len(set(self.feature_names)) != len(self.features):
            raise SchemaFault("A feature stands twice in the schema.")
        for feature in self.features:
            _check_use(feature, known)

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(declared.name for declared in self.inputs)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    def refuse_inputs(self, forbidden: frozenset[str]) -> None:
        """Raises SchemaFault when a protected column is an input."""
        present = [name for name in self.input_names if name in forbidden]
        if present:
            raise SchemaFault(f"Protected attributes are never inputs: {', '.join(present)}.")


def _check_use(feature: Feature, known: dict[str, Input]) -> None:
    missing = [name for name in feature.inputs if name not in known]
    if missing:
        raise SchemaFault(f"Feature {feature.name} uses {missing[0]}, which is not an input.")
    coded = feature.operation in {Operation.MONTHS_LATE, Operation.STATUS_CODE}
    if coded != all(known[name].type is InputType.CODE for name in feature.inputs):
        raise SchemaFault(f"Feature {feature.name}: {feature.operation} does not fit the type of its input.")
    if feature.operation is Operation.STATUS_CODE:
        codes = set(known[feature.inputs[0]].codes)
        if codes != set(dict(feature.table)):
            raise SchemaFault(f"Feature {feature.name}: the table must name exactly the declared codes.")
