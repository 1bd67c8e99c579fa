"""Reading sweeps and runs: what was compared, and every candidate of a model with what was measured of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Count, F, FloatField, OrderBy, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry import selectors
from registry.models import Candidate, ModelVersion, Sweep, Trial


class TrialSort(StrEnum):
    """What the candidates of one sweep are sorted by, the best or quickest first."""

    VALIDATION_AUC = "validation_auc"
    TEST_AUC = "test_auc"
    TEST_BRIER = "test_brier"
    TEST_LOG_LOSS = "test_log_loss"
    SECONDS = "seconds"


class RunSort(StrEnum):
    """What the runs of a model are sorted by. By a measure, those alone are listed that have it."""

    NEWEST = "newest"
    TEST_AUC = "test_auc"
    CROSS_FITTED_AUC = "cross_fitted_auc"


@dataclass(frozen=True)
class AskedTrials:
    """Empty: any."""

    sort: TrialSort = TrialSort.VALIDATION_AUC
    family: str = ""
    encoder: str = ""
    imputer: str = ""


@dataclass(frozen=True)
class AskedRuns:
    """Empty: any."""

    sort: RunSort = RunSort.NEWEST
    family: str = ""
    snapshot: uuid.UUID | None = None


_LARGER_IS_BETTER: Final = frozenset({TrialSort.VALIDATION_AUC, TrialSort.TEST_AUC})
# What a list does not show and a page of fifty rows would carry along: recipes hold whole schemas.
_SNAPSHOT: Final = ("snapshot__declaration", "snapshot__quality", "snapshot__lineage")
_HEAVY: Final = ("recipe", "metrics", *_SNAPSHOT)


def sweeps(*, actor: User, slug: str) -> QuerySet[Sweep]:
    """The sweeps of one model, newest first, without their facts but for who was `chosen`, and how many took part."""
    entry = selectors.risk_model(actor=actor, slug=slug)
    counted = _sweeps().annotate(chosen=KT("facts__choice__chosen"), trial_count=Count("trials"))
    return counted.filter(risk_model=entry).defer("facts", *_SNAPSHOT).order_by("-ended_at", "id")


def sweep(*, actor: User, slug: str, sweep_id: uuid.UUID) -> Sweep:
    entry = selectors.risk_model(actor=actor, slug=slug)
    found = _sweeps().filter(risk_model=entry, pk=sweep_id).first()
    if found is None:
        raise NotFound(f"{slug[:64]} has no such sweep.")
    return found


def trials(*, actor: User, sweep: Sweep, asked: AskedTrials) -> list[Trial]:
    """The candidates of a sweep; those without the measure, which could not be trained, last. All at once: there are as
    many as encoders, imputers and families multiply to, and one that was tuned."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=sweep.risk_model.slug)
    narrowed = {name: value for name in ("family", "encoder", "imputer") if (value := getattr(asked, name))}
    rows = sweep.trials.filter(**narrowed).select_related("candidate").defer("candidate__recipe")
    return list(rows.order_by(_order(asked.sort), "place"))


def trial(*, actor: User, sweep: Sweep, place: int) -> Trial:
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=sweep.risk_model.slug)
    found = sweep.trials.filter(place=place).select_related("candidate").first()
    if found is None:
        raise NotFound("This sweep has no such candidate.")
    return found


def runs(*, actor: User, slug: str, asked: AskedRuns) -> QuerySet[Candidate]:
    """Every candidate of a model with `family`, `recipe_name`, its measures, the sweep and the place it had in it, and
    the number of the version that was registered from it; None for what there is not."""
    measured = {name: Cast(KT(f"metrics__{name}"), FloatField()) for name in _measures()}
    trials = Trial.objects.filter(candidate=OuterRef("pk")).order_by("place")
    versions = ModelVersion.objects.filter(candidate=OuterRef("pk")).order_by("number")
    rows = selectors.visible_candidates(actor=actor, slug=slug).annotate(
        family=KT("recipe__recipe__estimator"),
        recipe_name=KT("recipe__name"),
        sweep=Subquery(trials.values("sweep_id")[:1], output_field=UUIDField()),
        place=Subquery(trials.values("place")[:1]),
        version_number=Subquery(versions.values("number")[:1]),
        **measured,
    )
    if asked.family:
        rows = rows.filter(recipe__recipe__estimator=asked.family)
    if asked.snapshot:
        rows = rows.filter(snapshot=asked.snapshot)
    if asked.sort is not RunSort.NEWEST:
        rows = rows.filter(**{f"{asked.sort}__isnull": False}).order_by(f"-{asked.sort}", "id")
    return rows.defer(*_HEAVY)


def _measures() -> tuple[RunSort, ...]:
    return (RunSort.TEST_AUC, RunSort.CROSS_FITTED_AUC)


def _order(sort: TrialSort) -> OrderBy:
    column = F(sort)
    return column.desc(nulls_last=True) if sort in _LARGER_IS_BETTER else column.asc(nulls_last=True)


def _sweeps() -> QuerySet[Sweep]:
    return Sweep.objects.select_related("risk_model", "snapshot", "incumbent__risk_model", "run_by__person")
