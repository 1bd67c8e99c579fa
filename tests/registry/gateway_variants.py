"""Other spellings of every address, and how a careless program might read what the gate lets through."""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from registry.gateway.normalise import normalise
from registry.gateway.policy import ROUTES, Access, Judged, Route, judge, pattern_of
from registry.gateway.rules import RuleRefused

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "post", "CONNECT", "GET\t")
_VALUES = ("x1", "1", "m-" + "0" * 32, "0" * 32, "champion", "a/b", "..", "delete", "get", "%2e%2e%2fx")
_DENIED = tuple((route, pattern_of(route.template)) for route in ROUTES if route.access is Access.DENY)


@dataclass(frozen=True)
class Variant:
    method: str
    target: str


def variant_of(route: Route, dice: random.Random) -> Variant:
    """The address of a route, misspelt in one to three ways."""
    path = re.sub(r"\{(\w+)(:path)?\}", lambda _: dice.choice(_VALUES), route.template)
    for _ in range(dice.randint(1, 3)):
        path = dice.choice(_WAYS)(path, dice)
    method = route.method if dice.random() < 0.85 else dice.choice(_METHODS)
    return Variant(method, path)


def passed(variant: Variant) -> tuple[Judged, str] | None:
    """The route that the gate takes it for and the target that it forwards; None for a refusal."""
    try:
        asked = normalise(variant.method, variant.target)
        return judge(asked), asked.target
    except RuleRefused:
        return None


def denied_readings(method: str, target: str) -> list[str]:
    """Denied routes that somebody could take a forwarded target for, however carelessly they read it."""
    return [
        f"{reading} is {route.template}"
        for reading in _readings(target)
        for route, pattern in _DENIED
        if route.method == method.upper() and pattern.fullmatch(reading)
    ]


def _readings(target: str) -> set[str]:
    found = {target, target.partition("?")[0]}
    careless: tuple[Callable[[str], str], ...] = (
        unquote,
        lambda path: re.sub(r"/+", "/", path),
        lambda path: path.replace("\\", "/"),
        lambda path: re.sub(r";[^/]*", "", path),
        lambda path: posixpath.normpath(path) if path else path,
        lambda path: path.rstrip("/ ") or "/",
        str.lower,
        lambda path: path.replace("+", " "),
        lambda path: path.partition("#")[0],
        lambda path: path.partition("\x00")[0],
    )
    for _ in range(3):
        found |= {read(path) for path in found for read in careless}
    return found


def _somewhere(path: str, dice: random.Random) -> int:
    return dice.randrange(len(path) + 1)


def _encoded(path: str, dice: random.Random) -> str:
    share = dice.choice((0.1, 0.5, 1.0))
    return "".join(f"%{ord(sign):02X}" if sign != "%" and dice.random() < share else sign for sign in path)


def _at_slash(*signs: str) -> Callable[[str, random.Random], str]:
    def change(path: str, dice: random.Random) -> str:
        slashes = [at for at, sign in enumerate(path) if sign == "/"] or [0]
        at = dice.choice(slashes)
        return path[:at] + dice.choice(signs) + path[at + 1 :]

    return change


def _inserted(*signs: str) -> Callable[[str, random.Random], str]:
    def change(path: str, dice: random.Random) -> str:
        at = _somewhere(path, dice)
        return path[:at] + dice.choice(signs) + path[at:]

    return change


def _replaced(sign: str, other: str) -> Callable[[str, random.Random], str]:
    def change(path: str, _: random.Random) -> str:
        return path.replace(sign, other)

    return change


def _around(*pairs: tuple[str, str]) -> Callable[[str, random.Random], str]:
    def change(path: str, dice: random.Random) -> str:
        before, after = dice.choice(pairs)
        return before + path + after

    return change


_WAYS: tuple[Callable[[str, random.Random], str], ...] = (
    _encoded,
    _replaced("%", "%25"),
    _replaced("%", "%2525"),
    lambda path, dice: path.upper() if dice.random() < 0.5 else path.swapcase(),
    _replaced("/api/", "/ajax-api/"),
    _replaced("/ajax-api/", "/api/"),
    _replaced("/2.0/", "/2.0/preview/"),
    _at_slash("//", "/./", "/x/../", "/%2e/", "/%2E%2e/", "%2f", "%2F", "%252f", "\\", "%5c", "/;/", "/..;/"),
    _at_slash("%c0%af", "%ef%bc%8f", "\uff0f", "%u002f", "/ ", "/%20", "/%09", "/%00", "%e2%81%84"),
    _inserted(
        "%00", "%0a", "%0d%0a", "%", "%2", "%zz", ";", ";a=b", "#", "%23", "?", "%3f", "&", "\t", " ", "é"
    ),
    _inserted("%E2%80%8B", "%ff", "%C2%A0", "\u212a", "\x00", "\r\nX: y", "%7f", "|", '"', "<", "*"),
    _around(
        ("", "/"), ("", "//"), ("", "%2f"), ("", "/."), ("", "/.."), ("", "%20"), ("", "?x=/"), ("", "#x")
    ),
    _around(
        ("/static-files/..", ""),
        ("/static-files/%2e%2e", ""),
        ("/health/..", ""),
        ("/static-files", ""),
        ("http://127.0.0.1:5000", ""),
        ("//127.0.0.1", ""),
        ("/get-artifact?path=", ""),
        ("*", ""),
        ("", "?_method=DELETE"),
        ("/static-files/x%3f", ""),
        ("/version%0d%0a", ""),
        (" ", ""),
    ),
)


def variants(seed: int) -> Iterator[Variant]:
    """Without end, over all routes in turn."""
    dice = random.Random(seed)
    while True:
        for route in ROUTES:
            yield variant_of(route, dice)
