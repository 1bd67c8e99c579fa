"""A decision computed again from what was sealed, and compared exactly: bits, not tolerances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Invalid, Unavailable
from registry import serving, vault
from registry.models import DecisionPolicy, ReasonDictionary
from scoring import computation, records, selectors
from scoring.models import Decision
from scoring.payloads import Payload

if TYPE_CHECKING:
    from registry.serving.served import CanonicalInput


@dataclass(frozen=True)
class Difference:
    """One thing that is not what was stored, as text on both sides."""

    name: str
    stored: str
    recomputed: str


@dataclass(frozen=True)
class Replayed:
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        return not self.differences


def replay(*, actor: User, decision: Decision) -> Replayed:
    """Verify the stored bytes, compute the decision again, and note whether it is the same.

    Works for any version that ever decided, whatever its stage is now. Raises Erased when the payload is gone
    and Unavailable when the artefact cannot be loaded; neither is an answer, so neither is noted as one.
    """
    require(actor=actor, permission=Permission.DECISION_REPLAY, model_slug=decision.version.risk_model.slug)
    held = selectors.find(decision.pk)
    # Computed before the unit of work opens: a first load takes seconds, and a writer must not.
    replayed = Replayed(tuple(_differences(held)))
    _note(actor, held, replayed)
    return replayed


def record_faults(decision: Decision) -> tuple[Difference, ...]:
    """What of the stored record does not verify. Needs no key, so it answers for an erased decision too."""
    body = bytes(decision.body)
    kept, computed = bytes(decision.record).hex(), records.record_of(body).hex()
    stated: dict[str, Any] = json.loads(body)
    columns = {
        "at": clock.stamp(decision.at),
        "cap": None if decision.cap_id is None else str(decision.cap_id),
        "ciphertext": canonical.sha256(bytes(decision.payload.ciphertext)),
        "decision": str(decision.pk),
        "deployment": str(decision.deployment_id),
        "made_by": str(decision.made_by_id),
        "model": decision.version.risk_model.slug,
        "model_version": decision.version.number,
        "outcome": decision.outcome,
        "reference": decision.reference,
    }
    found = [] if kept == computed else [Difference("record", kept, computed)]
    found += [
        Difference(name, str(stated.get(name)), str(value))
        for name, value in columns.items()
        if stated.get(name) != value
    ]
    return tuple(found)


def _differences(decision: Decision) -> Iterator[Difference]:
    faults = record_faults(decision)
    yield from faults
    stored = decision.payload
    stated: dict[str, Any] = json.loads(bytes(decision.body))
    key = bytes(stored.wrapped_key) if stored.wrapped_key else None
    try:
        payload, commitment = records.unseal(decision.pk, bytes(stored.ciphertext), key)
    except Unavailable:
        yield Difference("payload", "sealed for this decision", "does not open")
        return
    if commitment != stated["commitment"]:
        yield Difference("commitment", str(stated["commitment"]), commitment)
    yield from _compared(payload, _again(decision, stated, payload))


def _again(decision: Decision, stated: dict[str, Any], payload: Payload) -> Payload | None:
    """Everything by the digests in the body; None when the stored inputs no longer pass the sealed schema."""
    version = decision.version
    served = serving.load(vault.artifacts(), str(stated["artifact"]))
    policies = DecisionPolicy.objects.filter(risk_model_id=version.risk_model_id)
    dictionaries = ReasonDictionary.objects.filter(risk_model_id=version.risk_model_id)
    try:
        inputs: CanonicalInput = served.parse(dict(payload.inputs))
    except Invalid:
        return None
    return computation.compute(
        served=served,
        policy=policies.get(digest=stated["policy"]),
        dictionary=dictionaries.get(digest=stated["dictionary"]),
        application=inputs,
        reference=payload.reference,
    )


def _compared(payload: Payload, again: Payload | None) -> Iterator[Difference]:
    if again is None:
        yield Difference("inputs", "passed the schema", "do not pass the schema")
        return
    stored, recomputed = payload.plain(), again.plain()
    for name in sorted(stored):
        if stored[name] != recomputed[name]:
            yield Difference(name, _shown(stored[name]), _shown(recomputed[name]))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


@unit_of_work
def _note(actor: User, decision: Decision, replayed: Replayed) -> None:
    """Names of what differed, never the values: the ledger holds nothing of an applicant."""
    version = decision.version
    facts = {
        "differences": [difference.name for difference in replayed.differences],
        "model": version.risk_model.slug,
        "same": replayed.same,
        "version": version.number,
    }
    subject = Subject("decision", str(decision.pk))
    record(event=Event.DECISION_REPLAYED, actor=actor, subject=subject, facts=facts)
