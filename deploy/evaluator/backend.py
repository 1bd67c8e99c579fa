"""Builds the wheel of the evaluator (PEP 517) with nothing but Python: the server's own files, byte for byte.

The files lie above this folder, which the usual backends only reach by copying. Built twice, the wheel is the same.
"""

import base64
import hashlib
import tomllib
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LICENCE = "LICENSE"


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,  # noqa: ARG001 (PEP 517's signature)
    metadata_directory: object = None,  # noqa: ARG001
) -> str:
    """Writes the wheel into this folder and returns its name."""
    declared = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    stem = f"{declared['project']['name'].replace('-', '_')}-{version()}"
    files = {name: (ROOT / name).read_bytes() for name in shipped(declared)}
    files |= {f"{stem}.dist-info/{name}": content for name, content in _facts(declared["project"]).items()}
    record = f"{stem}.dist-info/RECORD"
    files[record] = "".join([*(_recorded(*each) for each in files.items()), f"{record},,\n"]).encode()
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            wheel.writestr(entry, content)
    return name


def build_sdist(sdist_directory: str, config_settings: object = None) -> str:  # noqa: ARG001
    raise SystemExit("The evaluator is built from a checkout of Countersign; there is no source archive.")


def version() -> str:
    """That of Countersign itself: the evaluator judges like the server of the same checkout."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def shipped(declared: dict[str, Any]) -> list[str]:
    """Paths below the root, sorted. A pattern that finds nothing is a mistake in the list."""
    found: set[str] = set()
    for pattern in declared["tool"]["countersign"]["files"]:
        matched = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)}
        if not matched:
            raise SystemExit(f"No file is found by {pattern}.")
        found |= matched
    return sorted(found)


def _facts(project: dict[str, Any]) -> dict[str, bytes]:
    points = project["entry-points"].items()
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {at}\n" for name, at in all_of.items())
        for group, all_of in points
    ]
    metadata = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {version()}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        f"License-File: {_LICENCE}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {each}" for each in project["dependencies"]),
    ]
    wheel = ["Wheel-Version: 1.0", "Generator: countersign", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    return {
        f"licenses/{_LICENCE}": (ROOT / _LICENCE).read_bytes(),
        "METADATA": _text(metadata),
        "WHEEL": _text(wheel),
        "entry_points.txt": _text(groups),
    }


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _recorded(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"
