"""LightGBM's text is read strictly before LightGBM reads it, and walked it gives LightGBM's own margins."""

from __future__ import annotations

import re

import lightgbm
import numpy as np
import pytest

from registry.serving.estimators import lightgbm_text
from registry.serving.estimators.lightgbm_text import TextFault
from registry.serving.estimators.lightgbm_trees import LightGBMTrees
from registry.serving.manifest import ArtifactRefused
from registry.serving.parity import _walked

SETTINGS = {"objective": "binary", "num_leaves": 15, "num_threads": 1, "verbosity": -1, "seed": 3}
KINDS = [
    {},
    {"use_missing": False},
    {"zero_as_missing": True},
    {"boosting": "dart"},
    {"data_sample_strategy": "goss"},
    {"monotone_constraints": [1, 0, -1, 0, 0]},
    {"extra_trees": True, "num_leaves": 63, "min_data_in_leaf": 1},
]


def _rows(seed, count=800):
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(count, 5)).astype(np.float32)
    rows[:, 1] = draw.integers(-2, 3, count)
    rows[draw.random((count, 5)) < 0.15] = np.nan
    rows[draw.random((count, 5)) < 0.15] = 0.0
    return rows


def _trained(seed=0, **more):
    rows = _rows(seed)
    lift = np.nan_to_num(rows[:, 0]) + 0.7 * (np.isnan(rows[:, 2])) - 0.4 * np.nan_to_num(rows[:, 1])
    labels = (np.random.default_rng(seed + 1).random(len(rows)) < 1 / (1 + np.exp(-lift))).astype(float)
    return lightgbm.train({**SETTINGS, **more}, lightgbm.Dataset(rows, labels), num_boost_round=12)


@pytest.fixture(scope="module")
def text():
    return _trained().model_to_string().encode()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_walking_the_trees_gives_the_margins_of_lightgbm_bit_for_bit(kind):
    content = _trained(**kind).model_to_string().encode()
    asked = _rows(99, 2_000)
    asked[:40] = np.array([0.0, -0.0, 1e-36, -1e-36, 1e30], dtype=np.float32)
    served = LightGBMTrees(content, 5).margins(asked)
    assert np.array_equal(_walked(content, asked), served)
    assert len(np.unique(served)) > 50


def test_one_row_alone_scores_as_it_does_among_others(text):
    trees, asked = LightGBMTrees(text, 5), _rows(5, 50)
    margins, contributions = trees.explain(asked)
    for place in range(len(asked)):
        alone = trees.explain(asked[place : place + 1])
        assert alone[0][0] == margins[place]
        assert np.array_equal(alone[1][0], contributions[place])


def _changed(text, pattern, replacement):
    changed, count = re.subn(pattern.encode(), replacement.encode(), text, count=1)
    assert count == 1
    return changed


def _resized(text, pattern, replacement):
    """The same where the sizes of the trees are made to fit again, as a forger would."""
    changed = _changed(text, pattern, replacement)
    grown = len(changed) - len(text)
    sizes = changed.split(b"tree_sizes=")[1].split(b"\n")[0].split(b" ")
    first = str(int(sizes[0]) + grown).encode()
    return changed.replace(b"tree_sizes=" + sizes[0], b"tree_sizes=" + first, 1)


