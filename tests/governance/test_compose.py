"""docker-compose.yml starts what the demo starts. No engine runs here: this compares words, it proves no container."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mrm.demo.processes import MLFLOW_ENVIRONMENT, PROCESSES, Process

ROOT = Path(__file__).resolve().parents[2]
STORES = {"postgres", "redis"}
ONCE = {"migrate"}
# A container listens on another address and keeps its files elsewhere; everything else must agree.
WHERE = {
    "--bind",
    "--host",
    "--port",
    "--backend-store-uri",
    "--artifacts-destination",
    "--allowed-hosts",
    "--cors-allowed-origins",
}


def _services() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def _without_where(words: list[str]) -> list[str]:
    """The words of a command, without the values that say where it listens and keeps its files."""
    return [word for before, word in zip(["", *words], words, strict=False) if before not in WHERE]


def test_the_services_are_the_processes_of_the_demo_and_the_two_stores():
    assert set(_services()) - STORES - ONCE == {process.name for process in PROCESSES}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_service_runs_the_command_of_its_process(process: Process):
    command = [str(word) for word in _services()[process.name]["command"]]
    assert command[0] == "python"
    assert _without_where(command[1:]) == _without_where(list(process.command[1:]))


def test_mlflow_is_started_as_narrowly_as_in_the_demo():
    assert _services()["mlflow"]["environment"] == dict(MLFLOW_ENVIRONMENT)


@pytest.mark.parametrize("name", sorted(set(_services()) - ONCE))
def test_a_service_has_a_health_check(name: str):
    assert _services()[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(_services()))
def test_a_service_is_not_run_by_root(name: str):
    assert str(_services()[name]["user"]).split(":")[0] not in {"", "0", "root"}


@pytest.mark.parametrize("name", sorted(set(_services()) - STORES - ONCE - {"mlflow"}))
def test_the_application_is_not_the_owner_of_the_tables(name: str):
    role = "mrm_sealer" if name == "sealer" else "mrm_app"
    assert _services()[name]["environment"]["MRM_DATABASE_URL"].startswith(f"postgresql://{role}:")


def test_only_the_sealer_has_the_folder_of_the_private_keys():
    holders = {name for name, service in _services().items() if "sealer:" in str(service.get("volumes"))}
    assert holders == {"sealer"}
    assert _services()["sealer"]["environment"]["MRM_SEALER_DIR"] == "/srv/sealer"


def test_no_secret_is_written_into_the_file():
    named = [value for name in _services() for value in _secrets(_services()[name].get("environment", {}))]
    inside_urls = re.findall(r"://\w+:([^@\s]+)@", (ROOT / "docker-compose.yml").read_text())
    assert len(named) >= len(STORES)
    assert [secret for secret in (*named, *inside_urls) if not secret.startswith("${")] == []


def _secrets(environment: dict[str, str]) -> list[str]:
    return [value for name, value in environment.items() if name.endswith(("_PASSWORD", "_KEY"))]
