"""What authors install is the server's own files, byte for byte, and little enough to need no Django."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
import zipfile
from email import message_from_bytes

from tests.evaluator.conftest import ROOT


def declared() -> dict:
    return tomllib.loads((ROOT / "deploy" / "evaluator" / "pyproject.toml").read_text())


def contents(wheel) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def facts(wheel, name: str) -> bytes:
    return next(content for path, content in contents(wheel).items() if path.endswith(f".dist-info/{name}"))


def test_wheel_holds_the_files_of_the_server_byte_for_byte(wheel):
    code = {name: content for name, content in contents(wheel).items() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in code} == {"countersign_evaluator", "mrm", "quant", "validation"}
    assert [name for name, content in code.items() if content != (ROOT / name).read_bytes()] == []


def test_wheel_ships_every_check_and_standard_and_nothing_of_the_database(wheel):
    code = contents(wheel)
    for folder, ending in (
        ("validation/checks", "py"),
        ("validation/standards_data", "json"),
        ("quant", "py"),
    ):
        there = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(f"*.{ending}")}
        assert there <= set(code)
    assert not [
        name
        for name, content in code.items()
        if re.search(rb"^\s*(from|import) django", content, re.MULTILINE)
    ]
    assert "validation/models.py" not in code


def test_wheel_is_the_same_when_built_again(wheel, backend, tmp_path):
    again = tmp_path / backend.build_wheel(str(tmp_path))
    assert again.read_bytes() == wheel.read_bytes()


def test_wheel_records_every_file_with_its_digest(wheel):
    held = contents(wheel)
    lines = [line.rsplit(",", 2) for line in facts(wheel, "RECORD").decode().splitlines()]
    assert {path for path, _, _ in lines} == set(held)
    for path, digest, size in lines[:-1]:
        made = base64.urlsafe_b64encode(hashlib.sha256(held[path]).digest()).rstrip(b"=").decode()
        assert (digest, int(size)) == (f"sha256={made}", len(held[path]))


def test_wheel_has_the_version_of_the_server_and_needs_what_the_server_locks(wheel):
    metadata = message_from_bytes(facts(wheel, "METADATA"))
    server = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (metadata["Name"], metadata["Version"]) == ("countersign-evaluator", server)
    locked = {
        re.split(r"[<>=\[]", line)[0] for line in (ROOT / "requirements" / "base.in").read_text().splitlines()
    }
    needed = metadata.get_all("Requires-Dist")
    assert needed == declared()["project"]["dependencies"]
    assert {re.split(r"[<>=]", each)[0] for each in needed} <= locked
    assert b"countersign = countersign_evaluator.plugin:CountersignEvaluator" in facts(
        wheel, "entry_points.txt"
    )
