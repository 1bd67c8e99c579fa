"""The route map of the installed MLflow, asked of the server's own objects. Run as a program (importing it takes many
seconds and leaves its traces in a process), it prints method and path of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

# Flask adds them to every route; the gate lets neither through.
_IMPLIED = {"HEAD", "OPTIONS"}


def routes() -> set[tuple[str, str]]:
    from mlflow.server import app as inner
    from mlflow.server.fastapi_app import app as outer

    found = {(method, _plain(rule.rule)) for rule in inner.url_map.iter_rules() for method in rule.methods}
    found |= {(method, route.path) for route in _native(outer.routes) for method in route.methods}
    return {(method, path) for method, path in found if method not in _IMPLIED}


def _native(routes: Iterable[Any]) -> Iterator[Any]:
    """The routes beside the older application, which is mounted at the root. Anything else (a websocket, another mount)
    is a kind of door that the table has no word for."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from _native(route.effective_candidates())
        elif type(route).__name__ == "Mount":
            assert route.path == "", route.path
        else:
            assert route.methods, route
            yield route


def _plain(rule: str) -> str:
    """`<path:name>` as `{name:path}`, `<name>` as `{name}`."""
    return re.sub(
        r"<(?:(\w+):)?(\w+)>", lambda match: f"{{{match[2]}{':' + match[1] if match[1] else ''}}}", rule
    )


if __name__ == "__main__":
    print(json.dumps(sorted(routes())))
