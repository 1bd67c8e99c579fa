"""The demo's own folder: keys, database, artefacts, people's passwords. Taken before Django reads its settings."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from audit.sealer_folder import Folder

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "demo"
# Tables of the second model as they lie about.
SOURCES = VAR / "sources"
# Committed before the first run and never changed to please a result: it decides which clients are held out.
SPLIT_KEY = "countersign-demo-2026"
ORIGIN = "demo.countersign/ledger"


@dataclass(frozen=True)
class Home:
    """Where what lies."""

    var: Path

    @property
    def environment(self) -> Path:
        return self.var / "environment"

    @property
    def people(self) -> Path:
        return self.var / "people.json"

    @property
    def told(self) -> Path:
        return self.var / "told.json"

    @property
    def log(self) -> Path:
        return self.var / "demo.log"

    @property
    def tokens(self) -> Path:
        return self.var / "tokens"


HERE = Home(VAR)


def take_place(arguments: list[str]) -> None:
    """Make the folder and its keys if they are not there, and put them into this process's environment."""
    if "--fresh" in arguments and VAR.exists():
        shutil.rmtree(VAR)
    VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not HERE.environment.exists():
        _write_private(HERE.environment, _lines(_new_environment()))
    if "MRM_LEDGER_KEY" not in read_environment():
        _write_private(HERE.environment, _lines(read_environment() | _of_the_ledger()))
    os.environ.update(read_environment())
    os.environ.update(_addresses())
    SOURCES.mkdir(exist_ok=True, mode=0o700)
    os.environ["MRM_SOURCES_DIR"] = str(SOURCES)


def read_environment() -> dict[str, str]:
    pairs = (line.split("=", 1) for line in HERE.environment.read_text().splitlines() if line)
    return {name: shlex.split(value)[0] if value else "" for name, value in pairs}


def keep_people(people: dict[str, dict[str, str]]) -> None:
    """Passwords and tokens of invented people, readable by this user only, so that the demo can act for each."""
    _write_private(HERE.people, json.dumps(people, indent=1))
    HERE.tokens.mkdir(exist_ok=True, mode=0o700)
    for name, secret in people.items():
        _write_private(HERE.tokens / name, secret["token"])


def read_people() -> dict[str, dict[str, str]]:
    people: dict[str, dict[str, str]] = json.loads(HERE.people.read_text())
    return people


def _new_environment() -> dict[str, str]:
    return {
        "MRM_DEMO": "1",
        "MRM_SECRET_KEY": secrets.token_urlsafe(48),
        "MRM_DATA_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "MRM_SPLIT_KEY": SPLIT_KEY,
        "MRM_VAR_DIR": str(VAR),
    }


def _of_the_ledger() -> dict[str, str]:
    """The sealer's key, made where only the sealer reads it, its public half for everybody else, and a folder that
    stands for another host."""
    sealer, anchors = Folder(VAR / "sealer"), VAR / "anchors"
    keys = list(sealer.keys().values()) or [sealer.add_key(ORIGIN)]
    anchors.mkdir(exist_ok=True, mode=0o700)
    return {
        "MRM_ANCHOR_FOLDER": str(anchors),
        "MRM_ANCHOR_MINUTES": "1",
        "MRM_LEDGER_KEY": keys[0].public.text,
    }


def _addresses() -> dict[str, str]:
    """Loopback ports: the usual ones, or the next free ones."""
    web, gateway, mlflow = _free_port(8000), _free_port(8100), _free_port(5000)
    return {
        "MRM_PUBLIC_URL": f"http://127.0.0.1:{web}",
        "MRM_GATEWAY_URL": f"http://127.0.0.1:{gateway}",
        "MRM_MLFLOW_URL": f"http://127.0.0.1:{mlflow}",
    }


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"No port between {wanted} and {wanted + 99} is free on 127.0.0.1.")


def _lines(pairs: dict[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in pairs.items())


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
