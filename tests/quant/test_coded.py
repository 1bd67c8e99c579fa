"""Names of groups, coded once, beside a plain loop over the obligors and fairlearn on their rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.coded import coded, placed
from quant.errors import BadInput
from quant.fairness.groups import SEPARATOR, cells, count_approved, intersections
from quant.metrics.bins import freeze_levels

NAMES = st.lists(st.sampled_from(["≤25", "b", "a", "other"]), min_size=1, max_size=40)


@given(NAMES)
@settings(deadline=None)
def test_coded_names_are_the_names_of_each_obligor(names):
    found = coded("groups", names)
    assert list(found) == names
    assert found.names == tuple(sorted(set(names)))
    assert found.sizes.tolist() == [names.count(name) for name in found.names]
    assert np.asarray(found).tolist() == names


@given(NAMES, st.data())
@settings(deadline=None)
def test_some_of_the_coded_hold_only_names_with_a_member(names, data):
    kept = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    found = coded("groups", names).only(np.array(kept))
    wanted = [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
    assert (list(found), found.names) == (wanted, tuple(sorted(set(wanted))))


def test_names_that_repeat_are_one_group_and_names_of_nobody_are_none():
    found = placed(["b", "nobody", "a", "b"], np.array([0, 2, 3, 2]))
    assert (list(found), found.names) == (["b", "a", "b", "a"], ("a", "b"))


def test_a_name_that_does_not_occur_is_nobody():
    assert not coded("groups", ["a", "b"]).are("c").any()


def test_a_missing_name_is_refused():
    with pytest.raises(BadInput, match="1 names are missing"):
        coded("groups", ["a", None])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), min_size=1))
@settings(deadline=None)
def test_intersections_count_as_a_plain_loop_does(people):
    first, second, approved = zip(*people, strict=True)
    joined = intersections({"one": first, "two": second})
    told = [SEPARATOR.join(pair) for pair in zip(first, second, strict=True)]
    assert list(joined) == told
    found = {count.group: (count.approved, count.n) for count in count_approved(approved, joined)}
    wanted = {each: [yes for name, yes in zip(told, approved, strict=True) if name == each] for each in told}
    assert found == {each: (sum(members), len(members)) for each, members in wanted.items()}


@pytest.mark.parametrize("seed", range(5))
def test_fairlearn_says_of_cells_what_it_says_of_their_rows(seed):
    from fairlearn import metrics

    draw = np.random.default_rng(seed)
    named, (repaid, approved) = draw.choice(["a", "b", "c"], 400), draw.random((2, 400)) < 0.6
    found = cells(repaid, approved, coded("groups", named))
    for metric in (metrics.demographic_parity_difference, metrics.equalized_odds_difference):
        of_cells = metric(
            found.outcome, found.decision, sensitive_features=found.names, sample_weight=found.sizes
        )
        assert of_cells == metric(repaid, approved, sensitive_features=named)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 10.0, -1.0, np.nan]), min_size=1))
@settings(deadline=None)
def test_codes_are_counted_as_a_plain_loop_spells_them(values):
    spelled = [f"{value:.17g}" for value in values if value == value]  # noqa: PLR0124 (a NaN differs from itself)
    levels = freeze_levels(np.array(values), floor=0.01)
    assert levels.levels == tuple(sorted(set(spelled)))
    assert levels.counts == (*(spelled.count(each) for each in levels.levels), 0, len(values) - len(spelled))
    assert levels.count(np.array([*values, 7.0, np.nan])).tolist() == [
        *levels.counts[:-2],
        1,
        levels.counts[-1] + 1,
    ]


def test_nought_and_minus_nought_are_one_category():
    assert freeze_levels(np.array([0.0, -0.0, 1.0]), floor=0.01).levels == ("0", "1")
