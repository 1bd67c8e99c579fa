"""Settings looked for by Optuna for one family: seeded, and what falls behind early is dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from training.families import Family

if TYPE_CHECKING:
    import optuna

# Each look at a setting is a fit on a share of the rows; the median of the others at that share is the bar.
SHARES: Final = (0.25, 0.5, 1.0)
_WARM_UP = 5

Suggested = Mapping[str, object]
# Any: Optuna's trial.
_Space = Callable[[Any], Suggested]


@dataclass(frozen=True)
class Trial:
    """`value` is the AUC on the validation part, None of what was dropped on the way."""

    number: int
    settings: Suggested
    value: float | None


def tune(
    family: Family, trials: int, seed: int, measure: Callable[[Suggested, float], float]
) -> tuple[Trial, ...]:
    """`measure` fits settings on a share of the rows and returns the AUC on the validation part."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    made: list[Trial] = []

    def objective(trial: optuna.Trial) -> float:
        settings = _SPACES[family](trial)
        made.append(Trial(trial.number, settings, None))
        value = 0.0
        for step, share in enumerate(SHARES):
            value = measure(settings, share)
            trial.report(value, step)
            if share < 1.0 and trial.should_prune():
                raise optuna.TrialPruned
        made[-1] = Trial(trial.number, settings, value)
        return value

    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_WARM_UP),
    )
    study.optimize(objective, n_trials=trials)
    return tuple(made)


def _text(value: float) -> str:
    """Six digits, so that a recipe reads well and is what was tried."""
    return f"{value:.6g}"


def _xgboost(trial: Any) -> Suggested:
    return {
        "rounds": trial.suggest_int("rounds", 50, 600),
        "max_depth": trial.suggest_int("max_depth", 2, 6),
        "eta": _text(trial.suggest_float("eta", 0.01, 0.3, log=True)),
        "subsample": _text(trial.suggest_float("subsample", 0.5, 1.0)),
        "colsample_bytree": _text(trial.suggest_float("colsample_bytree", 0.3, 1.0)),
        "min_child_weight": _text(trial.suggest_float("min_child_weight", 1.0, 100.0, log=True)),
        "reg_lambda": _text(trial.suggest_float("reg_lambda", 0.1, 100.0, log=True)),
    }


def _lightgbm(trial: Any) -> Suggested:
    return {
        "rounds": trial.suggest_int("rounds", 50, 600),
        "num_leaves": trial.suggest_int("num_leaves", 4, 63),
        "learning_rate": _text(trial.suggest_float("learning_rate", 0.01, 0.3, log=True)),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 10, 300, log=True),
        "feature_fraction": _text(trial.suggest_float("feature_fraction", 0.3, 1.0)),
        "lambda_l2": _text(trial.suggest_float("lambda_l2", 0.1, 100.0, log=True)),
    }


def _forest(trial: Any) -> Suggested:
    return {
        "max_depth": trial.suggest_int("max_depth", 3, 12),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 300, log=True),
        "max_features": _text(trial.suggest_float("max_features", 0.1, 1.0)),
    }


def _boosting(trial: Any) -> Suggested:
    return {
        "trees": trial.suggest_int("trees", 50, 400),
        "max_depth": trial.suggest_int("max_depth", 2, 5),
        "learning_rate": _text(trial.suggest_float("learning_rate", 0.02, 0.3, log=True)),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 10, 300, log=True),
    }


def _logistic(trial: Any) -> Suggested:
    return {"ridge": _text(trial.suggest_float("ridge", 1e-5, 1.0, log=True))}


def _network(trial: Any) -> Suggested:
    return {
        "hidden": trial.suggest_int("hidden", 4, 32),
        "alpha": _text(trial.suggest_float("alpha", 1e-5, 1.0, log=True)),
        "learning_rate": _text(trial.suggest_float("learning_rate", 1e-3, 0.03, log=True)),
    }


_SPACES: Final[Mapping[Family, _Space]] = {
    Family.XGBOOST: _xgboost,
    Family.LIGHTGBM: _lightgbm,
    Family.FOREST: _forest,
    Family.BOOSTING: _boosting,
    Family.LOGISTIC: _logistic,
    Family.NETWORK: _network,
}
