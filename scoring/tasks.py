"""Celery's side of this app."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="scoring.tasks.watch_mlflow")
def watch_mlflow() -> None:
    from scoring import watching

    watching.watch()
