"""Findings: opened by a validator, answered by their owner, closed by somebody who had no part in the
version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from registry import subjects
from registry.models import ModelVersion, VersionFile
from registry.services import lock_version
from registry.version_files import Brought, add_file
from validation.models import (
    CheckResult,
    Finding,
    FindingNote,
    FindingState,
    NoteFile,
    NoteKind,
    Severity,
)
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
    """The owner says why it does not hold. Refuses everybody else, and a finding that is closed."""
    held = _owned(actor, finding, "answer")
    check_words("/text", text)
    held.state = FindingState.REBUTTED
    held.save(update_fields=["state"])
    _note(held, actor, NoteKind.REBUTTAL, text)
    _record(Event.FINDING_REBUTTED, actor, held, {"words": canonical.sha256(text.encode())})
    return held


@unit_of_work
def plan_action(*, actor: User, finding: Finding, text: str, due_on: dt.date) -> Finding:
    """The owner says what will be done, and by which day. Refuses everybody else, a day that is past, and a finding
    that is closed. It moves no due date: that is the validator's."""
    held = _owned(actor, finding, "plan for")
    check_words("/text", text)
    _refuse_past(due_on)
    held.state = FindingState.PLANNED
    held.save(update_fields=["state"])
    _note(held, actor, NoteKind.ACTION_PLAN, text, due_on=due_on)
    facts = {"words": canonical.sha256(text.encode()), "promised_on": due_on.isoformat()}
    _record(Event.FINDING_PLANNED, actor, held, facts)
    return held


@unit_of_work
def postpone(*, actor: User, finding: Finding, text: str, due_on: dt.date) -> Finding:
    """Give a finding a later day, with the reason. Refuses its owner, insiders, an earlier day, a closed one."""
    held = _judged(actor, finding, "postpone")
    check_words("/text", text)
    _refuse_past(due_on)
    if due_on <= held.due_on:
        detail = f"Later than {held.due_on.isoformat()}, which it is due by now."
        raise Invalid("The finding was not postponed.", [FieldError("/due_on", "earlier", detail)])
    before, held.due_on = held.due_on, due_on
    held.save(update_fields=["due_on"])
    _note(held, actor, NoteKind.POSTPONEMENT, text, due_on=due_on)
    facts = {
        "words": canonical.sha256(text.encode()),
        "from": before.isoformat(),
        "due_on": due_on.isoformat(),
    }
    _record(Event.FINDING_POSTPONED, actor, held, facts)
    return held


@unit_of_work
def close_finding(
    *,
    actor: User,
    finding: Finding,
    text: str,
    result: CheckResult | None = None,
    files: Sequence[VersionFile] = (),
) -> Finding:
    """Settle a finding with words and what they rest on. Refuses its owner, the version's author, trainer and
    submitter, and to close a grave one without evidence."""
    held = _judged(actor, finding, "close")
    check_words("/text", text)
    _check_evidence(held, result, files)
    note = _note(held, actor, NoteKind.CLOSURE, text, result=result)
    NoteFile.objects.bulk_create([NoteFile(note=note, file=each) for each in files])
    held.state, held.closed_by, held.closed_at = FindingState.CLOSED, actor, clock.now()
    held.save(update_fields=["state", "closed_by", "closed_at"])
    facts = {
        "words": canonical.sha256(text.encode()),
        "result": None if result is None else result.digest,
        "files": sorted(each.digest for each in files),
    }
    _record(Event.FINDING_CLOSED, actor, held, facts)
    return held


@unit_of_work
def close_with_file(
    *, actor: User, finding: Finding, text: str, result: CheckResult | None, brought: Brought
) -> Finding:
    """Put a file beside the version and close the finding on it: both, or neither."""
    added = add_file(actor=actor, version=finding.version, brought=brought)
    return close_finding(actor=actor, finding=finding, text=text, result=result, files=[added])


def _owned(actor: User, finding: Finding, verb: str) -> Finding:
    """The locked row, for its owner."""
    require(actor=actor, permission=Permission.FINDING_REBUT, model_slug=finding.version.risk_model.slug)
    held = _lock(finding)
    if actor.person_id != held.owner.person_id:
        raise NotAllowed(f"Only {held.owner.name}, who owns this finding, answers it.")
    _refuse_closed(held, verb)
    return held


def _judged(actor: User, finding: Finding, verb: str) -> Finding:
    """The locked row, for a validator who had no part in it."""
    require(actor=actor, permission=Permission.FINDING_CLOSE, model_slug=finding.version.risk_model.slug)
    held = _lock(finding)
    part = "owner" if actor.person_id == held.owner.person_id else insider_role(held.version, actor.person_id)
    if part is not None:
        raise NotAllowed(
            f"{actor.name} is the {part} here and does not {verb} this finding. Ask another validator."
        )
    _refuse_closed(held, verb)
    return held


def _check_evidence(finding: Finding, result: CheckResult | None, files: Sequence[VersionFile]) -> None:
    errors = []
    if result is not None and result.run.version.risk_model_id != finding.version.risk_model_id:
        errors.append(FieldError("/result", "other-model", "This result is about another model."))
    if any(each.version.risk_model_id != finding.version.risk_model_id for each in files):
        errors.append(FieldError("/files", "other-model", "A file lies beside a version of another model."))
    if finding.severity in governance.CLOSED_WITH_EVIDENCE and result is None and not files:
        detail = f"A {finding.severity} finding is closed with evidence: name a result, or a file beside the version."
        errors.append(FieldError("/result", "required", detail))
    if errors:
        raise Invalid("The finding was not closed.", errors)


def _refuse_past(due_on: dt.date) -> None:
    if due_on < clock.now().date():
        detail = "A day that is not past."
        raise Invalid("This day is past.", [FieldError("/due_on", "past", detail)])


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


def _note(  # noqa: PLR0913 (a note is made of exactly these)
    finding: Finding,
    actor: User,
    kind: NoteKind,
    text: str,
    *,
    due_on: dt.date | None = None,
    result: CheckResult | None = None,
) -> FindingNote:
    note = FindingNote(
        finding=finding, kind=kind, text=text, due_on=due_on, result=result, author=actor, at=clock.now()
    )
    note.save(force_insert=True)
    return note


def _record(event: Event, actor: User, finding: Finding, facts: Mapping[str, object]) -> None:
    """Words stay outside the ledger; their digest stands in it."""
    told = {"finding": str(finding.pk), "state": str(finding.state), **facts}
    record(event=event, actor=actor, subject=subjects.of_version(finding.version), facts=told)
