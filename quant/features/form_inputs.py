"""An input as a plain dict and back. What is at its default is left out, but for the members every input has."""

from collections.abc import Mapping

from quant.features import plain
from quant.features.cleaning.dates import DateFormat
from quant.features.cleaning.labels import Group
from quant.features.inputs import Input, InputType, Unknown, Unreadable

_SHARED = frozenset(
    {"name", "type", "label_en", "label_pt_br", "nullable", "required", "actionable", "protected"}
)
_RANGE = frozenset({"minimum", "maximum"})
# `unknown` of a number and `codes` of any type but a code say nothing; they have always been read.
_READ_BY_ALL = frozenset({"codes", "unknown"})
_OWN: dict[InputType, frozenset[str]] = {
    InputType.NUMBER: _RANGE | {"blanks"},
    InputType.INTEGER: _RANGE | {"blanks"},
    InputType.CODE: _RANGE,
    InputType.TEXT: frozenset({"groups", "edits", "blanks"}),
    InputType.DATE: frozenset({"formats", "earliest", "latest", "blanks", "unreadable"}),
    InputType.MONEY: _RANGE | {"unit", "decimal_mark", "blanks", "unreadable"},
}
_ANY = frozenset({*_SHARED, *_READ_BY_ALL}.union(*_OWN.values()))
_GROUP = frozenset({"name", "spellings"})


def load_input(raw: object, where: str) -> Input:
    """The input of a plain dict. Raises SchemaFault for any other shape."""
    kind = plain.word(InputType, plain.members(raw, where, _ANY).get("type"), f"{where}.type")
    members = plain.members(raw, where, _SHARED | _READ_BY_ALL | _OWN[kind])
    return Input(
        name=plain.text(members.get("name"), f"{where}.name"),
        type=kind,
        label_en=plain.text(members.get("label_en"), f"{where}.label_en"),
        label_pt_br=plain.text(members.get("label_pt_br"), f"{where}.label_pt_br"),
        minimum=_range_end(members, "minimum", kind, where),
        maximum=_range_end(members, "maximum", kind, where),
        codes=plain.integers(members.get("codes", ()), f"{where}.codes"),
        unknown=plain.word(Unknown, members.get("unknown", "refuse"), f"{where}.unknown"),
        nullable=plain.fact(members.get("nullable", False), f"{where}.nullable"),
        required=plain.fact(members.get("required", True), f"{where}.required"),
        groups=_groups(members.get("groups", ()), f"{where}.groups"),
        edits=plain.integer(members.get("edits", 0), f"{where}.edits"),
        formats=_formats(members.get("formats", ()), f"{where}.formats"),
        earliest=_optional(members, "earliest", where),
        latest=_optional(members, "latest", where),
        unit=_optional(members, "unit", where),
        decimal_mark=_optional(members, "decimal_mark", where),
        blanks=plain.texts(members.get("blanks", ()), f"{where}.blanks"),
        unreadable=plain.word(Unreadable, members.get("unreadable", "refuse"), f"{where}.unreadable"),
        actionable=plain.fact(members.get("actionable", False), f"{where}.actionable"),
        protected=plain.fact(members.get("protected", False), f"{where}.protected"),
    )


def dump_input(declared: Input) -> dict[str, object]:
    """The plain dict that `load_input` reads back to an equal input."""
    shared: dict[str, object] = {
        "name": declared.name,
        "type": str(declared.type),
        "label_en": declared.label_en,
        "label_pt_br": declared.label_pt_br,
        "nullable": declared.nullable,
        "required": declared.required,
    }
    return shared | _own(declared) | {name: value for name, value in _optional_members(declared) if value}


def _own(declared: Input) -> dict[str, object]:
    if declared.type is InputType.CODE:
        return {"codes": list(declared.codes), "unknown": str(declared.unknown)}
    if declared.type is InputType.TEXT:
        groups = [{"name": group.name, "spellings": list(group.spellings)} for group in declared.groups]
        return {"groups": groups, "edits": declared.edits, "unknown": str(declared.unknown)}
    if declared.type is InputType.DATE:
        formats = [str(each) for each in declared.formats]
        return {"formats": formats, "earliest": declared.earliest, "latest": declared.latest}
    return {"minimum": repr(float(declared.minimum)), "maximum": repr(float(declared.maximum))}


def _optional_members(declared: Input) -> list[tuple[str, object]]:
    is_missing = declared.unreadable is Unreadable.MISSING
    return [
        ("unit", declared.unit),
        ("decimal_mark", declared.decimal_mark),
        ("blanks", list(declared.blanks)),
        ("unreadable", str(declared.unreadable) if is_missing else ""),
        ("actionable", declared.actionable),
        ("protected", declared.protected),
    ]


def _range_end(members: Mapping[str, object], end: str, kind: InputType, where: str) -> float:
    if kind in {InputType.CODE, InputType.TEXT, InputType.DATE}:
        return 0.0
    return plain.decimal(members.get(end), f"{where}.{end}")


def _optional(members: Mapping[str, object], name: str, where: str) -> str:
    return plain.text(members[name], f"{where}.{name}") if name in members else ""


def _groups(raw: object, where: str) -> tuple[Group, ...]:
    return tuple(_group(entry, f"{where}[{place}]") for place, entry in enumerate(plain.items(raw, where)))


def _group(raw: object, where: str) -> Group:
    members = plain.members(raw, where, _GROUP)
    return Group(
        name=plain.text(members.get("name"), f"{where}.name"),
        spellings=plain.texts(members.get("spellings", ()), f"{where}.spellings"),
    )


def _formats(raw: object, where: str) -> tuple[DateFormat, ...]:
    return tuple(plain.word(DateFormat, entry, where) for entry in plain.items(raw, where))
