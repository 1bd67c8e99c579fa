"""A job folder with an estimator that was trained elsewhere, and what the child makes of it."""

from __future__ import annotations

import json

from mrm.lib import canonical
from registry.artifacts import read_candidate
from registry.serving.manifest import XGBOOST
from training.child import train
from training.recipes import Given

COLUMNS = ("LIMIT_BAL", "PAY_0", "BILL_AMT1", "PAY_AMT1")


def _schema(columns=COLUMNS):
    number = {"type": "number", "minimum": "-1e12", "maximum": "1e12", "codes": [], "unknown": "refuse"}
    inputs = [
        {"name": name, "label_en": name, "label_pt_br": name, "nullable": True, "required": True, **number}
        for name in columns
    ]
    features = [{"name": name, "operation": "identity", "inputs": [name]} for name in columns]
    return {"inputs": inputs, "features": features}


def taken_in(folder, cards, content, *, file=XGBOOST, example=None, columns=COLUMNS, **changes):
    folder.mkdir()
    cards.to_parquet(folder / "development.parquet")
    task = {
        "recipe": Given(canonical.sha256(content), "models:/m-1", file).plain(),
        "schema": _schema(columns),
        "reasons": {"groups": [{"key": name.lower(), "features": [name]} for name in columns]},
        "target": "DEFAULT",
        "forbidden": ["SEX", "AGE", "MARRIAGE"],
    }
    (folder / "spec.json").write_bytes(canonical.dumps(task | changes))
    (folder / "given_estimator").write_bytes(content)
    if example is not None:
        (folder / "given_example.json").write_text(json.dumps(example))
    train(folder)
    return read_candidate(folder / "candidate")
