"""A million scored rows with sixty inputs, as a model that lives elsewhere would bring them: no sealed bytes."""

from __future__ import annotations

from typing import Any

INPUTS, CODES, SEED = 60, 12, 20260601


def drawn(rows: int) -> dict[str, Any]:
    """Arrays by name; Any: frames and arrays of libraries that are imported here alone."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(SEED)
    frames = [_frame(draw, rows) for _ in range(2)]
    margin = -2.4 + 0.5 * frames[0]["x12"].to_numpy() + 0.3 * frames[0]["x13"].to_numpy()
    pds = 1 / (1 + np.exp(-margin))
    return {
        "frame": frames[0],
        "development": frames[1],
        "pds": pds.astype(np.float64),
        "defaulted": draw.random(rows) < pds,
        "exposure": draw.lognormal(8, 0.6, rows),
        "protected": pd.DataFrame({"SEX": draw.integers(1, 3, rows), "AGE": draw.integers(18, 80, rows)}),
        "decided_on": draw.integers(738_000, 738_730, rows).astype(np.float64),
        "rivals": np.clip(pds + draw.normal(0, 0.02, rows), 1e-6, 1 - 1e-6),
    }


def sample(told: dict[str, Any]) -> Any:
    """The sample of these arrays. Any: what the checks take."""
    import numpy as np

    from quant import policy as policies
    from quant.banding import freeze_grades
    from quant.features.inputs import InputType
    from validation.sample import Decided, Incumbent, Registered, Sample, ScoreShares

    policy = policies.load(
        {"format": "decision-policy/1", "approve_below": "0.25", "decline_from": "0.25", "rules": []}
    )
    pds = told["pds"]
    verdicts = np.where(pds < 0.25, "approve", "decline")
    kinds = {
        name: InputType.CODE if at < CODES else InputType.NUMBER
        for at, name in enumerate(told["frame"].columns)
    }
    return Sample(
        frame=told["frame"],
        protected=told["protected"],
        development=told["development"],
        defaulted=told["defaulted"],
        exposure=told["exposure"],
        probabilities=pds,
        grades=freeze_grades(pds, 10),
        score_shares=ScoreShares.of(pds, 10),
        inputs=kinds,
        decided=Decided.of(policy, verdicts),
        version=None,
        registered=Registered(metrics={"cross_fitted_auc": "0.65"}),
        incumbent=Incumbent("elsewhere v1", told["rivals"] < 0.25, told["rivals"]),
        decided_on=told["decided_on"],
    )


def _frame(draw: Any, rows: int) -> Any:
    import numpy as np
    import pandas as pd

    codes = {f"x{at}": draw.integers(0, 8, rows).astype(np.float32) for at in range(CODES)}
    numbers = {f"x{at}": draw.standard_normal(rows, dtype=np.float32) for at in range(CODES, INPUTS)}
    return pd.DataFrame(codes | numbers)
