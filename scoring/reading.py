"""Opening one decision. Whoever shows a payload asks here, so that no read goes unnoted."""

from __future__ import annotations

import uuid

from accounts.models import User
from audit.access_log import AccessEvent, Via, note
from audit.chain import Subject
from scoring import selectors
from scoring.selectors import DecisionFile


def read_decision(*, actor: User, decision_id: uuid.UUID, via: Via) -> DecisionFile:
    """One decision with its payload, once the access log holds who reads it.

    Refuses what `selectors.decision` refuses, and those reads are not noted here. If the note cannot be written the
    fault goes up and nothing is shown. A list shows no payload, and the answer to a score, also a repeated one, goes
    to whoever sent the application: neither is a read.
    """
    file = selectors.decision(actor=actor, decision_id=decision_id)
    subject = Subject("decision", str(file.decision.pk))
    note(event=AccessEvent.DECISION_READ, actor_id=actor.ledger_id, subject=subject, via=via)
    return file
