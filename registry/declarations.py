"""What somebody declares about a table before anyone reads it: roles of columns, documented codes, its
source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mrm.lib import sealed_box
from mrm.lib.errors import FieldError, Invalid, Malformed
from quant.features import plain
from registry.frames import UploadSpec
from registry.frames.expectations import Expectation, read_expected
from registry.frames.spec import DateColumns, OutOfTime, optional_roles, read_optional_roles, read_out_of_time
from registry.frames.spec import load as load_spec

# Committed before any import and never chosen by whoever imports.
HELD_OUT_PERCENT = 30
SPLIT_METHOD = "hmac-sha256 of a row without id and target, first 64 bits"
BY_TIME = "by time"
_LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Declaration:
    """One table. `protected`, `proxies` and `realised` are kept apart from everything training can read."""

    name: str
    format: str
    target: str
    id: str = ""
    protected: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    exposure: str = ""
    codes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    delimiter: str = ","
    attribution: str = ""
    dates: DateColumns = field(default_factory=DateColumns)
    sentinels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    realised: tuple[str, ...] = ()
    out_of_time: OutOfTime | None = None
    expected: Mapping[str, Expectation] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """The JSON that `read` reads back; it travels in the job."""
        return {
            "name": self.name,
            "format": self.format,
            "delimiter": self.delimiter,
            "attribution": self.attribution,
            **self.roles(),
        }

    def roles(self) -> dict[str, object]:
        """What the columns mean: this part enters the snapshot's digest."""
        return {
            "target": self.target,
            "id": self.id,
            "protected": list(self.protected),
            "proxies": list(self.proxies),
            "exposure": self.exposure,
            "codes": {name: list(codes) for name, codes in sorted(self.codes.items())},
            **optional_roles(self.dates, self.sentinels, self.realised, self.out_of_time, self.expected),
        }

    def spec(self, split_key: str) -> dict[str, object]:
        """spec.json of the child that reads the table."""
        return {
            **self.roles(),
            "format": self.format,
            "delimiter": self.delimiter,
            "split_key": split_key,
            "held_out_percent": HELD_OUT_PERCENT,
            "token_key": sealed_box.derive("applicant-tokens").hex(),
        }


def read(raw: object) -> Declaration:
    """The declaration of a plain JSON object; Invalid says which member is wrong."""
    try:
        declaration = _read(raw)
        _checked(declaration)
    except (plain.SchemaFault, Malformed) as fault:
        raise Invalid(
            "The declaration of the table is not valid.", [FieldError("/declaration", "invalid", str(fault))]
        ) from None
    return declaration


def _read(raw: object) -> Declaration:
    members = plain.members(raw, "The declaration", frozenset(Declaration.__dataclass_fields__))
    codes = members.get("codes", {})
    if not isinstance(codes, Mapping):
        raise plain.SchemaFault("codes must be an object of column names and lists of integers.")
    dates, sentinels, realised = read_optional_roles(members)
    return Declaration(
        name=plain.text(members.get("name"), "name"),
        format=plain.text(members.get("format"), "format"),
        target=plain.text(members.get("target"), "target"),
        id=_optional(members, "id"),
        protected=plain.texts(members.get("protected", ()), "protected"),
        proxies=plain.texts(members.get("proxies", ()), "proxies"),
        exposure=_optional(members, "exposure"),
        codes={str(name): plain.integers(listed, f"codes.{name}") for name, listed in codes.items()},
        delimiter=plain.text(members.get("delimiter", ","), "delimiter"),
        attribution=_optional(members, "attribution", _LONGEST_TEXT),
        dates=dates,
        sentinels=sentinels,
        realised=realised,
        out_of_time=read_out_of_time(members.get("out_of_time")),
        expected=read_expected(members.get("expected", {})),
    )


def _optional(members: Mapping[str, object], name: str, longest: int = 400) -> str:
    value = members.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise plain.SchemaFault(f"{name} must be a text of at most {longest} characters.")
    return value


def _checked(declaration: Declaration) -> UploadSpec:
    if len(declaration.name) > 200:
        raise plain.SchemaFault("name has at most 200 characters.")
    if not all(
        name.isascii() for name in (*declaration.codes, *declaration.sentinels, *declaration.expected)
    ):
        raise plain.SchemaFault("A column with codes, sentinels or expectations needs an ASCII name.")
    return load_spec(declaration.spec("only to check the shape"))
