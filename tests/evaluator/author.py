"""What an author's own program does, run where only the wheel is installed and Django cannot be imported.

Prints one JSON object: what every scenario gave, or the message with which it was refused.
"""

import json
import os
import sys
from pathlib import Path

import mlflow  # noqa: TID253 (runs as a program)
import numpy as np
import pandas as pd  # noqa: TID253
import xgboost
from mlflow.exceptions import MlflowException  # noqa: TID253
from mlflow.tracking import MlflowClient  # noqa: TID253

FEATURE, TARGET = "LIMIT_BAL", "DEFAULT"
CONFIG = {
    "standard": "card-limit-demo",
    "protected": ["SEX", "AGE"],
    "exposure": FEATURE,
    "inputs": {FEATURE: "number"},
    "approve_below": "0.60",
    "decline_from": "0.60",
}


def people(seed: int, rows: int = 6_000) -> pd.DataFrame:
    """Limits say all there is to know of the risk; sex has no part in it, age hardly any."""
    draw = np.random.default_rng(seed)
    strain = draw.normal(size=rows)
    return pd.DataFrame(
        {
            FEATURE: np.round(200_000 - 40_000 * strain),
            "AGE": draw.choice([23, 30, 40, 50, 65], rows, p=[0.2, 0.4, 0.2, 0.15, 0.05]),
            "SEX": draw.integers(1, 3, rows),
            TARGET: (draw.random(rows) < 1 / (1 + np.exp(1.3 - 0.9 * strain))).astype(int),
        }
    )


def saved(rows: pd.DataFrame, folder: Path) -> str:
    matrix = xgboost.DMatrix(rows[[FEATURE]], label=rows[TARGET])
    settings = {"objective": "binary:logistic", "max_depth": 2, "eta": 0.3, "nthread": 1}
    booster = xgboost.train(settings, matrix, num_boost_round=20)
    mlflow.xgboost.save_model(booster, folder, model_format="ubj", pip_requirements=["xgboost"])
    return str(folder)


def judged(model: object, data: object, **more: object) -> dict[str, object]:
    """The metrics and files of one evaluation; for a refusal its message and what stands in the run."""
    config = {name: value for name, value in (CONFIG | more.pop("config", {})).items() if value is not None}
    arguments = {"targets": TARGET, "model_type": "classifier", "evaluators": ["countersign"], **more}
    client = MlflowClient()
    with mlflow.start_run() as run:
        try:
            found = mlflow.models.evaluate(model, data, evaluator_config={"countersign": config}, **arguments)
        except MlflowException as refusal:
            kept = client.get_run(run.info.run_id).data.metrics
            return {"refused": refusal.message, "metrics": kept, "files": _files(client, run.info.run_id)}
    folder = Path(client.download_artifacts(run.info.run_id, "countersign"))
    return {
        "metrics": client.get_run(run.info.run_id).data.metrics,
        "returned": found.metrics,
        "files": {path.name: path.read_text() for path in folder.iterdir()},
        "tables": sorted(found.artifacts),
    }


def _files(client: MlflowClient, run: str) -> list[str]:
    return [each.path for each in client.list_artifacts(run)]


def scenarios(good: str, fresh: pd.DataFrame, before: pd.DataFrame) -> dict[str, object]:
    pds = mlflow.pyfunc.load_model(good).predict(fresh[[FEATURE]])
    brought = fresh.assign(PD=pds)
    static = {"model": None, "predictions": "PD"}
    wrong = {
        "beyond_one": brought.assign(PD=pds * 3),
        "missing": brought.assign(PD=np.where(np.arange(len(pds)) == 7, np.nan, pds)),
        "classes": brought.assign(PD=(pds > 0.5).astype(float)),
        "one_class": brought.assign(**{TARGET: 0}),
        "text_groups": brought.assign(SEX="woman"),
        "twice": pd.concat([brought, brought[["AGE"]]], axis=1),
        "not_binary": brought.assign(**{TARGET: np.arange(len(pds))}),
    }
    return {
        "pds": [str(pd) for pd in pds.tolist()],
        "by_model": judged(good, fresh, config={"reference": before}),
        "by_predictions": judged(data=brought, **static),
        "bare": judged(data=brought, **static, config=dict.fromkeys([*CONFIG][1:])),
        **{name: judged(data=table, **static) for name, table in wrong.items()},
        "no_such_column": judged(good, fresh, config={"protected": ["GENDER"]}),
        "no_such_standard": judged(good, fresh, config={"standard": "mine"}),
        "no_such_member": judged(good, fresh, config={"threshold": 1}),
        "no_standard": judged(good, fresh, config={"standard": None}),
        "array": judged(good, fresh[[FEATURE]].to_numpy(), targets=fresh[TARGET].to_numpy()),
    }


def main(folder: Path) -> None:
    before, fresh = people(1), people(2)
    good = saved(before, folder / "good")
    # A model that was shown only a third of the defaults says that people are safer than they are.
    saved(before[(before[TARGET] == 0) | (before.index % 3 == 0)], folder / "bad")
    fresh.to_csv(folder / "sample.csv", index=False)
    told = scenarios(good, fresh, before) | {"loaded": _loaded(), "paths": _paths()}
    print(json.dumps(told | {"stranger": stranger(good, fresh, folder / "stranger")}))


def stranger(good: str, fresh: pd.DataFrame, folder: Path) -> dict[str, object]:
    """Another package of one of our names stands in front, as it may in an author's folder."""
    (folder / "validation").mkdir(parents=True)
    (folder / "validation" / "__init__.py").touch()
    for name in [name for name in sys.modules if name.split(".")[0] == "validation"]:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    return judged(good, fresh)


def _loaded() -> list[str]:
    return sorted({name.split(".")[0] for name in sys.modules} & {"django", "registry", "accounts", "audit"})


def _paths() -> list[str]:
    import quant
    import validation

    return [quant.__file__, validation.__file__]


if __name__ == "__main__":
    main(Path(os.environ["AUTHOR_FOLDER"]))
