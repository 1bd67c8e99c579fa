"""Numbers for categories and bins: by hand, against scikit-learn, and without the row's own outcome."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from quant.errors import NotMeasurable
from quant.features.operations import Feature, Fit, Method, Operation
from quant.features.schema import FeatureSchema, Input, InputType, Unknown
from quant.features.table import apply, matrix
from quant.metrics.discrimination import auc
from quant.preparation.encoders import fit_bins, fit_lookup, fit_ordinal
from quant.preparation.fit import prepare

COLUMN = np.array([0, 0, 0, 0, 1, 1, 1, 1, np.nan, np.nan])
DEFAULTS = np.array([1, 0, 0, 0, 1, 1, 0, 0, 1, 0], dtype=float)


def coded(codes, features, steps=()):
    one = Input("code", InputType.CODE, "c", "c", codes=codes, unknown=Unknown.BUCKET, nullable=True)
    return FeatureSchema(
        (one, Input("x", InputType.NUMBER, "x", "x", -1e9, 1e9, nullable=True)), features, steps
    )


def test_target_means_by_hand():
    made = fit_lookup(COLUMN, DEFAULTS, (0, 1, 2), Fit(Method.TARGET_MEAN, prior=10.0))
    # The rate is 4/10, so ten rows of the population bring four defaults.
    assert_allclose([value for _, value in made.values], [5 / 14, 6 / 14, 4 / 10])
    assert (made.otherwise, made.missing) == (0.4, pytest.approx(5 / 12))


def test_weights_of_evidence_by_hand_and_positive_is_riskier():
    made = dict((fitted := fit_lookup(COLUMN, DEFAULTS, (0, 1, 2), Fit(Method.WOE, prior=0.5))).values)
    assert made[0] == pytest.approx(math.log((1.5 / 5.5) / (3.5 / 7.5)))
    assert made[1] == pytest.approx(math.log((2.5 / 5.5) / (2.5 / 7.5)))
    assert made[0] < 0 < made[1]
    assert (made[2], fitted.otherwise) == (0.0, 0.0)
    assert fitted.missing == pytest.approx(math.log((1.5 / 5.5) / (1.5 / 7.5)))


def test_bins_have_quantile_edges_their_own_bin_for_missing_and_no_real_amount():
    draw = np.random.default_rng(3)
    column = draw.lognormal(8, 1, 5000)
    defaults = (draw.random(5000) < 1 / (1 + np.exp(np.log(column) - 7))).astype(float)
    column[:500] = np.nan
    made = fit_bins(column, defaults, Fit(Method.WOE, prior=0.5, bins=5))
    assert len(made.edges) == 4
    assert not set(made.edges) & set(column.tolist())
    shares = np.bincount(np.searchsorted(made.edges, column[500:], side="right")) / 4500
    assert_allclose(shares, 0.2, atol=0.01)
    assert all(np.diff(made.values) < 0)
    assert made.missing is not None


def test_a_constant_column_is_one_bin():
    assert fit_bins(np.full(10, 5.0), DEFAULTS, Fit(Method.WOE)).edges == ()


def test_one_outcome_or_no_value_is_refused():
    with pytest.raises(NotMeasurable, match="one outcome"):
        fit_lookup(COLUMN, np.zeros(10), (0, 1), Fit(Method.WOE))
    with pytest.raises(NotMeasurable, match="no value"):
        fit_bins(np.full(10, np.nan), DEFAULTS, Fit(Method.WOE))


@pytest.fixture
def drawn():
    draw = np.random.default_rng(11)
    return draw.integers(0, 6, 400).astype(float), (draw.random(400) < 0.3).astype(float)


def test_encoders_agree_with_scikit_learn(drawn):
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

    column, defaults = drawn
    given, codes = column.reshape(-1, 1), tuple(range(6))
    hot = tuple(Feature(f"is_{code}", Operation.ONE_HOT, ("code",), only=str(code)) for code in codes)
    columns = {"code": column, "x": column}
    assert np.array_equal(
        matrix(coded(codes, hot), columns), OneHotEncoder(sparse_output=False).fit_transform(given)
    )
    known = OrdinalEncoder(
        categories=[list(codes)], handle_unknown="use_encoded_value", unknown_value=-1
    ).fit(given)
    asked = np.array([0.0, 5.0, 9.0])
    assert np.array_equal(apply(fit_ordinal(codes), [asked]), known.transform(asked.reshape(-1, 1))[:, 0])
    means = TargetEncoder(smooth=10.0, target_type="binary").fit(given, defaults)
    ours = fit_lookup(column, defaults, codes, Fit(Method.TARGET_MEAN, prior=10.0))
    assert_allclose(apply(ours, [column]), means.transform(given)[:, 0])


def noise(seed):
    """Three hundred categories that have nothing to do with the outcome."""
    draw = np.random.default_rng(seed)
    codes = tuple(range(300))
    how = Fit(Method.TARGET_MEAN, prior=1.0)
    schema = coded(codes, (Feature("mean", Operation.LOOKUP, ("code",), fit=how),))
    column, defaults = draw.integers(0, 300, 3000).astype(float), (draw.random(3000) < 0.3).astype(float)
    return prepare(schema, {"code": column, "x": column}, defaults, seed), column, defaults


def test_cross_fitting_leaks_nothing_where_the_naive_mean_does():
    inside = 0
    for seed in range(20):
        made, column, defaults = noise(seed)
        naive = apply(made.schema.features[0].fitted, [column])
        assert auc(defaults, naive).value > 0.62
        crossed = auc(defaults, made.wide[:, 0])
        inside += crossed.interval.low <= 0.5 <= crossed.interval.high
    # 95 % intervals: of twenty, three outside have a probability of two in a hundred.
    assert inside >= 17


def test_a_row_does_not_see_its_own_outcome():
    made, column, defaults = noise(1)
    flipped = defaults.copy()
    flipped[7] = 1 - flipped[7]
    again = prepare(unfitted(made.schema), {"code": column, "x": column}, flipped, 1)
    assert again.wide[7, 0] == made.wide[7, 0]
    assert (again.wide != made.wide).any()


def test_the_sealed_table_is_the_fit_of_all_rows():
    made, column, defaults = noise(2)
    assert made.schema.features[0].fitted == fit_lookup(
        column, defaults, tuple(range(300)), made.schema.features[0].fit
    )


def unfitted(schema):
    from dataclasses import replace

    return replace(schema, features=tuple(replace(each, fitted=None) for each in schema.features))
