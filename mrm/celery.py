"""Celery only wakes a worker up; the Job row is the truth and the broker may lose any message."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["filesystem"] = "mrm.broker:Transport"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrm.settings.base")
app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-throttles": {
        "task": "accounts.tasks.sweep_throttles",
        "schedule": 300.0,
        "options": {"expires": 60},
    },
    "sweep-reminders": {
        "task": "notices.tasks.sweep_reminders",
        "schedule": 600.0,
        "options": {"expires": 300},
    },
    "watch-mlflow": {
        "task": "scoring.tasks.watch_mlflow",
        "schedule": 20.0,
        "options": {"expires": 10},
    },
    "sweep": {"task": "jobs.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
}


@signals.worker_init.connect
def _refuse_unguarded(**_: Any) -> None:  # Any: whatever the signal carries
    from mrm.startup import refuse_unguarded

    refuse_unguarded()
