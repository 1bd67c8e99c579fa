"""Rows of a comparison, written by hand."""

from __future__ import annotations

from dataclasses import replace

from validation.reperformance.rows import Outcome, Row, Way

AGREED = Row(
    check="discrimination",
    measure="auc",
    label="AUC",
    figure="value",
    developer="0.7",
    developer_part="cross_fitted_auc",
    recorded="0.75",
    again="0.75",
    tolerance="1e-9",
    way=Way.INDEPENDENT,
    path="scikit-learn roc_auc_score",
    outcome=Outcome.AGREES,
)
APART = replace(AGREED, again="0.76", outcome=Outcome.DIFFERS)
REPEATED = replace(
    AGREED, way=Way.REPEATED, figure="whole", path="the same check", developer=None, developer_part=""
)
ROWS = (AGREED, REPEATED)
