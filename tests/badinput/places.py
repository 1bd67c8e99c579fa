"""Real values for the parts of addresses, and what the database holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.apps import apps
from django.http import HttpResponse

from accounts.models import User
from accounts.services import issue_token
from approvals.services import delegate
from mrm.lib import clock
from quant.transactions import form
from registry.feature_views import BuiltView, record_view
from registry.models import DatasetSnapshot
from registry.services import submit_version
from tests.accounts import granting
from tests.training.feature_views.viewed import DEFINITION
from tests.validation import scored
from tests.validation.cases import registered
from tests.validation.compared import written
from validation.findings import Raised
from validation.models import Comparison
from validation.sample_runs import start_sample_run
from validation.services import open_finding

if TYPE_CHECKING:
    from tests.scoring.conftest import World

# What a refusal may leave: the note that it was refused or counted, and that a held-out part or a decision was asked for.
_MAY_GROW = {
    "audit.Access",
    "audit.Entry",
    "audit.Unsealed",
    "accounts.RefusalCount",
    "accounts.ThrottleWindow",
}
_MEMBERS = {"type", "title", "status", "detail", "trace_id"}


def places_of(world: World) -> dict[str, str]:
    from approvals.models import ApprovalRequest
    from jobs.models import Job

    raised = Raised(
        title="Thin file",
        text="Few rows.",
        severity="low",
        owner=None,
        due_on=clock.now().date() + dt.timedelta(30),
    )
    finding = open_finding(actor=world.cast.victor, version=world.version, raised=raised, result=None)
    run = world.version.validation_runs.first() if hasattr(world.version, "validation_runs") else None
    from validation.models import CheckResult, ValidationRun

    run = run or ValidationRun.objects.get(version=world.version)
    job = Job.objects.filter(pk=run.job_id).first() or Job.objects.first()
    built = BuiltView("bank", form.dump(DEFINITION), "c" * 64, 1, {}, {})
    return {
        "view_id": str(record_view(actor=world.cast.dana, built=built).pk),
        "slug": world.risk_model.slug,
        "number": str(world.version.number),
        "run_id": str(run.pk),
        "result_id": str(CheckResult.objects.filter(run=run).first().pk),
        "request_id": str(ApprovalRequest.objects.get().pk),
        "finding_id": str(finding.pk),
        "job_id": str(job.pk),
        "snapshot_id": str(DatasetSnapshot.objects.get().pk),
        **_of_samples(world),
        "comparison_id": str(_comparison(world).pk),
        "deployment_id": str(world.deployment.pk),
        "decision_id": str(world.decide().pk),
        "sequence": "1",
        **_of_roles(world),
        **_of_people(world),
    }


def _comparison(world: World) -> Comparison:
    """Of the version and a stricter one of the same bytes, which stands at its own number beside it."""
    cast, version = world.cast, world.version
    stricter = submit_version(actor=cast.dana, version=registered(cast, version.candidate, "0.02"))
    return written(cast.victor, version, stricter, version.runs.first().standard)


def _of_samples(world: World) -> dict[str, str]:
    sample = scored.frozen_sample(world.cast.dana, world.risk_model, scored.table(60))
    standard = world.version.runs.first().standard
    run = start_sample_run(actor=world.cast.victor, sample=sample, standard=standard)
    return {"sample_id": str(sample.pk), "sample_run_id": str(run.pk)}


def _of_roles(world: World) -> dict[str, str]:
    lia = world.cast.lia
    asked = granting.asked(world.cast.olga, lia, "operator")
    grant = lia.grants.get()
    return {"user_id": str(lia.pk), "role_request_id": str(asked.pk), "grant_id": str(grant.pk)}


def _of_people(world: World) -> dict[str, str]:
    """Whoever asks everything has ada's delegation, where they are there: it is nobody else's to see."""
    cast, until = world.cast, clock.now() + dt.timedelta(days=5)
    to = User.objects.select_related("person").filter(username="pat").first() or cast.amir
    given = delegate(actor=cast.ada, to=to, until=until, why="On leave.")
    token, _ = issue_token(actor=cast.lia, name="kept", days=1, scopes=[])
    return {"delegation_id": str(given.pk), "token_id": str(token.pk)}


def rows() -> dict[str, int]:
    """How many rows each table has, but for those in which a refusal is noted."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.managed and model._meta.label not in _MAY_GROW
    }


def problem_with(answer: HttpResponse) -> str | None:
    """What is wrong with a refusal as problem+json; None when nothing is."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code}: {answer.content[:200]!r}"
    if answer["Content-Type"] != "application/problem+json":
        return f"{answer.status_code} as {answer['Content-Type']}"
    body = answer.json()
    if not set(body) >= _MEMBERS or body["status"] != answer.status_code:
        return f"members {sorted(body)}"
    return None if body["detail"] and body["title"] else "no words"
