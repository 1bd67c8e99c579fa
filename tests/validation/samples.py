"""Samples made by hand: only what a check under test looks at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)

from quant import policy as policies
from quant.banding import Grades
from registry.artifacts import read_candidate
from registry.serving.door import build
from tests.validation.cases import Drawn
from validation import standards
from validation.sample import Decided, Registered, Sample, SealedVersion
from validation.standard import Standard


def standard(**changed: Any) -> Standard:
    return standards.load(standards.committed("card-limit-demo") | changed)


def bare_sample(**given: Any) -> Sample:
    """`pds` and `defaulted` are needed; what is not given is empty."""
    pds, defaulted = np.asarray(given["pds"], dtype=float), np.asarray(given["defaulted"], dtype=bool)
    cut_off = given.get("cut_off", "0.25")
    grades = given.get("grades", Grades(bounds=(0.1, 0.3), pds=(0.05, 0.2, 0.5)))
    policy = policies.load(
        {"format": "decision-policy/1", "approve_below": cut_off, "decline_from": cut_off, "rules": []}
    )
    approved = given.get("approved", pds < float(cut_off))
    referred = given.get("referred", np.zeros(len(pds)))
    return Sample(
        frame=given.get("frame", pd.DataFrame(index=range(len(pds)))),
        protected=given.get("protected", pd.DataFrame(index=range(len(pds)))),
        development=given.get("development"),
        defaulted=defaulted,
        exposure=given.get("exposure"),
        probabilities=pds,
        grades=grades,
        score_shares=None,
        inputs=given.get("inputs", {}),
        decided=Decided(policy, np.asarray(approved, dtype=bool), np.asarray(referred, dtype=bool)),
        version=None,
        registered=Registered(
            metrics=given.get("metrics", {}), quality=given.get("quality", {}), development_rows=1000
        ),
        incumbent=given.get("incumbent"),
        decided_on=given.get("decided_on"),
        realised=given.get("realised"),
        development_defaulted=given.get("development_defaulted"),
    )


def planted_population(n: int = 12_000, seed: int = 20260101) -> tuple[np.ndarray, pd.DataFrame]:
    """PDs (n,) and protected columns: the young have higher PDs by construction, sex has no part in it."""
    draw = np.random.default_rng(seed)
    age = draw.choice([23, 30, 40, 50, 65], n, p=[0.2, 0.4, 0.2, 0.15, 0.05])
    shift = np.where(age == 23, 0.9, 0.0)
    pds = 1 / (1 + np.exp(-(-2.6 + shift + 0.8 * draw.normal(size=n))))
    return pds, pd.DataFrame({"AGE": age, "SEX": draw.integers(1, 3, n)})


def served_sample(drawn: Drawn, **changed: Any) -> Sample:
    """The held-out rows of the session's table and the version that was really trained on the other part."""
    sealed = read_candidate(drawn.candidate)
    served = build(sealed)
    held_out, development = (
        pd.read_parquet(drawn.upload / f"{part}.parquet") for part in ("held_out", "development")
    )
    scored = served.score_frame(held_out)
    bare = bare_sample(
        pds=scored.probabilities,
        defaulted=held_out["DEFAULT"] == 1,
        frame=held_out,
        development=development,
        development_defaulted=(development["DEFAULT"] == 1).to_numpy(),
        exposure=held_out["LIMIT_BAL"].to_numpy(dtype=float),
    )
    return replace(bare, version=SealedVersion(served, sealed, scored), **changed)
