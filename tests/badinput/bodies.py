"""Hostile bodies: the same for every operation, and those made from the operation's own input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

JSON = "application/json"
UUID = "00000000-0000-4000-8000-000000000007"

# name -> (body, content type). No operation takes any of them.
MALFORMED: dict[str, tuple[bytes, str]] = {
    "broken off": (b'{"a": ', JSON),
    "not json": (b"<a/>", JSON),
    "two values": (b"{} {}", JSON),
    "raw NUL": (b'{"a": "\x00"}', JSON),
    "escaped NUL": (b'{"a": "\\u0000"}', JSON),
    "NUL in a key": (b'{"\\u0000": 1}', JSON),
    "lone high surrogate": (b'{"a": "\\ud800"}', JSON),
    "lone low surrogate": (b'{"\\udc00": 1}', JSON),
    "raw surrogate": (b'{"a": "\xed\xa0\x80"}', JSON),
    "depth 40": (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", JSON),
    "depth 100000": (b"[" * 100_000, JSON),
    "duplicate keys": (b'{"a": 1, "a": 1}', JSON),
    "duplicate keys inside": (b'{"a": {"b": 1, "b": 2}}', JSON),
    "NaN": (b'{"a": NaN}', JSON),
    "Infinity": (b'{"a": Infinity}', JSON),
    "minus Infinity": (b'{"a": -Infinity}', JSON),
    "1e999": (b'{"a": 1e999}', JSON),
    "5000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", JSON),
    "not utf-8": (b'{"a": "\xff\xfe"}', JSON),
    "utf-16": ('{"a": 1}'.encode("utf-16"), JSON),
    "byte order mark": (b"\xef\xbb\xbf{}", JSON),
    "charset utf-16": (b"{}", f"{JSON}; charset=utf-16"),
    "charset unheard of": (b"{}", f"{JSON}; charset=x-\xff"),
    "over the limit": (b'{"a": "' + b"x" * 1_000_100 + b'"}', JSON),
    "over the framework's limit": (b'{"a": "' + b"x" * 2_100_000 + b'"}', JSON),
    "a form": (b"a=1", "application/x-www-form-urlencoded"),
    "plain text": (b"{}", "text/plain"),
    "xml": (b"<a/>", "application/xml"),
    "no type at all": (b"{}", ""),
    "a type that is none": (b"{}", ";;;,\"'"),
    "a form without boundary": (b"--x--", "multipart/form-data"),
    "a form that is none": (b"nothing", "multipart/form-data; boundary=x"),
    "array": (b"[]", JSON),
    "array of objects": (b"[{}]", JSON),
    "null": (b"null", JSON),
    "number": (b"5", JSON),
    "text": (b'"text"', JSON),
    "true": (b"true", JSON),
    "unknown member": (b'{"surprise": 1}', JSON),
    "prototype": (b'{"__proto__": {"is_superuser": true}, "is_staff": true}', JSON),
}
# What no field takes, by kind of field.
_NO_TEXT = (None, 5, 1.5, True, [], {}, ["x"], {"x": 1}, "x" * 60_000)
_NO_NUMBER = (None, "one", 1.5, True, [], {}, "", "1" * 2_000, 10**200, -1)
_NO_DECIMAL = (None, "one", True, [], {}, "", "NaN", "Infinity", "1" * 2_000, 10**200)
_NO_LIST = (None, 5, True, {}, {"x": 1}, "x" * 60_000)
_NO_OBJECT = (None, 5, "x", True, [], [1])
_NO_ID = (None, 5, 1.5, True, [], {}, "x", "", UUID[:-1], UUID + "0", -1, 10**40)


def _kind(field: serializers.Field) -> tuple[Any, tuple[Any, ...]]:  # noqa: PLR0911 (one line a kind)
    """A value that the field takes, and values that it must refuse."""
    if isinstance(field, serializers.UUIDField):
        return UUID, _NO_ID
    if isinstance(field, serializers.IntegerField):
        return 1, _NO_NUMBER
    if isinstance(field, serializers.DecimalField):
        return "1.5", _NO_DECIMAL
    if isinstance(field, serializers.ListField):
        return [_kind(field.child)[0]], _NO_LIST
    if isinstance(field, serializers.ListSerializer):
        shape = {name: _kind(each)[0] for name, each in field.child.fields.items() if each.required}
        return [shape], (*_NO_LIST, ["x"], [[]], [{}], [shape | {"surprise": 1}])
    if isinstance(field, serializers.DictField):
        return {}, _NO_OBJECT
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices)), (*_NO_TEXT, "no choice", "")
    if isinstance(field, (serializers.DateTimeField, serializers.DateField)):
        day, late = "2026-12-31", "T12:00:00Z" if isinstance(field, serializers.DateTimeField) else ""
        return day + late, (*_NO_TEXT, "31.12.2026", f"2026-02-30{late}", "9" * 40)
    return "x", _NO_TEXT


def members_of(view: type) -> dict[str, serializers.Field]:
    return dict(view.Input().fields) if hasattr(view, "Input") else {}


# Operations that read a form, by the names of their routes: all others read JSON.
FORMS = frozenset({"snapshot-list", "sample-list", "version-file-list"})


def accepted_shape(view: type) -> dict[str, Any]:
    """A body of the right shape; what it says may still be refused."""
    members = members_of(view)
    # Each way to prove who signs may be left out, but not all of them.
    needed = {"password"} if {"password", "passkey"} <= members.keys() else set()
    return {name: _kind(field)[0] for name, field in members.items() if field.required or name in needed}


def misshapen(view: type) -> Iterator[tuple[str, bytes]]:
    """The accepted shape with one thing wrong."""
    good = accepted_shape(view)
    yield "extra member", _dump(good | {"surprise": 1})
    for name, field in members_of(view).items():
        if field.required:
            yield f"without {name}", _dump({key: value for key, value in good.items() if key != name})
        for wrong in _kind(field)[1]:
            if wrong is None and field.allow_null:
                continue
            yield f"{name} = {wrong!r:.40}", _dump(good | {name: wrong})


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
