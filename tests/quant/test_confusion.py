import numpy as np
import pytest

from quant.errors import BadInput
from quant.metrics.confusion import confusion


def test_a_pd_at_the_cut_off_is_declined():
    found = confusion([1, 0, 0], [0.25, 0.25, 0.24], cut_off=0.25)
    assert (found.true_positives, found.false_positives, found.true_negatives) == (1, 1, 1)


def test_ratios_agree_with_sklearn():
    from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score

    rng = np.random.default_rng(1)
    defaulted, pd = rng.integers(0, 2, 300), rng.random(300)
    alarm = pd >= 0.4
    found = confusion(defaulted, pd, cut_off=0.4)
    cells = (found.true_negatives, found.false_positives, found.false_negatives, found.true_positives)
    assert cells == tuple(confusion_matrix(defaulted, alarm).ravel())
    assert found.precision.value == pytest.approx(precision_score(defaulted, alarm))
    assert found.recall.value == pytest.approx(recall_score(defaulted, alarm))
    assert found.f1 == pytest.approx(f1_score(defaulted, alarm))
    assert found.accuracy == pytest.approx(accuracy_score(defaulted, alarm))
    assert found.n == 300


def test_a_ratio_over_nobody_is_none():
    quiet = confusion([0, 0], [0.1, 0.2], cut_off=0.5)
    assert (quiet.precision, quiet.recall, quiet.f1) == (None, None, None)


def test_a_missing_pd_is_refused():
    with pytest.raises(BadInput, match="missing"):
        confusion([0, 1], [0.1, np.nan], cut_off=0.5)
