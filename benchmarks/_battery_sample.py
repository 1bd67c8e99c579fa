"""A million scored rows with sixty inputs, as a model that lives elsewhere would bring them: no sealed bytes."""

from __future__ import annotations

from typing import Any

INPUTS, CODES, SEED = 60, 12, 20260601
CUT_OFF = "0.25"
FIRST_DAY, DAYS = 738_521, 728  # eight times 91 days from January 1, 2023


def drawn(rows: int) -> dict[str, Any]:
    """Arrays by name; Any: frames and arrays of libraries that are imported here alone."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(SEED)
    frames = [_frame(draw, rows) for _ in range(2)]
    margin = -2.4 + 0.5 * frames[0]["x12"].to_numpy() + 0.3 * frames[0]["x13"].to_numpy()
    pds = (1 / (1 + np.exp(-margin))).astype(np.float64)
    defaulted, exposure = draw.random(rows) < pds, draw.lognormal(8, 0.6, rows)
    return {
        "frame": frames[0],
        "development": frames[1],
        "pds": pds,
        "defaulted": defaulted,
        "exposure": exposure,
        "protected": pd.DataFrame({"SEX": draw.integers(1, 3, rows), "AGE": draw.integers(18, 80, rows)}),
        "decided_on": draw.integers(FIRST_DAY, FIRST_DAY + DAYS, rows).astype(np.float64),
        "rivals": np.clip(pds + draw.normal(0, 0.02, rows), 1e-6, 1 - 1e-6),
        "earned": exposure * np.where(defaulted, -0.2, 0.06) * draw.uniform(0.5, 1.5, rows),
    }


def sample(told: dict[str, Any]) -> Any:
    """The sample of these arrays. Any: what the checks take."""
    import numpy as np
    import pandas as pd

    from quant import policy as policies
    from quant.banding import freeze_grades
    from quant.features.inputs import InputType
    from validation.sample import Decided, Incumbent, Registered, Sample, ScoreShares

    policy = policies.load(
        {"format": "decision-policy/1", "approve_below": CUT_OFF, "decline_from": CUT_OFF, "rules": []}
    )
    pds, cut_off = told["pds"], float(CUT_OFF)
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
        score_shares=ScoreShares.of(pds, 20),
        inputs=kinds,
        decided=Decided.of(policy, np.where(pds < cut_off, "approve", "decline")),
        version=None,
        registered=Registered(metrics={"cross_fitted_auc": "0.65"}),
        incumbent=Incumbent("elsewhere v1", told["rivals"] < cut_off, told["rivals"]),
        decided_on=told["decided_on"],
        realised=pd.DataFrame({"earned": told["earned"]}),
    )


def standard() -> Any:
    """The demonstration's, with segments of these inputs and the profit that these loans have earned. Any: as above."""
    from validation import standards

    committed: dict[str, Any] = standards.committed("card-limit-demo")
    economics = committed["economics"]
    changed = {
        "robustness": {**committed["robustness"], "segments": _SEGMENTS},
        "realised": {
            "profit": "earned",
            "unit": economics["unit"],
            "maturity_days": 365,
            "cut_offs": economics["cut_offs"],
            "resamples": economics["resamples"],
        },
    }
    return standards.load(committed | changed)


_SEGMENTS = [
    {
        "key": "amount",
        "label": "Amount",
        "column": "x12",
        "groups": [{"name": "low", "at_most": 0}, {"name": "high", "at_least": 0}],
    },
    {
        "key": "product",
        "label": "Product",
        "column": "x0",
        "groups": [{"name": f"product {code}", "codes": [code]} for code in range(8)],
    },
]


def _frame(draw: Any, rows: int) -> Any:
    import numpy as np
    import pandas as pd

    codes = {f"x{at}": draw.integers(0, 8, rows).astype(np.float32) for at in range(CODES)}
    numbers = {f"x{at}": draw.standard_normal(rows, dtype=np.float32) for at in range(CODES, INPUTS)}
    return pd.DataFrame(codes | numbers)
