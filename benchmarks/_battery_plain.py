"""The statistics of the battery by the bare libraries, as an analyst would write them: one call a statistic, no
validation of input, no verdict, power, note or table. What a check repeats of another is counted once.

discrimination: scikit-learn roc_auc_score, roc_curve; scipy rankdata of all, of defaults and of others (the core of
DeLong's variance, which no library here has), ks_2samp. ranking: scipy kendalltau, a sort of the PDs.
information_value: numpy quantile, searchsorted, bincount; pandas crosstab for codes. paired_discrimination: the AUC and
the ranks of the rival. confusion: scikit-learn confusion_matrix. grades: scipy beta.cdf and binom.sf (Jeffreys, the
exact test, and its power over every count), chi2.sf. cox_calibration: statsmodels Logit. brier: scikit-learn
brier_score_loss, log_loss, calibration_curve. psi_features: numpy as above. feature_shift: scipy ks_2samp,
chi2_contingency, jensenshannon. concentration: numpy multinomial. Fairness: fairlearn MetricFrame,
demographic_parity_difference and equalized_odds_difference; pandas groupby and crosstab. proxy_screen: scikit-learn
cross_val_predict of the same pipeline on as many rows. Economics: a numpy bootstrap, pandas groupby, scipy
isotonic_regression. vintages and weak_segments: AUC and ranks, group by group.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import _battery_sample
from benchmarks._battery_plain_groups import GROUP_STATISTICS
from benchmarks._battery_plain_money import MONEY_STATISTICS

# Any throughout: arrays and frames by name, as `_battery_sample.drawn` makes them.
Told = dict[str, Any]


def _discrimination(told: Told) -> None:
    from scipy import stats
    from sklearn import metrics

    metrics.roc_auc_score(told["defaulted"], told["pds"])
    metrics.roc_curve(told["defaulted"], told["pds"], drop_intermediate=False)
    ranked(told["defaulted"], told["pds"])
    stats.ks_2samp(told["pds"][told["defaulted"]], told["pds"][~told["defaulted"]], method="asymp")


def ranked(defaulted: Any, score: Any) -> None:
    from scipy import stats

    for part in (score, score[defaulted], score[~defaulted]):
        stats.rankdata(part)


def _ranking(told: Told) -> None:
    import numpy as np
    from scipy import stats

    stats.kendalltau(told["pds"], told["defaulted"])
    order = np.argsort(-told["pds"])
    np.cumsum(told["defaulted"][order])


def _information_value(told: Told) -> None:
    import numpy as np
    import pandas as pd

    defaulted = told["defaulted"]
    for at, name in enumerate(told["frame"].columns):
        values = told["frame"][name].to_numpy()
        if at < _battery_sample.CODES:
            pd.crosstab(values, defaulted)
            continue
        place = np.searchsorted(_edges(values), values)
        np.bincount(place, defaulted)
        np.bincount(place)


def _edges(values: Any) -> Any:
    import numpy as np

    return np.quantile(values, np.arange(1, 10) / 10, method="inverted_cdf")


def _paired(told: Told) -> None:
    from sklearn import metrics

    metrics.roc_auc_score(told["defaulted"], told["rivals"])
    ranked(told["defaulted"], told["rivals"])


def _confusion(told: Told) -> None:
    from sklearn import metrics

    metrics.confusion_matrix(told["defaulted"], told["pds"] >= float(_battery_sample.CUT_OFF))


def _grades(told: Told) -> None:
    import numpy as np
    from scipy import stats

    defaulted, pds = told["defaulted"], told["pds"]
    place = np.searchsorted(np.quantile(pds, np.arange(1, 10) / 10), pds, side="right")
    sizes, bads = np.bincount(place), np.bincount(place, defaulted)
    means = np.bincount(place, pds) / sizes
    stats.beta.cdf(means, bads + 0.5, sizes - bads + 0.5)
    stats.binom.sf(bads - 1, sizes, means)
    for n, mean in [*zip(sizes.tolist(), means.tolist(), strict=True), (pds.size, pds.mean())]:
        count = np.arange(n + 1)
        stats.beta.cdf(mean, count + 0.5, n - count + 0.5)
    stats.chi2.sf(np.sum((bads - sizes * means) ** 2 / (sizes * means * (1 - means))), 10)


def _cox(told: Told) -> None:
    import statsmodels.api as sm
    from scipy import special

    sm.Logit(told["defaulted"], sm.add_constant(special.logit(told["pds"]))).fit(disp=0)


def _scores(told: Told) -> None:
    from sklearn import calibration, metrics

    metrics.brier_score_loss(told["defaulted"], told["pds"])
    metrics.log_loss(told["defaulted"], told["pds"])
    calibration.calibration_curve(told["defaulted"], told["pds"], n_bins=10, strategy="quantile")


def _psi(told: Told) -> None:
    import numpy as np

    for at, name in enumerate(told["frame"].columns):
        before, now = told["development"][name].to_numpy(), told["frame"][name].to_numpy()
        if at < _battery_sample.CODES:
            np.unique(before, return_counts=True)
            np.unique(now, return_counts=True)
            continue
        edges = _edges(before)
        np.bincount(np.searchsorted(edges, before))
        np.bincount(np.searchsorted(edges, now))


def _feature_shift(told: Told) -> None:
    import numpy as np
    from scipy import spatial, stats

    for at, name in enumerate(told["frame"].columns):
        before, now = told["development"][name].to_numpy(), told["frame"][name].to_numpy()
        if at < _battery_sample.CODES:
            counts = [np.unique(each, return_counts=True)[1] for each in (before, now)]
            stats.chi2_contingency(np.vstack(counts), correction=False)
            continue
        stats.ks_2samp(before.astype(np.float64), now.astype(np.float64), method="asymp")
        edges = _edges(before)
        shares = [np.bincount(np.searchsorted(edges, each), minlength=10) for each in (before, now)]
        spatial.distance.jensenshannon(*shares, base=2)


def _concentration(told: Told) -> None:
    import numpy as np

    draw = np.random.default_rng(_battery_sample.SEED)
    draw.multinomial(len(told["pds"]), draw.dirichlet(np.full(10, len(told["pds"]) / 10), size=9_999))


def _pieces(told: Told, inside: Any) -> None:
    """AUC and ranks of each piece of the book."""
    import numpy as np
    from sklearn import metrics

    for piece in np.unique(inside):
        rows = inside == piece
        metrics.roc_auc_score(told["defaulted"][rows], told["pds"][rows])
        ranked(told["defaulted"][rows], told["pds"][rows])


def _weak_segments(told: Told) -> None:
    _pieces(told, told["frame"]["x12"].to_numpy() > 0)
    _pieces(told, told["frame"]["x0"].to_numpy())
    _pieces(told, told["protected"]["SEX"].to_numpy())
    _pieces(told, told["groups"]["age"].cat.codes.to_numpy())


def _vintages(told: Told) -> None:
    _pieces(told, (told["decided_on"] - _battery_sample.FIRST_DAY) // 91)


STATISTICS: dict[str, Callable[[Told], None]] = {
    "discrimination": _discrimination,
    "ranking": _ranking,
    "information_value": _information_value,
    "paired_discrimination": _paired,
    "confusion": _confusion,
    "grades": _grades,
    "cox_calibration": _cox,
    "brier": _scores,
    "psi_features": _psi,
    "feature_shift": _feature_shift,
    "concentration": _concentration,
    **GROUP_STATISTICS,
    **MONEY_STATISTICS,
    "weak_segments": _weak_segments,
    "vintages": _vintages,
}
