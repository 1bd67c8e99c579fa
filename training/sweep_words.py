"""The settings of sweeps in words a person reads. A word nobody described is shown as it was written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from training.catalog import (
    CARD_LIMIT,
    FIELDS,
    MICRO_LOANS,
    OWN_COLUMNS,
    VEHICLE_LOANS,
    VEHICLE_LOANS_AND_BOOKINGS,
)
from training.declaring import Encoder, Imputer
from training.families import Family
from training.recipes import CalibrationMethod
from training.sweep.asked import SCALERS, SIMPLEST_FIRST

Choices = list[tuple[str, str]]
# As `asked` and `running` make the names of candidates.
JOINED, TUNED = " · ", "tuned"
# A p-value below it is told as below it: three places would say nought.
_SMALLEST_P = 0.001
# The measures of `training.sweep.choosing`, which brings the numerical libraries along.
AUC, PROFIT = "auc", "profit"
_PLACES = {AUC: 4, PROFIT: 0}


def families() -> Choices:
    words = {
        Family.LOGISTIC: _("Logistic regression"),
        Family.XGBOOST: "XGBoost",
        Family.LIGHTGBM: "LightGBM",
        Family.BOOSTING: _("Gradient boosting"),
        Family.FOREST: _("Random forest"),
        Family.NETWORK: _("Neural network"),
    }
    return [(str(each), words[each]) for each in SIMPLEST_FIRST]


def encoders() -> Choices:
    words = {
        Encoder.ONE_HOT: _("One column a category"),
        Encoder.WOE: _("Weight of evidence"),
        Encoder.TARGET_MEAN: _("Mean of the target"),
    }
    return [(str(each), words[each]) for each in Encoder]


def imputers() -> Choices:
    words = {Imputer.NEIGHBOURS: _("Nearest centres"), Imputer.MEDIAN: _("Median")}
    return [(str(each), words[each]) for each in Imputer]


def scalers() -> Choices:
    words = {"none": _("None"), "standard": _("Mean and deviation"), "robust": _("Median and quartiles")}
    return [(str(each), words[each]) for each in SCALERS]


def calibrations() -> Choices:
    words = {CalibrationMethod.LOGISTIC: _("Logistic"), CalibrationMethod.ISOTONIC: _("Isotonic")}
    return [(str(each), word) for each, word in words.items()]


def columns() -> Choices:
    words = {
        VEHICLE_LOANS: _("Vehicle loans"),
        VEHICLE_LOANS_AND_BOOKINGS: _("Vehicle loans, with bank transactions"),
        MICRO_LOANS: _("Micro loans"),
        CARD_LIMIT: _("Card limits"),
        OWN_COLUMNS: _("The columns of the snapshot as they are"),
    }
    return [(each, words[each]) for each in FIELDS]


def told(choices: Choices, value: str) -> str:
    return dict(choices).get(value, value)


def name_words(name: str) -> str:
    """The name of a candidate, which is made of what was turned, in words."""
    known = {**dict(families()), **dict(encoders()), **dict(imputers()), TUNED: _("tuned")}
    return JOINED.join(known.get(part, part) for part in name.split(JOINED))


def is_tuned(name: str) -> bool:
    return name.rsplit(JOINED, maxsplit=1)[-1] == TUNED


def area(value: float | str | None) -> str:
    return numerals.NOT_AVAILABLE if value is None else numerals.fixed(float(value), 4)


def interval(ends: list[str] | None, measure: str = AUC) -> str:
    if ends is None:
        return numerals.NOT_AVAILABLE
    return numerals.interval(*(measured(measure, end) for end in ends))


def measured(measure: str, value: str) -> str:
    """An area to four places; money, which is a sum over all loans, to whole units."""
    return numerals.fixed(float(value), _PLACES[measure])


def difference(measure: str, value: str) -> str:
    return numerals.signed(float(value), _PLACES[measure])


def probability(value: str) -> str:
    number = float(value)
    if number < _SMALLEST_P:
        return f"<{numerals.NO_BREAK_SPACE}{numerals.fixed(_SMALLEST_P, 3)}"
    return numerals.fixed(number, 3)
