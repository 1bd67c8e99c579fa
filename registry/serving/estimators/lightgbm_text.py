"""LightGBM's text as plain data. Its own reader trusts the file: it jumps where the file says and follows whatever
child a node names, so what it is given must first be read strictly here, as one tree after another and nothing else.

The format is written by LightGBM 4 (`version=v4`); what it does not write is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

VERSION: Final = "v4"
CATEGORICAL: Final = 1
MOST_LEVELS: Final = 256

_END: Final = b"end of trees\n"
_HEADER: Final = frozenset(
    {
        "version",
        "num_class",
        "num_tree_per_iteration",
        "label_index",
        "max_feature_idx",
        "objective",
        "feature_names",
        "feature_infos",
        "monotone_constraints",
        "tree_sizes",
    }
)
_NODES: Final = (
    "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
    "internal_value", "internal_weight", "internal_count",
)  # fmt: skip
_SINGLE: Final = ("num_leaves", "num_cat", "is_linear", "shrinkage")
_TREE: Final = frozenset({*_SINGLE, *_NODES, "leaf_value", "leaf_weight", "leaf_count"})
# Trees that have these are told apart in words, and none is served.
_OF_CATEGORIES: Final = frozenset({"cat_boundaries", "cat_threshold"})
_OF_LINES: Final = frozenset({"leaf_const", "num_features", "leaf_features", "leaf_coeff"})
# Python reads more as a number than C++ does: "1_0", "nan", digits of other alphabets.
_NUMBERS: Final = re.compile(r"[-+0-9.e ]*")


class TextFault(ValueError):
    """The text is not as LightGBM writes it; the words go on from "the estimator …"."""


@dataclass(frozen=True)
class Tree:
    """`feature` to `nodes` are per inner node (leaves − 1,), `value` and `rows` per leaf. A child is an inner node of a
    larger number, or a leaf as its complement."""

    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    decision: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    nodes: NDArray[np.int64]
    value: NDArray[np.float64]
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Text:
    """`columns` are as LightGBM writes names: with _ for a space."""

    objective: str
    columns: tuple[str, ...]
    trees: tuple[Tree, ...]


def read(content: bytes) -> Text:
    """The trees of a model file. Raises TextFault."""
    head, blank, body = content.partition(b"\n\n")
    if not blank or not head.startswith(b"tree\n"):
        raise TextFault("is no text of LightGBM")
    said = _members(head[len(b"tree\n") :], _HEADER)
    if said.get("version") != VERSION:
        raise TextFault(f"is not in the form {VERSION} of LightGBM's text: save it with LightGBM 4")
    if said.get("num_class") != "1" or said.get("num_tree_per_iteration") != "1":
        raise TextFault("has more than one outcome")
    columns = tuple(said.get("feature_names", "").split(" "))
    if said.get("max_feature_idx") != str(len(columns) - 1):
        raise TextFault("names another number of columns than it has")
    sizes = [int(size) for size in _numbers(said.get("tree_sizes", ""))]
    return Text(said.get("objective", ""), columns, _trees(body, sizes, len(columns)))


def _trees(body: bytes, sizes: list[int], columns: int) -> tuple[Tree, ...]:
    """Where the file says that a tree begins, one must begin, and nothing may lie between two."""
    place, trees = 0, []
    for number, size in enumerate(sizes):
        title = f"Tree={number}\n".encode()
        block = body[place : place + size]
        if size <= len(title) or len(block) != size or not block.startswith(title):
            raise TextFault(f"has no tree {number} where it says")
        trees.append(_tree(number, block[len(title) :], columns))
        place += size
    if not trees or not body[place:].startswith(_END):
        raise TextFault("does not end after its last tree")
    return tuple(trees)


def _tree(number: int, block: bytes, columns: int) -> Tree:
    said = _members(block.rstrip(b"\n"), _TREE | _OF_CATEGORIES | _OF_LINES)
    if missing := _TREE - set(said):
        raise TextFault(f"misses {min(missing)} in tree {number}")
    if said["num_cat"] != "0" or said.keys() & _OF_CATEGORIES:
        raise TextFault(
            "has columns of pandas categories, whose codes depend on the table at hand: encode them as numbers, and"
            " declare the codes in countersign/tables.json"
        )
    if said["is_linear"] != "0" or said.keys() & _OF_LINES:
        raise TextFault("has linear models in its leaves, which cannot be attributed to columns")
    numbers = {name: _numbers(said[name]) for name in (*_SINGLE, *_NODES)}
    leaves = int(numbers["num_leaves"][0]) if len(numbers["num_leaves"]) == 1 else 0
    tree = Tree(
        feature=_whole(numbers["split_feature"]),
        threshold=numbers["threshold"],
        decision=_whole(numbers["decision_type"]),
        left=_whole(numbers["left_child"]),
        right=_whole(numbers["right_child"]),
        nodes=_whole(numbers["internal_count"]),
        value=_numbers(said["leaf_value"]),
        rows=_whole(_numbers(said["leaf_count"])),
    )
    if any(len(numbers[name]) != leaves - 1 for name in _NODES):
        raise TextFault(f"has another number of nodes in tree {number} than it says")
    if len(tree.value) != leaves or len(tree.rows) != leaves:
        raise TextFault(f"has another number of leaves in tree {number} than it says")
    _refuse_impossible(number, tree, columns)
    return tree


def _refuse_impossible(number: int, tree: Tree, columns: int) -> None:
    if len(tree.feature) and not (tree.feature.min() >= 0 and tree.feature.max() < columns):
        raise TextFault(f"asks tree {number} for a column that it does not have")
    if np.any((tree.decision < 0) | (tree.decision > 0b1111) | (tree.decision & CATEGORICAL)):
        raise TextFault(f"decides by other than numbers in tree {number}")
    if np.any(tree.nodes < 1) or np.any(tree.rows < 1):
        raise TextFault(f"has a node without rows in tree {number}, so nothing can be attributed")
    _refuse_no_tree(number, tree)


def _refuse_no_tree(number: int, tree: Tree) -> None:
    """Every node but the first is the child of one other that comes before it."""
    inner = np.arange(len(tree.feature))
    children = np.concatenate([tree.left, tree.right])
    expected = np.concatenate([~np.arange(len(tree.value)), inner[1:]])
    if not np.array_equal(np.sort(children), np.sort(expected)) and len(inner):
        raise TextFault(f"is no tree at tree {number}")
    levels = np.zeros(len(inner), dtype=np.int64)
    for side in (tree.left, tree.right):
        if np.any((side >= 0) & (side <= inner)):
            raise TextFault(f"is no tree at tree {number}")
    for node in inner:
        for child in (tree.left[node], tree.right[node]):
            if child >= 0:
                levels[child] = levels[node] + 1
    if len(inner) and levels.max() >= MOST_LEVELS:
        raise TextFault(f"has more than {MOST_LEVELS} levels in tree {number}")


def _members(content: bytes, known: frozenset[str]) -> dict[str, str]:
    """Lines key=value, each key once."""
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise TextFault("is no text of LightGBM") from None
    said: dict[str, str] = {}
    for line in lines:
        name, equals, value = line.partition("=")
        if name == "average_output":
            raise TextFault("is a random forest of LightGBM: only boosted trees, which add up, are served")
        if not equals or name not in known or name in said:
            raise TextFault(f"has a line that LightGBM does not write: {line[:40]!a}")
        said[name] = value
    return said


def _numbers(text: str) -> NDArray[np.float64]:
    if not _NUMBERS.fullmatch(text):
        raise TextFault(f"has no number where one belongs: {text[:40]!a}")
    try:
        made = np.array([float(each) for each in text.split()], dtype=np.float64)
    except ValueError:
        raise TextFault(f"has no number where one belongs: {text[:40]!a}") from None
    if not np.isfinite(made).all():
        raise TextFault("has a number that is not finite")
    return made


def _whole(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    if np.any(np.abs(numbers) > 2**31) or np.any(numbers != np.floor(numbers)):
        raise TextFault("has a fraction where a count belongs")
    return numbers.astype(np.int64)
