"""What a serving process does before it serves: fail closed on a database without its guards, then warm up."""

from __future__ import annotations

import threading

import structlog
from django.db import DatabaseError, connection

from audit import guards

log = structlog.get_logger()
_warm = threading.Event()


def refuse_unguarded() -> None:
    """End the process when declared guards are missing: a web or worker without them would keep its invariants
    in Python only."""
    try:
        missing = guards.missing()
    except DatabaseError:
        raise SystemExit("The database does not answer; nothing is served without it.") from None
    finally:
        connection.close()
    if missing:
        raise SystemExit(f"Database guards are missing: {', '.join(missing)}. Run `manage.py migrate`.")


def warm_up() -> None:
    """Import XGBoost and load what holds a slot, in a thread, after the fork; /readyz is false until then."""
    threading.Thread(target=_warm_up, daemon=True, name="warm-up").start()


def is_warm() -> bool:
    return _warm.is_set()


def _warm_up() -> None:
    import xgboost

    from scoring.warming import load_champions

    try:
        log.info("warm", xgboost=xgboost.__version__, models=load_champions())
    finally:
        connection.close()
        _warm.set()
