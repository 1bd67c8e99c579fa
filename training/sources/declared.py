"""An assembly as data: which tables, and how their rows belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from quant.features import plain
from quant.features.plain import SchemaFault
from registry.frames.files import Kind
from registry.frames.spec import FileFormat

_Word = TypeVar("_Word", bound=StrEnum)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VIEW: Final = re.compile(r"[a-z][a-z0-9_]{0,39}/[1-9][0-9]{0,8}", re.ASCII)
_MOST_SOURCES: Final = 20
_LONGEST_QUERY: Final = 20_000
_MOST_DAYS: Final = 366


class SourceKind(StrEnum):
    FILE = "file"
    FOLDER = "folder"
    SQL = "sql"
    ATHENA = "athena"
    STORE = "store"
    VIEW = "view"


# What answers a query.
ASKED: Final = frozenset({SourceKind.SQL, SourceKind.ATHENA})
# Athena has no session that may only read: a statement that begins otherwise may write.
_READS: Final = re.compile(r"\s*(select|with)\b", re.IGNORECASE)


class Cardinality(StrEnum):
    """How many rows of the base and of the source may share a key. LATEST_BEFORE: several of the source, of which the
    last one before a date of the base is taken."""

    ONE_TO_ONE = "one_to_one"
    MANY_TO_ONE = "many_to_one"
    LATEST_BEFORE = "latest_before"


class Unmatched(StrEnum):
    """What becomes of a row of the base that finds nothing."""

    KEEP = "keep"
    DROP = "drop"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Source:
    """One table. `place` is a file or folder below the folder for sources, a name in a store, or a feature view with
    its number (`bank/3`); `connection` names one that the operator configured. `kinds` decides what a column is where
    files differ; `absent` are columns that some files may lack. Of its rows only those are read that have one of the
    listed values in each column of `only`, written as texts."""

    name: str
    kind: SourceKind
    place: str = ""
    format: FileFormat = FileFormat.PARQUET
    delimiter: str = ","
    connection: str = ""
    query: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:  # Any: JSON
        """What `load_source` reads back to an equal source."""
        made: dict[str, Any] = _texts_of(asdict(self))
        return made


@dataclass(frozen=True)
class AsOf:
    """A row of the source counts only if its date lies before the date of the base by more than `tolerance_days`, which
    is how far the source's clock may be off."""

    base: str
    source: str
    tolerance_days: int = 0


@dataclass(frozen=True)
class Join:
    """`on` maps columns of the base to columns of the source. `columns` empty: all but the key."""

    source: str
    on: Mapping[str, str]
    cardinality: Cardinality
    columns: tuple[str, ...] = ()
    prefix: str = ""
    unmatched: Unmatched = Unmatched.KEEP
    before: AsOf | None = None


@dataclass(frozen=True)
class Assembly:
    """The result has one row for each row of `base`, in the order of `key`, which names each row once."""

    sources: tuple[Source, ...]
    base: str
    key: tuple[str, ...]
    joins: tuple[Join, ...] = ()

    def source(self, name: str) -> Source:
        return next(each for each in self.sources if each.name == name)

    def plain(self) -> dict[str, Any]:  # Any: JSON
        """What `load` reads back to an equal assembly."""
        made: dict[str, Any] = _texts_of(asdict(self))
        return made


def load(raw: object) -> Assembly:
    """The assembly of plain JSON. SchemaFault says what contradicts what."""
    members = plain.members(raw, "The assembly", frozenset(Assembly.__dataclass_fields__))
    sources = plain.items(members.get("sources"), "sources")
    joins = plain.items(members.get("joins", ()), "joins")
    assembly = Assembly(
        sources=tuple(load_source(each, f"sources[{place}]") for place, each in enumerate(sources)),
        base=plain.text(members.get("base"), "base"),
        key=plain.texts(members.get("key"), "key"),
        joins=tuple(_join(each, f"joins[{place}]") for place, each in enumerate(joins)),
    )
    _check(assembly)
    return assembly


def load_source(raw: object, where: str) -> Source:
    """One source of plain JSON. SchemaFault says what contradicts what."""
    members = plain.members(raw, where, frozenset(Source.__dataclass_fields__))
    kinds, only = members.get("kinds", {}), members.get("only", {})
    if not isinstance(kinds, Mapping):
        raise SchemaFault(f"{where}.kinds must be an object of columns and kinds.")
    if not isinstance(only, Mapping):
        raise SchemaFault(f"{where}.only must be an object of columns and lists of values.")
    made = Source(
        name=plain.text(members.get("name"), f"{where}.name"),
        kind=_word(SourceKind, members.get("kind"), f"{where}.kind"),
        place=_text(members, "place", where),
        format=_word(FileFormat, members.get("format") or "parquet", f"{where}.format"),
        delimiter=plain.text(members.get("delimiter", ","), f"{where}.delimiter"),
        connection=_text(members, "connection", where),
        query=_text(members, "query", where, _LONGEST_QUERY).strip().removesuffix(";"),
        kinds={str(name): _word(Kind, kind, f"{where}.kinds.{name}") for name, kind in kinds.items()},
        absent=plain.texts(members.get("absent", ()), f"{where}.absent"),
        only={str(name): plain.texts(values, f"{where}.only.{name}") for name, values in only.items()},
    )
    _check_source(made, where)
    return made


