"""What the person who uploads a table declares about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from mrm.lib.errors import Malformed, Refusal
from quant.features import plain
from registry.frames.expectations import Expectation, plain_expected, read_expected

MAX_BYTES = 200 * 1024 * 1024
# Three years: outcomes of consumer credit are known within.
MOST_GAP_DAYS = 1_100
_MEMBERS = frozenset(
    {
        "format", "delimiter", "target", "id", "protected", "proxies", "exposure", "codes",
        "split_key", "held_out_percent", "token_key", "max_bytes",
        "dates", "sentinels", "realised", "out_of_time", "expected", "today", "previous",
    }
)  # fmt: skip


class TableRefused(Refusal):
    """The table cannot become a snapshot. `code` is a short word, the message says why and what to do.

    No message repeats the content of a cell.
    """

    status, code, title = 422, "table-refused", "The table was refused"

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class FileFormat(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class DateColumns:
    """Columns that hold dates: of the decision, of birth, and what other sources say was so when."""

    decision: str = ""
    birth: str = ""
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.decision, self.birth, *self.others)))

    def plain(self) -> dict[str, object]:
        """Only what is declared: an empty dict says nothing."""
        members = {"decision": self.decision, "birth": self.birth, "others": list(self.others)}
        return {name: value for name, value in members.items() if value}


@dataclass(frozen=True)
class OutOfTime:
    """The held-out part is every row decided from `first_day` (ISO) on. Rows decided in the `gap_days` before it are in
    no part: their outcome was not known yet on that day."""

    first_day: str
    gap_days: int

    def plain(self) -> dict[str, object]:
        return {"first_day": self.first_day, "gap_days": self.gap_days}


@dataclass(frozen=True)
class UploadSpec:
    """Column roles and the split. `protected` and `proxies` are both kept apart from what training can read.

    `out_of_time` says from which day on rows are held out; without it `split_key` draws them. With `token_key` (hex)
    applicants get keyed tokens instead of their id. `realised` columns hold what became of a loan: nothing learns from
    them. `sentinels` are values that a column has for "not known". `expected` says what columns hold. `today` is the
    day on which the table is read, `previous` the report of the snapshot before.
    """

    format: FileFormat
    target: str
    split_key: str
    id: str = ""
    protected: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    exposure: str = ""
    codes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    held_out_percent: int = 30
    token_key: str = ""
    delimiter: str = ","
    max_bytes: int = MAX_BYTES
    dates: DateColumns = field(default_factory=DateColumns)
    sentinels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    realised: tuple[str, ...] = ()
    out_of_time: OutOfTime | None = None
    expected: Mapping[str, Expectation] = field(default_factory=dict)
    today: str = ""
    previous: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON of a report

    @property
    def apart(self) -> tuple[str, ...]:
        """Columns no training job and no developer reads."""
        return (*self.protected, *self.proxies)

    def plain(self) -> dict[str, object]:
        """The dict for spec.json, read back by `load`."""
        return {
            "format": str(self.format),
            "delimiter": self.delimiter,
            "target": self.target,
            "id": self.id,
            "protected": list(self.protected),
            "proxies": list(self.proxies),
            "exposure": self.exposure,
            "codes": {name: list(codes) for name, codes in self.codes.items()},
            "split_key": self.split_key,
            "held_out_percent": self.held_out_percent,
            "token_key": self.token_key,
            "max_bytes": self.max_bytes,
            **optional_roles(self.dates, self.sentinels, self.realised, self.out_of_time, self.expected),
            **({"today": self.today} if self.today else {}),
            **({"previous": dict(self.previous)} if self.previous else {}),
        }


def optional_roles(
    dates: DateColumns,
    sentinels: Mapping[str, tuple[str, ...]],
    realised: tuple[str, ...],
    out_of_time: OutOfTime | None,
    expected: Mapping[str, Expectation],
) -> dict[str, object]:
    """Members that are left out when empty, so that a declaration without them has the digest it always had."""
    members = {
        "dates": dates.plain(),
        "sentinels": {name: list(values) for name, values in sorted(sentinels.items())},
        "realised": list(realised),
        "out_of_time": out_of_time.plain() if out_of_time else {},
        "expected": plain_expected(expected),
    }
    return {name: value for name, value in members.items() if value}


def read_optional_roles(
    members: Mapping[str, object],
) -> tuple[DateColumns, dict[str, tuple[str, ...]], tuple[str, ...]]:
    """What `optional_roles` wrote; SchemaFault for any other shape."""
    dates = plain.members(members.get("dates", {}), "dates", frozenset(DateColumns.__dataclass_fields__))
    sentinels = members.get("sentinels", {})
    if not isinstance(sentinels, Mapping):
        raise plain.SchemaFault("sentinels must be an object of column names and lists of texts.")
    return (
        DateColumns(
            str(dates.get("decision") or ""),
            str(dates.get("birth") or ""),
            plain.texts(dates.get("others", ()), "dates.others"),
        ),
        {
            plain.text(name, "a column of sentinels"): plain.texts(listed, f"sentinels.{name}")
            for name, listed in sentinels.items()
        },
        plain.texts(members.get("realised", ()), "realised"),
    )


def read_out_of_time(raw: object) -> OutOfTime | None:
    """None for nothing; SchemaFault for any other shape than that of `OutOfTime.plain`."""
    if raw in (None, {}):
        return None
    members = plain.members(raw, "out_of_time", frozenset(OutOfTime.__dataclass_fields__))
    day = plain.text(members.get("first_day"), "out_of_time.first_day")
    gap = plain.integer(members.get("gap_days"), "out_of_time.gap_days")
    if not _is_day(day) or not 0 <= gap <= MOST_GAP_DAYS:
        raise plain.SchemaFault(
            f"out_of_time needs first_day, as 2024-12-31, and gap_days, 0 to {MOST_GAP_DAYS}."
        )
    return OutOfTime(day, gap)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def load(raw: object) -> UploadSpec:
    """The spec of a plain dict; Malformed for any other shape."""
    try:
        spec = _load(raw)
    except ValueError as fault:
        raise Malformed(f"The declaration of the table could not be read: {fault}") from None
    roles = [spec.target, *spec.apart, *spec.realised, *filter(None, [spec.id])]
    if len(set(roles)) != len(roles):
        raise Malformed(
            "A column has one role: target, id, protected, proxy and realised columns must differ."
        )
    if spec.dates.names and not spec.dates.decision:
        raise Malformed("Dates are compared with that of the decision: name its column in dates.decision.")
    if spec.out_of_time and not spec.dates.decision:
        raise Malformed(
            "A held-out part by time needs the date of the decision: name its column in dates.decision."
        )
    if spec.exposure in {spec.target, spec.id} and spec.exposure:
        raise Malformed("The exposure is neither the target nor the id.")
    if not 1 <= spec.held_out_percent <= 90:
        raise Malformed("The held-out share is 1 to 90 percent.")
    return spec


def _load(raw: object) -> UploadSpec:
    members = plain.members(raw, "spec", _MEMBERS)
    codes = members.get("codes", {})
    if not isinstance(codes, Mapping):
        raise plain.SchemaFault("codes must be an object.")
    dates, sentinels, realised = read_optional_roles(members)
    return UploadSpec(
        format=FileFormat(plain.text(members.get("format"), "format")),
        target=plain.text(members.get("target"), "target"),
        split_key=plain.text(members.get("split_key"), "split_key"),
        id=str(members.get("id") or ""),
        protected=plain.texts(members.get("protected", ()), "protected"),
        proxies=plain.texts(members.get("proxies", ()), "proxies"),
        exposure=str(members.get("exposure") or ""),
        codes={str(name): plain.integers(listed, f"codes.{name}") for name, listed in codes.items()},
        held_out_percent=plain.integer(members.get("held_out_percent", 30), "held_out_percent"),
        token_key=bytes.fromhex(str(members.get("token_key") or "")).hex(),
        delimiter=_delimiter(members.get("delimiter", ",")),
        max_bytes=min(plain.integer(members.get("max_bytes", MAX_BYTES), "max_bytes"), MAX_BYTES),
        dates=dates,
        sentinels=sentinels,
        realised=realised,
        out_of_time=read_out_of_time(members.get("out_of_time")),
        expected=read_expected(members.get("expected", {})),
        today=_today(members.get("today", "")),
        previous=plain.members(
            members.get("previous", {}), "previous", frozenset({"snapshot", "rows", "by_column"})
        ),
    )


def _today(raw: object) -> str:
    """An ISO day, or nothing."""
    return date.fromisoformat(raw).isoformat() if isinstance(raw, str) and raw else ""


def _delimiter(raw: object) -> str:
    if raw not in {",", ";", "\t", "|"}:
        raise plain.SchemaFault("delimiter must be a comma, semicolon, tab or bar.")
    return str(raw)
