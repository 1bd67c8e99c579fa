"""How well inputs tell a group: none where they are noise, all where one is a copy, and scikit-learn by another path."""

import numpy as np
import pytest

from quant.errors import BadInput, NotMeasurable
from quant.fairness.groups import Comparison
from quant.fairness.proxy import FOLDS, proxy_screens

DECLARED = Comparison(reference="m", minimum_n=30)


def _people(n=1200, seed=4):
    draw = np.random.default_rng(seed)
    return np.where(draw.random(n) < 0.4, "f", "m"), draw


def _screened(inputs, groups, *, categories=(), seed=1):
    return proxy_screens(inputs, groups, categories=categories, comparison=DECLARED, seed=seed)


def test_noise_tells_no_group():
    groups, draw = _people()
    area = _screened({f"x{at}": draw.normal(size=1200) for at in range(3)}, groups)[0].area
    assert area.interval.low < 0.5
    assert area.value < 0.55


def test_a_copy_of_the_attribute_tells_it_wholly():
    groups, _ = _people()
    assert _screened({"x": groups == "f"}, groups)[0].area.value == 1


def test_a_planted_proxy_of_known_strength_is_found():
    """Two normals one standard deviation apart: the AUC of any order by x is Φ(1/√2) = .760250."""
    groups, draw = _people(6000)
    x = draw.normal(size=6000) + (groups == "f")
    area = _screened({"x": x, "noise": draw.normal(size=6000)}, groups)[0].area
    assert area.value == pytest.approx(0.760250, abs=0.02)


def test_out_of_fold_margins_are_those_of_a_plain_loop():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    groups, draw = _people(400)
    x, is_group = draw.normal(size=(400, 2)) + 0.4 * (groups == "f")[:, None], groups == "f"
    margins = np.empty(400)
    for learn, told in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(x, is_group):
        centre, spread = x[learn].mean(0), x[learn].std(0)
        fitted = LogisticRegression(C=1.0, tol=1e-10).fit((x[learn] - centre) / spread, is_group[learn])
        margins[told] = fitted.decision_function((x[told] - centre) / spread)
    found = _screened({"x": x[:, 0], "y": x[:, 1]}, groups)[0].area
    assert found.value == pytest.approx(roc_auc_score(is_group, margins), abs=1e-6)


def test_a_group_that_leaves_a_field_empty_is_told_by_the_flag():
    groups, draw = _people()
    x = np.where((groups == "f") & (draw.random(1200) < 0.9), np.nan, draw.normal(size=1200))
    assert _screened({"x": x}, groups)[0].area.value > 0.9


def test_codes_are_no_order():
    """Code 5 of 1, 5, 9 tells the group; a straight line through the numbers could not."""
    groups, draw = _people()
    code = np.where(groups == "f", 5.0, draw.choice([1.0, 9.0], 1200))
    assert _screened({"c": code}, groups, categories={"c"})[0].area.value == 1
    assert _screened({"c": code}, groups)[0].area.value < 0.7


def test_one_group_at_a_time_against_the_reference():
    groups, draw = _people()
    groups[:3] = "x"
    found = {each.group: each for each in _screened({"x": draw.normal(size=1200)}, groups)}
    assert set(found) == {"f", "x"}
    assert (found["x"].area, found["x"].n, found["x"].is_sufficient) == (None, 3, False)
    assert found["f"].n + found["f"].n_reference == 1197


def test_the_same_seed_gives_the_same_screen():
    groups, draw = _people(300)
    inputs = {"x": draw.normal(size=300), "y": np.full(300, np.nan)}
    assert _screened(inputs, groups) == _screened(inputs, groups)


@pytest.mark.parametrize(
    ("inputs", "groups", "refusal"),
    [
        ({}, ["f", "m"], NotMeasurable),
        ({"x": [1.0, 2.0]}, ["f", "f"], NotMeasurable),
        ({"x": [1.0, np.inf]}, ["f", "m"], BadInput),
        ({"x": [1.0]}, ["f", "m"], BadInput),
        ({"x": ["a", "b"]}, ["f", "m"], BadInput),
    ],
)
def test_what_cannot_be_screened_is_refused(inputs, groups, refusal):
    with pytest.raises(refusal):
        _screened(inputs, groups)
