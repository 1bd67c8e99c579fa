"""What is asked of a sweep: plain data, from which its candidates follow one for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from quant.features import form, plain
from quant.features.inputs import InputType
from quant.features.operations import Method
from quant.features.plain import SchemaFault
from quant.reasons import dump_groups
from training import recipes, splits
from training.declaring import Dials, Encoder, Fields, Imputer
from training.families import SETTINGS, Family

if TYPE_CHECKING:
    from registry.models import DatasetSnapshot

# From the simplest to explain to the hardest: what costs more to understand has to be better, and not only different.
SIMPLEST_FIRST: Final = (
    Family.LOGISTIC,
    Family.XGBOOST,
    Family.LIGHTGBM,
    Family.BOOSTING,
    Family.FOREST,
    Family.NETWORK,
)
SCALERS: Final = (Method.NONE, Method.STANDARD, Method.ROBUST)
USUAL_SCALER: Final = Method.STANDARD
MOST_TRIALS: Final = 200
_MEMBERS: Final = frozenset(
    {
        "fields", "split", "encoders", "imputers", "families", "scaler", "calibration", "seed", "settings", "tuning",
        "profit",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """`fields` names what is declared of the columns. `settings` replaces some settings of a family. `tuning` is how
    many settings are tried of the leading family, the best of which competes as well; 0 for none. `profit` names the
    column of the snapshot's results that says what a loan has earned; "" where there is none."""

    fields: str
    split: splits.Split
    encoders: tuple[Encoder, ...] = tuple(Encoder)
    imputers: tuple[Imputer, ...] = tuple(Imputer)
    families: tuple[Family, ...] = SIMPLEST_FIRST
    scaler: Method = USUAL_SCALER
    calibration: recipes.CalibrationMethod = recipes.CalibrationMethod.LOGISTIC
    seed: int = 20260101
    settings: Mapping[Family, Mapping[str, object]] = field(default_factory=dict)
    tuning: int = 0
    profit: str = ""

    def plain(self) -> dict[str, Any]:  # Any: JSON
        """What `load` reads back to an equal request."""
        return {
            "fields": self.fields,
            "split": splits.dump(self.split),
            "encoders": [str(each) for each in self.encoders],
            "imputers": [str(each) for each in self.imputers],
            "families": [str(each) for each in self.families],
            "scaler": str(self.scaler),
            "calibration": str(self.calibration),
            "seed": self.seed,
            "settings": {str(family): dict(told) for family, told in self.settings.items()},
            "tuning": self.tuning,
            "profit": self.profit,
        }

    def recipe(self, family: Family) -> recipes.Recipe:
        """The settings of a family as they are without tuning."""
        common = {"estimator": str(family), "calibration": str(self.calibration), "seed": self.seed}
        return recipes.load({**common, **self.settings.get(family, {})})


@dataclass(frozen=True)
class Entrant:
    """One candidate of a sweep before it is trained. `task` is plain JSON, from which it can be trained alone."""

    name: str
    family: Family
    dials: Dials
    task: Mapping[str, Any]


def load(raw: object) -> Asked:
    """The request of plain JSON; absent members take the usual values. SchemaFault for any other shape."""
    members = plain.members(raw, "The sweep", _MEMBERS)
    usual = Asked("", splits.ByChance(20, 20)).plain()
    told = {**usual, **members}
    settings = told["settings"]
    if not isinstance(settings, Mapping):
        raise SchemaFault("settings must be an object of families and their settings.")
    asked = Asked(
        fields=plain.text(told["fields"], "fields"),
        split=splits.load(members.get("split")),
        encoders=_words(Encoder, told["encoders"], "encoders"),
        imputers=_words(Imputer, told["imputers"], "imputers"),
        families=_words(Family, told["families"], "families"),
        scaler=plain.word(Method, told["scaler"], "scaler"),
        calibration=plain.word(recipes.CalibrationMethod, told["calibration"], "calibration"),
        seed=plain.integer(told["seed"], "seed"),
        settings={plain.word(Family, name, "settings"): _object(each) for name, each in settings.items()},
        tuning=plain.integer(told["tuning"], "tuning"),
        profit=plain.text(told["profit"], "profit") if told["profit"] else "",
    )
    _check(asked)
    return asked


def require_result(asked: Asked, snapshot: DatasetSnapshot) -> None:
    """SchemaFault where the profit is none of the snapshot's results: anything else may have been learned from."""
    if asked.profit and asked.profit not in snapshot.declaration.get("realised", ()):
        raise SchemaFault(f"profit names {asked.profit}, which is none of the snapshot's results.")


def days_of(declared: Fields) -> tuple[str, ...]:
    """The inputs that a split may go by."""
    return tuple(each.name for each in declared.inputs if each.type is InputType.DATE)


def require_day(asked: Asked, declared: Fields) -> None:
    """SchemaFault for a split by what is no date among the declared columns: nothing else is read as days."""
    if isinstance(asked.split, splits.ByTime) and asked.split.column not in days_of(declared):
        known = ", ".join(days_of(declared)) or "none"
        raise SchemaFault(f"split.column names no date among the declared columns; there is {known}.")


def entrants(asked: Asked, declared: Fields, snapshot: DatasetSnapshot) -> Iterator[Entrant]:
    """Every encoder with every imputer and every family, in the declared order."""
    said = snapshot.declaration
    for encoder, imputer in product(asked.encoders, asked.imputers):
        dials = Dials(encoder, imputer, asked.scaler)
        shared = {
            "schema": form.dump(declared.schema(dials)),
            "reasons": dump_groups(declared.groups(dials)),
            "target": said["target"],
            "forbidden": sorted({*said["protected"], *said["proxies"]}),
            "split": splits.dump(asked.split),
        }
        for family in asked.families:
            name = f"{family} · {encoder} · {imputer}"
            yield Entrant(name, family, dials, {"recipe": asked.recipe(family).plain(), **shared})


def _check(asked: Asked) -> None:
    if asked.scaler not in SCALERS:
        raise SchemaFault(f"scaler must be one of {', '.join(SCALERS)}.")
    if not 0 <= asked.tuning <= MOST_TRIALS:
        raise SchemaFault(f"tuning must be 0 to {MOST_TRIALS}.")
    if asked.calibration is recipes.CalibrationMethod.IDENTITY:
        raise SchemaFault("The candidates of a sweep are calibrated, or their PDs could not be compared.")
    strangers = asked.settings.keys() - set(asked.families)
    if strangers:
        raise SchemaFault(f"settings names {', '.join(sorted(strangers))}, which takes no part.")
    for family in asked.families:
        unknown = asked.settings.get(family, {}).keys() - SETTINGS[family]().plain().keys()
        if unknown:
            raise SchemaFault(f"{family} has no setting {', '.join(sorted(unknown))}.")
        asked.recipe(family)


# Any: the type of the words follows the enumeration.
def _words(kind: Any, raw: object, where: str) -> tuple[Any, ...]:
    made = tuple(plain.word(kind, each, where) for each in plain.texts(raw, where))
    if not made or len(set(made)) != len(made):
        raise SchemaFault(f"{where} must name one or more, each once.")
    return made


def _object(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise SchemaFault("The settings of a family are an object.")
    return {str(name): value for name, value in raw.items()}
