"""Reading the runs of scored samples."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry.models import ScoredSample
from validation.models import SampleResult, SampleRun
from validation.sample_runs import run_in_progress
from validation.standards import committed, load, shipped


def runs_of(*, actor: User, sample: ScoredSample) -> QuerySet[SampleRun]:
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=sample.risk_model.slug)
    rows = SampleRun.objects.filter(sample=sample)
    return rows.select_related("sample__risk_model", "standard", "started_by__person").order_by(
        "-started_at", "id"
    )


def run(*, actor: User, run_id: uuid.UUID) -> SampleRun:
    rows = SampleRun.objects.select_related(
        "sample__risk_model", "sample__brought_by__person", "standard", "started_by__person"
    )
    found = rows.filter(pk=run_id).first()
    if found is None or not _may_read(actor, found.sample):
        raise NotFound("There is no such run of a sample that you may see.")
    return found


def results_of(*, actor: User, run: SampleRun) -> list[SampleResult]:
    """All results in the order of the plan."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=run.sample.risk_model.slug)
    return list(run.results.order_by("ordinal"))


def result(*, actor: User, result_id: uuid.UUID) -> SampleResult:
    rows = SampleResult.objects.select_related("run__sample__risk_model", "run__standard")
    found = rows.filter(pk=result_id).first()
    if found is None or not _may_read(actor, found.run.sample):
        raise NotFound("There is no such result that you may see.")
    return found


def why_no_run(*, actor: User, sample: ScoredSample) -> str | None:
    """What a page says instead of a button that would be refused; None shows the button."""
    slug = sample.risk_model.slug
    if not allows(actor=actor, permission=Permission.RUN_START, model_slug=slug):
        return f"{actor.name} is no validator of {slug}."
    if actor.person_id == sample.brought_by.person_id:
        return f"{actor.name} brought this sample."
    return "A run of this sample is going already." if run_in_progress(sample) else None


def choosable_standards(*, sample: ScoredSample) -> list[tuple[str, str]]:
    """Standards that ship with the product and apply to the model's tier, by name."""
    found = [load(committed(slug)) for slug in shipped()]
    return [(each.slug, each.name) for each in found if sample.risk_model.tier in each.tiers]


def _may_read(actor: User, sample: ScoredSample) -> bool:
    return allows(actor=actor, permission=Permission.INVENTORY_READ, model_slug=sample.risk_model.slug)
