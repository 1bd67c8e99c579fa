import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.errors import BadInput
from quant.metrics.multiple import Correction, benjamini_hochberg, holm

families = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_holm_by_hand():
    found = holm([0.01, 0.04, 0.03, 0.005], family="grades")
    # Sorted .005·4, .01·3, .03·2, .04·1, made monotone: .02, .03, .06, .06.
    assert found.adjusted == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert (found.family, found.correction, found.n) == ("grades", Correction.HOLM, 4)


@given(families)
@settings(deadline=None)
@pytest.mark.parametrize(("adjust", "method"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_adjusted_p_agrees_with_statsmodels(adjust, method, p_values):
    from statsmodels.stats.multitest import multipletests

    known = multipletests(p_values, method=method)[1]
    np.testing.assert_allclose(adjust(p_values, family="any").adjusted, known, atol=1e-12)


@given(families)
@settings(deadline=None)
def test_adjusting_never_lowers_a_p_and_holm_is_the_stricter(p_values):
    strict, lenient = holm(p_values, family="any"), benjamini_hochberg(p_values, family="any")
    slack = 1e-12
    assert all(a >= p - slack for a, p in zip(lenient.adjusted, p_values, strict=True))
    assert all(h >= b - slack for h, b in zip(strict.adjusted, lenient.adjusted, strict=True))


@pytest.mark.parametrize("p_values", [[], [0.1, np.nan], [1.2]])
def test_what_is_no_family_of_p_values_is_refused(p_values):
    with pytest.raises(BadInput):
        holm(p_values, family="any")