def _check_source(made: Source, where: str) -> None:
    if not _NAME.fullmatch(made.name):
        raise SchemaFault(f"{where}.name: small letters, digits and underscore, up to 40.")
    is_asked = made.kind in ASKED
    is_outside = is_asked or made.kind is SourceKind.STORE
    if is_asked != bool(made.query) or is_outside != bool(made.connection) or is_asked == bool(made.place):
        raise SchemaFault(
            f"{where}: a file, a folder or a view has a place, sql and athena a connection and a query, a store a"
            " connection and a place."
        )
    if made.kind is SourceKind.ATHENA and not _READS.match(made.query):
        raise SchemaFault(f"{where}.query: a query of Athena begins with SELECT or WITH.")
    if made.kind is SourceKind.VIEW and (made.kinds or made.absent or not _VIEW.fullmatch(made.place)):
        raise SchemaFault(
            f"{where}: a view is named with its number, as in bank/3, and knows its kinds itself."
        )
    if ";" in made.query:
        raise SchemaFault(f"{where}.query: one question, so no semicolon in it.")
    if made.delimiter not in {",", ";", "\t", "|"}:
        raise SchemaFault(f"{where}.delimiter must be a comma, semicolon, tab or bar.")
    if Kind.EMPTY in made.kinds.values():
        raise SchemaFault(f"{where}.kinds: a column is integer, boolean, number or text.")


def _join(raw: object, where: str) -> Join:
    members = plain.members(raw, where, frozenset(Join.__dataclass_fields__))
    on, before = members.get("on"), members.get("before")
    if not isinstance(on, Mapping) or not on:
        raise SchemaFault(
            f"{where}.on must name the columns of the base and of the source that have to be equal."
        )
    made = Join(
        source=plain.text(members.get("source"), f"{where}.source"),
        on={str(base): plain.text(name, f"{where}.on.{base}") for base, name in on.items()},
        cardinality=_word(Cardinality, members.get("cardinality"), f"{where}.cardinality"),
        columns=plain.texts(members.get("columns", ()), f"{where}.columns"),
        prefix=_text(members, "prefix", where),
        unmatched=_word(Unmatched, members.get("unmatched", "keep"), f"{where}.unmatched"),
        before=None if before is None else _as_of(before, f"{where}.before"),
    )
    if made.cardinality is Cardinality.LATEST_BEFORE and made.before is None:
        raise SchemaFault(f"{where}: latest_before needs the two dates to compare, in `before`.")
    return made


def _as_of(raw: object, where: str) -> AsOf:
    members = plain.members(raw, where, frozenset(AsOf.__dataclass_fields__))
    days = plain.integer(members.get("tolerance_days", 0), f"{where}.tolerance_days")
    if not 0 <= days <= _MOST_DAYS:
        raise SchemaFault(f"{where}.tolerance_days: 0 to {_MOST_DAYS}.")
    return AsOf(
        base=plain.text(members.get("base"), f"{where}.base"),
        source=plain.text(members.get("source"), f"{where}.source"),
        tolerance_days=days,
    )


def _check(assembly: Assembly) -> None:
    names = [each.name for each in assembly.sources]
    if not 0 < len(names) <= _MOST_SOURCES or len(set(names)) != len(names):
        raise SchemaFault(f"An assembly has 1 to {_MOST_SOURCES} sources, each name once.")
    if not assembly.key:
        raise SchemaFault("key must name the columns that tell the rows of the base apart.")
    joined = [join.source for join in assembly.joins]
    if assembly.base not in names or sorted([assembly.base, *joined]) != sorted(names):
        raise SchemaFault("Every source but the base is joined once, and the base is one of them.")


def _word(kind: type[_Word], raw: object, where: str) -> _Word:
    try:
        return kind(plain.text(raw, where))
    except ValueError:
        raise SchemaFault(f"{where} must be one of {', '.join(kind)}.") from None


def _text(members: Mapping[str, object], name: str, where: str, longest: int = 400) -> str:
    value = members.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise SchemaFault(f"{where}.{name} must be a text of at most {longest} characters.")
    return value


def _texts_of(value: Any) -> Any:  # Any: JSON
    """Words of enumerations as plain texts, tuples as lists."""
    if isinstance(value, dict):
        return {str(name): _texts_of(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_texts_of(each) for each in value]
    return str(value) if isinstance(value, StrEnum) else value
