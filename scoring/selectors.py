"""Reading deployments and decisions: what the actor may see, and never a payload in a list."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import translation

from accounts.access import EVERY_MODEL, Window, allows, reach, require, windows
from accounts.models import User
from accounts.permissions import Permission
from approvals.words import notice_of
from mrm.lib.errors import NotFound
from registry.models import ModelVersion, ReasonDictionary
from registry.reason_dictionaries import ReasonWords, words_of
from scoring import paging, records
from scoring.models import Decision, Deployment
from scoring.paging import Page
from scoring.payloads import Payload
from scoring.slots import CHAMPION

_NO_DECISION = "There is no such decision."


@dataclass(frozen=True)
class DecisionFilter:
    """Empty members do not narrow."""

    model: str = ""
    version: int | None = None
    outcome: str = ""


@dataclass(frozen=True)
class PointsLine:
    """How one reason group moved the score, in points, with its words in one language."""

    group: str
    text: str
    points: int


@dataclass(frozen=True)
class ReasonLine:
    code: str
    group: str
    text: str
    points: int


@dataclass(frozen=True)
class DecisionFile:
    """One decision as its page and the API show it. `payload` is None once it was erased."""

    decision: Decision
    dictionary: ReasonDictionary
    payload: Payload | None

    @functools.cached_property
    def words(self) -> dict[str, ReasonWords]:
        return words_of(self.dictionary)

    @property
    def record_digest(self) -> str:
        return bytes(self.decision.record).hex()

    def notice(self, language: str) -> str | None:
        """What is said with a decision that was made before the validation of its version had ended."""
        if self.decision.cap is None:
            return None
        with translation.override(language):
            return notice_of(self.decision.cap)

    def reasons(self, language: str) -> tuple[ReasonLine, ...]:
        if self.payload is None:
            return ()
        return tuple(
            ReasonLine(
                reason.code,
                reason.group,
                self.words[reason.group].text(language),
                reason.points,
            )
            for reason in self.payload.reasons
        )

    def points_lines(self, language: str) -> tuple[PointsLine, ...]:
        """The groups that lowered the score first; with `base_points` they add up to the points."""
        if self.payload is None:
            return ()
        ordered = sorted(self.payload.group_points.items(), key=lambda entry: (entry[1], entry[0]))
        return tuple(PointsLine(group, self.words[group].text(language), points) for group, points in ordered)


def deployments(*, actor: User, model_slug: str) -> QuerySet[Deployment]:
    """All deployments of a risk model, the newest first."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=model_slug)
    held = Deployment.objects.filter(risk_model__slug=model_slug).order_by("-started_at", "id")
    return held.select_related("version__risk_model", "started_by__person", "ended_by__person")


def scorable(*, actor: User) -> list[ModelVersion]:
    """The versions that decide now and that this person may have score, by the name of their model."""
    slugs = reach(actor=actor, permission=Permission.DECISION_MAKE)
    held = Deployment.objects.filter(slot=CHAMPION, ended_at=None).order_by("risk_model__slug")
    if slugs is not None:
        held = held.filter(risk_model__slug__in=slugs)
    return [each.version for each in held.select_related("version__risk_model")]


def deployment(*, actor: User, deployment_id: uuid.UUID) -> Deployment:
    rows = Deployment.objects.select_related("version__risk_model", "risk_model", "started_by__person")
    slugs = _slugs(actor, Permission.INVENTORY_READ)
    if slugs is not None:
        rows = rows.filter(risk_model__slug__in=slugs)
    found = rows.filter(pk=deployment_id).first()
    if found is None:
        raise NotFound("There is no such deployment.")
    return found


def version_to_deploy(*, actor: User, model_slug: str, number: int) -> ModelVersion:
    require(actor=actor, permission=Permission.DEPLOYMENT_START, model_slug=model_slug)
    found = (
        ModelVersion.objects.select_related("risk_model")
        .filter(risk_model__slug=model_slug, number=number)
        .first()
    )
    if found is None:
        raise NotFound(f"There is no version {number} of a model under this name.")
    return found


def decisions(*, actor: User, narrowed: DecisionFilter, cursor: str = "", limit: int = 50) -> Page[Decision]:
    """A page of decisions, the newest first, by keyset: the hundredth page costs what the first one does."""
    require(actor=actor, permission=Permission.DECISION_READ, model_slug=narrowed.model or None)
    rows = Decision.objects.select_related("version__risk_model", "made_by__person", "payload").defer(
        "body", "payload__ciphertext", "payload__wrapped_key"
    )
    reached = windows(actor=actor, permission=Permission.DECISION_READ)
    if reached is not None:
        rows = rows.filter(_within(reached))
    if narrowed.model:
        rows = rows.filter(version__risk_model__slug=narrowed.model)
    if narrowed.version is not None:
        rows = rows.filter(version__number=narrowed.version)
    if narrowed.outcome:
        rows = rows.filter(outcome=narrowed.outcome)
    return paging.page(rows, cursor=cursor, limit=limit)


def _within(reached: Iterable[Window]) -> Q:
    """Decisions of these models and days; none for no window."""
    found = Q(pk__in=[])
    for window in reached:
        part = Q() if window.model_slug == EVERY_MODEL else Q(version__risk_model__slug=window.model_slug)
        if window.since is not None:
            part &= Q(at__gte=window.since)
        if window.before is not None:
            part &= Q(at__lt=window.before)
        found |= part
    return found


def decision(*, actor: User, decision_id: uuid.UUID) -> DecisionFile:
    """One decision with its payload opened. NotFound for none; protected attributes are never inputs. To show it,
    ask `reading.read_decision`, which notes the read: a selector writes nothing."""
    return opened_file(reached(actor=actor, permission=Permission.DECISION_READ, decision_id=decision_id))


def decision_to_replay(*, actor: User, decision_id: uuid.UUID) -> Decision:
    """The row alone, for who may replay it without reading it."""
    return reached(actor=actor, permission=Permission.DECISION_REPLAY, decision_id=decision_id)


def reached(*, actor: User, permission: Permission, decision_id: uuid.UUID) -> Decision:
    """The decision, for whoever holds the permission on its model and for the day it was made on. To the others it
    must look like nothing."""
    _slugs(actor, permission)
    found = find(decision_id)
    slug = found.version.risk_model.slug
    if not allows(actor=actor, permission=permission, model_slug=slug, at=found.at):
        raise NotFound(_NO_DECISION)
    return found


def find(decision_id: uuid.UUID) -> Decision:
    """For callers that ask for a permission of their own."""
    found = (
        Decision.objects.select_related(
            "version__risk_model",
            "version__policy",
            "version__dictionary",
            "made_by__person",
            "payload",
            "cap",
        )
        .filter(pk=decision_id)
        .first()
    )
    if found is None:
        raise NotFound(_NO_DECISION)
    return found


def _slugs(actor: User, permission: Permission) -> frozenset[str] | None:
    """The models a permission reaches, None for all. NotAllowed for none, before anything is looked for: a refusal does
    not tell what exists."""
    slugs = reach(actor=actor, permission=permission)
    if slugs is not None and not slugs:
        require(actor=actor, permission=permission)
    return slugs


def opened_file(found: Decision) -> DecisionFile:
    stored = found.payload
    payload = None
    if not stored.is_erased:
        key = bytes(stored.wrapped_key) if stored.wrapped_key else None
        payload, _ = records.unseal(found.pk, bytes(stored.ciphertext), key)
    return DecisionFile(decision=found, dictionary=found.version.dictionary, payload=payload)
