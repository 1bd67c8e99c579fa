"""Every list, of the API and of pages, asks the database the same number of questions for few things and for many."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.invitations import Invited, invite
from accounts.models import Invitation, Person, RoleGrant, RoleRequest, Session, Token, User
from accounts.scopes import Scope
from accounts.services import issue_token
from approvals.models import ApprovalRequest, Condition, Delegation, Emergency, ValidationException
from approvals.services import (
    Demand,
    ask_break_glass,
    ask_exception,
    delegate,
    end_delegation,
    open_request,
    sign_off,
)
from audit import lease
from audit.sealer import Sealer
from audit.sealer_folder import Folder
from jobs.models import Job
from mrm.lib import clock
from notices.endpoints import Wanted, add_endpoint, send_test
from notices.models import Delivery, Endpoint, Telling
from registry.candidates import Trained, record_candidate
from registry.entries import EntryWords, propose_model
from registry.models import Candidate, DatasetSnapshot, FeatureView, ModelVersion
from registry.services import submit_version, suspend_version
from reports.models import AuditReport, Dossier
from scoring.services import Asked, score
from tests.accounts import granting
from tests.badinput.routes import routes
from tests.cast import Cast
from tests.governance.full_world import FAILED
from tests.serving.cards import application, card_frame
from tests.tiers import answered
from tests.validation import cases
from validation.findings import Raised
from validation.installing import install_pack
from validation.models import Competence, PolicyPack, ValidationStandard
from validation.packs.reading import committed
from validation.services import open_finding

pytestmark = pytest.mark.control("security:availability")
FEW, MANY = 3, 30
# Lists on pages, and who has the most to see there.
PAGES = {
    "/": "ada",
    "/models": "victor",
    "/models/card-limit": "victor",
    "/models/card-limit/versions/1": "victor",
    "/jobs": "victor",
    "/findings": "victor",
    "/competences": "quinn",
    "/audit-reports": "quinn",
    "/packs": "victor",
    "/snapshots": "victor",
    "/feature-views": "victor",
    "/decisions": "quinn",
    "/ledger": "victor",
    "/ledger/checkpoints": "victor",
    "/approvals": "ada",
    "/delegations": "ada",
    "/expiries": "victor",
    "/dependencies": "victor",
    "/people": "olga",
    "/people/{user_id}": "olga",
    "/people/{user_id}/roles": "olga",
    "/invitations": "olga",
    "/roles": "olga",
    "/roles/requests": "olga",
    "/tokens": "dana",
    "/notices": "ada",
    "/webhooks": "otto",
    "/webhooks/{endpoint_id}": "otto",
    "/sessions": "dana",
}
# Lists of the API that a validator may not read, or would find empty.
READERS = {
    "audit-report-list": "quinn",
    "decision-list": "quinn",
    "delegation-list": "ada",
    "role-request-list": "olga",
    "role-grant-list": "olga",
    "token-list": "dana",
    "webhook-list": "otto",
    "webhook-delivery-list": "otto",
}


class Growing:
    """One more of everything, each by its service; rows that only a long job makes are copied."""

    def __init__(self, names: dict[str, str]) -> None:
        self.cast = Cast(
            **{
                user.username: user
                for user in User.objects.select_related("person").filter(
                    username__in=Cast.__dataclass_fields__
                )
            }
        )
        self.approved = ModelVersion.objects.select_related("risk_model", "candidate").get(
            pk=names["v_approved"]
        )
        # The one that holds now: under the one before it nothing can be concluded any more.
        self.standard = ValidationStandard.objects.get(pk=names["standard_after"])
        self.names, self.features, self.made = names, application(card_frame(100)), 0

    def to(self, size: int) -> None:
        while self.made < size:
            self.made += 1
            self._versions()
            self._around_versions()
            self._records()
            self._with_an_end()
            self._accounts()
            self._told()

    def _versions(self) -> None:
        version = cases.registered(self.cast, self.approved.candidate, f"0.{200 + self.made}")
        case = cases.Case(self.cast, submit_version(actor=self.cast.dana, version=version), self.standard)
        case.evidence()
        case.concluded()
        open_request(actor=self.cast.dana, version=case.version)
        cases.registered(self.cast, self.approved.candidate, f"0.{300 + self.made}")

    def _around_versions(self) -> None:
        found = self.approved
        words = EntryWords("M", "P.", "U.", **answered(2))
        propose_model(actor=self.cast.dana, slug=f"m{self.made}", words=words)
        open_finding(
            actor=self.cast.victor, version=found, raised=Raised(title="T", text="W.", severity="low")
        )
        cases.Case(self.cast, found, self.standard).evidence()
        old = found.candidate
        kept = ("risk_model", "snapshot", "artifact_digest", "recipe", "recipe_digest", "metrics")
        fields = {name: getattr(old, name) for name in kept}
        record_candidate(
            actor=self.cast.dana,
            trained=Trained(job_id=uuid.uuid4(), mlflow_run_id=uuid.uuid4().hex, **fields),
        )

    def _records(self) -> None:
        score(actor=self.cast.lia, asked=Asked("card-limit", {"reference": "r", "features": self.features}))
        self._copied(DatasetSnapshot, digest=uuid.uuid4().hex * 2)
        self._copied(FeatureView, number=self.made + 1)
        self._copied(Competence, area="data")
        self._copied(ValidationStandard, slug=f"s{self.made}", digest=uuid.uuid4().hex * 2)
        self._copied(Dossier, signed_digest=uuid.uuid4().hex * 2, built_at=clock.now())
        self._copied(
            AuditReport,
            signed_digest=uuid.uuid4().hex * 2,
            asked_entry=10**6 + self.made,
            built_at=clock.now(),
        )
        pack = committed("ifrs-9") | {"slug": f"pack-{self.made}"}
        install_pack(actor=self.cast.victor, content=pack)
        held = lease.take()
        assert held is not None
        Sealer(folder=Folder(Path(self.names["sealer_dir"])), actor=self.cast.dana, held=held).checkpoint()
        held.release()

    def _with_an_end(self) -> None:
        """An exception, a condition, a break-glass grant, a delegation: each was in force."""
        cast, until = self.cast, clock.now() + dt.timedelta(days=9)
        version = cases.registered(cast, self.approved.candidate, f"0.{400 + self.made}")
        case = cases.Case(cast, submit_version(actor=cast.dana, version=version), self.standard)
        case.evidence(**{FAILED: "failed"})
        asked = ask_exception(actor=cast.victor, result=case.result(FAILED), until=until, why="W.")
        self._signed(asked)
        case.concluded()
        request = open_request(actor=cast.dana, version=case.version)
        self._signed(request, "approve_with_conditions", conditions=[Demand("W.", until)])
        held = suspend_version(actor=cast.otto, version=case.version, why="W.")
        self._signed(ask_break_glass(actor=cast.otto, version=held, hours=2, why="W."))
        for standing in Delegation.objects.filter(delegator=cast.ada, ended_at=None):
            end_delegation(actor=cast.ada, delegation=standing)
        delegate(actor=cast.ada, to=cast.amir, until=until, why="W.")

    def _signed(self, request: Any, verdict: str = "approve", **more: Any) -> None:
        """By as many as it takes; what the first one demands, the second one lets stand."""
        for user, each, words in ((self.cast.ada, verdict, more), (self.cast.amir, "approve", {})):
            request.refresh_from_db()
            if request.state == "open":
                signature = cases.signing_of(user, request, f"signoff:{each}")
                sign_off(actor=user, request=request, verdict=each, signature=signature, **words)

    def _accounts(self) -> None:
        """One more person, invited, and one more grant, request, browser and token of Dana's."""
        cast, number = self.cast, self.made
        granting.enrolled(f"person{number}", f"Person {number}", "loan_officer")
        invite(actor=cast.olga, invited=Invited(f"guest{number}", "A Guest"))
        granting.asked(cast.olga, cast.dana, "operator", Scope(f"m{number}"))
        settled = granting.asked(cast.olga, cast.dana, "loan_officer", Scope(f"m{number}"))
        granting.granted(granting.second_administrator(), settled)
        issue_token(actor=cast.dana, name="t", days=1, scopes=[])
        Client().force_login(cast.dana)

    def _told(self) -> None:
        """One more endpoint, and one more delivery to the first."""
        wanted = Wanted(f"System {self.made}", "https://8.8.8.8/hook", ("version:retired",))
        add_endpoint(actor=self.cast.otto, wanted=wanted)
        send_test(actor=self.cast.otto, endpoint=Endpoint.objects.get(pk=self.names["endpoint"]))

    def _copied(self, model: Any, **changed: Any) -> None:
        row = model.objects.first()
        row.pk = uuid.uuid4()
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(force_insert=True)


