"""Registering what somebody logged in MLflow: what is missing, in words, and asking for the job that takes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.services import unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib.errors import Blocked, Conflict, FieldError, Invalid, NotFound
from registry import decision_policies, logged_models, subjects
from registry.declared import Declared, declare
from registry.gatekeeper import ask_gates, pass_gates
from registry.logged_models import Contents, LoggedModel
from registry.models import (
    Candidate,
    DatasetSnapshot,
    DecisionPolicy,
    ModelVersion,
    ReasonDictionary,
    RiskModel,
)

ACT: Final = "submission"
RECIPE: Final = "mlflow"


@dataclass(frozen=True)
class Submission:
    """What shall become a version. Without a predecessor the newest version is taken for it."""

    risk_model: RiskModel
    uri: str
    snapshot: DatasetSnapshot
    policy: DecisionPolicy
    dictionary: ReasonDictionary
    predecessor: ModelVersion | None = None
    change_note: str = ""


@dataclass(frozen=True)
class Plan:
    name: str
    input_names: tuple[str, ...] = ()
    # Inputs that a column of texts may hold.
    spelled_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SubmissionAsked:
    """What the gates of the act are asked about."""

    risk_model: RiskModel
    snapshot: DatasetSnapshot
    plan: Plan


@dataclass(frozen=True)
class Wanted:
    """One thing that a submission needs; `lacks` says why it is not there yet and what to do."""

    key: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Looked:
    """A model of MLflow as it stands, held against a snapshot."""

    model: LoggedModel
    contents: Contents
    declared: Declared
    wanted: tuple[Wanted, ...]

    @property
    def lacks(self) -> list[str]:
        return [words for wanted in self.wanted for words in wanted.lacks]


def recent(*, actor: User, risk_model: RiskModel, limit: int) -> list[LoggedModel]:
    """The newest models that people logged in MLflow; those of training jobs stand here as candidates. Raises
    Unavailable when MLflow does not answer."""
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=risk_model.slug)
    found = logged_models.recent_models(limit)
    runs = [model.run_id for model in found]
    own = set(Candidate.objects.filter(mlflow_run_id__in=runs).values_list("mlflow_run_id", flat=True))
    return [model for model in found if model.run_id not in own]


def look(*, actor: User, risk_model: RiskModel, uri: str, snapshot: DatasetSnapshot) -> Looked:
    """Fetch what MLflow holds of a model and say what is missing, all at once. Writes nothing, loads nothing. Raises
    Invalid and NotFound for a URI that names none, Unavailable when MLflow does not answer."""
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=risk_model.slug)
    model = logged_models.find_model(uri)
    _refuse_own(model)
    contents = logged_models.contents_of(model)
    described = contents.described
    declared = declare(columns=described.columns, tables=contents.declared, snapshot=snapshot)
    # Without a signature there is nothing to hold against the snapshot.
    columns = declared.faults if described.columns else ()
    wanted = (
        Wanted("entry", tuple(ask_gates(act=ACT, actor=actor, subject=_asked(risk_model, snapshot)))),
        Wanted("format", described.format_faults),
        Wanted("signature", described.signature_faults),
        Wanted("example", described.example_faults),
        Wanted("columns", columns),
    )
    return Looked(model, contents, declared, wanted)


@unit_of_work
def request_submission(*, actor: User, submission: Submission) -> Job:
    """Queue the job that fetches the estimator, makes its tables from the snapshot, examines and seals them. What only
    MLflow can say is asked by the job, outside any transaction."""
    risk_model = submission.risk_model
    for permission in (Permission.VERSION_REGISTER, Permission.TRAINING_REQUEST):
        require(actor=actor, permission=permission, model_slug=risk_model.slug)
    logged_models.parse(submission.uri)
    _check(submission)
    asked = _asked(risk_model, submission.snapshot)
    pass_gates(act=ACT, actor=actor, subject=asked, refused=f"Nothing was registered for {risk_model.slug}.")
    payload = {
        "model": str(risk_model.pk),
        "uri": submission.uri,
        "snapshot": str(submission.snapshot.pk),
        "policy": str(submission.policy.pk),
        "dictionary": str(submission.dictionary.pk),
        "predecessor": str(submission.predecessor.pk) if submission.predecessor else "",
        "change_note": submission.change_note,
    }
    subject = subjects.of_model(risk_model)
    return request_job(actor=actor, kind="register-run", subject=subject, payload=payload)


def submission_of(payload: Mapping[str, Any]) -> Submission:
    """What a job was asked for. Any: its payload."""
    predecessor = payload["predecessor"]
    return Submission(
        risk_model=RiskModel.objects.get(pk=payload["model"]),
        uri=str(payload["uri"]),
        snapshot=DatasetSnapshot.objects.get(pk=payload["snapshot"]),
        policy=DecisionPolicy.objects.get(pk=payload["policy"]),
        dictionary=ReasonDictionary.objects.get(pk=payload["dictionary"]),
        predecessor=ModelVersion.objects.get(pk=predecessor) if predecessor else None,
        change_note=str(payload["change_note"]),
    )


def require_complete(looked: Looked, risk_model: RiskModel) -> None:
    """Raise Blocked with everything that is missing."""
    if looked.lacks:
        raise Blocked(f"Nothing was registered for {risk_model.slug}. {' '.join(looked.lacks)}", looked.lacks)


def is_given(task: Mapping[str, Any]) -> bool:
    """Whether a candidate's estimator was trained elsewhere. Any: its recipe as kept."""
    return str(task.get("name", "")) == RECIPE


def trainer_of(model: LoggedModel, otherwise: User) -> User:
    """Whoever's token logged the run, as the gate wrote it down; of a run that did not come through the gate, whoever
    submits it answers for it."""
    if not model.logged_by:
        return otherwise
    try:
        found = User.objects.select_related("person").filter(pk=model.logged_by).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound("The run was logged by an account that is not known here. Log it again.")
    return found


def _asked(risk_model: RiskModel, snapshot: DatasetSnapshot) -> SubmissionAsked:
    return SubmissionAsked(risk_model, snapshot, Plan(RECIPE))


def _refuse_own(model: LoggedModel) -> None:
    if Candidate.objects.filter(mlflow_run_id=model.run_id).exists():
        raise Conflict(
            "This run was logged by a training job here, and its candidate stands here: register that."
        )


def _check(submission: Submission) -> None:
    errors = [
        FieldError(f"/{name}", "other-model", f"This {name} belongs to another model.")
        for name in ("policy", "dictionary", "predecessor")
        if getattr(submission, name) is not None
        and getattr(submission, name).risk_model_id != submission.risk_model.pk
    ]
    if errors:
        raise Invalid("These parts do not make a version.", errors)
    decision_policies.loaded(submission.policy)
