"""The adverse impact ratio of each group, with selection rates by fairlearn."""

from __future__ import annotations

from validation.reperformance.paths.loans import Ground, Told, group_of_each
from validation.reperformance.rows import Reading

_PATH = "fairlearn MetricFrame of selection_rate"


def readings(ground: Ground) -> list[Reading]:
    attributes = ground.standard["fairness"]["attributes"]
    return [each for attribute in attributes for each in _of(ground, attribute)]


def _of(ground: Ground, attribute: Told) -> list[Reading]:
    groups, outcomes = group_of_each(ground, attribute), ground.column("outcome")
    if groups is None:
        return []
    check = f"adverse_impact_{attribute['key']}"
    made = _ratios([each == "approve" for each in outcomes], groups, attribute["reference"], (check, "air"))
    if "refer" not in outcomes:
        return made
    wide = [each != "decline" for each in outcomes]
    return [*made, *_ratios(wide, groups, attribute["reference"], (check, "air_with_referred"))]


def _ratios(selected: list[bool], groups: list[str], reference: str, names: tuple[str, str]) -> list[Reading]:
    from fairlearn.metrics import MetricFrame, selection_rate

    told = MetricFrame(
        metrics=selection_rate, y_true=selected, y_pred=selected, sensitive_features=groups
    ).by_group.to_dict()
    base = told.pop(reference, 0.0)
    if not base:
        return []
    check, measure = names
    return [Reading(check, f"{measure}:{name}", float(rate / base), _PATH) for name, rate in told.items()]
