"""PDs and outcomes a second time: the sealed tables as plain JSON, margins by the second path of parity, the policy
compared as fractions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from registry.serving import parity
from registry.serving.second_cleaning import cleaned

if TYPE_CHECKING:
    import pandas as pd

# Any: sealed tables and policies are plain JSON here; reading them loosely is the point of a second path.
Told = Mapping[str, Any]


def pds(files: Mapping[str, bytes], frame: pd.DataFrame) -> list[float]:
    """One PD a row of a table of inputs that fits the schema."""
    calibration = json.loads(files["calibration.json"])
    read = _broken_line if calibration["method"] == "isotonic" else _logistic
    return [read(calibration, float(margin)) for margin in parity.margins(files, frame)]


def outcomes(files: Mapping[str, bytes], frame: pd.DataFrame, policy: Told, pds: list[float]) -> list[str]:
    """approve, refer or decline for each row: rules first, then the cut-offs, compared exactly."""
    held = {"refer": [False] * len(pds), "decline": [False] * len(pds)}
    for rule in policy.get("rules", ()):
        into = held[rule["outcome"]]
        for row, holds in enumerate(_holds(rule, json.loads(files["tables.json"]), frame)):
            into[row] = into[row] or holds
    limits = Fraction(policy["approve_below"]), Fraction(policy["decline_from"])
    return [
        "decline" if declined else "refer" if referred else _by_score(Fraction(pd), limits)
        for declined, referred, pd in zip(held["decline"], held["refer"], pds, strict=True)
    ]


def _logistic(told: Told, margin: float) -> float:
    """The sigmoid, written so that no exponential overflows."""
    odds = float(told["intercept"]) + float(told["slope"]) * margin
    if odds < 0:
        return math.exp(odds) / (1.0 + math.exp(odds))
    return 1.0 / (1.0 + math.exp(-odds))


def _broken_line(told: Told, margin: float) -> float:
    corners = list(zip(map(float, told["margins"]), map(float, told["pds"]), strict=True))
    if margin <= corners[0][0]:
        return corners[0][1]
    for (left, low), (right, high) in pairwise(corners):
        if margin < right:
            return low + (margin - left) / (right - left) * (high - low)
    return corners[-1][1]


def _by_score(pd: Fraction, limits: tuple[Fraction, Fraction]) -> str:
    if pd < limits[0]:
        return "approve"
    return "refer" if pd < limits[1] else "decline"


def _holds(rule: Told, tables: Told, frame: pd.DataFrame) -> Iterator[bool]:
    if "flag" in rule:
        return iter(_is_flagged(rule["flag"], tables, frame))
    entry = next(each for each in tables["inputs"] if each["name"] == rule["input"])
    value, column = Fraction(rule["value"]), cleaned(entry, frame[str(entry["name"])])
    return (_compared(rule["comparison"], each, value) for each in column.tolist())


def _compared(comparison: str, given: float, value: Fraction) -> bool:
    if math.isnan(given):
        return False
    left = Fraction(given)
    return {
        "below": left < value,
        "at_most": left <= value,
        "equal": left == value,
        "at_least": left >= value,
        "above": left > value,
    }[comparison]


def _is_flagged(flag: str, tables: Told, frame: pd.DataFrame) -> list[bool]:
    """Only one flag is made of an input: a code or a label that was never declared."""
    found = [False] * len(frame)
    if flag != "unknown_code":
        return found
    for entry in tables["inputs"]:
        for row, strange in enumerate(_never_declared(entry, frame)):
            found[row] = found[row] or strange
    return found


def _never_declared(entry: Told, frame: pd.DataFrame) -> list[bool]:
    if entry["type"] not in ("code", "text"):
        return [False] * len(frame)
    column = cleaned(entry, frame[str(entry["name"])])
    if entry["type"] == "text":
        return [value == len(entry["groups"]) for value in column.tolist()]
    known = {float(code) for code in entry["codes"]}
    return [not math.isnan(value) and value not in known for value in column.tolist()]
