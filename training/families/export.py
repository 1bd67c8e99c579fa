"""Trees from elsewhere as an XGBoost booster: the same rows go the same way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput

_NO_PARENT = 2**31 - 1


@dataclass(frozen=True)
class Tree:
    """One tree, all of shape (nodes,), the root first. `left` and `right` are places of nodes, −1 of a leaf; a value
    `below` goes left. `margin` is a leaf's part of the log-odds, `cover` the weight of training rows that came by."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    feature: NDArray[np.int64]
    below: NDArray[np.float32]
    margin: NDArray[np.float64]
    cover: NDArray[np.float64]

    def paired(self) -> Tree:
        """The same tree level by level, a right child straight after its left sibling: XGBoost's predictor takes that
        for granted and does not read where a right child stands."""
        order = [0]
        for node in order:
            if self.left[node] >= 0:
                order += [int(self.left[node]), int(self.right[node])]
        place = np.full(len(self.left) + 1, -1, dtype=np.int64)
        place[order] = np.arange(len(order))
        taken = np.array(order)
        return Tree(
            left=place[self.left[taken]],
            right=place[self.right[taken]],
            feature=self.feature[taken],
            below=self.below[taken],
            margin=self.margin[taken],
            cover=self.cover[taken],
        )


def split_points(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The float32 numbers (nodes,) of which a float32 value is below exactly when it is at most its float64
    threshold: the one after the largest float32 that is not above the threshold."""
    near = thresholds.astype(np.float32)
    floor = np.where(near.astype(np.float64) > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
    return np.asarray(np.nextafter(floor.astype(np.float32), np.float32(np.inf)), dtype=np.float32)


def booster_bytes(trees: Sequence[Tree], names: Sequence[str]) -> bytes:
    """UBJSON of a booster whose margin is the float32 sum of the leaves. BadInput for leaves that are no finite
    numbers."""
    import xgboost

    if not all(np.isfinite(tree.margin).all() for tree in trees):
        raise BadInput("A tree has a leaf that is no finite number.")
    told = _shell(names)
    model = told["learner"]["gradient_booster"]["model"]
    model["trees"] = [_plain(tree.paired(), place, len(names)) for place, tree in enumerate(trees)]
    model["gbtree_model_param"]["num_trees"] = str(len(trees))
    model["tree_info"] = [0] * len(trees)
    model["iteration_indptr"] = list(range(len(trees) + 1))
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(json.dumps(told).encode("ascii")))
    return bytes(booster.save_raw(raw_format="ubj"))


# Any: XGBoost's own JSON.
def _shell(names: Sequence[str]) -> Any:
    """A booster of one round, as this XGBoost writes it: its trees are replaced, the rest is right for its version."""
    import xgboost

    rows = np.vstack([np.zeros(len(names)), np.ones(len(names))]).astype(np.float32)
    data = xgboost.DMatrix(rows, label=[0.0, 1.0], feature_names=list(names), nthread=1)
    # Half is the log-odds zero, so nothing is added to the leaves.
    told = {"objective": "binary:logistic", "base_score": 0.5, "nthread": 1, "verbosity": 0}
    return json.loads(xgboost.train(told, data, num_boost_round=1).save_raw(raw_format="json"))


def _plain(tree: Tree, number: int, features: int) -> dict[str, object]:
    nodes = len(tree.left)
    is_leaf = tree.left < 0
    parents = np.full(nodes, _NO_PARENT, dtype=np.int64)
    inner = np.flatnonzero(~is_leaf)
    parents[tree.left[inner]] = inner
    parents[tree.right[inner]] = inner
    conditions = np.where(is_leaf, tree.margin, tree.below.astype(np.float64)).astype(np.float32)
    return {
        "id": number,
        "left_children": tree.left.tolist(),
        "right_children": tree.right.tolist(),
        "parents": parents.tolist(),
        "split_indices": np.where(is_leaf, 0, tree.feature).tolist(),
        # Python writes a float32's double in full, which XGBoost reads back to the same float32.
        "split_conditions": conditions.astype(np.float64).tolist(),
        "split_type": [0] * nodes,
        "default_left": [0] * nodes,
        "base_weights": np.where(is_leaf, conditions, 0.0).astype(np.float64).tolist(),
        "loss_changes": [0.0] * nodes,
        "sum_hessian": tree.cover.astype(np.float32).astype(np.float64).tolist(),
        "categories": [],
        "categories_nodes": [],
        "categories_segments": [],
        "categories_sizes": [],
        "tree_param": {
            "num_deleted": "0",
            "num_feature": str(features),
            "num_nodes": str(nodes),
            "size_leaf_vector": "1",
        },
    }
