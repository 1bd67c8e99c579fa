"""Celery only wakes a worker up; the Job row is the truth and the broker may lose any message."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrm.settings.base")
app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {"task": "jobs.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
}
