"""The same deeds done for real: by the services, on a database, in the names of real accounts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from accounts.stepup import Proof, open_challenge
from approvals import selectors
from approvals.content import shown_of_condition
from approvals.models import ApprovalRequest, Condition, Delegation
from approvals.policy import approvers
from approvals.services import (
    Demand,
    ask_break_glass,
    ask_exception,
    ask_for,
    claim,
    delegate,
    end_delegation,
    meet_condition,
    open_request,
    recuse,
    release,
    sign_off,
    void_requests,
    withdraw,
)
from audit.selectors import size
from mrm.lib import clock, strict_json
from mrm.lib.errors import Refusal
from registry import vault
from registry.candidates import Trained, record_candidate
from registry.models import ModelVersion
from registry.services import advance, resume_version, retire_version, submit_version, suspend_version
from registry.version_files import Brought, add_file
from tests.cast import PASSWORD, enrol_cast
from tests.law.model import ACCOUNTS, CONDITION, DELEGATION, EXCEPTION, REACTION, Deed
from tests.validation import cases
from validation.findings import Raised, close_finding, open_finding
from validation.models import FindingState
from validation.selectors import latest_run
from validation.services import conclude, sign_deviation
from validation.signing import Signature

FAILED = "adverse_impact_age"
ACTS = {
    "approve": "approve-version",
    "resume": "resume-version",
    "retire": "retire-version",
    "exception": "grant-exception",
    "break-glass": "break-glass",
}
TIERS = (1, 2, 3)
WHY = "It is settled."
NOTHING = "0" * 64


def everybody() -> tuple[Any, dict[str, User]]:
    """The cast and the accounts of the law's people: further roles, and second accounts of one person."""
    cast = enrol_cast()
    found: dict[str, User] = {}
    for name, account in ACCOUNTS.items():
        found[name] = getattr(cast, name, None) or _enrolled(name, found.get(account.person))
        for role in sorted(account.roles - set(found[name].grants.values_list("role", flat=True))):
            grant_role(actor=the_installation(), user=found[name], role=role)
    return cast, found


def _enrolled(name: str, first: User | None) -> User:
    if first is None:
        return enrol_person(actor=the_installation(), username=name, name=name.title(), password=PASSWORD)
    # A second account of the same person, made behind the services: none of them makes one.
    second = User(username=name, person=first.person)
    second.set_password(PASSWORD)
    second.save(force_insert=True)
    return second


@dataclass
class World:
    """A draft of a model of each tier; every example begins with one of them."""

    people: dict[str, User]
    drafts: dict[int, cases.Case]

    def at(self, tier: int) -> Life:
        draft = self.drafts[tier]
        version = ModelVersion.objects.select_related("risk_model").get(pk=draft.version.pk)
        add_file(actor=draft.cast.victor, version=version, brought=Brought("paper.txt", b"So it is."))
        return Life(self.people, cases.Case(draft.cast, version, draft.standard))


def built(drawn: cases.Drawn) -> World:
    cast, people = everybody()
    standard = cases.freeze_standard(actor=cast.victor, slug="card-limit-demo")
    snapshot = cases.frozen(cast, drawn)
    drafts = {}
    for tier in TIERS:
        risk_model = cases.accepted_model(cast, tier=tier, slug=f"card-limit-{tier}")
        trained = Trained(
            job_id=uuid.uuid4(),
            risk_model=risk_model,
            snapshot=snapshot,
            mlflow_run_id=uuid.uuid4().hex,
            artifact_digest=vault.artifacts().put_folder(drawn.candidate),
            recipe={"name": "card-limit", **drawn.task},
            recipe_digest=drawn.recipe_digest,
            metrics=strict_json.loads((drawn.candidate / "metrics.json").read_bytes()),
        )
        candidate = record_candidate(actor=cast.dana, trained=trained)
        drafts[tier] = cases.Case(cast, cases.registered(cast, candidate, cases.WIDE), standard)
    return World(people, drafts)


