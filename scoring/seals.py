"""Noting that sealed bytes do not match: once a minute and artefact, not once a request."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from audit import selectors
from audit.chain import Subject
from audit.events import Event
from audit.services import opened, record
from mrm.lib import clock
from registry.models import ModelVersion, RiskModel

_GRAIN = dt.timedelta(minutes=1)


def note_broken(*, actor: User, version: ModelVersion, code: str) -> None:
    """An entry, outside the refused request's transaction, unless the last one is younger than a minute."""
    subject = Subject("artifact", version.artifact_id)
    if _noted_lately(subject):
        return
    with opened():
        # Lock first: every process refuses in the same second, and one entry is enough.
        RiskModel.objects.select_for_update().get(pk=version.risk_model_id)
        if _noted_lately(subject):
            return
        facts = {"code": code, "model": version.risk_model.slug, "version": version.number}
        record(event=Event.SEAL_BROKEN, actor=actor, subject=subject, facts=facts)


def _noted_lately(subject: Subject) -> bool:
    noted = [entry.at for entry in selectors.entries_about(subject) if entry.event == Event.SEAL_BROKEN]
    return bool(noted) and clock.now() - noted[-1] < _GRAIN
