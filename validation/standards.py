"""A validation standard: thresholds as data. Read strictly from plain JSON, numbers as text, digested,
then frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid, NotFound
from quant.features import plain
from validation.standard import (
    Attribute,
    CalibrationRules,
    EconomicRules,
    ExplainabilityRules,
    FairnessRules,
    Force,
    Group,
    Planned,
    RobustnessRules,
    StabilityRules,
    Standard,
)

FORMAT = "countersign-standard/1"
_FOLDER = Path(__file__).resolve().parent / "standards_data"
_MEMBERS = frozenset(
    {
        "format",
        "slug",
        "name",
        "purpose",
        "confidence",
        "seed",
        "plan",
        "calibration",
        "stability",
        "fairness",
        "explainability",
        "economics",
        "robustness",
        "findings",
    }
)

__all__ = [
    "FORMAT",
    "Attribute",
    "CalibrationRules",
    "EconomicRules",
    "ExplainabilityRules",
    "FairnessRules",
    "Force",
    "Group",
    "Planned",
    "RobustnessRules",
    "StabilityRules",
    "Standard",
    "committed",
    "load",
    "shipped",
]


def shipped() -> list[str]:
    """The names of the standards that ship with the product."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def committed(slug: str) -> dict[str, object]:
    """The content of a standard that ships with the product. NotFound for any other name."""
    if slug not in shipped():
        raise NotFound(f"No standard named {slug[:64]} ships with this installation.")
    content: dict[str, object] = json.loads((_FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    return content


def load(content: object) -> Standard:
    """The standard of a plain dict; Invalid with the place of the first fault for any other shape."""
    try:
        return _standard(plain.members(content, "The standard", _MEMBERS))
    except (plain.SchemaFault, TypeError, ValueError) as fault:
        raise Invalid(
            f"The standard could not be read: {fault}", [FieldError("/content", "shape", str(fault))]
        ) from None


def _standard(raw: Mapping[str, object]) -> Standard:
    if raw.get("format") != FORMAT:
        raise plain.SchemaFault(f"format must be {FORMAT}.")
    return Standard(
        slug=plain.text(raw.get("slug"), "slug"),
        name=plain.text(raw.get("name"), "name"),
        purpose=plain.text(raw.get("purpose"), "purpose"),
        digest=canonical.digest(raw),
        confidence=plain.decimal(raw.get("confidence"), "confidence"),
        seed=plain.integer(raw.get("seed"), "seed"),
        plan=_plan(raw.get("plan")),
        calibration=_calibration(_section(raw, "calibration")),
        stability=_stability(_section(raw, "stability")),
        fairness=_fairness(_section(raw, "fairness")),
        explainability=_explainability(_section(raw, "explainability")),
        economics=_economics(_section(raw, "economics")),
        robustness=_robustness(_section(raw, "robustness")),
        due_days=plain.integer(_section(raw, "findings").get("due_days"), "findings.due_days"),
    )


def _section(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = raw.get(name)
    if not isinstance(found, Mapping):
        raise plain.SchemaFault(f"{name} must be an object.")
    return found


def _plan(raw: object) -> tuple[Planned, ...]:
    planned = tuple(_planned(entry, f"plan[{at}]") for at, entry in enumerate(plain.items(raw, "plan")))
    if not planned or len({each.check for each in planned}) != len(planned):
        raise plain.SchemaFault("plan must name at least one check, and each once.")
    return planned


def _planned(raw: object, where: str) -> Planned:
    members = plain.members(raw, where, frozenset({"check", "force"}))
    if members.get("force") not in set(Force):
        raise plain.SchemaFault(f"{where}.force must be one of {', '.join(Force)}.")
    return Planned(plain.text(members.get("check"), f"{where}.check"), Force(str(members["force"])))


def _calibration(raw: Mapping[str, object]) -> CalibrationRules:
    return CalibrationRules(
        amber_alpha=_number(raw, "amber_alpha"),
        red_alpha=_number(raw, "red_alpha"),
        required_power=_number(raw, "required_power"),
        delta=_number(raw, "delta"),
        curve_bins=_count(raw, "curve_bins"),
    )


def _stability(raw: Mapping[str, object]) -> StabilityRules:
    return StabilityRules(
        amber=_number(raw, "amber"),
        red=_number(raw, "red"),
        confidence=_number(raw, "confidence"),
        bins=_count(raw, "bins"),
        floor=_number(raw, "floor"),
    )


def _fairness(raw: Mapping[str, object]) -> FairnessRules:
    return FairnessRules(
        air_limit=_number(raw, "air_limit"),
        alpha=_number(raw, "alpha"),
        minimum_n=_count(raw, "minimum_n"),
        parity_target=_number(raw, "parity_target"),
        attributes=_attributes(raw.get("attributes"), "fairness.attributes"),
    )


def _explainability(raw: Mapping[str, object]) -> ExplainabilityRules:
    return ExplainabilityRules(
        positions=_count(raw, "positions"),
        first_bar=_number(raw, "first_bar"),
        other_bar=_number(raw, "other_bar"),
        additivity_limit=_number(raw, "additivity_limit"),
        resamples=_count(raw, "resamples"),
    )


def _economics(raw: Mapping[str, object]) -> EconomicRules:
    cut_offs = plain.items(raw.get("cut_offs"), "economics.cut_offs")
    return EconomicRules(
        basis=plain.text(raw.get("basis"), "economics.basis"),
        margin=_number(raw, "margin"),
        loss_given_default=_number(raw, "loss_given_default"),
        unit=plain.text(raw.get("unit"), "economics.unit"),
        why=plain.text(raw.get("why"), "economics.why"),
        cut_offs=tuple(plain.decimal(each, "economics.cut_offs") for each in cut_offs),
        resamples=_count(raw, "resamples"),
    )


def _robustness(raw: Mapping[str, object]) -> RobustnessRules:
    return RobustnessRules(_count(raw, "minimum_n"), _attributes(raw.get("segments"), "robustness.segments"))


def _attributes(raw: object, where: str) -> tuple[Attribute, ...]:
    return tuple(_attribute(entry, f"{where}[{at}]") for at, entry in enumerate(plain.items(raw, where)))


def _attribute(raw: object, where: str) -> Attribute:
    known = frozenset({"key", "label", "column", "groups", "reference", "reference_reason"})
    members = plain.members(raw, where, known)
    groups = tuple(_group(entry, where) for entry in plain.items(members.get("groups"), f"{where}.groups"))
    reference = str(members.get("reference", ""))
    if reference and reference not in {group.name for group in groups}:
        raise plain.SchemaFault(f"{where}.reference must be one of its groups.")
    return Attribute(
        key=plain.text(members.get("key"), f"{where}.key"),
        label=plain.text(members.get("label"), f"{where}.label"),
        column=plain.text(members.get("column"), f"{where}.column"),
        groups=groups,
        reference=reference,
        reference_reason=str(members.get("reference_reason", "")),
    )


def _group(raw: object, where: str) -> Group:
    members = plain.members(raw, f"{where}.groups", frozenset({"name", "codes", "at_least", "at_most"}))
    if len(members) < 2:
        raise plain.SchemaFault(f"{where}: a group needs codes or an end of a range.")
    return Group(
        name=plain.text(members.get("name"), f"{where}.name"),
        codes=plain.integers(members.get("codes", ()), f"{where}.codes"),
        at_least=_end(members, "at_least", where),
        at_most=_end(members, "at_most", where),
    )


def _end(members: Mapping[str, object], name: str, where: str) -> int | None:
    return None if name not in members else plain.integer(members[name], f"{where}.{name}")


def _number(raw: Mapping[str, object], name: str) -> float:
    return plain.decimal(raw.get(name), name)


def _count(raw: Mapping[str, object], name: str) -> int:
    return plain.integer(raw.get(name), name)
