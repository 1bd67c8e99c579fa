"""Findings: opened by a validator, answered by their owner, closed by somebody who had no part in the
version."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotAllowed, WrongStage
from registry import subjects
from registry.models import ModelVersion
from registry.services import lock_version
from validation.models import CheckResult, Finding, FindingNote, FindingState, Severity
from validation.signing import check_words, insider_role

DUE_DAYS = 30
_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Raised:
    """What somebody wants answered. Without an owner the model's owner answers; without a date it is due
    in a month."""

    title: str
    text: str
    severity: str
    owner: User | None = None
    due_on: dt.date | None = None


@unit_of_work
def open_finding(
    *, actor: User, version: ModelVersion, raised: Raised, result: CheckResult | None = None
) -> Finding:
    """Open a finding on a version. Refuses empty words, an unknown severity and a result of another
    version."""
    require(actor=actor, permission=Permission.FINDING_OPEN, model_slug=version.risk_model.slug)
    # What a signer is shown lists the findings: the version is locked so that it does not change under a
    # signature.
    return _opened(actor, lock_version(version), raised, result)


@unit_of_work
def open_finding_by_rule(*, actor: User, version: ModelVersion, raised: Raised) -> Finding | None:
    """A finding that a rule opens, once under its title; None when it stands there already. No permission: it runs as a
    reaction to an act, and asks for an answer without judging anything."""
    held = lock_version(version)
    if Finding.objects.filter(version=held, title=raised.title).exists():
        return None
    return _opened(actor, held, raised, None)


def _opened(actor: User, held: ModelVersion, raised: Raised, result: CheckResult | None) -> Finding:
    _check(held, raised, result)
    finding = Finding(
        version=held,
        result=result,
        title=raised.title.strip(),
        text=raised.text,
        severity=raised.severity,
        owner=raised.owner or held.risk_model.owner,
        due_on=raised.due_on or clock.now().date() + dt.timedelta(days=DUE_DAYS),
        opened_by=actor,
        opened_at=clock.now(),
    )
    finding.save(force_insert=True)
    words = canonical.digest({"title": finding.title, "text": finding.text})
    check = None if result is None else result.check_id
    facts = {
        "severity": finding.severity,
        "check": check,
        "words": words,
        "due_on": finding.due_on.isoformat(),
    }
    _record(Event.FINDING_OPENED, actor, finding, facts)
    return finding


@unit_of_work
def rebut(*, actor: User, finding: Finding, text: str) -> Finding:
    """The owner's answer. Refuses everybody else, and a finding that is closed."""
    require(actor=actor, permission=Permission.FINDING_REBUT, model_slug=finding.version.risk_model.slug)
    held = _lock(finding)
    if actor.person_id != held.owner.person_id:
        raise NotAllowed(f"Only {held.owner.name}, who owns this finding, answers it.")
    _refuse_closed(held, "answer")
    check_words("/text", text)
    held.state = FindingState.REBUTTED
    held.save(update_fields=["state"])
    _note(held, actor, "rebuttal", text)
    _record(Event.FINDING_REBUTTED, actor, held, {"words": canonical.sha256(text.encode())})
    return held


@unit_of_work
def close_finding(*, actor: User, finding: Finding, text: str) -> Finding:
    """Settle a finding with words. Refuses its owner and the version's author, trainer and submitter."""
    require(actor=actor, permission=Permission.FINDING_CLOSE, model_slug=finding.version.risk_model.slug)
    held = _lock(finding)
    part = "owner" if actor.person_id == held.owner.person_id else insider_role(held.version, actor.person_id)
    if part is not None:
        raise NotAllowed(
            f"{actor.name} is the {part} here and does not close this finding. Ask another validator."
        )
    _refuse_closed(held, "close")
    check_words("/text", text)
    held.state, held.closed_by, held.closed_at = FindingState.CLOSED, actor, clock.now()
    held.save(update_fields=["state", "closed_by", "closed_at"])
    _note(held, actor, "closure", text)
    _record(Event.FINDING_CLOSED, actor, held, {"words": canonical.sha256(text.encode())})
    return held


def _check(version: ModelVersion, raised: Raised, result: CheckResult | None) -> None:
    errors = []
    if not raised.title.strip() or len(raised.title) > _LONGEST_TITLE:
        errors.append(FieldError("/title", "length", f"A title has 1 to {_LONGEST_TITLE} characters."))
    if raised.severity not in Severity.values:
        errors.append(FieldError("/severity", "unknown", f"One of {', '.join(Severity.values)}."))
    if result is not None and result.run.version_id != version.pk:
        errors.append(FieldError("/result", "other-version", "This result is about another version."))
    if errors:
        raise Invalid("The finding was not opened.", errors)
    check_words("/text", raised.text)


def _lock(finding: Finding) -> Finding:
    """The version first, as everywhere, then the finding."""
    version = lock_version(finding.version)
    held = Finding.objects.select_for_update(of=("self",)).select_related("owner__person").get(pk=finding.pk)
    held.version = version
    return held


def _refuse_closed(finding: Finding, verb: str) -> None:
    if finding.state == FindingState.CLOSED:
        raise WrongStage(f"Cannot {verb} this finding: it is closed. Open another one.")


def _note(finding: Finding, actor: User, kind: str, text: str) -> None:
    FindingNote(finding=finding, kind=kind, text=text, author=actor, at=clock.now()).save(force_insert=True)


def _record(event: Event, actor: User, finding: Finding, facts: dict[str, str | None]) -> None:
    """Words stay outside the ledger; their digest stands in it."""
    told = {"finding": str(finding.pk), "state": str(finding.state), **facts}
    record(event=event, actor=actor, subject=subjects.of_version(finding.version), facts=told)
