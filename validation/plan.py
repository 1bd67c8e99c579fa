"""A validation plan, whole, as frozen dataclasses: what is due for a tier, and what would answer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from registry.said import Words


class Fact(StrEnum):
    """What the system keeps about a version anyway, whatever standard it is run under."""

    INVENTORY_ENTRY = "inventory_entry"
    ACCEPTED_TIER = "accepted_tier"
    QUALITY_REPORT = "quality_report"
    HELD_OUT_PART = "held_out_part"
    LINEAGE = "lineage"
    RECIPE = "recipe"
    SEALED_ARTEFACT = "sealed_artefact"
    REASON_DICTIONARY = "reason_dictionary"
    DECISION_POLICY = "decision_policy"
    FROZEN_STANDARD = "frozen_standard"
    FINDINGS_ANSWERED = "findings_answered"
    DEVIATIONS_SIGNED = "deviations_signed"
    CONCLUSION_SIGNED = "conclusion_signed"


@dataclass(frozen=True)
class Component:
    """One thing a validation has to say something about. Without checks and facts `why_not` says why nothing here can
    answer it yet. `section` is that of the dossier."""

    key: str
    section: int
    title: Words
    question: Words
    checks: tuple[str, ...]
    facts: tuple[Fact, ...]
    why_not: Words | None


@dataclass(frozen=True)
class ValidationPlan:
    slug: str
    tier: int
    name: Words
    digest: str
    components: tuple[Component, ...]
