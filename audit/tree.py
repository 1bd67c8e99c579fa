"""The tree of RFC 6962 over leaf hashes of 32 bytes: pure functions and one compact range.

A compact range holds the roots of the perfect subtrees that make up a tree, the largest first: from it alone the tree
can be continued and its root told, so whoever keeps it needs to trust nobody about what came before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Range:
    """A tree of `size` leaves as the roots of its perfect subtrees, one for each set bit of `size`."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size, self.hashes = size, list(hashes)
        if len(self.hashes) != size.bit_count() or any(len(each) != HASH_BYTES for each in self.hashes):
            raise ValueError(
                f"A range over {size} leaves holds {size.bit_count()} hashes of {HASH_BYTES} bytes."
            )

    def append(self, leaf: bytes, height: int = 0) -> None:
        """Merge as a binary counter carries: each trailing set bit of the size is a subtree to the left. With a height
        the root of a perfect subtree of so many levels; raises ValueError where it would not stand on its own."""
        size, hashes = self.size >> height, self.hashes
        if size << height != self.size:
            raise ValueError(f"A subtree of height {height} does not begin at leaf {self.size}.")
        while size & 1:
            leaf = hashlib.sha256(b"\x01" + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1 << height

    def copy(self) -> Range:
        return Range(self.size, self.hashes)

    def root(self) -> bytes:
        """Raises ValueError for a tree without leaves: nothing is ever said about it."""
        if not self.hashes:
            raise ValueError("A tree without leaves has no root here.")
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node(left, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over at least one leaf; ValueError for none."""
    level = list(leaves)
    if not level:
        raise ValueError("A tree without leaves has no root here.")
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: list[bytes]) -> list[bytes]:
    """The next level of the tree: pairs are joined, and what stands alone at the end goes up as it is."""
    alone = level[-1:] if len(level) % 2 else []
    each, sha256 = iter(level), hashlib.sha256
    # As `node`, without a call of our own for each of a million.
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)] + alone


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` (from 0), from the leaf upwards. Raises ValueError beyond the leaves."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"There is no leaf {index} among {len(leaves)}.")
    level, siblings = list(leaves), []
    while len(level) > 1:
        if index ^ 1 < len(level):
            siblings.append(level[index ^ 1])
        level = _above(level)
        index >>= 1
    return siblings


def climbed(leaf: bytes, *, index: int, size: int, siblings: Sequence[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, section 2.1.3.2). Raises ValueError for a path of another length."""
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    climbed_to, last = leaf, size - 1
    for sibling in siblings:
        if last == 0:
            raise ValueError("The path is longer than the tree is high.")
        if index & 1 or index == last:
            climbed_to = node(sibling, climbed_to)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            climbed_to = node(climbed_to, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("The path is shorter than the tree is high.")
    return climbed_to
