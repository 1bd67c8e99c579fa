"""A validation standard: thresholds as data. Read strictly from plain JSON, numbers as text, digested,
then frozen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid, NotFound
from quant.features import plain
from validation.rules import (
    calibration,
    economics,
    explainability,
    fairness,
    ranking,
    robustness,
    stability,
)
from validation.rules.reading import count, optional, section
from validation.standard import TIERS, USES, Force, Planned, Standard

FORMAT = "countersign-standard/1"
_PACK = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOLDER = Path(__file__).resolve().parent / "standards_data"
_HEAD = ("format", "slug", "name", "purpose", "confidence", "seed", "plan")
_ALWAYS = ("calibration", "stability", "fairness", "explainability", "economics", "robustness", "findings")
_OPTIONAL = ("ranking", "backtest", "shift", "errors", "stress", "losses", "realised", "applies")
_MEMBERS = frozenset((*_HEAD, *_ALWAYS, *_OPTIONAL))


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
        calibration=section(raw, "calibration", calibration.read),
        stability=section(raw, "stability", stability.read),
        fairness=section(raw, "fairness", fairness.read),
        explainability=section(raw, "explainability", explainability.read),
        economics=section(raw, "economics", economics.read),
        robustness=section(raw, "robustness", robustness.read),
        due_days=section(raw, "findings", lambda found: count(found, "due_days")),
        ranking=optional(raw, "ranking", ranking.read),
        backtest=optional(raw, "backtest", calibration.read_backtest),
        shift=optional(raw, "shift", stability.read_shift),
        errors=optional(raw, "errors", fairness.read_errors),
        stress=optional(raw, "stress", robustness.read_stress),
        losses=optional(raw, "losses", economics.read_losses),
        realised=optional(raw, "realised", economics.read_realised),
        tiers=optional(raw, "applies", _tiers) or TIERS,
        uses=optional(raw, "applies", _uses) or USES,
        packs=optional(raw, "applies", _packs) or (),
    )


def _applies(raw: Mapping[str, object]) -> Mapping[str, object]:
    members = plain.members(raw, "applies", frozenset({"tiers", "uses", "packs"}))
    if not members:
        raise plain.SchemaFault(
            "applies must name tiers, uses or packs; without it the standard applies to all of them."
        )
    return members


def _uses(raw: Mapping[str, object]) -> tuple[str, ...]:
    members = _applies(raw)
    if "uses" not in members:
        return USES
    found = plain.texts(members["uses"], "applies.uses")
    if not found or len(set(found)) != len(found) or not set(found) <= set(USES):
        raise plain.SchemaFault(f"applies.uses must name at least one of {', '.join(USES)}, and each once.")
    return found


def _packs(raw: Mapping[str, object]) -> tuple[str, ...]:
    """Names of policy packs. Whether one is installed is not asked: a standard says what it is for."""
    members = _applies(raw)
    if "packs" not in members:
        return ()
    found = plain.texts(members["packs"], "applies.packs")
    if not found or len(set(found)) != len(found) or not all(map(_PACK.fullmatch, found)):
        raise plain.SchemaFault("applies.packs must name at least one policy pack, each once, as us-reg-b.")
    return found


def _tiers(raw: Mapping[str, object]) -> tuple[int, ...]:
    members = _applies(raw)
    if "tiers" not in members:
        return TIERS
    found = plain.integers(members.get("tiers"), "applies.tiers")
    if not found or len(set(found)) != len(found) or not set(found) <= set(TIERS):
        raise plain.SchemaFault(
            "applies.tiers must name at least one of the tiers 1, 2 and 3, and each once."
        )
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
