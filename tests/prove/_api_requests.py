"""Requests made from the OpenAPI description: shapes it asks for, with something wrong in most of them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

JSON = "application/json"
_TEXTS = (
    "",
    "x",
    "card-limit",
    "é" * 40,
    "x" * 3_000,
    "' OR 1=1 --",
    "<script>",
    "../..",
    "\u202e",
    "null",
    "-1",
)
_RAW = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"a": NaN}',
    b'{"a":1,"a":2}',
    b'"\\ud800"',
    b"\xff\xfe",
    b"[" * 5_000,
    b'{"\\u0000":0}',
)
_TYPES = (
    JSON,
    JSON,
    JSON,
    JSON,
    f"{JSON}; charset=utf-16",
    "text/plain",
    "",
    "multipart/form-data; boundary=x",
    "a/b;;=",
)
_METHODS = ("get", "post", "patch", "put", "delete")
_PARTS = ("%00", "%ff", "..", "0", "-1", "9" * 30, "x" * 500, "%2f", "not-a-uuid")
_LONG = 400


@dataclass(frozen=True)
class Sent:
    method: str
    address: str
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


class Requests:
    """All that is random comes from `chance`, so that a request can be made again from its seed."""

    def __init__(self, described: dict[str, Any], places: dict[str, str]) -> None:
        self._schemas = described["components"]["schemas"]
        self._places = places
        self._operations = [
            (path, method, operation)
            for path, operations in sorted(described["paths"].items())
            for method, operation in sorted(operations.items())
        ]

    def draw(self, chance: random.Random) -> Sent:
        path, method, operation = chance.choice(self._operations)
        if chance.random() < 0.03:
            method = chance.choice(_METHODS)
        address = self._address(chance, path, operation)
        body, kind = self._body(chance, operation) if method != "get" else (b"", JSON)
        return Sent(method.upper(), address, body, kind, self._headers(chance, operation))

    def _address(self, chance: random.Random, path: str, operation: dict[str, Any]) -> str:
        query = []
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] == "path":
                is_hostile = chance.random() < 0.1
                value = chance.choice(_PARTS) if is_hostile else self._places.get(name, _uuid(chance))
                path = path.replace("{" + name + "}", value)
            elif parameter["in"] == "query" and chance.random() < 0.5:
                query.append(f"{name}={quote(str(self._value(chance, parameter['schema'], 0)), safe='')}")
        return path + ("?" + "&".join(query) if query else "")

    def _headers(self, chance: random.Random, operation: dict[str, Any]) -> dict[str, str]:
        named = [each["name"] for each in operation.get("parameters", []) if each["in"] == "header"]
        keys = (f"key-{chance.randrange(50)}", "", "x" * 200, '"' + "a" * 64 + '"')
        return {name: chance.choice(keys) for name in named if chance.random() < 0.2}

    def _body(self, chance: random.Random, operation: dict[str, Any]) -> tuple[bytes, str]:
        kind = chance.choice(_TYPES)
        content = operation.get("requestBody", {}).get("content", {})
        if chance.random() < 0.1 or not content:
            return chance.choice(_RAW), kind
        (media, described), *_ = content.items()
        members = self._value(chance, described["schema"], 0)
        if media.startswith("multipart/") and chance.random() < 0.8:
            return _form(members), "multipart/form-data; boundary=edge"
        return json.dumps(members, default=str).encode(), kind

    def _value(self, chance: random.Random, schema: dict[str, Any], depth: int) -> Any:
        if chance.random() < 0.08:
            return self._hostile(chance, depth)
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        if "enum" in schema:
            return chance.choice(schema["enum"])
        for several in ("oneOf", "anyOf", "allOf"):
            if several in schema:
                return self._value(chance, chance.choice(schema[several]), depth)
        kinds = schema.get("type", "object")
        kind = chance.choice(kinds) if isinstance(kinds, list) else kinds
        return self._of_kind(chance, kind, schema, depth)

    def _of_kind(self, chance: random.Random, kind: str, schema: dict[str, Any], depth: int) -> Any:
        if kind == "object":
            return self._object(chance, schema, depth)
        if kind == "array":
            return [
                self._value(chance, schema.get("items", {}), depth + 1) for _ in range(chance.randrange(3))
            ]
        if kind == "integer":
            return chance.choice((0, 1, 2, -1, chance.randrange(-(10**9), 10**9), 10**40))
        if kind == "number":
            return chance.choice((0.0, 0.5, -1.0, 1e308, chance.random()))
        if kind == "boolean":
            return chance.random() < 0.5
        return None if kind == "null" else self._text(chance, schema)

    def _object(self, chance: random.Random, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        made = {
            name: self._value(chance, member, depth + 1)
            for name, member in schema.get("properties", {}).items()
            if chance.random() > 0.05
        }
        if chance.random() < 0.1:
            made[chance.choice(_TEXTS)] = self._hostile(chance, depth)
        return made

    def _text(self, chance: random.Random, schema: dict[str, Any]) -> str:
        if schema.get("format") == "uuid":
            return chance.choice((*self._places.values(), _uuid(chance)))
        if schema.get("format") == "date":
            return f"{chance.randrange(1, 9999):04}-{chance.randrange(1, 14):02}-{chance.randrange(1, 32):02}"
        return chance.choice(
            (*_TEXTS, *self._places.values(), "a" * 64, "signoff:approve", "card-limit-demo")
        )

    def _hostile(self, chance: random.Random, depth: int) -> Any:
        if depth > 3:
            return None
        inner = [self._hostile(chance, depth + 1) for _ in range(chance.randrange(3))]
        plain = (
            None,
            True,
            -1,
            10 ** chance.randrange(_LONG),
            1e300,
            "",
            "x" * chance.randrange(200),
            "\x7f",
        )
        return chance.choice((*plain, inner, {"x": inner}, chance.choice(_TEXTS)))


def _uuid(chance: random.Random) -> str:
    import uuid

    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _form(members: Any) -> bytes:
    parts = members.items() if isinstance(members, dict) else []
    lines = [
        f'--edge\r\nContent-Disposition: form-data; name="{quote(str(name))}"'
        f"{_FILE if name == 'file' else ''}\r\n\r\n{value if isinstance(value, str) else json.dumps(value, default=str)}\r\n"
        for name, value in parts
    ]
    return ("".join(lines) + "--edge--\r\n").encode("utf-8", "replace")


_FILE = '; filename="a.csv"'
