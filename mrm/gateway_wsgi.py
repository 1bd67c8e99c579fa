"""The process of the governed tracking address: MLflow behind a gate, on an origin of its own, without our pages."""

import os
from collections.abc import Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrm.settings.base")
django.setup()

from django.conf import settings  # noqa: E402 (needs the settings)
from django.db import close_old_connections, connections  # noqa: E402

from mrm import startup  # noqa: E402 (needs the applications)
from registry.gateway.gate import Begin, Gate  # noqa: E402
from registry.gateway.upstream import Upstream  # noqa: E402

startup.refuse_unguarded()
# A file of SQLite, too, is opened once a thread and minute, and not for every request.
connections.settings["default"]["CONN_MAX_AGE"] = 60
_gate = Gate(Upstream(settings.MRM_MLFLOW_URL))


def application(environ: dict[str, Any], begin: Begin) -> Iterable[bytes]:  # Any: what WSGI puts in
    close_old_connections()
    try:
        return _gate(environ, begin)
    finally:
        # The bytes of an answer are sent after this, and may take long: no connection is held for them.
        close_old_connections()
