"""Erasure: the key of one payload is destroyed. What was hashed stays, what was said is gone."""

from __future__ import annotations

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid
from scoring.models import Decision, DecisionPayload


@unit_of_work
def erase(*, actor: User, decision: Decision, why: str) -> DecisionPayload:
    """Destroy the wrapped key of this decision's payload. It cannot be undone.

    The record and its ciphertext's hash still verify; nobody can read or replay the decision. Copies of the
    database from before hold the key until they are gone: whether this is erasure in law is the bank's call.
    """
    require(actor=actor, permission=Permission.PAYLOAD_ERASE, model_slug=decision.version.risk_model.slug)
    payload = DecisionPayload.objects.select_for_update(of=("self",)).get(decision_id=decision.pk)
    if payload.is_erased:
        raise Conflict("This payload was erased already.")
    if not why.strip():
        raise Invalid(
            "Say why the payload is erased.", [FieldError("/why", "required", "A sentence is needed.")]
        )
    payload.wrapped_key, payload.erased_at, payload.erased_by = None, clock.now(), actor
    payload.erased_why = why.strip()
    payload.save(update_fields=["wrapped_key", "erased_at", "erased_by", "erased_why"])
    facts = {"record": bytes(decision.record).hex(), "why": canonical.digest(payload.erased_why)}
    subject = Subject("decision", str(decision.pk))
    record(event=Event.DECISION_ERASED, actor=actor, subject=subject, facts=facts)
    return payload
