"""Reading the inventory: each selector returns what the actor may see and writes nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.access import allows, reach, require
from accounts.models import User, UserKind
from accounts.permissions import Permission
from audit.events import Event
from audit.selectors import count_about, counts_about
from mrm.lib.errors import NotFound
from registry import subjects, vault
from registry.gatekeeper import ask_gates
from registry.lifecycle import MOVES, Move
from registry.models import (
    Candidate,
    DatasetSnapshot,
    DecisionPolicy,
    FeatureView,
    ModelVersion,
    ReasonDictionary,
    RiskModel,
    StageChange,
)
from registry.services import permission_of
from registry.serving import manifest

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class NextMove:
    """A move the lifecycle allows from here: whether the actor holds its permission, and what blocks it
    now."""

    move: Move
    is_permitted: bool
    reasons: tuple[str, ...]


_COUNTS_NOTHING = frozenset({"code", "text", "date"})


@dataclass(frozen=True)
class DeclaredInput:
    """An input of applications as the version's recipe declares it; a code, a label or a date counts nothing."""

    label: str
    is_code: bool


def inputs_of(version: ModelVersion) -> dict[str, DeclaredInput]:
    """The inputs a version takes, by name, without loading it. For callers that may see the version."""
    declared = version.candidate.recipe["schema"]["inputs"]
    return {
        each["name"]: DeclaredInput(each["label_en"], each["type"] in _COUNTS_NOTHING) for each in declared
    }


def example_of(version: ModelVersion) -> dict[str, object]:
    """One typical application, made when the version was trained: rounded medians and common codes, nobody's data. For
    callers that may see the version. Unavailable where the sealed bytes are missing or are others."""
    store = vault.artifacts()
    sealed = manifest.load(store.read(version.artifact_id)).file(manifest.EXAMPLE)
    features: dict[str, object] = json.loads(store.read(sealed.sha256))["features"]
    return features


def visible_models(*, actor: User) -> QuerySet[RiskModel]:
    """Every inventory entry, or those that the actor's roles name."""
    entries = RiskModel.objects.select_related("owner__person", "proposed_by__person", "accepted_by__person")
    slugs = _visible_slugs(actor)
    found = entries if slugs is None else entries.filter(slug__in=slugs)
    return found.order_by("slug")


def risk_model(*, actor: User, slug: str) -> RiskModel:
    return _only(
        visible_models(actor=actor).filter(slug=slug), f"There is no model {slug[:64]} that you may see."
    )


def owner_named(*, actor: User, username: str) -> User:
    """Whoever shall answer for an entry: an active account of a person."""
    require(actor=actor, permission=Permission.MODEL_PROPOSE)
    people = User.objects.select_related("person").filter(kind=UserKind.PERSON, is_active=True)
    return _only(people.filter(username=username), f"Nobody here is called {username}.")


def visible_versions(*, actor: User, slug: str) -> QuerySet[ModelVersion]:
    """The versions of one model, newest first."""
    entry = risk_model(actor=actor, slug=slug)
    return _versions().filter(risk_model=entry).order_by("-number")


def all_versions(*, actor: User) -> QuerySet[ModelVersion]:
    """The versions of every model the actor may see, the longest at their stage first."""
    slugs = _visible_slugs(actor)
    found = _versions() if slugs is None else _versions().filter(risk_model__slug__in=slugs)
    return found.order_by("stage_since", "id")


def version(*, actor: User, slug: str, number: int) -> ModelVersion:
    found = visible_versions(actor=actor, slug=slug).filter(number=number)
    return _only(found, f"{slug[:64]} has no version {number}.")


def next_moves(*, actor: User, version: ModelVersion) -> list[NextMove]:
    """What may come next and why not yet: the panel "what is missing" and the API read this list."""
    found = []
    for move in MOVES:
        if move.source != version.stage:
            continue
        permission = permission_of(move, version.risk_model)
        permitted = allows(actor=actor, permission=permission, model_slug=version.risk_model.slug)
        reasons = tuple(ask_gates(act=move.name, actor=actor, subject=version))
        found.append(NextMove(move, permitted, reasons))
    return found


