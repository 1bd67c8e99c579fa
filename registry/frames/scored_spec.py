"""What somebody declares about a table of outcomes and scores of a model that lives elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from quant.features import plain
from quant.policy import Policy
from registry.frames.spec import FileFormat, UploadSpec

# Rating scales have 7 to 25 grades; with more of them each would hold too few for any test.
MOST_GRADES = 50
_CURRENCY = re.compile(r"[A-Z]{3}")
_DELIMITERS = frozenset({",", ";", "\t", "|"})


class SampleKind(StrEnum):
    """Whether the model learned from the rows that are tested."""

    OUT_OF_SAMPLE = "out_of_sample"
    OUT_OF_TIME = "out_of_time"
    IN_SAMPLE = "in_sample"


@dataclass(frozen=True)
class Place:
    """Where the model lives: who answers for it there, in which system, as which version."""

    vendor: str
    system: str
    version: str

    def plain(self) -> dict[str, object]:
        return {"vendor": self.vendor, "system": self.system, "version": self.version}


@dataclass(frozen=True)
class ScoredSpec:
    """Roles of columns. `grades` are the PDs of the scale by label, as text; `reference` is a column of 0 and 1 whose
    ones are the rows of development. `realised` is what became of the loans, in the currency, as the exposure is."""

    name: str
    kind: SampleKind
    place: Place
    format: FileFormat
    outcome: str
    pd: str
    delimiter: str = ","
    grade: str = ""
    grades: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    date: str = ""
    segments: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    exposure: str = ""
    realised: tuple[str, ...] = ()
    currency: str = ""
    reference: str = ""
    approve_below: str = ""
    decline_from: str = ""

    @property
    def single(self) -> dict[str, str]:
        """Columns that stand alone in their role; empty ones are not declared."""
        names = ("outcome", "pd", "grade", "date", "exposure", "reference")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name)}

    @property
    def columns(self) -> tuple[str, ...]:
        """Every declared column: no other is kept."""
        return (*self.single.values(), *self.segments, *self.protected, *self.realised)

    @property
    def scale(self) -> tuple[tuple[str, float], ...]:
        """Label and PD of each grade, the best first."""
        found = ((label, float(pd)) for label, pd in self.grades.items())
        return tuple(sorted(found, key=lambda each: (each[1], each[0])))

    @property
    def policy(self) -> Policy | None:
        if not self.approve_below:
            return None
        return Policy(Decimal(self.approve_below), Decimal(self.decline_from))

    def upload(self) -> UploadSpec:
        """How the file is read; nothing is split."""
        return UploadSpec(format=self.format, target=self.outcome, split_key="", delimiter=self.delimiter)

    def plain(self) -> dict[str, object]:
        """The JSON that `load` reads back; it travels in the job and to the child."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        told |= {"kind": str(self.kind), "format": str(self.format), "place": self.place.plain()}
        listed = {name: list(told[name]) for name in ("segments", "protected", "realised")}
        return {**told, **listed, "grades": dict(sorted(self.grades.items()))}

    def declared(self) -> dict[str, object]:
        """What enters the digest of the sample: neither its name nor the file that it came in."""
        return {
            name: each for name, each in self.plain().items() if name not in {"name", "format", "delimiter"}
        }


def load(raw: object) -> ScoredSpec:
    """The declaration of a plain dict; SchemaFault says which member is wrong."""
    spec = _read(plain.members(raw, "The declaration", frozenset(each.name for each in fields(ScoredSpec))))
    if len(set(spec.columns)) != len(spec.columns):
        raise plain.SchemaFault("A column has one role: no column is named twice.")
    if bool(spec.grade) != bool(spec.grades):
        raise plain.SchemaFault(
            "A column of grades and the PD of each grade go together: give both or neither."
        )
    if bool(spec.currency) != bool(spec.exposure or spec.realised):
        raise plain.SchemaFault("Amounts need their currency, and a currency its amounts: give both or none.")
    if bool(spec.approve_below) != bool(spec.decline_from):
        raise plain.SchemaFault(
            "Give approve_below and decline_from, equal where nobody is referred, or none."
        )
    _ = spec.policy
    return spec


def _read(members: Mapping[str, object]) -> ScoredSpec:
    return ScoredSpec(
        name=_text(members, "name", 200),
        kind=plain.word(SampleKind, members.get("kind"), "kind"),
        place=_place(members.get("place")),
        format=plain.word(FileFormat, members.get("format"), "format"),
        outcome=plain.text(members.get("outcome"), "outcome"),
        pd=plain.text(members.get("pd"), "pd"),
        delimiter=_delimiter(members.get("delimiter", ",")),
        grade=_optional(members, "grade"),
        grades=_grades(members.get("grades", {})),
        date=_optional(members, "date"),
        segments=plain.texts(members.get("segments", ()), "segments"),
        protected=plain.texts(members.get("protected", ()), "protected"),
        exposure=_optional(members, "exposure"),
        realised=plain.texts(members.get("realised", ()), "realised"),
        currency=_currency(members.get("currency", "")),
        reference=_optional(members, "reference"),
        approve_below=_cut_off(members, "approve_below"),
        decline_from=_cut_off(members, "decline_from"),
    )


def _text(members: Mapping[str, object], name: str, longest: int) -> str:
    found = plain.text(members.get(name), name).strip()
    if not found or len(found) > longest:
        raise plain.SchemaFault(f"{name} must be a text of 1 to {longest} characters.")
    return found


def _optional(members: Mapping[str, object], name: str) -> str:
    found = members.get(name, "")
    return "" if found == "" else plain.text(found, name)


def _place(raw: object) -> Place:
    members = plain.members(raw, "place", frozenset(Place.__dataclass_fields__))
    return Place(*(_text(members, name, 200) for name in ("vendor", "system", "version")))


def _delimiter(raw: object) -> str:
    if raw not in _DELIMITERS:
        raise plain.SchemaFault("delimiter must be a comma, semicolon, tab or bar.")
    return str(raw)


def _grades(raw: object) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise plain.SchemaFault('grades must be an object of labels and PDs as text: {"A": "0.01"}.')
    if raw and not 2 <= len(raw) <= MOST_GRADES:
        raise plain.SchemaFault(f"A scale has 2 to {MOST_GRADES} grades.")
    found = {plain.text(label, "the label of a grade"): str(pd) for label, pd in raw.items()}
    if any(not 0.0 < plain.decimal(pd, "the PD of a grade") < 1.0 for pd in found.values()):
        raise plain.SchemaFault("The PD of a grade lies between 0 and 1, both excluded.")
    return found


def _currency(raw: object) -> str:
    if raw and not (isinstance(raw, str) and _CURRENCY.fullmatch(raw)):
        raise plain.SchemaFault("currency must be three capital letters, as EUR (ISO 4217).")
    return str(raw or "")


def _cut_off(members: Mapping[str, object], name: str) -> str:
    found = _optional(members, name)
    if found:
        plain.decimal(found, name)
    return found
