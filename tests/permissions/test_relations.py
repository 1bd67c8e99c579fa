"""Relation × act × stage: all roles in one hand still do not let somebody judge their own work."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from accounts.stepup import Proof
from approvals.services import (
    Demand,
    Terms,
    ask_for,
    ask_pre_validation_use,
    open_request,
    sign_off,
    withdraw,
)
from audit import guards
from mrm.lib import clock, strict_json
from mrm.lib.errors import Blocked, NotAllowed, WrongStage
from mrm.settings import governance
from registry import vault
from registry.candidates import Trained, record_candidate
from registry.lifecycle import MOVES, Stage
from registry.models import ModelVersion
from registry.services import submit_version, suspend_version
from scoring.slots import deploy
from tests.cast import PASSWORD, Cast, enrol_cast
from tests.permissions import acts
from tests.validation import cases
from tests.validation.drawing import drawn
from validation.assessing import Written, write_assessment
from validation.findings import Raised
from validation.services import close_finding, conclude, open_finding, sign_deviation, start_run

__all__ = ["db", "drawn"]
ROLES = ("developer", "validator", "approver", "operator")
FAILED = "adverse_impact_age"


class Undone(Exception):
    """Ends the transaction around one act."""


@dataclass(frozen=True)
class World:
    people: dict[str, User]
    cast: Cast
    versions: dict[str, cases.Case]

    def case(self, stage: str) -> cases.Case:
        found = self.versions[stage]
        return cases.Case(self.cast, ModelVersion.objects.get(pk=found.version.pk), found.standard)


def _everything(username: str) -> User:
    user = enrol_person(actor=the_installation(), username=username, name=username.title(), password=PASSWORD)
    return _roles(user)


def _roles(user: User) -> User:
    for role in ROLES:
        if not user.grants.filter(role=role).exists():
            grant_role(actor=the_installation(), user=user, role=role)
    return user


def _again(user: User) -> User:
    """A second account of the same person, made behind the services: none of them makes one."""
    second = User(username=f"{user.username}.again", person=user.person)
    second.set_password(PASSWORD)
    second.save(force_insert=True)
    return _roles(second)


def _build(drawn: cases.Drawn) -> World:
    cast = enrol_cast()
    people = {"author": _roles(cast.dana), "validator": _roles(cast.victor), "signer": _roles(cast.ada)}
    people |= {f"{name}_again": _again(user) for name, user in tuple(people.items())}
    people |= {name: _everything(name) for name in ("trainer", "submitter", "independent")}
    people["stranger"] = cast.root
    risk_model = cases.accepted_model(cast)
    standard = cases.freeze_standard(actor=cast.victor, slug="card-limit-demo")
    candidate = _trained_by(people["trainer"], cast, risk_model, drawn)
    versions = {}
    for at, stage in enumerate(acts.STAGES):
        version = cases.registered(cast, candidate, f"0.{10 + at}")
        versions[stage] = cases.Case(cast, version, standard)
        _walk(versions[stage], stage, people)
        assert versions[stage].stage() == stage
    return World(people, cast, versions)


def _trained_by(trainer: User, cast: Cast, risk_model: Any, drawn: cases.Drawn) -> Any:
    trained = Trained(
        job_id=uuid.uuid4(),
        risk_model=risk_model,
        snapshot=cases.frozen(cast, drawn),
        mlflow_run_id=uuid.uuid4().hex,
        artifact_digest=vault.artifacts().put_folder(drawn.candidate),
        recipe={"name": "card-limit", **drawn.task},
        recipe_digest=drawn.recipe_digest,
        metrics=strict_json.loads((drawn.candidate / "metrics.json").read_bytes()),
    )
    return record_candidate(actor=trainer, trained=trained)


def _walk(case: cases.Case, stage: str, people: dict[str, User]) -> None:
    if stage == "draft":
        return
    case.version = submit_version(actor=people["submitter"], version=case.version)
    case.evidence(**({FAILED: "failed"} if stage == "in_validation" else {}))
    if stage == "in_validation":
        return
    case.concluded("not_fit" if stage == "rejected" else "fit")
    if stage in ("validated", "rejected"):
        return
    request = open_request(actor=people["author"], version=case.version)
    _sign(people["signer"], case, request)
    if stage == "in_review":
        return
    _sign(case.cast.amir, case, request)
    if stage == "suspended":
        suspend_version(actor=people["independent"], version=case.version, why="Doubt.")


def _sign(user: User, case: cases.Case, request: Any, verdict: str = "approve") -> None:
    signature = cases.signing(user, case.version, f"signoff:{verdict}")
    sign_off(actor=user, request=request, verdict=verdict, signature=signature)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object, drawn: cases.Drawn) -> Iterator[World]:
    with django_db_blocker.unblock():
        yield _build(drawn)
        guards.lift()
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=False)
        guards.install()


@pytest.fixture(autouse=True)
def db(world: World) -> None:
    """The world is built once; every act is rolled back by the test itself."""


@pytest.fixture(autouse=True)
def _store_of_its_own() -> None:
    """The world's artefacts stay where they were put."""


