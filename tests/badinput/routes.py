"""Every API route as the resolver knows it, with the values of one world in its path."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

PREFIX = "api/v1/"
PART = re.compile(r"<(?:(\w+):)?(\w+)>")
READS, WRITES = ("GET",), ("POST", "PATCH")
METHODS = (*READS, *WRITES, "PUT", "DELETE")


@dataclass(frozen=True)
class Route:
    """One address with the methods its view answers."""

    name: str
    template: str
    methods: frozenset[str]
    view: type

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(name for _, name in PART.findall(self.template))

    @property
    def described(self) -> str:
        """The address as OpenAPI writes it."""
        return "/" + PART.sub(r"{\2}", self.template)

    def address(self, values: dict[str, str]) -> str:
        return "/" + PART.sub(lambda part: values.get(part[2]) or str(uuid.UUID(int=7)), self.template)

    def address_with(self, values: dict[str, str], part: str, hostile: str) -> str:
        """The same address with one part replaced, percent-encoded as a client would have to."""
        replaced = values | {part: "@@"}
        return self.address(replaced).replace("@@", quote(hostile, safe="%"))

    def __str__(self) -> str:
        return self.name.removeprefix("api-")


def routes() -> list[Route]:
    return sorted(_walk(get_resolver().url_patterns, ""), key=lambda route: route.template)


def _walk(patterns: list[URLPattern | URLResolver], above: str) -> Iterator[Route]:
    for pattern in patterns:
        here = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        elif here.startswith(PREFIX):
            view = getattr(pattern.callback, "cls", None) or pattern.callback.view_class
            offered = {name.upper() for name in view.http_method_names if hasattr(view, name)}
            yield Route(pattern.name or here, here, frozenset(offered & set(METHODS)), view)


def writes() -> list[tuple[Route, str]]:
    return [(route, method) for route in routes() for method in WRITES if method in route.methods]


def reads() -> list[Route]:
    return [route for route in routes() if "GET" in route.methods]
