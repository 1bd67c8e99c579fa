"""Files by whose names the stock client sends rows of data, and what goes on instead: nobody's rows. Pure.

An example of input becomes one synthetic row: its columns and the type of each, and for every type one fixed value. The
table of results that `mlflow.models.evaluate` keeps becomes a note that says where its rows are not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from mrm.lib import strict_json
from mrm.lib.errors import Malformed, TooLarge
from registry.gateway.bodies import GOVERNED_PREFIX, Body, Source
from registry.gateway.rules import Rule, RuleRefused

MAX_EXAMPLE_BYTES: Final = strict_json.MAX_BYTES
EXAMPLE_TAG: Final = f"{GOVERNED_PREFIX}input_example"
EXAMPLE_WORDS: Final = (
    "One synthetic row stands here instead of the rows that were logged: their columns and the type of each, and for"
    " every type one fixed value that is nobody's."
)
RESULTS_WORDS: Final = (
    "The rows of this table stay where the evaluation ran: rows of applicants are not kept in MLflow. The metrics of"
    " the run are complete."
)
# A word that reads as base64 too: columns of bytes are written so.
_TEXT, _DAY, _MOMENT = "text", "2000-01-01", "2000-01-01T00:00:00"
_EXAMPLE: Final = re.compile(r"(serving_)?input_example(\..*)?", re.IGNORECASE)
_RESULTS: Final = re.compile(r".*eval_results_table\.json", re.IGNORECASE)
_IS_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_IS_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}\S*")
_SPARSE: Final = frozenset({"data", "indices", "indptr", "shape"})
_SPLIT: Final = frozenset({"columns", "index", "data"})


def is_example(place: str) -> bool:
    return _EXAMPLE.fullmatch(_name(place)) is not None


def is_results(place: str) -> bool:
    return _RESULTS.fullmatch(_name(place)) is not None


def refuse_other_form(place: str) -> None:
    """Only JSON is looked into."""
    if not place.lower().endswith(".json"):
        raise _refused(f"The file {_name(place)[:80]!a}")


def too_large() -> TooLarge:
    return TooLarge(
        f"An input example has at most {MAX_EXAMPLE_BYTES} bytes here, because it is read before it goes on. One row is"
        " enough: input_example=frame.head(1)."
    )


def synthetic(content: bytes) -> bytes:
    """One row in the form of these rows. Raises RuleRefused for a form that is not understood."""
    try:
        # The client writes a missing number as NaN, which is no JSON.
        said = strict_json.loads(content, max_bytes=MAX_EXAMPLE_BYTES, constant=float)
    except Malformed as fault:
        raise _refused(f"An input example that is not read ({fault.message.rstrip('.')})") from None
    return json.dumps(_example(said)).encode()


def results_note() -> bytes:
    return json.dumps({"columns": ["note"], "data": [[RESULTS_WORDS]]}).encode()


def marked(folder: Source) -> tuple[str, str, Body]:
    """Method, path and body of the request by which MLflow's run or logged model says that the rows were replaced."""
    tag = {"key": EXAMPLE_TAG, "value": EXAMPLE_WORDS}
    if folder.run:
        return "POST", "/api/2.0/mlflow/runs/set-tag", {"run_id": folder.run, **tag}
    return "PATCH", f"/api/2.0/mlflow/logged-models/{folder.model}/tags", {"tags": [tag]}


def _example(said: Any) -> Any:
    """A table in one of its forms, or a member of one: a list is rows, an object is columns by name."""
    if isinstance(said, list):
        return [_row(said)] if said else []
    if not isinstance(said, dict):
        return _cell([said])
    if said.keys() >= _SPARSE:
        raise _refused("A sparse input example")
    if said.keys() >= {"columns", "data"}:
        return _split(said)
    return {name: _example(member) for name, member in said.items()}


def _split(said: Body) -> Body:
    """`pandas` with its columns written out."""
    columns, data = said["columns"], said["data"]
    is_a_table = (
        said.keys() <= _SPLIT
        and isinstance(columns, list)
        and isinstance(data, list)
        and all(isinstance(row, list) and len(row) == len(columns) for row in data)
        and all(_is_a_name(column) for column in columns)
    )
    if not is_a_table:
        raise _refused("An input example whose columns and rows do not fit")
    row = [_cell(column) for column in zip(*data, strict=True)] if data else [None] * len(columns)
    return {"columns": columns, **({"index": [0]} if "index" in said else {}), "data": [row]}


def _is_a_name(column: object) -> bool:
    """The name of a column, or the names of one that has several levels."""
    parts = column if isinstance(column, list) else [column]
    return all(isinstance(part, str | int) for part in parts)


def _row(rows: Sequence[Any]) -> Any:
    """Rows that are lists of one length have a column at each position."""
    if all(isinstance(row, list) for row in rows) and len({len(row) for row in rows}) == 1:
        return [_cell(column) for column in zip(*rows, strict=True)]
    return _cell(rows)


def _cell(values: Sequence[Any]) -> Any:
    """The fixed value of the type that these values of one column have in common."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    if all(isinstance(value, dict) for value in known):
        names = dict.fromkeys(name for value in known for name in value)
        return {name: _cell([value[name] for value in known if name in value]) for name in names}
    if all(isinstance(value, list) for value in known):
        return _array(known)
    if any(isinstance(value, dict | list) for value in known):
        raise _refused("An input example with a column of several forms")
    return _scalar({type(value) for value in known}, known)


def _array(lists: list[list[Any]]) -> list[Any]:
    """An array of numbers keeps its shape, which is a part of its type; how long another list is, its row says."""
    if len({len(each) for each in lists}) == 1 and all(_is_numbers(each) for each in lists):
        return [_cell(column) for column in zip(*lists, strict=True)]
    members = [member for each in lists for member in each]
    return [_cell(members)] if members else []


def _is_numbers(said: object) -> bool:
    if isinstance(said, list):
        return all(_is_numbers(each) for each in said)
    return said is None or isinstance(said, int | float)


def _scalar(kinds: set[type], values: list[Any]) -> bool | int | float | str:
    if kinds == {bool}:
        return False
    if kinds == {int}:
        return 0
    if kinds <= {int, float}:
        return 0.0
    if kinds == {str} and all(_IS_DAY.fullmatch(value) for value in values):
        return _DAY
    if kinds == {str} and all(_IS_MOMENT.fullmatch(value) for value in values):
        return _MOMENT
    return _TEXT


def _name(place: str) -> str:
    return place.rpartition("/")[2]


def _refused(what: str) -> RuleRefused:
    return RuleRefused(Rule.EXAMPLE, what)
