"""What passes: one of five answers for a method and a normal path. Whatever the table does not name is denied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.permissions import Permission
from registry.gateway.normalise import Normal
from registry.gateway.routes import FILES, TABLE
from registry.gateway.rules import Rule, RuleRefused


class Access(StrEnum):
    READ = "read"
    WRITE_RUN = "write-run"
    UPLOAD = "upload"
    REGISTER = "register"
    DENY = "deny"


# MLflow knows no models of ours, so each is asked for every model: a role of one model is none here.
PERMISSIONS: Final = {
    Access.READ: Permission.INVENTORY_READ,
    Access.WRITE_RUN: Permission.TRAINING_REQUEST,
    Access.UPLOAD: Permission.TRAINING_REQUEST,
    Access.REGISTER: Permission.VERSION_REGISTER,
}


@dataclass(frozen=True)
class Route:
    """One line of the table. `template` is written as the server writes it."""

    access: Access
    method: str
    template: str
    rule: Rule = Rule.UNKNOWN

    @property
    def is_file(self) -> bool:
        return self.template in FILES

    @property
    def is_templated(self) -> bool:
        return "{" in self.template

    @property
    def name(self) -> str:
        """The address without the part in front in which twins differ: what rules about bodies are looked up by."""
        return re.sub(r"^/(ajax-)?api/\d\.\d/?", "", self.template)


@dataclass(frozen=True)
class Judged:
    """A route and the values of its parameters."""

    route: Route
    parameters: dict[str, str]


def routes() -> Iterator[Route]:
    """The table, line by line, twins written out."""
    for line in TABLE.splitlines():
        if not line or line.startswith("#"):
            continue
        said, method, template = line.split()
        access, _, rule = said.partition(":")
        for prefix in ("/api", "/ajax-api") if template.startswith("{api}") else ("",):
            yield Route(
                Access(access), method, prefix + template.removeprefix("{api}"), Rule(rule or Rule.UNKNOWN)
            )


def pattern_of(template: str) -> re.Pattern[str]:
    """A parameter is one segment, or with `:path` some of them."""
    parts = re.split(r"(\{\w+(?::path)?\})", template)
    return re.compile("".join(_part(part) for part in parts))


def judge(asked: Normal) -> Judged:
    """The route that is asked for. Raises RuleRefused where it is denied or not one. Where several lines match, the
    strictest holds: which of them the server would take is not guessed."""
    plain = _PLAIN.get((asked.method, asked.path))
    found = [Judged(plain, {})] if plain else list(_matching(asked))
    if not found:
        raise RuleRefused(Rule.UNKNOWN, f"{asked.method} {asked.path[:120]!a}")
    strictest = max(found, key=lambda judged: _ORDER.index(judged.route.access))
    if strictest.route.access is Access.DENY:
        raise RuleRefused(strictest.route.rule, f"{asked.method} {asked.path[:120]!a}")
    return strictest


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, is_path = part[1:-1].partition(":")
    return f"(?P<{name}>{'.*[^/]' if is_path else '[^/]+'})"


def _matching(asked: Normal) -> Iterator[Judged]:
    for route, pattern in _TEMPLATED:
        if route.method == asked.method and (match := pattern.fullmatch(asked.path)):
            yield Judged(route, match.groupdict())


_ORDER: Final = (Access.READ, Access.WRITE_RUN, Access.UPLOAD, Access.REGISTER, Access.DENY)
ROUTES: Final = tuple(routes())
_PLAIN: Final = {(route.method, route.template): route for route in ROUTES if not route.is_templated}
_TEMPLATED: Final = tuple((route, pattern_of(route.template)) for route in ROUTES if route.is_templated)
