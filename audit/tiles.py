"""Proofs from stored tiles: 256 hashes a row, so a path over a million entries reads a handful of rows.

A node of height h lies in the tiles of level h // 8. A tile that is not full yet is read from what is below it.
Whoever asks for a path compares the root it leads to with the signed one: stored tiles are trusted by nobody.
"""

from __future__ import annotations

from audit import tree
from audit.models import Entry, Tile

WIDTH = 256
_HEIGHT = 8


class Incomplete(Exception):
    """A stored tile, or what it is made of, is not there: somebody took it away."""


class Tiles:
    """The tree over the first `size` entries; rows are read at most once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def path(self, index: int) -> list[bytes]:
        """The audit path of leaf `index`, from the leaf upwards."""
        return self._path(index, 0, self._size)

    def range(self) -> tree.Range:
        """The compact range over all leaves."""
        hashes, start = [], 0
        for height in reversed(range(self._size.bit_length())):
            if self._size >> height & 1:
                hashes.append(self._node(height, start >> height))
                start += 1 << height
        return tree.Range(self._size, hashes)

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _left(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._root(middle, end)]
        return [*self._path(index, middle, end), self._root(start, middle)]

    def _root(self, start: int, end: int) -> bytes:
        count = end - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._node(height, start >> height)
        middle = start + _left(count)
        return tree.node(self._root(start, middle), self._root(middle, end))

    def _node(self, height: int, index: int) -> bytes:
        """The root of a perfect subtree: its lowest hashes lie side by side in one tile."""
        level, rest = divmod(height, _HEIGHT)
        first = index << rest
        hashes = self._tile(level, first // WIDTH)
        at, count = first % WIDTH, 1 << rest
        if len(hashes) < at + count:
            raise Incomplete(f"The tree has a hole at level {level}, tile {first // WIDTH}.")
        return tree.root(hashes[at : at + count])

    def _tile(self, level: int, number: int) -> list[bytes]:
        place = (level, number)
        if place not in self._read:
            stored = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
            self._read[place] = _split(bytes(stored)) if stored else _unfinished(level, number)
        return self._read[place]


def filled(level: int, number: int) -> list[bytes] | None:
    """The hashes of a tile once everything below it is there, else None."""
    hashes = _unfinished(level, number)
    return hashes if len(hashes) == WIDTH else None


def keep_full(before: int, size: int) -> None:
    """Store the tiles that became full between two sizes, the lowest level first."""
    level, step = 0, WIDTH
    while size // step > before // step:
        for number in range(before // step, size // step):
            hashes = filled(level, number)
            if hashes:
                Tile(level=level, number=number, hashes=b"".join(hashes), root=tree.root(hashes)).save(
                    force_insert=True
                )
        level, step = level + 1, step * WIDTH


def _unfinished(level: int, number: int) -> list[bytes]:
    first, end = number * WIDTH, (number + 1) * WIDTH
    if level == 0:
        leaves = Entry.objects.filter(sequence__gt=first, sequence__lte=end).order_by("sequence")
        return [bytes(leaf) for leaf in leaves.values_list("leaf", flat=True)]
    below = Tile.objects.filter(level=level - 1, number__gte=first, number__lt=end).order_by("number")
    return [bytes(each) for each in below.values_list("root", flat=True)]


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + tree.HASH_BYTES] for at in range(0, len(hashes), tree.HASH_BYTES)]


def _left(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
