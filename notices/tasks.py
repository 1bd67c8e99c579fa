"""Celery's side of this app."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="notices.tasks.sweep_reminders")
def sweep_reminders() -> None:
    from notices import reminders

    reminders.sweep()
