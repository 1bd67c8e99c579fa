"""Published features, one applicant at a time: publishing, looking up, erasing. A miss is stated, never zeros."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.access_log import AccessEvent, Via, note
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import Job
from jobs.run import Run
from jobs.services import request_job
from mrm.lib import canonical, sealed_box
from mrm.lib.errors import FieldError, Invalid
from quant.transactions import form
from registry import feature_views, subjects, vault
from registry.feature_stores import store
from registry.models import FeatureView

_EPOCH: Final = date(1970, 1, 1)
_BATCH: Final = 5_000
Conclusion = Callable[[], dict[str, str | int]]


class Reason(StrEnum):
    """UNKNOWN: nothing is published of this applicant, or nothing that was known on the day. TOO_OLD: older than the
    definition lets it be used."""

    UNKNOWN = "unknown"
    TOO_OLD = "too_old"


@dataclass(frozen=True)
class Found:
    """The features by name; None is missing, as the definition says. They hold as of a day."""

    features: dict[str, int | float | None]
    as_of: date
    age_days: int


@dataclass(frozen=True)
class Missed:
    reason: Reason


@unit_of_work
def request_publication(*, actor: User, view: FeatureView) -> Job:
    """Queue the job that makes the latest features of each applicant of a view ready to be looked up."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    payload = {"view": str(view.pk)}
    subject = subjects.of_feature_view(view)
    return request_job(actor=actor, kind="publish-feature-view", subject=subject, payload=payload)


def publish(run: Run) -> Conclusion:
    """Each batch is written as it is: the rows of a view never change, so what an attempt leaves behind is true."""
    require(actor=run.actor, permission=Permission.SNAPSHOT_IMPORT)
    view = FeatureView.objects.get(pk=run.job.payload["view"])
    run.progress("Opening the feature view", 5)
    latest = _latest(run.actor, view)
    kept, count = store(), 0
    for batch in _batches(view, latest):
        run.progress("Publishing the latest features of each applicant", 10 + 85 * count // len(latest))
        kept.put(view, batch)
        count += len(batch)
    run.progress("Publishing the latest features of each applicant", 95)

    def conclude() -> dict[str, str | int]:
        note_publication(actor=run.actor, view=view, applicants=count)
        return {"feature_view": view.label, "applicants": count}

    return conclude


@unit_of_work
def note_publication(*, actor: User, view: FeatureView, applicants: int) -> None:
    """Write down that a view was published. Changes nothing else."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    facts = {"name": view.name, "number": view.number, "applicants": applicants}
    record(
        event=Event.FEATURE_VIEW_PUBLISHED, actor=actor, subject=subjects.of_feature_view(view), facts=facts
    )


def look_up(*, actor: User, view: FeatureView, customer: str, on: date, via: Via) -> Found | Missed:
    """What is published of a customer, if it was known by the day and is not older than the definition allows, once the
    access log holds who reads it. If the note cannot be written the fault goes up and nothing is shown; a miss shows
    nothing and is no read. Unavailable where the store does not answer."""
    require(actor=actor, permission=Permission.DECISION_MAKE)
    token = token_of(customer)
    sealed = store().get(view, token)
    if not sealed:
        return Missed(Reason.UNKNOWN)
    told = json.loads(sealed_box.unseal(_key(view), sealed, _context(view, token)))
    as_of = _EPOCH + timedelta(days=told["day"])
    age, made = (on - as_of).days, form.load(view.definition)
    if age < 0:
        return Missed(Reason.UNKNOWN)
    if age > made.max_age_days:
        return Missed(Reason.TOO_OLD)
    names = [feature.name for feature in made.features]
    note(event=AccessEvent.FEATURES_READ, actor_id=actor.ledger_id, subject=reading_of(customer), via=via)
    return Found(dict(zip(names, told["values"], strict=True)), as_of, age)


@unit_of_work
def erase_features(*, actor: User, customer: str, why: str) -> int:
    """Erase what is published of a customer under every view that stands, and keep it from being published again; how
    many rows there were. The views themselves keep their rows, encrypted, as snapshots do."""
    require(actor=actor, permission=Permission.PAYLOAD_ERASE)
    if not why.strip():
        raise Invalid("Say why they are erased.", [FieldError("/why", "required", "A sentence is needed.")])
    token = token_of(customer)
    # Erased before it is written down: should the entry fail, too much is gone and nothing is left that should not be.
    erased = store().erase(list(FeatureView.objects.all()), token)
    facts = {"rows": erased, "why": canonical.digest(why.strip())}
    record(
        event=Event.FEATURES_ERASED, actor=actor, subject=Subject("erasure", str(uuid.uuid4())), facts=facts
    )
    return erased


def token_of(customer: str) -> str:
    """Of a customer's number or name as it is written; without the key nobody can try numbers out."""
    return hmac.digest(sealed_box.derive("feature-tokens"), customer.encode(), hashlib.sha256).hex()


def reading_of(customer: str) -> Subject:
    """What the access log calls a customer: by a key of its own, so that whoever holds the rows of the store cannot say
    whose reads these are, nor the other way round."""
    told = hmac.digest(sealed_box.derive("feature-reads"), customer.encode(), hashlib.sha256)
    return Subject("applicant", told.hex())


_Latest = dict[str, tuple[int, list[Any]]]  # customer -> day, values. Any: int, float or None


def _latest(actor: User, view: FeatureView) -> _Latest:
    """Of each customer the features of their last application; of two on one day, those of the later key."""
    from registry.frames.content import from_parquet

    features = from_parquet(feature_views.read_features(actor=actor, view=view))
    holders = from_parquet(
        vault.read_view_part(
            view=view.content_digest, name=feature_views.HOLDERS, kept=view.parts[feature_views.HOLDERS]
        )
    )
    names = [feature.name for feature in form.load(view.definition).features]
    values = zip(*(features[name].to_pylist() for name in names), strict=True)
    found: _Latest = {}
    for customer, day, row in zip(
        holders["customer"].to_pylist(), holders["day"].to_pylist(), values, strict=True
    ):
        if customer is not None and day >= found.get(str(customer), (day, []))[0]:
            found[str(customer)] = (day, list(row))
    return found


def _batches(view: FeatureView, latest: _Latest) -> Iterator[dict[str, bytes]]:
    batch: dict[str, bytes] = {}
    key = _key(view)
    for customer, (day, values) in latest.items():
        token = token_of(customer)
        # Every double is written as the shortest text that reads back as itself.
        told = json.dumps({"day": day, "values": values}).encode()
        batch[token] = sealed_box.seal(key, told, _context(view, token))
        if len(batch) == _BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def _key(view: FeatureView) -> bytes:
    return sealed_box.derive(f"feature-rows:{view.pk.hex}")


def _context(view: FeatureView, token: str) -> bytes:
    return f"{view.pk.hex}:{token}".encode()
