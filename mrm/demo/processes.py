"""What runs when Countersign runs. docker-compose.yml starts the same processes; a test compares the two."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where the processes listen and keep their files. Hosts carry their port."""

    var: Path = Path("var")
    web: str = "127.0.0.1:8000"
    mlflow: str = "127.0.0.1:5000"
    gateway: str = "127.0.0.1:8100"


@dataclass(frozen=True)
class Process:
    """`health` is a URL that answers 200 once the process is up; a process without a port has none."""

    name: str
    command: tuple[str, ...]
    health: str | None = None
    environment: tuple[tuple[str, str], ...] = ()


# Telemetry leaves the machine, pickles run code, and MLflow's own job runner is a second way to run code.
MLFLOW_ENVIRONMENT = (
    ("MLFLOW_DISABLE_TELEMETRY", "true"),
    ("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false"),
    ("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false"),
)


def processes(place: Place) -> tuple[Process, ...]:
    """The processes in the order in which they start."""
    return (web(place), worker(), scheduler(), sealer(), mlflow(place), gateway(place))


def web(place: Place) -> Process:
    # Never --preload: XGBoost hangs in a child forked from a process that has predicted.
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60")
    return Process(
        name="web",
        command=_python(
            "gunicorn", "mrm.wsgi:application", "--bind", place.web, *options, "--no-control-socket"
        ),
        health=f"http://{place.web}/readyz",
        # The web processes write their counters here, so that any of them can answer /metrics for all.
        environment=(("PROMETHEUS_MULTIPROC_DIR", str(place.var / "metrics")),),
    )


def worker() -> Process:
    # Threads: the heavy work runs in spawned children of a job, so a thread only waits for one.
    options = ("--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING")
    return Process(name="worker", command=_celery("worker", *options, "--without-gossip", "--without-mingle"))


def scheduler() -> Process:
    # The default scheduler keeps its state in a shelve, which is a pickle; this one keeps nothing, nor a pid.
    options = ("--scheduler", "celery.beat:Scheduler", "--pidfile=", "--loglevel", "WARNING")
    return Process(name="scheduler", command=_celery("beat", *options))


def sealer() -> Process:
    return Process(name="sealer", command=(sys.executable, "manage.py", "sealer"))


def mlflow(place: Place) -> Process:
    port = place.mlflow.rpartition(":")[2]
    command = _python(
        "mlflow",
        "server",
        *("--host", place.mlflow.rpartition(":")[0]),
        *("--port", port),
        *("--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{place.var / 'mlflow.sqlite3'}"),
        *("--artifacts-destination", str(place.var / "mlflow-artifacts")),
        "--serve-artifacts",
        *("--allowed-hosts", f"{place.mlflow},localhost:{port}"),
        *("--cors-allowed-origins", f"http://{place.mlflow}"),
        *("--x-frame-options", "DENY"),
    )
    return Process("mlflow", command, health=f"http://{place.mlflow}/health", environment=MLFLOW_ENVIRONMENT)


def gateway(place: Place) -> Process:
    # One process: it holds few bytes and waits most of the time. Addresses of searches are long.
    options = (
        *("--worker-class", "registry.gateway.worker.Worker"),
        *("--workers", "1", "--threads", "16", "--timeout", "60"),
    )
    limits = ("--limit-request-line", "8190", "--keep-alive", "5", "--no-control-socket")
    return Process(
        name="gateway",
        command=_python(
            "gunicorn", "mrm.gateway_wsgi:application", "--bind", place.gateway, *options, *limits
        ),
        health=f"http://{place.gateway}/livez",
    )


def _celery(*arguments: str) -> tuple[str, ...]:
    return _python("celery", "--app", "mrm.celery", *arguments)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


PROCESSES = processes(Place())