def changes(*, actor: User, version: ModelVersion) -> QuerySet[StageChange]:
    """Every move the version made, the first one first."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    return version.changes.select_related("made_by__person").order_by("made_at", "id")


def visible_snapshots(*, actor: User) -> QuerySet[DatasetSnapshot]:
    """Snapshots are shared by all models; their rows are encrypted, here stand counts and names. Whoever reads single
    models and neither imports nor trains sees the snapshots of those models."""
    slugs = _visible_slugs(actor)
    rows = DatasetSnapshot.objects.select_related("imported_by__person").order_by("-imported_at", "id")
    if slugs is None or _works_with_data(actor):
        return rows
    used = ModelVersion.objects.filter(snapshot=OuterRef("pk"), risk_model__slug__in=slugs)
    return rows.filter(Exists(used))


def snapshot(*, actor: User, snapshot_id: uuid.UUID) -> DatasetSnapshot:
    return _only(visible_snapshots(actor=actor).filter(pk=snapshot_id), "There is no such snapshot.")


def visible_feature_views(*, actor: User) -> QuerySet[FeatureView]:
    """Feature views are shared by all models, as snapshots are: their rows are encrypted, here stand definitions and
    counts. Whoever reads single models and neither imports nor trains sees none."""
    slugs = _visible_slugs(actor)
    rows = FeatureView.objects.select_related("built_by__person").order_by("-built_at", "id")
    return rows if slugs is None or _works_with_data(actor) else rows.none()


def feature_view(*, actor: User, view_id: uuid.UUID) -> FeatureView:
    return _only(visible_feature_views(actor=actor).filter(pk=view_id), "There is no such feature view.")


def held_out_readings(*, actor: User, snapshot: DatasetSnapshot) -> int:
    """How often the held-out part was read, by the ledger's own count."""
    _visible_slugs(actor)
    return count_about(subjects.of_snapshot(snapshot), Event.HELD_OUT_READ)


def held_out_readings_of_each(
    *, actor: User, snapshots: Sequence[DatasetSnapshot]
) -> list[tuple[DatasetSnapshot, int]]:
    """The same for several at once, in their order."""
    _visible_slugs(actor)
    named = [subjects.of_snapshot(each) for each in snapshots]
    counts = counts_about(named, Event.HELD_OUT_READ)
    return [(each, counts[subject]) for each, subject in zip(snapshots, named, strict=True)]


def visible_candidates(*, actor: User, slug: str) -> QuerySet[Candidate]:
    entry = risk_model(actor=actor, slug=slug)
    rows = Candidate.objects.select_related("risk_model", "snapshot", "trained_by__person")
    return rows.filter(risk_model=entry).order_by("-trained_at", "id")


def candidate(*, actor: User, slug: str, candidate_id: uuid.UUID) -> Candidate:
    found = visible_candidates(actor=actor, slug=slug).filter(pk=candidate_id)
    return _only(found, f"{slug[:64]} has no such candidate.")


def visible_policies(*, actor: User, slug: str) -> QuerySet[DecisionPolicy]:
    entry = risk_model(actor=actor, slug=slug)
    return entry.policies.select_related("proposed_by__person").order_by("-proposed_at", "id")


def policy(*, actor: User, slug: str, policy_id: uuid.UUID) -> DecisionPolicy:
    found = visible_policies(actor=actor, slug=slug).filter(pk=policy_id)
    return _only(found, f"{slug[:64]} has no such decision policy.")


def visible_dictionaries(*, actor: User, slug: str) -> QuerySet[ReasonDictionary]:
    entry = risk_model(actor=actor, slug=slug)
    return entry.dictionaries.select_related("proposed_by__person").order_by("-proposed_at", "id")


def dictionary(*, actor: User, slug: str, dictionary_id: uuid.UUID) -> ReasonDictionary:
    found = visible_dictionaries(actor=actor, slug=slug).filter(pk=dictionary_id)
    return _only(found, f"{slug[:64]} has no such reason dictionary.")


def _versions() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.select_related(
        "risk_model",
        "artifact",
        "snapshot",
        "candidate",
        "policy",
        "dictionary",
        "predecessor__policy",
        "predecessor__snapshot",
        "predecessor__candidate",
        "author",
        "trainer",
        "submitter",
    )


def _visible_slugs(actor: User) -> frozenset[str] | None:
    """None: all of them. NotAllowed when no role of the actor reads the inventory."""
    slugs = reach(actor=actor, permission=Permission.INVENTORY_READ)
    if slugs == frozenset():
        require(actor=actor, permission=Permission.INVENTORY_READ)
    return slugs


def _works_with_data(actor: User) -> bool:
    return any(
        allows(actor=actor, permission=permission)
        for permission in (Permission.SNAPSHOT_IMPORT, Permission.TRAINING_REQUEST)
    )


def _only(rows: QuerySet[Row], otherwise: str) -> Row:
    found = rows.first()
    if found is None:
        raise NotFound(otherwise)
    return found


def registered_runs(run_ids: Iterable[str]) -> frozenset[str]:
    """Those of these MLflow runs that a version was registered from, the author's own as well as our copy. Nobody's
    permission is asked: whoever may write to a run has to be told that it takes no more."""
    asked = frozenset(run_ids)
    found = Candidate.objects.filter(
        Q(mlflow_run_id__in=asked) | Q(source_run_id__in=asked), versions__isnull=False
    )
    pairs = found.values_list("mlflow_run_id", "source_run_id")
    return asked & {run for pair in pairs for run in pair}
