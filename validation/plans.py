"""Validation plans: what is due for each tier, as data that is read strictly and named by digest."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid
from quant.features import plain
from registry import said
from validation.catalog import BY_ID
from validation.plan import Component, Fact, ValidationPlan
from validation.standard import TIERS

FORMAT = "countersign-plan/1"
SECTIONS = range(1, 22)
_FOLDER = Path(__file__).resolve().parent / "plans_data"
_MEMBERS = frozenset({"format", "slug", "tier", "name", "components"})
_COMPONENT = frozenset({"key", "section", "title", "question", "checks", "facts", "why_not"})
_KEY = re.compile(r"[a-z]+(_[a-z]+)*")


@functools.cache
def plan_of_tier(tier: int | None) -> ValidationPlan:
    """The plan that follows from the accepted tier. Of an unknown tier everything is asked: fail closed."""
    known = tier if tier in TIERS else min(TIERS)
    return load(json.loads((_FOLDER / f"tier-{known}.json").read_text(encoding="utf-8")))


def load(content: object) -> ValidationPlan:
    """The plan of a plain dict; Invalid with the place of the first fault for any other shape."""
    try:
        return _plan(content)
    except (plain.SchemaFault, TypeError, ValueError) as fault:
        raise Invalid(
            f"The plan could not be read: {fault}", [FieldError("/content", "shape", str(fault))]
        ) from None


def _plan(content: object) -> ValidationPlan:
    raw = plain.members(content, "The plan", _MEMBERS)
    if raw.get("format") != FORMAT:
        raise plain.SchemaFault(f"format must be {FORMAT}.")
    tier = plain.integer(raw.get("tier"), "tier")
    if tier not in TIERS:
        raise plain.SchemaFault("tier must be 1, 2 or 3.")
    listed = plain.items(raw.get("components"), "components")
    components = tuple(_component(each, f"components[{at}]") for at, each in enumerate(listed))
    if not components or len({each.key for each in components}) != len(components):
        raise plain.SchemaFault("components must name at least one, and each once.")
    return ValidationPlan(
        slug=plain.text(raw.get("slug"), "slug"),
        tier=tier,
        name=said.read(raw.get("name"), "name"),
        digest=canonical.digest(raw),
        components=components,
    )


def _component(content: object, where: str) -> Component:
    raw = plain.members(content, where, _COMPONENT)
    checks = plain.texts(raw.get("checks", ()), f"{where}.checks")
    named = plain.texts(raw.get("facts", ()), f"{where}.facts")
    facts = tuple(plain.word(Fact, each, f"{where}.facts") for each in named)
    _refuse_twice((*checks, *named), where)
    _refuse_unknown(checks, where)
    if bool(checks or facts) == ("why_not" in raw):
        raise plain.SchemaFault(f"{where} must name what answers it, or say in why_not why nothing can.")
    section = plain.integer(raw.get("section"), f"{where}.section")
    if section not in SECTIONS:
        raise plain.SchemaFault(f"{where}.section must be one of the dossier's, 1 to {SECTIONS[-1]}.")
    key = plain.text(raw.get("key"), f"{where}.key")
    if not _KEY.fullmatch(key):
        raise plain.SchemaFault(f"{where}.key must be words of lower-case letters, joined by underscores.")
    return Component(
        key=key,
        section=section,
        title=said.read(raw.get("title"), f"{where}.title"),
        question=said.read(raw.get("question"), f"{where}.question"),
        checks=checks,
        facts=facts,
        why_not=said.read(raw["why_not"], f"{where}.why_not") if "why_not" in raw else None,
    )


def _refuse_twice(names: tuple[str, ...], where: str) -> None:
    if len(set(names)) != len(names):
        raise plain.SchemaFault(f"{where} names something twice.")


def _refuse_unknown(checks: tuple[str, ...], where: str) -> None:
    unknown = [name[:64] for name in checks if name not in BY_ID]
    if unknown:
        raise plain.SchemaFault(f"{where}.checks: there is no check named {unknown[0]}.")
