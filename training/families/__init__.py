"""The families of estimators one may train: settings in, bytes out that every process that scores reads back. A family
that could not be sealed, scored and explained without running code of its file is not among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from registry.serving.manifest import LIGHTGBM, LINEAR, NETWORK, XGBOOST
from training.families.settings import (
    Boosting,
    Family,
    Forest,
    LightGBM,
    Logistic,
    Network,
    Settings,
    XGBoost,
)

if TYPE_CHECKING:
    from training.families.fitting import Learning

__all__ = [
    "FILES",
    "NEEDS_COMPLETE",
    "SETTINGS",
    "Boosting",
    "Family",
    "Forest",
    "LightGBM",
    "Logistic",
    "Network",
    "Settings",
    "XGBoost",
    "learn",
]

SETTINGS: Final[Mapping[Family, type[Settings]]] = {
    Family.XGBOOST: XGBoost,
    Family.LIGHTGBM: LightGBM,
    Family.FOREST: Forest,
    Family.BOOSTING: Boosting,
    Family.LOGISTIC: Logistic,
    Family.NETWORK: Network,
}
# What a family is sealed as. The trees of scikit-learn are written as XGBoost writes its own.
FILES: Final[Mapping[Family, str]] = {
    Family.XGBOOST: XGBOOST,
    Family.LIGHTGBM: LIGHTGBM,
    Family.FOREST: XGBOOST,
    Family.BOOSTING: XGBOOST,
    Family.LOGISTIC: LINEAR,
    Family.NETWORK: NETWORK,
}
# Families that have no place for a missing value: the schema must fill every column.
NEEDS_COMPLETE: Final = frozenset({Family.FOREST, Family.BOOSTING, Family.LOGISTIC, Family.NETWORK})


def learn(settings: Settings, learning: Learning) -> bytes:
    """The estimator's bytes. Equal inputs give equal bytes on one platform: one thread, seeded."""
    return _learners()[settings.family](settings, learning)


# Any: each learner takes the settings of its own family, which the table pairs.
def _learners() -> Mapping[Family, Callable[..., bytes]]:
    from training.families import boosters, linear, network, trees

    return {
        Family.XGBOOST: boosters.xgboost_bytes,
        Family.LIGHTGBM: boosters.lightgbm_bytes,
        Family.FOREST: trees.forest_bytes,
        Family.BOOSTING: trees.boosting_bytes,
        Family.LOGISTIC: linear.logistic_bytes,
        Family.NETWORK: network.network_bytes,
    }
