"""A query's answer from Amazon Athena, page by page, as a parquet file of plain columns."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import Unavailable
from registry.frames.files import Kind
from training.sources.answers import Answer, Told, kinds_of, written
from training.sources.places import refused

if TYPE_CHECKING:
    from training.sources.declared import Source
    from training.sources.staging import Staged

# The most that Athena gives at once.
_ROWS: Final = 1_000
_CONNECT_SECONDS, _READ_SECONDS, _POLL_SECONDS = 10, 60, 1.0
# As long as a query of PostgreSQL may take; Athena's own limit is the same.
_QUERY_SECONDS: Final = 30 * 60
_MEMBERS: Final = frozenset(
    {"database", "workgroup", "output", "region", "endpoint", "access_key", "secret_key"}
)
_KINDS: Final = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "int", "bigint"), Kind.INTEGER),
    "boolean": Kind.BOOLEAN,
    **dict.fromkeys(("float", "real", "double", "decimal"), Kind.NUMBER),
    **dict.fromkeys(
        ("char", "varchar", "string", "date", "timestamp", "timestamp with time zone"), Kind.TEXT
    ),
}
_BUSY: Final = frozenset({"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
# Whose sentence is about the query and its tables; that of any other may quote a cell.
_ABOUT_THE_QUERY: Final = re.compile(
    r"(SYNTAX_ERROR|(TABLE|COLUMN|SCHEMA|CATALOG|FUNCTION)_NOT_FOUND|TYPE_MISMATCH)\b"
)
_CODE: Final = re.compile(r"[A-Z][A-Z_]{2,59}(?=:)")


@dataclass(frozen=True)
class Service:
    """`settings` as in MRM_SOURCE_ATHENA. Queries of one `key` (a job) are started once, however often they are
    asked."""

    settings: Mapping[str, Any]
    key: str


class _Lost(Exception):
    """The query ended without an answer and through no fault of its own."""


def read(source: Source, service: Service, target: Path, told: Told) -> Staged:
    """Write the rows to `target`; `told` hears their count now and then and may raise, which stops the query there.
    Blocked where the query is refused or answers what is no table; Unavailable where Athena does not answer."""
    client = _client(source, service.settings)
    with _words(source):
        execution = _answered(client, source, service, told)
        return written(source, _pieces(client, source, execution), target, told)


def _client(source: Source, settings: Mapping[str, Any]) -> Any:  # Any: boto3 has no types
    """Without keys of its own it is asked with those of the machine (its environment or its role)."""
    if settings.keys() - _MEMBERS or not settings.get("database"):
        raise refused(source, f"{source.connection} is not configured as it must be; ask the operator")
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise refused(
            source, "boto3 is not installed here; ask the operator (requirements/athena.in)"
        ) from None
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    with _words(source):
        return boto3.client(
            "athena",
            region_name=settings.get("region"),
            endpoint_url=settings.get("endpoint"),
            aws_access_key_id=settings.get("access_key"),
            aws_secret_access_key=settings.get("secret_key"),
            config=config,
        )


def _answered(client: Any, source: Source, service: Service, told: Told) -> str:
    """The id of the execution that succeeded. A query that was lost is started once more, under another token: the
    first one would give the lost execution again."""
    for attempt in (1, 2):
        execution = _started(client, source, service, attempt)
        try:
            _await(client, source, execution, told)
        except _Lost:
            continue
        return execution
    raise _silent(source)


def _started(client: Any, source: Source, service: Service, attempt: int) -> str:
    settings = service.settings
    said: dict[str, Any] = {}
    if settings.get("workgroup"):
        said["WorkGroup"] = str(settings["workgroup"])
    if settings.get("output"):
        said["ResultConfiguration"] = {"OutputLocation": str(settings["output"])}
    told = f"{service.key}\n{source.name}\n{attempt}\n{source.query}"
    started = client.start_query_execution(
        QueryString=source.query,
        QueryExecutionContext={"Database": str(settings["database"])},
        ClientRequestToken=hashlib.sha256(told.encode()).hexdigest(),
        **said,
    )
    return str(started["QueryExecutionId"])


def _await(client: Any, source: Source, execution: str, told: Told) -> None:
    """Nobody pays for a query whose job was cancelled: it is stopped whatever ends the waiting but its own end."""
    ends, is_over = time.monotonic() + _QUERY_SECONDS, False
    try:
        status = _status(client, execution)
        while status["State"] in {"QUEUED", "RUNNING"}:
            told(0)
            if time.monotonic() > ends:
                raise refused(source, f"its query took longer than {_QUERY_SECONDS // 60} minutes")
            time.sleep(_POLL_SECONDS)
            status = _status(client, execution)
        is_over = True
    finally:
        if not is_over:
            _stop(client, execution)
    if status["State"] != "SUCCEEDED":
        _end_without(source, status)


def _status(client: Any, execution: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = client.get_query_execution(QueryExecutionId=execution)["QueryExecution"][
        "Status"
    ]
    return found


def _stop(client: Any, execution: str) -> None:
    """What ended the waiting is told; that it could not be stopped as well would hide it."""
    from botocore.exceptions import BotoCoreError, ClientError

    with suppress(BotoCoreError, ClientError):
        client.stop_query_execution(QueryExecutionId=execution)


def _end_without(source: Source, status: Mapping[str, Any]) -> None:
    """Somebody stopped it there, or Athena calls its own error worth another try: it is lost. Else it is refused."""
    if status["State"] == "CANCELLED" or status.get("AthenaError", {}).get("Retryable"):
        raise _Lost
    reason = str(status.get("StateChangeReason", "")).strip()
    if _ABOUT_THE_QUERY.match(reason):
        why = reason.splitlines()[0][:200]
    else:
        code = _CODE.match(reason)
        why = f"error {code[0]}" if code else "Athena's own words are not repeated, they may quote a cell"
    raise refused(source, f"its query cannot be run there ({why})")


def _pieces(client: Any, source: Source, execution: str) -> Iterator[Answer]:
    """The first row of all holds the names of the columns."""
    kinds: dict[str, Kind] = {}
    types: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = client.get_query_results(QueryExecutionId=execution, MaxResults=_ROWS, **more)
        rows = page["ResultSet"]["Rows"]
        if not types:
            columns = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
            types = [str(column["Type"]).lower() for column in columns]
            kinds = kinds_of(
                source, [(str(each["Name"]), _KINDS.get(str(each["Type"]).lower())) for each in columns]
            )
            rows = rows[1:]
        if rows:
            yield (
                kinds,
                [
                    [_cell(cell, type_) for cell, type_ in zip(row["Data"], types, strict=True)]
                    for row in rows
                ],
            )
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def _cell(cell: Mapping[str, str], type_: str) -> Any:  # Any: a cell
    """Athena writes every cell as text, and a missing one not at all."""
    text = cell.get("VarCharValue")
    if text is None:
        return None
    if type_ == "timestamp":
        return dt.datetime.fromisoformat(text)
    kind = _KINDS[type_]
    if kind is Kind.INTEGER:
        return int(text)
    if kind is Kind.NUMBER:
        return float(text)
    return text == "true" if kind is Kind.BOOLEAN else text


@contextmanager
def _words(source: Source) -> Iterator[None]:
    """What the service says may quote a cell, an account or a key; only its code is passed on."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as fault:
        code = re.sub(r"[^A-Za-z0-9.]", "", str(fault.response.get("Error", {}).get("Code", "")))[:60]
        status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if status >= 500 or status == 429 or code in _BUSY:
            raise _silent(source) from None
        raise refused(source, f"Athena refused it ({code})") from None
    except BotoCoreError:
        raise _silent(source) from None


def _silent(source: Source) -> Unavailable:
    return Unavailable(
        f"The source {source.name} does not answer, or stopped in the middle (connection {source.connection})."
        " Nothing was frozen."
    )
