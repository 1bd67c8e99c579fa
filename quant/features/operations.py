"""One column that is made of inputs and of columns made before it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from quant.features.fitted import Bins, Fill, Fitted, Lookup, Neighbours, Scale, refuse_strange
from quant.features.inputs import NAME
from quant.features.plain import SchemaFault

_MOST_BINS, _MOST_FOLDS, _MOST_K = 50, 20, 100
_MOST_COLUMNS = 20


class Operation(StrEnum):
    """What a step does. The last five are fitted on the training part."""

    IDENTITY = "identity"
    RATIO = "ratio"
    MONTHS_LATE = "months_late"
    STATUS_CODE = "status_code"
    IS_MISSING = "is_missing"
    DAYS_BETWEEN = "days_between"
    ONE_HOT = "one_hot"
    LOOKUP = "lookup"
    BINS = "bins"
    FILL = "fill"
    NEAREST = "nearest"
    SCALE = "scale"


class Direction(IntEnum):
    """How the risk of default may move when the feature rises: the expected sign."""

    FALLING = -1
    FREE = 0
    RISING = 1


class Method(StrEnum):
    """How the numbers of a step are found on the training part."""

    ORDINAL = "ordinal"
    WOE = "woe"
    TARGET_MEAN = "target_mean"
    CONSTANT = "constant"
    MEDIAN = "median"
    NEIGHBOURS = "neighbours"
    STANDARD = "standard"
    ROBUST = "robust"
    NONE = "none"


# Methods that look at the outcome: their training columns are made out of fold.
SUPERVISED = frozenset({Method.WOE, Method.TARGET_MEAN})
METHODS: dict[Operation, frozenset[Method]] = {
    Operation.LOOKUP: frozenset({Method.ORDINAL, Method.WOE, Method.TARGET_MEAN}),
    Operation.BINS: frozenset({Method.WOE, Method.TARGET_MEAN}),
    Operation.FILL: frozenset({Method.CONSTANT, Method.MEDIAN}),
    Operation.NEAREST: frozenset({Method.NEIGHBOURS}),
    Operation.SCALE: frozenset({Method.NONE, Method.STANDARD, Method.ROBUST}),
}
_KIND: dict[Operation, type[Fitted]] = {
    Operation.LOOKUP: Lookup,
    Operation.BINS: Bins,
    Operation.FILL: Fill,
    Operation.NEAREST: Neighbours,
    Operation.SCALE: Scale,
}


@dataclass(frozen=True)
class Fit:
    """How a step is fitted. `prior` is the weight of the whole population in rows (target mean) or what is added to
    each count (woe); `bins` how many quantile bins; `folds` of the cross-fitting; `ks` the numbers of neighbours to
    choose from; `value` the constant."""

    method: Method
    prior: float = 10.0
    bins: int = 5
    folds: int = 5
    ks: tuple[int, ...] = (3, 5, 10, 20)
    value: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.prior <= 1e6 or not 2 <= self.bins <= _MOST_BINS:
            raise SchemaFault(f"A fit has a prior above 0 and 2 to {_MOST_BINS} bins.")
        if not 2 <= self.folds <= _MOST_FOLDS:
            raise SchemaFault(f"A fit has 2 to {_MOST_FOLDS} folds.")
        if not self.ks or len(set(self.ks)) != len(self.ks) or not all(1 <= k <= _MOST_K for k in self.ks):
            raise SchemaFault(f"A fit chooses among numbers of neighbours from 1 to {_MOST_K}, each once.")


@dataclass(frozen=True)
class Feature:
    """One column. `inputs` names inputs or steps: one, for a ratio two (numerator, denominator), for days between two
    (from, to), for nearest the filled column and those it is told by.

    `when_zero` is the value of a ratio whose denominator is zero; `table` maps codes to categories; `bucket` is the
    value for a code that was never declared; `only` the category whose column a one-hot is. `fit` says how a step is
    fitted, `fitted` holds what that has left.
    """

    name: str
    operation: Operation
    inputs: tuple[str, ...]
    monotone: Direction = Direction.FREE
    when_zero: float = 0.0
    table: tuple[tuple[int, int], ...] = ()
    bucket: float = 0.0
    only: str = ""
    fit: Fit | None = None
    fitted: Fitted | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise SchemaFault(f"Feature name {self.name[:80]!a}: letters, digits and underscore, up to 63.")
        self._check_inputs()
        if (self.operation is Operation.STATUS_CODE) != bool(self.table):
            raise SchemaFault(f"Feature {self.name}: a table belongs to status_code and only to it.")
        if len(dict(self.table)) != len(self.table):
            raise SchemaFault(f"Feature {self.name}: a code stands twice in the table.")
        if (self.operation is Operation.ONE_HOT) != bool(self.only):
            raise SchemaFault(f"Feature {self.name}: one_hot, and only it, names its category in `only`.")
        self._check_fit()

    def _check_inputs(self) -> None:
        count = len(self.inputs)
        if self.operation is Operation.NEAREST:
            fits = 2 <= count <= _MOST_COLUMNS and len(set(self.inputs)) == count
        else:
            fits = count == (2 if self.operation in {Operation.RATIO, Operation.DAYS_BETWEEN} else 1)
        if not fits:
            raise SchemaFault(f"Feature {self.name}: {self.operation} has another number of inputs.")

    def _check_fit(self) -> None:
        methods = METHODS.get(self.operation)
        if methods is None:
            if self.fit or self.fitted:
                raise SchemaFault(f"Feature {self.name}: {self.operation} is not fitted.")
            return
        if self.fit is None and self.fitted is None:
            raise SchemaFault(f"Feature {self.name}: {self.operation} needs a fit or fitted numbers.")
        if self.fit is not None and self.fit.method not in methods:
            raise SchemaFault(f"Feature {self.name}: {self.operation} is not fitted by {self.fit.method}.")
        if self.fitted is None:
            return
        if not isinstance(self.fitted, _KIND[self.operation]):
            raise SchemaFault(f"Feature {self.name}: the fitted numbers are those of another operation.")
        refuse_strange(self.fitted)
        if isinstance(self.fitted, Neighbours) and len(self.fitted.spreads) != len(self.inputs) - 1:
            raise SchemaFault(f"Feature {self.name}: the centres have another number of columns.")

    @property
    def is_fitted(self) -> bool:
        return self.fitted is not None or self.operation not in METHODS
