"""Recipes: everything a training run depends on but the data, written down before the run."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from mrm.lib import canonical
from quant.features import plain
from registry.serving.manifest import ESTIMATORS


class CalibrationMethod(StrEnum):
    LOGISTIC = "logistic"
    IDENTITY = "identity"


@dataclass(frozen=True)
class Recipe:
    """Native XGBoost with monotone constraints. Fractions are texts, so the recipe has a digest."""

    estimator: str = "xgboost"
    rounds: int = 300
    max_depth: int = 3
    eta: str = "0.05"
    subsample: str = "1.0"
    colsample_bytree: str = "1.0"
    min_child_weight: str = "20"
    reg_lambda: str = "1"
    tree_method: str = "hist"
    max_bin: int = 256
    nthread: int = 1
    seed: int = 20260101
    folds: int = 5
    calibration: CalibrationMethod = CalibrationMethod.LOGISTIC
    grades: int = 10
    score_bins: int = 10
    points: str = "600"
    odds: str = "50"
    double: str = "20"
    reference_vectors: int = 100

    def __post_init__(self) -> None:
        if self.estimator != "xgboost" or self.tree_method != "hist" or self.nthread != 1:
            raise plain.SchemaFault(
                "This recipe trains XGBoost with hist on one thread, which repeats exactly."
            )
        if not 1 <= self.rounds <= 5000 or not 1 <= self.max_depth <= 12 or not 2 <= self.max_bin <= 1024:
            raise plain.SchemaFault("rounds 1 to 5000, max_depth 1 to 12, max_bin 2 to 1024.")
        if not 2 <= self.folds <= 20 or not 2 <= self.grades <= 30 or not 2 <= self.score_bins <= 50:
            raise plain.SchemaFault("folds 2 to 20, grades 2 to 30, score_bins 2 to 50.")
        if not 20 <= self.reference_vectors <= 1000:
            raise plain.SchemaFault("reference_vectors 20 to 1000.")
        for name in _FRACTIONS:
            if plain.decimal(getattr(self, name), name) < 0.0:
                raise plain.SchemaFault(f"{name} may not be negative.")

    def plain(self) -> dict[str, object]:
        """The dict that is frozen, logged and digested; `load` reads it back."""
        return {name: str(value) if isinstance(value, str) else value for name, value in asdict(self).items()}

    def digest(self) -> str:
        return canonical.digest(self.plain())

    def parameters(self, monotone: tuple[int, ...]) -> dict[str, object]:
        """The parameters as XGBoost takes them."""
        return {
            "objective": "binary:logistic",
            "booster": "gbtree",
            "tree_method": self.tree_method,
            "max_depth": self.max_depth,
            "eta": float(self.eta),
            "subsample": float(self.subsample),
            "colsample_bytree": float(self.colsample_bytree),
            "min_child_weight": float(self.min_child_weight),
            "lambda": float(self.reg_lambda),
            "max_bin": self.max_bin,
            "nthread": self.nthread,
            "seed": self.seed,
            "monotone_constraints": "(" + ",".join(str(direction) for direction in monotone) + ")",
            "verbosity": 0,
        }


_FRACTIONS = (
    "eta",
    "subsample",
    "colsample_bytree",
    "min_child_weight",
    "reg_lambda",
    "points",
    "odds",
    "double",
)
_INTEGERS = (
    "rounds", "max_depth", "max_bin", "nthread", "seed", "folds", "grades", "score_bins", "reference_vectors",
)  # fmt: skip


GIVEN = "given"


@dataclass(frozen=True)
class Given:
    """An estimator that was trained elsewhere, by the digest of its bytes and the file name of its format. Its PD is
    the author's own, so nothing is calibrated; grades, points and reference vectors are made as of our own."""

    sha256: str
    source: str
    file: str
    estimator: str = GIVEN
    seed: int = 20260101
    calibration: CalibrationMethod = CalibrationMethod.IDENTITY
    grades: int = 10
    score_bins: int = 10
    points: str = "600"
    odds: str = "50"
    double: str = "20"
    reference_vectors: int = 100

    def plain(self) -> dict[str, object]:
        return {name: str(value) if isinstance(value, str) else value for name, value in asdict(self).items()}

    def digest(self) -> str:
        return canonical.digest(self.plain())


def load_given(raw: object) -> Given:
    """The recipe of a plain dict. SchemaFault for any other shape: what is made from it is fixed."""
    members = plain.members(raw, "The recipe", frozenset(Given("", "", "").plain()))
    sha256, source, file = (plain.text(members.get(name), name) for name in ("sha256", "source", "file"))
    made = Given(sha256, source, file)
    if made.plain() != dict(members) or file not in ESTIMATORS:
        raise plain.SchemaFault("The recipe of a given estimator has one form only.")
    return made


def load(raw: object) -> Recipe:
    """The recipe of a plain dict; absent members take the stated values. SchemaFault for any other shape."""
    members = plain.members(raw, "The recipe", frozenset(Recipe().plain()))
    method = members.get("calibration", "logistic")
    if method not in set(CalibrationMethod):
        raise plain.SchemaFault("calibration must be logistic or identity.")
    integers = {name: plain.integer(members[name], name) for name in _INTEGERS if name in members}
    words = {
        name: plain.text(members[name], name)
        for name in (*_FRACTIONS, "estimator", "tree_method")
        if name in members
    }
    # mypy cannot see which members are integers and which are texts; the two lines above just checked it.
    return Recipe(calibration=CalibrationMethod(str(method)), **integers, **words)  # type: ignore[arg-type]
