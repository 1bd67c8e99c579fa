"""The declared columns a second time, by vectorised pandas. Nothing of `quant.features` is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from registry.serving.second_cleaning import cleaned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

# Values beyond float32 saturate; the estimator refuses infinities.
_LARGEST = 3e38


# Any: the tables are plain JSON here; reading them loosely is the point of a second path.
def features(tables: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """The estimator's columns by vectorised pandas, in the sealed order."""
    import pandas as pd

    inputs = {entry["name"]: entry for entry in tables["inputs"]}
    held = {name: cleaned(entry, frame[name]) for name, entry in inputs.items() if name in frame}
    for entry in tables.get("steps", ()):
        held[entry["name"]] = _made(entry, held, inputs)
    made = {
        entry["name"]: _made(entry, held, inputs).clip(-_LARGEST, _LARGEST) for entry in tables["features"]
    }
    return pd.DataFrame(made)


def readable(tables: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """The inputs, with None for what is missing by declaration because it cannot be read. One application would be
    refused with it."""
    given = frame[[entry["name"] for entry in tables["inputs"]]].copy()
    for entry in tables["inputs"]:
        if entry.get("unreadable") == "missing":
            column = given[entry["name"]].astype(object)
            given[entry["name"]] = column.where(cleaned(entry, column).notna(), None)
    return given


def _made(entry: Mapping[str, Any], held: Mapping[str, pd.Series], inputs: Mapping[str, Any]) -> pd.Series:
    given = [held[name] for name in entry["inputs"]]
    return _MADE[entry["operation"]](entry, given, inputs.get(entry["inputs"][0], {}))


def _ratio(entry: Any, given: list[pd.Series], _: Any) -> pd.Series:
    first, under = given
    return first.div(under).mask(under.eq(0) & first.notna(), float(entry["when_zero"]))


def _months_late(entry: Any, given: list[pd.Series], declared: Any) -> pd.Series:
    first = given[0]
    return first.clip(lower=0).where(first.isin(declared["codes"]) | first.isna(), float(entry["bucket"]))


def _status_code(entry: Any, given: list[pd.Series], _: Any) -> pd.Series:
    categories = {float(code): float(category) for code, category in entry["table"]}
    return _mapped(given[0], categories, float(entry["bucket"]), np.nan)


def _mapped(first: pd.Series, values: Mapping[float, float], otherwise: float, missing: float) -> pd.Series:
    return first.map(values).where(first.isin(list(values)), otherwise).mask(first.isna(), missing)


def _one_hot(entry: Any, given: list[pd.Series], declared: Any) -> pd.Series:
    first, only = given[0], entry["only"]
    if declared["type"] == "text":
        names = [*(group["name"] for group in declared["groups"]), "Unknown"]
        return first.eq(names.index(only)).astype("float64")
    if only == "Unknown":
        return (first.notna() & ~first.isin(declared["codes"])).astype("float64")
    return first.eq(int(only)).astype("float64")


def _lookup(entry: Any, given: list[pd.Series], _: Any) -> pd.Series:
    made = entry["fitted"]
    values = {float(category): float(value) for category, value in made["values"]}
    return _mapped(given[0], values, float(made["otherwise"]), _missing(made))


def _bins(entry: Any, given: list[pd.Series], _: Any) -> pd.Series:
    import pandas as pd

    made = entry["fitted"]
    edges = [-np.inf, *map(float, made["edges"]), np.inf]
    values = dict(enumerate(map(float, made["values"])))
    # Clipped, because the last bin has no upper end that an infinite ratio could lie below.
    bounded = given[0].clip(-1e308, 1e308)
    return pd.Series(pd.cut(bounded, edges, right=False, labels=False)).map(values).fillna(_missing(made))


def _missing(made: Any) -> float:
    return np.nan if made["missing"] is None else float(made["missing"])


def _scale(entry: Any, given: list[pd.Series], _: Any) -> pd.Series:
    return given[0].sub(float(entry["fitted"]["centre"])).div(float(entry["fitted"]["spread"]))


def _nearest(entry: Any, given: list[pd.Series], _: Any) -> pd.Series:
    """Row by row in plain Python: the sums in the order of the columns, the centres in theirs where they tie."""
    made, first = entry["fitted"], given[0].copy()
    centres = [[float(value) for value in row] for row in made["centres"]]
    spreads = [float(value) for value in made["spreads"]]
    for label in first.index[first.isna()]:
        told = [column[label] for column in given[1:]]
        present = [place for place, value in enumerate(told) if value == value]  # noqa: PLR0124 (only NaN differs)
        if not present:
            first[label] = float(made["otherwise"])
            continue
        ranked: list[tuple[float, int]] = []
        for centre in centres:
            distance = 0.0
            for place in present:
                step = (told[place] - centre[place + 1]) / spreads[place]
                distance += step * step
            ranked.append((distance, len(ranked)))
        chosen = [centres[place][0] for _, place in sorted(ranked)[: made["k"]]]
        total = 0.0
        for value in chosen:
            total += value
        first[label] = total / made["k"]
    return first


_MADE: Mapping[str, Callable[[Any, list[pd.Series], Any], pd.Series]] = {
    "identity": lambda _, given, __: given[0],
    "ratio": _ratio,
    "months_late": _months_late,
    "status_code": _status_code,
    "is_missing": lambda _, given, __: given[0].isna().astype("float64"),
    "days_between": lambda _, given, __: given[1].sub(given[0]),
    "one_hot": _one_hot,
    "lookup": _lookup,
    "bins": _bins,
    "fill": lambda entry, given, _: given[0].fillna(float(entry["fitted"]["value"])),
    "nearest": _nearest,
    "scale": _scale,
}
