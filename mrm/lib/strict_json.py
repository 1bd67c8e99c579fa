"""One strict reader for JSON from outside. Plain readers accept NUL, lone surrogates, NaN and duplicate keys,
or fail with an exception of their own; every one of these must be a clear 400."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from mrm.lib.errors import Malformed, TooLarge

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff]")
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_LONGEST_NUMBER = 400


def _refuse_constant(word: str) -> NoReturn:
    raise Malformed(f"{word} is not a JSON number.")


def loads(
    content: bytes, *, max_bytes: int = MAX_BYTES, constant: Callable[[str], Any] = _refuse_constant
) -> Any:
    """The value, or Malformed / TooLarge with the reason in words. `constant` is asked for what stands for NaN and the
    infinities, which JSON does not have."""
    if len(content) > max_bytes:
        raise TooLarge(f"The body has {len(content)} bytes; at most {max_bytes} are read.")
    text = _text(content)
    _refuse_depth(content)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    if "\\" in text:
        _refuse_escaped(value)
    return value


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8 at byte {error.start}.") from None
    if "\x00" in text:
        raise Malformed("The body contains a NUL character.")
    return text


def _refuse_depth(content: bytes) -> None:
    depth = 0
    for token in _NESTING.finditer(content):
        first = token.group()[:1]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"The key {twice[:80]!a} stands twice in one object.")
    return members


def _finite(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise Malformed(f"The number {literal[:40]} is too large.")
    return value


def _integer(literal: str) -> int:
    if len(literal) > _LONGEST_NUMBER:
        raise Malformed("A number has more digits than are read.")
    return int(literal)


def _refuse_escaped(value: object) -> None:
    """Escapes can smuggle in what the raw text did not contain."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed("The body contains a NUL character.")
        if _SURROGATE.search(value):
            raise Malformed("The body contains a lone surrogate.")
    elif isinstance(value, dict):
        for key, member in value.items():
            _refuse_escaped(key)
            _refuse_escaped(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_escaped(member)
