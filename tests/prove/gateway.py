"""Other spellings of every address of MLflow: none passes the gate that its table denies, as the real server reads it. And a
file of 500 MB through the real gate, in the memory of a small one.

Each spelling that passes is given to the route maps of the installed server as the gate would send it on; the route that the
server takes it for has to be the one that was judged. `make test` sends some hundred, `make prove ONLY=gateway` 20,000:
`ARGS=5000` sends fewer.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from benchmarks._places import on_sqlite

if TYPE_CHECKING:
    from tests.prove._report import Figure

SIZE, LARGE_MEGABYTES = 20_000, 500
SEED = 20260301
DAMAGED = 1_000
_SHOWN = 20


def _server() -> Callable[[str, str], str]:
    """Which template the installed server takes a method and a target for; "" for none."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    from mlflow.server import app as inner
    from mlflow.server.fastapi_app import app as outer
    from starlette.routing import Match
    from werkzeug.exceptions import HTTPException
    from werkzeug.routing import RequestRedirect

    from tests.registry.mlflow_routes import _native, _plain

    native = list(_native(outer.routes))
    rules = inner.url_map.bind("127.0.0.1")

    def taken(method: str, target: str) -> str:
        # The path as the server in front of both decodes it, once.
        path = unquote(urlsplit(f"http://mlflow{target}").path)
        scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        for route in native:
            if route.matches(scope)[0] is Match.FULL:
                return str(route.path)
        try:
            return _plain(rules.match(path, method, return_rule=True)[0].rule)
        except RequestRedirect as led:
            return f"a redirect to {led.new_url}"
        except HTTPException:
            return ""

    return taken


def main(size: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "mrm.settings.testing"
    import django

    django.setup()
    from registry.gateway.policy import ROUTES, Access
    from tests.prove._report import Figure, report
    from tests.registry.gateway_variants import denied_readings, passed, variants

    began = time.monotonic()
    taken = _server()
    table = {(route.method, route.template): route.access for route in ROUTES}
    wrong, other, through = [], [], 0
    for variant in islice(variants(SEED), size):
        answer = passed(variant)
        if answer is None:
            continue
        through += 1
        judged, target = answer
        template = taken(variant.method, target)
        denied = table.get((variant.method, template)) is Access.DENY
        if denied or denied_readings(variant.method, target):
            wrong.append(f"{variant.method} {variant.target!a} passed and is {template}")
        if template and table.get((variant.method, template)) is not judged.route.access:
            other.append(
                f"{variant.method} {variant.target!a} was judged as {judged.route.template}, is {template}"
            )
    for line in (wrong + other)[:_SHOWN]:
        print(line)
    words = f"{size:,} spellings over {len(ROUTES)} routes, seed {SEED}, {through:,} plain ones passed"
    seconds = time.monotonic() - began
    return report(
        "gateway",
        [
            Figure("spellings that pass though denied", len(wrong), 0, words, seconds),
            Figure("spellings that the server reads as another answer", len(other), 0, words, seconds),
            *_model_files(),
            _memory(),
        ],
    )


def _model_files() -> list[Figure]:
    """Hostile and damaged files of models, each read in a process of its own."""
    from tests.prove._model_files import SEED as DRAWN
    from tests.prove._model_files import loaded_though_damaged, outcomes
    from tests.prove._report import Figure

    began = time.monotonic()
    found = outcomes(DAMAGED)
    seconds = time.monotonic() - began
    hostile = found["hostile"]
    damaged: Counter[str] = sum(map(Counter, found["damaged"].values()), Counter())
    told = f"{sum(hostile.values())} files of {found['samples']} hostile models"
    alone = sum(count for how, count in damaged.items() if how.startswith("SIG"))
    broken = (
        f"{DAMAGED:,} files of each library, seed {DRAWN}: {damaged.get('refused', 0)} refused in words, {alone} ended the child"
        f" alone, {damaged.get('taken', 0)} were another sound estimator"
    )
    began = time.monotonic()
    loaded = loaded_though_damaged(DAMAGED)
    return [
        Figure("hostile model files whose code ran or that were taken", _bad(found), 0, told, seconds),
        Figure("damaged estimators that hurt the parent", _faulty(found, damaged), 0, broken, seconds),
        Figure(
            "damaged files of sealed artefacts that loaded",
            loaded,
            0,
            f"{DAMAGED:,} files, seed {DRAWN}",
            time.monotonic() - began,
        ),
    ]


def _bad(found: dict[str, Any]) -> int:
    return int(found["executed"]) + found["hostile"].get("taken", 0) + found["hostile"].get("faulty", 0)


def _faulty(found: dict[str, Any], damaged: Counter[str]) -> int:
    """Without the sound ones being taken, the refusals would say nothing."""
    return damaged["faulty"] + sum(how != "taken" for how in found["sound"])


def _memory() -> Figure:
    """A file of 500 MB up and down, against one of 32 MB; the process of the gate is the real one."""
    from tests.prove._report import Figure
    from tests.registry.gateway_memory import Caller, peak_of
    from tests.registry.gateway_servers import stack
    from tests.registry.test_gateway_strain import GROWTH_MEGABYTES

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="prove-gateway-") as folder:
        place = on_sqlite(Path(folder), "gateway")
        token = json.loads(place.command("-m", "benchmarks._gateway_work").stdout.splitlines()[-1])
        with stack(Path(folder), lambda url: place.environment | {"MRM_MLFLOW_URL": url}) as both:
            caller = Caller(both.place.gateway, token)
            small, large = (peak_of(both.gate_worker, caller, size) for size in (32, LARGE_MEGABYTES))
    words = f"{LARGE_MEGABYTES} MB up and down: {large} MB at most, beside {small} MB for 32 MB"
    beyond = max(0, large - small - GROWTH_MEGABYTES)
    name = f"MB of memory for a large file beyond {GROWTH_MEGABYTES} more than for a small one"
    return Figure(name, beyond, 0, words, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))
