"""A policy pack, whole, as frozen dataclasses: clauses with their source, their dates and what answers them here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from registry.bilingual import Words
from validation.plan import Fact


class Nature(StrEnum):
    """Whether a clause binds those it is addressed to."""

    BINDING = "binding"
    GUIDANCE = "guidance"
    # Binds through what somebody else adopts of it.
    STANDARD = "standard"


class Known(StrEnum):
    """How we know what a clause says: its own text was read, somebody else's account of it was, or neither."""

    PRIMARY_TEXT = "primary_text"
    SECONDARY = "secondary"
    UNCONFIRMED = "unconfirmed"


class Kept(StrEnum):
    """What is kept about a version beside the facts that a validation plan may name."""

    FROZEN_USE = "frozen_use"
    REASON_CERTIFICATE = "reason_certificate"
    COMPETENCE_RECORD = "competence_record"


@dataclass(frozen=True)
class Superseded:
    """By which clause or pack, and from which day on."""

    by: str
    on: dt.date


@dataclass(frozen=True)
class Clause:
    """Without checks, facts and records `why_not` says why nothing here answers it. `sections` are the dossier's.
    `source` names the text it paraphrases. Without a first day it counts on any day before it was superseded."""

    key: str
    words: Words
    source: str
    nature: Nature
    known: Known
    effective_from: dt.date | None
    superseded: Superseded | None
    uses: tuple[str, ...]
    checks: tuple[str, ...]
    facts: tuple[Fact, ...]
    records: tuple[Kept, ...]
    sections: tuple[int, ...]
    why_not: Words | None


@dataclass(frozen=True)
class Floor:
    """The adverse impact ratio below which a model is stopped, with the reason; None where the pack names none."""

    ratio: float | None
    why: Words


@dataclass(frozen=True)
class Pack:
    """One revision. `stated_on` is the day whose state of the texts it tells; `printed` stands above its clauses."""

    slug: str
    revision: int
    title: Words
    printed: Words
    digest: str
    jurisdictions: tuple[str, ...]
    uses: tuple[str, ...]
    stated_on: dt.date
    effective_from: dt.date | None
    superseded: Superseded | None
    floor: Floor
    clauses: tuple[Clause, ...]

    @property
    def label(self) -> str:
        return f"{self.slug} r{self.revision}"
