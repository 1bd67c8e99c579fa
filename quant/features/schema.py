"""The declaration of a version's inputs and features, as frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass

from quant.features.fitted import Bins, Lookup
from quant.features.inputs import CATEGORIES, Input, InputType, Unknown, Unreadable
from quant.features.operations import Direction, Feature, Operation
from quant.features.plain import SchemaFault

__all__ = [
    "Direction",
    "Feature",
    "FeatureSchema",
    "Input",
    "InputType",
    "Operation",
    "SchemaFault",
    "Unknown",
    "Unreadable",
]
_MAX_INPUTS = 500
_MAX_STEPS = 2000
_CODED = frozenset({Operation.MONTHS_LATE, Operation.STATUS_CODE})
_OF_CATEGORIES = frozenset({Operation.LOOKUP, Operation.ONE_HOT})
_NEVER_MISSING = frozenset({Operation.IS_MISSING, Operation.ONE_HOT, Operation.FILL, Operation.NEAREST})


@dataclass(frozen=True)
class FeatureSchema:
    """Inputs in the order they are listed to people, features in the order of the estimator's columns.

    `steps` are columns on the way: they may name inputs and earlier steps, features may name all of them.
    """

    inputs: tuple[Input, ...]
    features: tuple[Feature, ...]
    steps: tuple[Feature, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.inputs) <= _MAX_INPUTS or not 0 < len(self.features) <= _MAX_INPUTS:
            raise SchemaFault(f"A schema has 1 to {_MAX_INPUTS} inputs and features.")
        if len(self.steps) > _MAX_STEPS:
            raise SchemaFault(f"A schema has up to {_MAX_STEPS} steps.")
        known = {declared.name: declared for declared in self.inputs}
        if len(known) != len(self.inputs):
            raise SchemaFault("An input stands twice in the schema.")
        if len(set(self.feature_names)) != len(self.features):
            raise SchemaFault("A feature stands twice in the schema.")
        made: set[str] = set()
        for step in self.steps:
            _check_use(step, known, made)
            if step.name in known or step.name in made:
                raise SchemaFault(f"Step {step.name} has the name of an input or of an earlier step.")
            made.add(step.name)
        for feature in self.features:
            _check_use(feature, known, made)

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(declared.name for declared in self.inputs)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @property
    def is_fitted(self) -> bool:
        return all(made.is_fitted for made in (*self.steps, *self.features))

    def require_fitted(self) -> None:
        """Raises SchemaFault while a step lacks the numbers of its fit: it can neither serve nor be sealed."""
        lacking = [made.name for made in (*self.steps, *self.features) if not made.is_fitted]
        if lacking:
            raise SchemaFault(f"These steps are not fitted: {', '.join(lacking[:5])}.")

    def require_complete(self) -> None:
        """Raises SchemaFault where a feature of a fitted schema may be missing: some estimators cannot take that."""
        gaps = {declared.name for declared in self.inputs if declared.nullable}
        for step in self.steps:
            gaps |= {step.name} if may_be_missing(step, gaps) else set()
        lacking = [feature.name for feature in self.features if may_be_missing(feature, gaps)]
        if lacking:
            raise SchemaFault(
                f"These columns may be missing, and this estimator has no place for that: {', '.join(lacking[:5])}."
                " Declare how they are filled."
            )

    def refuse_inputs(self, forbidden: frozenset[str]) -> None:
        """Raises SchemaFault when a protected column is an input."""
        present = [name for name in self.input_names if name in forbidden]
        if present:
            raise SchemaFault(f"Protected attributes are never inputs: {', '.join(present)}.")


def _check_use(feature: Feature, known: Mapping[str, Input], made: set[str]) -> None:
    for name in feature.inputs:
        if name not in known and name not in made:
            raise SchemaFault(
                f"Feature {feature.name} uses {name}, which is not an input or an earlier step."
            )
        if name in known and known[name].protected:
            raise SchemaFault(f"Feature {feature.name} uses {name}, which is protected.")
    if not all(_fits(feature.operation, known.get(name)) for name in feature.inputs):
        raise SchemaFault(f"Feature {feature.name}: {feature.operation} does not fit the type of its input.")
    first = known.get(feature.inputs[0])
    if first is None:
        return
    if feature.operation is Operation.STATUS_CODE and set(first.codes) != set(dict(feature.table)):
        raise SchemaFault(f"Feature {feature.name}: the table must name exactly the declared codes.")
    if feature.operation is Operation.ONE_HOT and feature.only not in categories(first):
        raise SchemaFault(f"Feature {feature.name}: its input has no such category.")


def may_be_missing(step: Feature, gaps: set[str]) -> bool:
    """Whether a fitted step leaves a gap where one of `gaps`, the names that may be missing, has one."""
    if step.operation in _NEVER_MISSING:
        return False
    if isinstance(step.fitted, Lookup | Bins) and step.fitted.missing is not None:
        return False
    return any(name in gaps for name in step.inputs)


def _fits(operation: Operation, declared: Input | None) -> bool:
    """A step is a number and can be used as one."""
    if operation is Operation.IS_MISSING:
        return True
    if operation is Operation.DAYS_BETWEEN:
        return declared is not None and declared.type is InputType.DATE
    if operation in _CODED:
        return declared is not None and declared.type is InputType.CODE
    if operation in _OF_CATEGORIES:
        return declared is not None and declared.type in CATEGORIES
    return declared is None or declared.type not in {*CATEGORIES, InputType.DATE}


def categories(declared: Input) -> dict[str, float | None]:
    """The categories of a code or a text by what they are called in `only`; None is every other code."""
    if declared.type is InputType.TEXT:
        return {name: float(place) for place, name in enumerate(declared.group_names)}
    return {str(code): float(code) for code in declared.codes} | {"Unknown": None}
