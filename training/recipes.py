"""Recipes: everything a training run depends on but the data, written down before the run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from mrm.lib import canonical
from quant.features import plain
from registry.serving.manifest import LIGHTGBM, XGBOOST
from training.families import SETTINGS, Family, Settings
from training.families import XGBoost as Usual
from training.families.settings import load as load_settings


class CalibrationMethod(StrEnum):
    LOGISTIC = "logistic"
    ISOTONIC = "isotonic"
    IDENTITY = "identity"


@dataclass(frozen=True)
class Recipe:
    """One family with its settings, and what every family has. Fractions are texts, so the recipe has a digest."""

    settings: Settings = field(default_factory=Usual)
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
        if not 2 <= self.folds <= 20 or not 2 <= self.grades <= 30 or not 2 <= self.score_bins <= 50:
            raise plain.SchemaFault("folds 2 to 20, grades 2 to 30, score_bins 2 to 50.")
        if not 20 <= self.reference_vectors <= 1000:
            raise plain.SchemaFault("reference_vectors 20 to 1000.")
        for name in _SCALE:
            if plain.decimal(getattr(self, name), name) < 0.0:
                raise plain.SchemaFault(f"{name} may not be negative.")

    def plain(self) -> dict[str, object]:
        """The dict that is frozen, logged and digested; `load` reads it back."""
        common = {name: getattr(self, name) for name in (*_INTEGERS, *_SCALE)}
        own = {"estimator": str(self.settings.family), "calibration": str(self.calibration)}
        return {**common, **own, **self.settings.plain()}

    def digest(self) -> str:
        return canonical.digest(self.plain())


_SCALE: Final = ("points", "odds", "double")
_INTEGERS: Final = ("seed", "folds", "grades", "score_bins", "reference_vectors")


GIVEN = "given"
GIVEN_FILES: Final = (LIGHTGBM, XGBOOST)


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
    if made.plain() != dict(members) or file not in GIVEN_FILES:
        raise plain.SchemaFault("The recipe of a given estimator has one form only.")
    return made


def load(raw: object) -> Recipe:
    """The recipe of a plain dict; absent members take the stated values, an absent family is XGBoost. SchemaFault for
    any other shape."""
    kind = SETTINGS[_family(raw)]
    members = plain.members(raw, "The recipe", frozenset(Recipe(settings=kind()).plain()))
    method = plain.word(CalibrationMethod, members.get("calibration", "logistic"), "calibration")
    # Any: integers and texts, each read as the one that its setting is.
    told: dict[str, Any] = {
        **{name: plain.integer(members[name], name) for name in _INTEGERS if name in members},
        **{name: plain.text(members[name], name) for name in _SCALE if name in members},
    }
    return Recipe(settings=load_settings(kind, members), calibration=method, **told)


def _family(raw: object) -> Family:
    named = raw.get("estimator", "xgboost") if isinstance(raw, dict) else "xgboost"
    return plain.word(Family, named, "estimator")
