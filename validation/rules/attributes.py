"""How a column is cut into declared groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quant.features import plain

_MEMBERS = frozenset({"key", "label", "column", "groups", "reference", "reference_reason"})


@dataclass(frozen=True)
class Group:
    """One named group of a column: listed codes, listed labels, or a closed range with either end open."""

    name: str
    codes: tuple[int, ...]
    labels: tuple[str, ...]
    at_least: int | None
    at_most: int | None


@dataclass(frozen=True)
class Attribute:
    """How a column is cut into groups. `reference` is declared, never found."""

    key: str
    label: str
    column: str
    groups: tuple[Group, ...]
    reference: str = ""
    reference_reason: str = ""

    @property
    def is_of_labels(self) -> bool:
        """Whether the column holds texts; then every group lists them."""
        return any(group.labels for group in self.groups)


def read(raw: object, where: str) -> tuple[Attribute, ...]:
    return tuple(_attribute(entry, f"{where}[{at}]") for at, entry in enumerate(plain.items(raw, where)))


def _attribute(raw: object, where: str) -> Attribute:
    members = plain.members(raw, where, _MEMBERS)
    groups = tuple(_group(entry, where) for entry in plain.items(members.get("groups"), f"{where}.groups"))
    if len({bool(group.labels) for group in groups}) > 1:
        raise plain.SchemaFault(f"{where}: either every group lists labels or none does.")
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
    known = frozenset({"name", "codes", "labels", "at_least", "at_most"})
    members = plain.members(raw, f"{where}.groups", known)
    if len(members) < 2:
        raise plain.SchemaFault(f"{where}: a group needs codes, labels or an end of a range.")
    if "labels" in members and len(members) > 2:
        raise plain.SchemaFault(f"{where}: a group of labels has neither codes nor a range.")
    return Group(
        name=plain.text(members.get("name"), f"{where}.name"),
        codes=plain.integers(members.get("codes", ()), f"{where}.codes"),
        labels=plain.texts(members.get("labels", ()), f"{where}.labels"),
        at_least=_end(members, "at_least", where),
        at_most=_end(members, "at_most", where),
    )


def _end(members: Mapping[str, object], name: str, where: str) -> int | None:
    return None if name not in members else plain.integer(members[name], f"{where}.{name}")