def lists() -> Iterator[str]:
    yield from (
        f"api {route}" for route in routes() if str(route).endswith("-list") and "GET" in route.methods
    )
    yield from PAGES


@pytest.fixture(scope="module")
def counts(names, values, caller, browser) -> dict[str, tuple[int, int]]:
    """How many questions each list asks with few and with many of everything."""
    growing, found = Growing(names), {}
    for size in (FEW, MANY):
        growing.to(size)
        for name in lists():
            found.setdefault(name, []).append(_asked(name, values, caller, browser))
    return found


def _asked(name: str, values: dict[str, str], caller: Any, browser: Any) -> int:
    kind, _, route_name = name.partition(" ")
    if kind == "api":
        path = next(route for route in routes() if str(route) == route_name).address(values)
        client = caller(READERS.get(route_name, "victor"))
    else:
        path, client = name.format(**values), browser(PAGES[name])
    client.get(path)  # what is asked once a process is not the list's
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, (name, answer.status_code)
    return len(asked)


@pytest.mark.parametrize("name", lists())
def test_a_list_asks_as_often_for_many_as_for_few(counts, name):
    few, many = counts[name]
    assert many == few, f"{name} asks {few} times at {FEW} and {many} times at {MANY}"
    assert few < 55, f"{name} asks {few} times"


def test_there_were_many(counts):
    """Otherwise the counts say nothing."""
    for model in (
        *(ModelVersion, Candidate, DatasetSnapshot, FeatureView, Dossier, ValidationStandard, Job),
        *(AuditReport, PolicyPack),
        *(Condition, Delegation, Emergency, ValidationException, ApprovalRequest),
        *(Invitation, Person, RoleGrant, RoleRequest, Session, Token),
        *(Delivery, Endpoint, Telling),
    ):
        assert model.objects.count() >= MANY, model