@pytest.mark.control("SR26-2:artefact-integrity")
@pytest.mark.parametrize(
    ("pattern", "replacement", "words"),
    [
        (r"version=v4", "version=v5", "not in the form v4"),
        (r"num_class=1", "num_class=3", "more than one outcome"),
        (r"max_feature_idx=4", "max_feature_idx=400", "another number of columns"),
        (r"label_index=0", "label_index=0\nlabel_index=0", "does not write"),
        (r"label_index=0", "label_index=0\nmachines=10.0.0.1", "does not write"),
        (r"tree_sizes=\d+", "tree_sizes=999999999", "has no tree 0"),
        (r"tree_sizes=\d+", "tree_sizes=-5", "has no tree 0"),
        (r"left_child=\S+", "left_child=0", "is no tree at tree 0"),
        (r"left_child=\S+", "left_child=99999", "is no tree at tree 0"),
        (r"right_child=\S+", "right_child=-99999", "is no tree at tree 0"),
        (r"split_feature=\S+", "split_feature=77", "a column that it does not have"),
        (r"split_feature=\S+", "split_feature=-1", "a column that it does not have"),
        (r"threshold=\S+", "threshold=nan", "no number"),
        (r"threshold=\S+", "threshold=1e999", "not finite"),
        (r"threshold=\S+", "threshold=1_0", "no number"),
        (r"decision_type=\S+", "decision_type=1", "other than numbers"),
        (r"decision_type=\S+", "decision_type=255", "other than numbers"),
        (r"leaf_value=\S+ ", "leaf_value=", "another number of leaves"),
        (r"threshold=\S+ ", "threshold=", "another number of nodes"),
        (r"internal_count=\S+", "internal_count=0", "without rows"),
        (r"leaf_count=\S+", "leaf_count=0", "without rows"),
        (r"leaf_count=\S+", "leaf_count=1.5", "a fraction"),
        (r"num_leaves=\d+", "num_leaves=2", "another number of nodes"),
        (r"is_linear=0", "is_linear=1", "linear models"),
        (r"num_cat=0", "num_cat=1", "categories"),
        (r"shrinkage=1\n", "", "misses shrinkage"),
        (r"end of trees", "end of three", "does not end"),
    ],
)
def test_a_text_that_lightgbm_did_not_write_is_refused_before_it_is_loaded(text, pattern, replacement, words):
    changed = (
        _changed if pattern.startswith(("version", "num_cl", "max", "label", "tree_s", "end")) else _resized
    )
    content = changed(text, pattern, replacement)
    with pytest.raises(TextFault, match=words):
        lightgbm_text.read(content)
    with pytest.raises(ArtifactRefused):
        LightGBMTrees(content, 5)


def test_two_children_that_are_one_node_are_refused(text):
    """Counts alone would not see it: a loop, or a node that two name."""
    tree = text.split(b"Tree=0\n")[1]
    left = tree.split(b"left_child=")[1].split(b"\n")[0].split(b" ")
    inner = next(place for place, child in enumerate(left) if int(child) > 0)
    looped = [*left]
    looped[inner] = str(inner).encode()
    with pytest.raises(TextFault, match="is no tree"):
        lightgbm_text.read(
            _resized(
                text, f"left_child={b' '.join(left).decode()}", f"left_child={b' '.join(looped).decode()}"
            )
        )


def test_a_chain_of_nodes_that_would_take_all_memory_to_explain_is_refused():
    leaves = lightgbm_text.MOST_LEVELS + 2
    inner = range(leaves - 1)
    lines = {
        "num_leaves": [leaves],
        "num_cat": [0],
        "split_feature": [0 for _ in inner],
        "split_gain": [1 for _ in inner],
        "threshold": [float(place) for place in inner],
        "decision_type": [2 for _ in inner],
        "left_child": [~place for place in inner],
        "right_child": [place + 1 if place < leaves - 2 else ~(leaves - 1) for place in inner],
        "leaf_value": [0.1 for _ in range(leaves)],
        "leaf_weight": [1 for _ in range(leaves)],
        "leaf_count": [1 for _ in range(leaves)],
        "internal_value": [0 for _ in inner],
        "internal_weight": [1 for _ in inner],
        "internal_count": [leaves - place for place in inner],
        "is_linear": [0],
        "shrinkage": [1],
    }
    block = "Tree=0\n" + "".join(f"{name}={' '.join(map(str, made))}\n" for name, made in lines.items())
    head = (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=0\n"
        f"objective=binary sigmoid:1\nfeature_names=a\nfeature_infos=none\ntree_sizes={len(block)}\n\n"
    )
    with pytest.raises(TextFault, match="levels"):
        lightgbm_text.read(f"{head}{block}end of trees\n".encode())
