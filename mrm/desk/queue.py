"""What waits for one person: each source asks what their roles let them do, the oldest comes first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import reach
from accounts.models import User
from accounts.permissions import Permission
from approvals.selectors import waiting_for
from approvals.words import request_words
from registry.lifecycle import Stage
from registry.models import ModelVersion, RiskModel, StageChange
from validation.models import CheckResult, Finding, FindingState, Question, ValidationRun

# A queue longer than this is no longer read from the top; the rest comes up as it is worked off.
LONGEST = 50


@dataclass(frozen=True)
class Item:
    """`what` waits since when, in which state, and what the reader does next."""

    what: str
    url: str
    state: str
    next_step: str
    since: dt.datetime


def queue_of(*, actor: User) -> list[Item]:
    sources = (
        _entries,
        _in_validation,
        _rebutted,
        _requests,
        _drafts,
        _validated,
        _to_answer,
        _asked,
        _to_deploy,
    )
    found = sorted(chain.from_iterable(source(actor) for source in sources), key=lambda item: item.since)
    return found[:LONGEST]


def _entries(actor: User) -> Iterator[Item]:
    slugs = reach(actor=actor, permission=Permission.MODEL_ACCEPT)
    rows = RiskModel.objects.filter(_within(slugs, "slug"), accepted_at=None)
    rows = rows.exclude(proposed_by__person=actor.person_id).exclude(owner__person=actor.person_id)
    for entry in rows.order_by("proposed_at")[:LONGEST]:
        url = reverse("model", args=[entry.slug])
        step = _("Read the entry; accept it when all its words are there.")
        yield Item(
            _("Inventory entry %(slug)s") % {"slug": entry.slug}, url, "proposed", step, entry.proposed_at
        )


def _in_validation(actor: User) -> Iterator[Item]:
    rows = _versions(actor, Permission.VERSION_CONCLUDE, Stage.IN_VALIDATION)
    found = list(_not_insider(rows, actor))
    newest = _newest_runs(found)
    counts = _counts(newest.values())
    for version in found:
        yield _version_item(version, _validation_step(counts.get(newest.get(version.pk))))


def _newest_runs(versions: list[ModelVersion]) -> dict[uuid.UUID, uuid.UUID]:
    """The newest completed run by version: of several the last one stands."""
    rows = ValidationRun.objects.filter(version__in=versions, completed_at__isnull=False)
    return dict(rows.order_by("completed_at", "id").values_list("version_id", "id"))


def _counts(runs: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, tuple[int, int]]:
    """Checks and failed checks by run."""
    rows = CheckResult.objects.filter(run__in=list(runs)).values("run")
    counted = rows.annotate(made=Count("id"), failed=Count("id", filter=Q(verdict__in=["failed", "error"])))
    return {row["run"]: (row["made"], row["failed"]) for row in counted}


def _validation_step(counted: tuple[int, int] | None) -> str:
    if counted is None:
        return _("No evidence yet: start a validation run.")
    made, failed = counted
    if failed == 0:
        return _("%(made)s checks are finished, none failed: read them and conclude.") % {"made": made}
    words = ngettext(
        "%(made)s checks are finished, %(failed)s failed: read it, raise a finding, then conclude.",
        "%(made)s checks are finished, %(failed)s failed: read them, raise findings, then conclude.",
        failed,
    )
    return words % {"made": made, "failed": failed}


def _rebutted(actor: User) -> Iterator[Item]:
    rows = _findings(actor, Permission.FINDING_CLOSE, FindingState.REBUTTED)
    for finding in rows.exclude(owner__person=actor.person_id)[:LONGEST]:
        yield _finding_item(finding, _("It was answered: read the answer and close it, or ask on."))


def _to_answer(actor: User) -> Iterator[Item]:
    rows = _findings(actor, Permission.FINDING_REBUT, FindingState.OPEN)
    for finding in rows.filter(owner__person=actor.person_id)[:LONGEST]:
        yield _finding_item(finding, _("It waits for your answer."))


def _asked(actor: User) -> Iterator[Item]:
    slugs = reach(actor=actor, permission=Permission.QUESTION_ANSWER)
    rows = Question.objects.filter(_within(slugs, "version__risk_model__slug"), answered_at=None)
    rows = rows.exclude(asked_by__person=actor.person_id).select_related(
        "version__risk_model", "asked_by__person"
    )
    for question in rows.order_by("asked_at")[:LONGEST]:
        what = _("Question about %(label)s") % {"label": question.version.label}
        step = _("%(name)s asks; your answer stands in the file.") % {"name": question.asked_by.name}
        yield Item(what, reverse("question-answer", args=[question.pk]), "open", step, question.asked_at)


def _requests(actor: User) -> Iterator[Item]:
    for request in waiting_for(actor=actor)[:LONGEST]:
        step = _("%(name)s asks for your decision.") % {"name": request.opened_by.name}
        url = reverse("sign-off", args=[request.pk])
        state = "overdue" if request.is_overdue else "waiting_for_you"
        yield Item(request_words(request), url, state, step, request.opened_at)


def _drafts(actor: User) -> Iterator[Item]:
    rows = _versions(actor, Permission.VERSION_SUBMIT, Stage.DRAFT)
    returned = StageChange.objects.filter(version=OuterRef("pk"), move="return")
    for version in rows.annotate(came_back=Exists(returned))[:LONGEST]:
        came_back = version.came_back
        step = _("It came back: read why, then submit it again or register another.")
        yield _version_item(version, step if came_back else _("Submit it to validation."))


def _validated(actor: User) -> Iterator[Item]:
    for version in _versions(actor, Permission.VERSION_REQUEST, Stage.VALIDATED)[:LONGEST]:
        yield _version_item(version, _("It was found fit: ask for its approval."))


def _to_deploy(actor: User) -> Iterator[Item]:
    rows = _versions(actor, Permission.DEPLOYMENT_START, Stage.APPROVED).filter(deployments=None)
    for version in rows.exclude(author=actor.person_id)[:LONGEST]:
        yield _version_item(version, _("It is approved and decides nothing yet: deploy it."))


def _versions(actor: User, permission: Permission, stage: Stage) -> QuerySet[ModelVersion]:
    slugs = reach(actor=actor, permission=permission)
    rows = ModelVersion.objects.select_related("risk_model").filter(
        _within(slugs, "risk_model__slug"), stage=stage
    )
    return rows.order_by("stage_since")


def _not_insider(rows: QuerySet[ModelVersion], actor: User) -> QuerySet[ModelVersion]:
    person = actor.person_id
    return rows.exclude(author=person).exclude(trainer=person).exclude(submitter=person)[:LONGEST]


def _findings(actor: User, permission: Permission, state: FindingState) -> QuerySet[Finding]:
    slugs = reach(actor=actor, permission=permission)
    rows = Finding.objects.select_related("version__risk_model")
    return rows.filter(_within(slugs, "version__risk_model__slug"), state=state).order_by("opened_at")


def _within(slugs: frozenset[str] | None, column: str) -> Q:
    """Every row for None, no row for no slug."""
    return Q() if slugs is None else Q(**{f"{column}__in": slugs})


def _version_item(version: ModelVersion, step: str) -> Item:
    url = reverse("version", args=[version.risk_model.slug, version.number])
    return Item(_label(version), url, version.stage, step, version.stage_since)


def _finding_item(finding: Finding, step: str) -> Item:
    words = _("Finding on %(label)s: %(title)s") % {"label": finding.version.label, "title": finding.title}
    return Item(words, reverse("finding", args=[finding.pk]), finding.state, step, finding.opened_at)


def _label(version: ModelVersion) -> str:
    return _("%(name)s, version %(number)s") % {"name": version.risk_model.name, "number": version.number}
