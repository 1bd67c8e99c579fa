"""Every list, of the API and of pages, asks the database the same number of questions for few things and for many."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from approvals.services import open_request
from audit import lease
from audit.sealer import Sealer
from audit.sealer_folder import Folder
from jobs.models import Job
from mrm.lib import clock
from registry.candidates import Trained, record_candidate
from registry.entries import EntryWords, propose_model
from registry.models import Candidate, DatasetSnapshot, ModelVersion
from registry.services import submit_version
from reports.models import Dossier
from scoring.services import Asked, score
from tests.badinput.routes import routes
from tests.cast import Cast
from tests.serving.cards import application, card_frame
from tests.validation import cases
from validation.findings import Raised
from validation.models import ValidationStandard
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
    "/snapshots": "victor",
    "/decisions": "quinn",
    "/ledger": "victor",
    "/ledger/checkpoints": "victor",
}
OF_APPLICANTS = {"decision-list": "quinn"}


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
        self.standard = ValidationStandard.objects.get(pk=names["standard"])
        self.names, self.features, self.made = names, application(card_frame(100)), 0

    def to(self, size: int) -> None:
        while self.made < size:
            self.made += 1
            self._versions()
            self._around_versions()
            self._records()

    def _versions(self) -> None:
        version = cases.registered(self.cast, self.approved.candidate, f"0.{200 + self.made}")
        case = cases.Case(self.cast, submit_version(actor=self.cast.dana, version=version), self.standard)
        case.evidence()
        case.concluded()
        open_request(actor=self.cast.dana, version=case.version)
        cases.registered(self.cast, self.approved.candidate, f"0.{300 + self.made}")

    def _around_versions(self) -> None:
        found = self.approved
        words = EntryWords("M", "P.", "U.", "L.", tier=2, tier_reason="S.")
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
        self._copied(ValidationStandard, slug=f"s{self.made}", digest=uuid.uuid4().hex * 2)
        self._copied(Dossier, signed_digest=uuid.uuid4().hex * 2, built_at=clock.now())
        held = lease.take()
        assert held is not None
        Sealer(folder=Folder(Path(self.names["sealer_dir"])), actor=self.cast.dana, held=held).checkpoint()
        held.release()

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
        client = caller(OF_APPLICANTS.get(route_name, "victor"))
    else:
        path, client = name, browser(PAGES[name])
    client.get(path)  # what is asked once a process is not the list's
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, (name, answer.status_code)
    return len(asked)


@pytest.mark.parametrize("name", lists())
def test_a_list_asks_as_often_for_many_as_for_few(counts, name):
    few, many = counts[name]
    assert many == few, f"{name} asks {few} times at {FEW} and {many} times at {MANY}"
    # The page of a version asks every gate and every permission that a button hangs on.
    assert few < 50, f"{name} asks {few} times"


def test_there_were_many(counts):
    """Otherwise the counts say nothing."""
    for model in (ModelVersion, Candidate, DatasetSnapshot, Dossier, ValidationStandard, Job):
        assert model.objects.count() >= MANY, model
