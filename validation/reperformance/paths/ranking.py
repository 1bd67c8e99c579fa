"""AUC, Gini and KS: scikit-learn for the area, SQL for the largest distance of two distributions."""

from __future__ import annotations

from validation.reperformance.paths.loans import Ground
from validation.reperformance.rows import Reading

_AREA, _DISTANCE = "scikit-learn roc_auc_score", "SQL, cumulated counts"
_KS = """
    WITH counted AS (
        SELECT pd, sum(defaulted::INT) AS bad, sum((NOT defaulted)::INT) AS good FROM loans GROUP BY pd
    ), risen AS (
        SELECT sum(bad) OVER (ORDER BY pd) / sum(bad) OVER () AS bads,
               sum(good) OVER (ORDER BY pd) / sum(good) OVER () AS goods
        FROM counted
    )
    SELECT max(abs(bads - goods)) FROM risen
"""


def readings(ground: Ground) -> list[Reading]:
    from sklearn.metrics import roc_auc_score

    defaulted = ground.column("defaulted")
    if len(set(defaulted)) < 2:
        return []
    area = float(roc_auc_score(defaulted, ground.column("pd")))
    return [
        Reading("discrimination", "auc", area, _AREA),
        Reading("discrimination", "gini", 2 * area - 1, _AREA),
        Reading("discrimination", "ks", float(ground.one(_KS)[0]), _DISTANCE),
        Reading("auc_decline", "current", area, _AREA),
        Reading("ranking", "accuracy_ratio", 2 * area - 1, _AREA),
    ]
