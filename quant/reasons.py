"""From attributions to principal reasons: features are summed into declared groups, one reason per group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.features import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

_GROUP = frozenset({"key", "features"})
_GROUPS = frozenset({"groups"})


@dataclass(frozen=True)
class ReasonGroup:
    """Features that tell one story. The words are in the reason dictionary, found by `key`."""

    key: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """One adverse group: its contribution in log-odds of default (> 0) and in score points (≤ 0)."""

    group: str
    contribution: float
    points: int


def load_groups(raw: object) -> tuple[ReasonGroup, ...]:
    """Groups of {"groups": [{"key", "features"}]}. Raises SchemaFault for any other shape."""
    listed = plain.items(plain.members(raw, "The reasons", _GROUPS).get("groups"), "groups")
    return tuple(_group(entry, f"groups[{place}]") for place, entry in enumerate(listed))


def _group(raw: object, where: str) -> ReasonGroup:
    members = plain.members(raw, where, _GROUP)
    return ReasonGroup(
        key=plain.text(members.get("key"), f"{where}.key"),
        features=plain.texts(members.get("features"), f"{where}.features"),
    )


def dump_groups(groups: Sequence[ReasonGroup]) -> dict[str, object]:
    return {"groups": [{"key": group.key, "features": list(group.features)} for group in groups]}


def check_cover(groups: Sequence[ReasonGroup], feature_names: Sequence[str]) -> None:
    """Every feature in exactly one group, or SchemaFault: contributions could otherwise vanish or count
    twice."""
    listed = [name for group in groups for name in group.features]
    if sorted(listed) != sorted(feature_names) or len({group.key for group in groups}) != len(groups):
        raise plain.SchemaFault("Reason groups must name every feature exactly once, under distinct keys.")


def group_places(groups: Sequence[ReasonGroup], feature_names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The columns of each group in the estimator's order."""
    place = {name: index for index, name in enumerate(feature_names)}
    return tuple(tuple(place[name] for name in group.features) for group in groups)


def group_sums(contributions: Sequence[float], places: Sequence[Sequence[int]]) -> tuple[float, ...]:
    """Contributions (features,) summed per group, exactly rounded."""
    return tuple(math.fsum(contributions[place] for place in members) for members in places)


def group_columns(contributions: NDArray[np.float32], places: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Contributions (rows, features) summed per group in float64: (rows, groups)."""
    import numpy as np

    wide = contributions.astype(np.float64)
    return np.column_stack([wide[:, list(members)].sum(axis=1) for members in places])


def principal(
    contributions: Mapping[str, float], points: Mapping[str, int], limit: int
) -> tuple[Reason, ...]:
    """At most `limit` adverse groups, the worst first; ties by key.

    Adverse means that the group raised the log-odds of default above the reference of the attribution. The
    result may be empty: a cut-off below the reference can decline an application with no adverse group.
    """
    adverse = [(value, key) for key, value in contributions.items() if value > 0.0]
    ordered = sorted(adverse, key=lambda entry: (-entry[0], entry[1]))
    return tuple(Reason(group=key, contribution=value, points=points[key]) for value, key in ordered[:limit])