@dataclass
class Life:
    """One version and what is done to it."""

    people: dict[str, User]
    case: cases.Case
    requests: dict[str, uuid.UUID] = field(default_factory=dict)

    def do(self, deed: Deed) -> Any:
        self.case.version = ModelVersion.objects.select_related("risk_model").get(pk=self.case.version.pk)
        who = the_installation() if deed.who == REACTION else self.people[deed.who]
        act: Callable[[User, Deed], Any] = getattr(self, f"_{deed.what}")
        return act(who, deed)

    def try_to(self, deed: Deed) -> str | None:
        """Do it; None, or the code of the refusal."""
        try:
            self.do(deed)
        except Refusal as refusal:
            return refusal.code
        return None

    # --- What stands ----------------------------------------------------------------------------------------------

    def stage(self) -> str:
        return self.case.stage()

    def expires_at(self) -> dt.datetime | None:
        return ModelVersion.objects.get(pk=self.case.version.pk).expires_at

    def is_in_force(self) -> bool:
        return selectors.standing_of(self.case.version).why_not_in_force is None

    def states(self) -> dict[str, str]:
        return {about: self.request_of(about).state for about in self.requests}

    def approvals(self) -> dict[str, int]:
        found = {about: self.request_of(about) for about in self.requests}
        return {
            about: approvers(selectors.signed_of(each), selectors.insiders_of(each))
            for about, each in found.items()
        }

    def entries(self) -> int:
        return size()

    # --- Deeds ----------------------------------------------------------------------------------------------------

    def request_of(self, about: str) -> ApprovalRequest:
        rows = ApprovalRequest.objects.select_related("version__risk_model", "conclusion", "opened_by")
        return rows.get(pk=self.requests[about])

    def _submit(self, who: User, _: Deed) -> Any:
        return submit_version(actor=who, version=self.case.version)

    def _suspend(self, who: User, _: Deed) -> Any:
        return suspend_version(actor=who, version=self.case.version, why=WHY)

    def _evidence(self, who: User, deed: Deed) -> Any:
        verdicts = {} if deed.about == "good" else {FAILED: "failed"}
        return self.case.evidence(by=who, **verdicts)

    def _deviate(self, who: User, _: Deed) -> Any:
        words = cases.signature(who, self.case.version, "deviation")
        return sign_deviation(actor=who, result=self.case.result(FAILED), **words)

    def _conclude(self, who: User, deed: Deed) -> Any:
        meaning = f"conclusion:{deed.word}"
        words = (
            cases.signature(who, self.case.version, meaning)
            if latest_run(self.case.version)
            else _unseen(who, meaning)
        )
        return conclude(actor=who, version=self.case.version, verdict=deed.word, **words)

    def _request(self, who: User, _: Deed) -> Any:
        made = open_request(actor=who, version=self.case.version)
        self.requests["approve"] = made.pk
        return made

    def _ask(self, who: User, deed: Deed) -> Any:
        version = self.case.version
        if deed.about == "exception":
            until = clock.now() + EXCEPTION
            made = ask_exception(actor=who, result=self.case.result(FAILED), until=until, why=WHY)
        elif deed.about == "break-glass":
            made = ask_break_glass(actor=who, version=version, hours=4, why=WHY)
        else:
            made = ask_for(actor=who, version=version, act=ACTS[deed.about], why=WHY)
        self.requests[deed.about] = made.pk
        return made

    def _take(self, who: User, deed: Deed) -> Any:
        version = self.case.version
        if deed.about == "approve":
            return advance(actor=who, version=version, move="approve")
        move = {"resume": resume_version, "retire": retire_version}[deed.about]
        return move(actor=who, version=version, why=WHY)

    def _sign(self, who: User, deed: Deed) -> Any:
        request = self.request_of(deed.about)
        demands = [Demand("Report in a month.", clock.now() + CONDITION)]
        return sign_off(
            actor=who,
            request=request,
            verdict=deed.word,
            signature=cases.signing_of(who, request, f"signoff:{deed.word}"),
            on_behalf_of=self.people[deed.whom] if deed.whom else None,
            conditions=demands if deed.word == "approve_with_conditions" else [],
        )

    def _withdraw(self, who: User, deed: Deed) -> Any:
        return withdraw(actor=who, request=self.request_of(deed.about), why=WHY)

    def _recuse(self, who: User, deed: Deed) -> Any:
        return recuse(actor=who, request=self.request_of(deed.about), why=WHY)

    def _claim(self, who: User, deed: Deed) -> Any:
        return claim(actor=who, request=self.request_of(deed.about))

    def _release(self, who: User, deed: Deed) -> Any:
        return release(actor=who, request=self.request_of(deed.about))

    def _meet(self, who: User, _: Deed) -> Any:
        condition = Condition.objects.filter(version=self.case.version).order_by("due_at").last()
        assert condition is not None
        digest = shown_of_condition(condition).digest
        meaning = "condition:met"
        nonce = open_challenge(actor=who, digest=digest, meaning=meaning)
        signature = Signature(meaning, WHY, nonce, Proof(PASSWORD), digest)
        return meet_condition(actor=who, condition=condition, signature=signature)

    def _open_finding(self, who: User, _: Deed) -> Any:
        raised = Raised(title="Wrong", text="It is wrong.", severity="critical")
        return open_finding(actor=who, version=self.case.version, raised=raised)

    def _close_finding(self, who: User, _: Deed) -> Any:
        rows = self.case.version.findings.filter(severity="critical").exclude(state=FindingState.CLOSED)
        finding = rows.select_related("version__risk_model").order_by("opened_at").first()
        assert finding is not None
        # It lies there before: whoever may close it or not, the deed is one.
        papers = list(finding.version.files.select_related("version"))
        return close_finding(actor=who, finding=finding, text=WHY, files=papers)

    def _delegate(self, who: User, deed: Deed) -> Any:
        return delegate(actor=who, to=self.people[deed.whom], until=clock.now() + DELEGATION, why=WHY)

    def _end_delegation(self, who: User, _: Deed) -> Any:
        newest = Delegation.objects.order_by("starts_at").last()
        assert newest is not None
        return end_delegation(actor=who, delegation=newest)

    def _void(self, who: User, _: Deed) -> Any:
        return void_requests(actor=who, version=self.case.version)


def _unseen(who: User, meaning: str) -> dict[str, Any]:
    """A signature prepared before there is anything to see."""
    nonce = open_challenge(actor=who, digest=NOTHING, meaning=meaning)
    return {"rationale": WHY, "challenge": nonce, "proof": Proof(PASSWORD), "shown_digest": NOTHING}
