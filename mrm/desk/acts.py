"""What this person may do here: an act is offered only when its service would do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from approvals.policy import (
    BREAK_GLASS,
    GRANT_EXCEPTION,
    GRANT_OVERLAY,
    PRE_VALIDATION_USE,
    RESUME_VERSION,
    RETIRE_VERSION,
)
from approvals.selectors import open_requests_of, standing_of, why_actor_cannot_sign
from approvals.words import act_words
from mrm.settings import governance
from registry.developer_documents import lacking_parts
from registry.entries import missing_words
from registry.gatekeeper import ask_gates
from registry.lifecycle import Stage, move_from
from registry.models import ModelVersion, RiskModel
from registry.monitoring_plans import WRITABLE, newest_plan
from registry.services import permission_of
from scoring.models import Deployment
from validation.assessments import topics_to_assess, why_no_assessment
from validation.comparison_selectors import why_no_comparison
from validation.models import ValidationRun
from validation.reperformed import why_no_reperformance
from validation.selectors import blocking_failures, latest_run, why_no_conclusion, why_no_run


@dataclass(frozen=True)
class Act:
    """As components/_act.html shows it: a link, or a form of its own. One that leads on may be the page's main
    act; one that takes back or stands beside never is."""

    label: str
    url: str
    method: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    leads_on: bool = False


def acts_on_model(*, actor: User, entry: RiskModel) -> list[Act]:
    """The next act first."""
    found = [
        _accept(actor, entry),
        _train(actor, entry),
        _compare(actor, entry),
        _register(actor, entry),
        _register_from_mlflow(actor, entry),
        _bring_sample(actor, entry),
        _amend(actor, entry),
    ]
    return [act for act in found if act is not None]


def acts_on_version(*, actor: User, version: ModelVersion, champion: Deployment | None) -> list[Act]:
    """The move that leads on first, then what may be done beside it, what takes back last."""
    newest = latest_run(version)
    found = [
        *_sign(actor, version),
        _assess(actor, version),
        _conclude(actor, version),
        _document(actor, version),
        _submit(actor, version),
        _watch(actor, version),
        _request(actor, version),
        _deploy(actor, version, champion),
        _run(actor, version, newest),
        _reperform(actor, newest),
        _compare_versions(actor, version),
        _raise(actor, version),
        _end(actor, version, champion),
        _suspend(actor, version),
        *_ask(actor, version),
        *_ask_more(actor, version),
        *_withdraw(actor, version),
    ]
    return [act for act in found if act is not None]


def main_and_others(acts: list[Act]) -> tuple[Act | None, list[Act]]:
    """The page's one filled button, and the rest."""
    if acts and acts[0].leads_on:
        return acts[0], acts[1:]
    return None, acts


def _accept(actor: User, entry: RiskModel) -> Act | None:
    is_insider = actor.person_id in {entry.proposed_by.person_id, entry.owner.person_id}
    if entry.accepted_at is not None or is_insider or missing_words(entry):
        return None
    if not _may(actor, Permission.MODEL_ACCEPT, entry):
        return None
    return Act(_("Accept into the inventory"), reverse("model-accept", args=[entry.slug]), leads_on=True)


def _train(actor: User, entry: RiskModel) -> Act | None:
    if entry.accepted_at is None or not _may(actor, Permission.TRAINING_REQUEST, entry):
        return None
    return Act(_("Request a training"), reverse("training-request", args=[entry.slug]), leads_on=True)


def _compare(actor: User, entry: RiskModel) -> Act | None:
    if entry.accepted_at is None or not _may(actor, Permission.TRAINING_REQUEST, entry):
        return None
    return Act(_("Compare candidates"), reverse("sweep-request", args=[entry.slug]))


def _register(actor: User, entry: RiskModel) -> Act | None:
    if not _may(actor, Permission.VERSION_REGISTER, entry):
        return None
    if not entry.candidates.exists() or not entry.dictionaries.exists():
        return None
    return Act(_("Register a version"), reverse("version-register", args=[entry.slug]))


