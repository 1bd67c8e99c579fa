import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quant.errors import BadInput, NotMeasurable
from quant.metrics.low_default import upper_pds


@pytest.mark.parametrize(
    ("confidence", "pds"),
    [
        (0.5, (0.09, 0.10, 0.23)),
        (0.9, (0.29, 0.33, 0.76)),
        (0.95, (0.37, 0.43, 0.99)),
        (0.999, (0.86, 0.98, 2.28)),
    ],
)
def test_published_portfolio_without_defaults(confidence, pds):
    """Pluto and Tasche 2005, table 1: grades of 100, 400 and 300 obligors, no default; PDs in per cent."""
    found = upper_pds([100, 400, 300], [0, 0, 0], confidence=confidence)
    assert [round(100 * pd, 2) for pd in found.pds] == list(pds)


def test_no_default_by_hand():
    """(1−p)^N = 1 − γ."""
    assert upper_pds([300], [0], confidence=0.9).pds[0] == pytest.approx(1 - 0.1 ** (1 / 300))


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 0.9)), min_size=1, max_size=6))
@settings(deadline=None, max_examples=50)
def test_so_few_defaults_have_the_stated_chance_at_the_upper_pd(grades):
    sizes = np.array([n for n, _ in grades])
    bads = np.array([int(n * part) for n, part in grades])
    found = upper_pds(sizes, bads, confidence=0.9)
    for n, bad, pd in zip(found.pooled_sizes, found.pooled_defaults, found.pds, strict=True):
        assert stats.binom.cdf(bad, n, pd) == pytest.approx(0.1)
        assert pd > bad / n


def test_worse_grades_without_anybody_have_no_bound():
    found = upper_pds([50, 20, 0], [1, 20, 0], confidence=0.9)
    assert found.pooled_sizes == (70, 20, 0)
    assert found.pds[1:] == (1.0, None)


def test_what_bounds_nothing_is_refused():
    with pytest.raises(NotMeasurable, match="all grades are empty"):
        upper_pds([0, 0], [0, 0], confidence=0.9)
    with pytest.raises(BadInput, match="more defaults"):
        upper_pds([1], [2], confidence=0.9)
