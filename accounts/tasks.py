"""Celery's side of this app."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="accounts.tasks.sweep_throttles")
def sweep_throttles() -> None:
    from accounts import throttles

    throttles.sweep()