def _register_from_mlflow(actor: User, entry: RiskModel) -> Act | None:
    may = [_may(actor, each, entry) for each in (Permission.VERSION_REGISTER, Permission.TRAINING_REQUEST)]
    if entry.accepted_at is None or not all(may):
        return None
    return Act(_("Register from MLflow"), reverse("mlflow-models", args=[entry.slug]))


def _bring_sample(actor: User, entry: RiskModel) -> Act | None:
    if entry.accepted_at is None or not _may(actor, Permission.SNAPSHOT_IMPORT, entry):
        return None
    return Act(_("Bring outcomes and scores from elsewhere"), reverse("sample-import", args=[entry.slug]))


def _amend(actor: User, entry: RiskModel) -> Act | None:
    if entry.accepted_at is not None or not _may(actor, Permission.MODEL_PROPOSE, entry):
        return None
    return Act(_("Amend the entry"), reverse("model-amend", args=[entry.slug]))


def _sign(actor: User, version: ModelVersion) -> list[Act]:
    return [
        Act(_("Decide and sign"), reverse("sign-off", args=[request.pk]), leads_on=True)
        for request in open_requests_of(version)
        if version.stage in governance.ACTS[request.act].stages
        and why_actor_cannot_sign(actor=actor, request=request) is None
    ]


def _ask(actor: User, version: ModelVersion) -> list[Act]:
    """The acts over a version that take nothing but a reason, where nobody has asked yet."""
    labels = {
        RESUME_VERSION: _("Ask for its resumption"),
        RETIRE_VERSION: _("Ask for its retirement"),
    }
    asked = {request.act for request in open_requests_of(version)}
    slug, number = version.risk_model.slug, version.number
    return [
        Act(label, reverse("act-ask", args=[slug, number, act]))
        for act, label in labels.items()
        if act not in asked and _is_askable(actor, version, act)
    ]


def _ask_more(actor: User, version: ModelVersion) -> list[Act]:
    """The acts over a version that ask for a date or hours as well."""
    found = []
    asked = {request.act for request in open_requests_of(version)}
    if BREAK_GLASS not in asked and _is_askable(actor, version, BREAK_GLASS):
        found.append(Act(_("Break the glass"), _at("break-glass", version)))
    if PRE_VALIDATION_USE not in asked and _is_askable(actor, version, PRE_VALIDATION_USE):
        found.append(Act(_("Ask for use before validation"), _at("cap-ask", version)))
    has_failed = blocking_failures(version)
    if has_failed and _is_askable(actor, version, GRANT_EXCEPTION):
        found.append(Act(_("Ask for an exception"), _at("exception-ask", version)))
    if _is_askable(actor, version, GRANT_OVERLAY):
        found.append(Act(_("Ask for an overlay"), _at("overlay-ask", version)))
    return found


def _is_askable(actor: User, version: ModelVersion, act: str) -> bool:
    row = governance.ACTS[act]
    return version.stage in row.stages and _may(actor, Permission(row.asks), version.risk_model)


def _withdraw(actor: User, version: ModelVersion) -> list[Act]:
    return [
        Act(
            _("Withdraw: %(what)s") % {"what": act_words(request.act)},
            reverse("request-withdraw", args=[request.pk]),
        )
        for request in open_requests_of(version)
        if request.opened_by.person_id == actor.person_id
        and _may(actor, Permission(governance.ACTS[request.act].asks), version.risk_model)
    ]


def _assess(actor: User, version: ModelVersion) -> Act | None:
    """Before the conclusion, once there is something to have an opinion on."""
    if latest_run(version) is None or why_no_assessment(actor=actor, version=version) is not None:
        return None
    leads_on = bool(topics_to_assess(version))
    return Act(_("Write the assessment"), _at("assessment", version), leads_on=leads_on)


