"""The GraphQL operations in the pages of the installed MLflow. Run as a program, it writes them down by digest."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from registry.gateway.operations import FILE, digest_of

# An operation is a template text that begins with its kind; a minified bundle keeps such a text as it was written.
_OPERATION = re.compile(r"`(\s*(query|mutation|subscription)\s+(\w+)[^`]*)`")


def texts() -> dict[str, str]:
    """Each operation by its name. Fails where a name has two texts."""
    found: dict[str, str] = {}
    for script in sorted(_pages().rglob("*.js")):
        for match in _OPERATION.finditer(script.read_text()):
            text, kind, name = match.groups()
            assert kind == "query", f"{name} in {script.name} is a {kind}: it changes something"
            assert found.setdefault(name, text) == text, f"{name} has two texts"
    return found


def digests() -> dict[str, str]:
    return {name: digest_of(text) for name, text in sorted(texts().items())}


def _pages() -> Path:
    # Found, not imported: an import takes many seconds.
    spec = importlib.util.find_spec("mlflow")
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "server" / "js" / "build"


if __name__ == "__main__":
    FILE.write_text(json.dumps(digests(), indent=1) + "\n")