def _submit(user: User, case: cases.Case) -> None:
    submit_version(actor=user, version=case.version)


def _start(user: User, case: cases.Case) -> None:
    start_run(actor=user, version=case.version, standard=case.standard)


def _deviate(user: User, case: cases.Case) -> None:
    run = case.version.runs.first()
    if run is None:
        raise WrongStage("There is no result that could be let stand.")
    result = run.results.select_related("run__version__risk_model").get(check_id=FAILED)
    sign_deviation(actor=user, result=result, **cases.signature(user, case.version, "deviation"))


def _signature(user: User, case: cases.Case, meaning: str) -> dict[str, Any]:
    """Where nothing is shown yet, whoever signs has to make something up."""
    if case.version.runs.exists():
        return cases.signature(user, case.version, meaning)
    return {"rationale": "Unseen.", "challenge": "none", "proof": Proof(PASSWORD), "shown_digest": "0" * 64}


def _assess(user: User, case: cases.Case) -> None:
    words = Written("limits", "satisfactory", "Words.")
    write_assessment(actor=user, version=case.version, written=words)


def _conclude(verdict: str) -> Callable[[User, cases.Case], None]:
    def act(user: User, case: cases.Case) -> None:
        if verdict.startswith("fit") and case.version.stage == Stage.IN_VALIDATION:
            _deviate(case.cast.victor, case)
        signed = _signature(user, case, f"conclusion:{verdict}")
        if verdict == "fit_with_conditions":
            due_at = clock.now() + dt.timedelta(days=9)
            signed["conditions"] = [Demand("Watch it.", due_at)]
        conclude(actor=user, version=case.version, verdict=verdict, **signed)

    return act


def _request(user: User, case: cases.Case) -> None:
    open_request(actor=user, version=case.version)


def _sign_off(verdict: str) -> Callable[[User, cases.Case], None]:
    def act(user: User, case: cases.Case) -> None:
        request = case.version.requests.first()
        if request is None:
            raise WrongStage("Nobody has asked for an approval.")
        _sign(user, case, request, verdict)

    return act


def _deploy(user: User, case: cases.Case) -> None:
    deploy(actor=user, version=case.version)


def _suspend(user: User, case: cases.Case) -> None:
    suspend_version(actor=user, version=case.version, why="Doubt.")


def _withdraw(user: User, case: cases.Case) -> None:
    request = case.version.requests.first()
    if request is None:
        raise WrongStage("Nobody has asked for an approval.")
    withdraw(actor=user, request=request, why="Too early.")