def _document(actor: User, version: ModelVersion) -> Act | None:
    may = _may(actor, Permission.DOCUMENT_WRITE, version.risk_model)
    if version.stage != Stage.DRAFT or not may or not lacking_parts(version):
        return None
    return Act(_("Write the developer's document"), _at("document-write", version), leads_on=True)


def _watch(actor: User, version: ModelVersion) -> Act | None:
    """It leads on where it is the last thing that is missing before the approvers are asked."""
    may = _may(actor, Permission.MONITORING_PLAN, version.risk_model)
    if version.stage not in WRITABLE or not may or newest_plan(version) is not None:
        return None
    leads_on = version.stage == Stage.VALIDATED
    return Act(_("Write the monitoring plan"), _at("monitoring-write", version), leads_on=leads_on)


def _conclude(actor: User, version: ModelVersion) -> Act | None:
    if why_no_conclusion(actor=actor, version=version) is not None:
        return None
    return Act(_("Conclude and sign"), _at("conclude", version), leads_on=True)


def _submit(actor: User, version: ModelVersion) -> Act | None:
    if not _is_open(actor, version, "submit"):
        return None
    return Act(_("Submit to validation"), _at("version-submit", version), "post", leads_on=True)


def _request(actor: User, version: ModelVersion) -> Act | None:
    if not _is_open(actor, version, "request"):
        return None
    return Act(_("Ask for the approval"), _at("request-open", version), "post", leads_on=True)


def _deploy(actor: User, version: ModelVersion, champion: Deployment | None) -> Act | None:
    if champion is not None and champion.version_id == version.pk:
        return None
    if not _may(actor, Permission.DEPLOYMENT_START, version.risk_model):
        return None
    # Hashing an artefact to hear that its version is a draft would be a waste.
    if version.stage != Stage.APPROVED and standing_of(version).cap is None:
        return None
    if ask_gates(act="deployment", actor=actor, subject=version):
        return None
    return Act(_("Deploy as champion"), _at("deploy", version), "post", leads_on=True)


def _run(actor: User, version: ModelVersion, newest: ValidationRun | None) -> Act | None:
    if why_no_run(actor=actor, version=version) is not None:
        return None
    if newest is None:
        return Act(_("Start a validation run"), _at("run-start", version), leads_on=True)
    return Act(_("Run the validation again"), _at("run-start", version))


def _reperform(actor: User, newest: ValidationRun | None) -> Act | None:
    if newest is None or why_no_reperformance(actor=actor, run=newest) is not None:
        return None
    return Act(_("Re-perform the newest run"), reverse("run-reperform", args=[newest.pk]), "post")


def _compare_versions(actor: User, version: ModelVersion) -> Act | None:
    if why_no_comparison(actor=actor, version=version) is not None:
        return None
    return Act(_("Compare with the champion"), _at("comparison-request", version))


def _raise(actor: User, version: ModelVersion) -> Act | None:
    if not _may(actor, Permission.FINDING_OPEN, version.risk_model):
        return None
    return Act(_("Open a finding"), _at("finding-open", version))


def _end(actor: User, version: ModelVersion, champion: Deployment | None) -> Act | None:
    if champion is None or champion.version_id != version.pk:
        return None
    if not _may(actor, Permission.DEPLOYMENT_END, version.risk_model):
        return None
    return Act(_("End the deployment"), reverse("deployment-end", args=[champion.pk]))


def _suspend(actor: User, version: ModelVersion) -> Act | None:
    if not _is_open(actor, version, "suspend"):
        return None
    return Act(_("Suspend"), _at("version-suspend", version))


def _is_open(actor: User, version: ModelVersion, move: str) -> bool:
    step = move_from(move, version.stage)
    if step is None or not _may(actor, permission_of(step, version.risk_model), version.risk_model):
        return False
    return not ask_gates(act=move, actor=actor, subject=version)


def _may(actor: User, permission: Permission, entry: RiskModel) -> bool:
    return allows(actor=actor, permission=permission, model_slug=entry.slug)


def _at(name: str, version: ModelVersion) -> str:
    return reverse(name, args=[version.risk_model.slug, version.number])