def _complete(act: str) -> Callable[[User, cases.Case], None]:
    """Otto asks, amir signs first, and this person completes the quorum."""

    def done(user: User, case: cases.Case) -> None:
        request = ask_for(actor=case.cast.otto, version=case.version, act=act, why="Settled.")
        for signer in (case.cast.amir, user):
            signature = cases.signing_of(signer, request, "signoff:approve")
            sign_off(actor=signer, request=request, verdict="approve", signature=signature)

    return done


def _use(user: User, case: cases.Case) -> None:
    """Its author asks, amir signs first, and this person completes the quorum."""
    terms = Terms(decisions=5, until=clock.now() + dt.timedelta(days=9))
    request = ask_pre_validation_use(actor=case.cast.dana, version=case.version, terms=terms, why="A pilot.")
    for signer in (case.cast.amir, user):
        signature = cases.signing_of(signer, request, "signoff:approve")
        sign_off(actor=signer, request=request, verdict="approve", signature=signature)


RAISED = Raised(title="T", text="Words.", severity="low")


def _open(user: User, case: cases.Case) -> None:
    open_finding(actor=user, version=case.version, raised=RAISED)


def _close(user: User, case: cases.Case) -> None:
    finding = open_finding(actor=case.cast.victor, version=case.version, raised=RAISED)
    close_finding(actor=user, finding=finding, text="Settled.")


ACTS: dict[str, Callable[[User, cases.Case], None]] = {
    "submit": _submit,
    "start_run": _start,
    "assess": _assess,
    "deviation": _deviate,
    "conclude": _conclude("fit"),
    "conclude_with_conditions": _conclude("fit_with_conditions"),
    "conclude_not_fit": _conclude("not_fit"),
    "conclude_returned": _conclude("returned"),
    "request": _request,
    "sign_approve": _sign_off("approve"),
    "sign_reject": _sign_off("reject"),
    "sign_return": _sign_off("return"),
    "deploy": _deploy,
    "suspend": _suspend,
    "withdraw": _withdraw,
    "resume": _complete("resume-version"),
    "retire": _complete("retire-version"),
    "use_before_validation": _use,
    "open_finding": _open,
    "close_finding": _close,
}
# Which acts walk which row of the lifecycle: every row must be walked by one of them.
WALKED = {
    ("submit", "draft"): "submit",
    ("conclude", "in_validation"): "conclude",
    ("reject", "in_validation"): "conclude_not_fit",
    ("return", "in_validation"): "conclude_returned",
    ("request", "validated"): "request",
    ("approve", "in_review"): "sign_approve",
    ("reject", "in_review"): "sign_reject",
    ("return", "in_review"): "sign_return",
    ("reopen", "validated"): "start_run",
    ("reopen", "in_review"): "start_run",
    ("suspend", "approved"): "suspend",
    ("withdraw", "in_review"): "withdraw",
    ("resume", "suspended"): "resume",
    ("retire", "approved"): "retire",
    ("retire", "suspended"): "retire",
}


def test_the_table_covers_every_row_of_the_lifecycle() -> None:
    assert set(WALKED) == {(move.name, str(move.source)) for move in MOVES}
    assert all(source in acts.EXISTS_AT[act] for (_, source), act in WALKED.items())
    assert set(acts.EXISTS_AT) == set(acts.BARRED) == set(ACTS)


def test_the_roles_of_these_people_hold_every_permission_of_the_lifecycle() -> None:
    held = {permission for role in ROLES for permission in governance.ROLES[role]}
    assert {str(move.permission) for move in MOVES} <= held


@pytest.mark.parametrize("stage", acts.STAGES)
@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("relation", acts.RELATIONS)
def test_what_a_relation_may_do_at_a_stage(world: World, relation: str, act: str, stage: str) -> None:
    case, user = world.case(stage), world.people[relation]
    said = "done"
    with pytest.raises(Undone), transaction.atomic():
        try:
            with transaction.atomic():
                ACTS[act](user, case)
        except (NotAllowed, WrongStage, Blocked):
            said = "refused"
        raise Undone
    assert said == acts.expected(relation, act, stage)
