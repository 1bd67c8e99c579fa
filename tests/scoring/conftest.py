"""One deployed version over really trained, sealed bytes, and applications for each outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_token, permissions_of
from registry.models import ModelVersion, RiskModel
from scoring.models import Decision, Deployment
from scoring.services import Asked, score
from scoring.slots import deploy
from tests.cast import Cast
from tests.scoring import in_force
from tests.serving.cards import application, card_frame, training_folder

CUTS = ("0.2", "0.35")
URL = f"/api/v1/models/{in_force.SLUG}/score"


@dataclass(frozen=True)
class World:
    """The cast with one version in force; `applications` holds features by the outcome they meet."""

    cast: Cast
    risk_model: RiskModel
    version: ModelVersion
    deployment: Deployment
    applications: dict[str, dict[str, int]]

    def body(self, outcome: str = "decline", reference: str = "application 1") -> dict[str, object]:
        return {"reference": reference, "features": dict(self.applications[outcome])}

    def decide(self, outcome: str = "decline", reference: str = "application 1") -> Decision:
        asked = Asked(in_force.SLUG, self.body(outcome, reference))
        return score(actor=self.cast.lia, asked=asked).decision


@pytest.fixture(scope="session")
def candidate_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from training.child import train

    folder = training_folder(tmp_path_factory.mktemp("scoring") / "job", card_frame())
    train(folder)
    return folder / "candidate"


@pytest.fixture(scope="session")
def applications(candidate_folder: Path) -> dict[str, dict[str, int]]:
    """One row of the drawn table for each outcome of the policy."""
    from registry.artifacts import read_candidate
    from registry.serving.door import build

    frame = card_frame()
    served = build(read_candidate(candidate_folder))
    pds = served.score_frame(frame[list(served.schema.input_names)]).probabilities
    wanted = {"approve": pds < 0.2, "refer": (pds >= 0.2) & (pds < 0.35), "decline": pds >= 0.35}
    return {outcome: application(frame, int(rows.nonzero()[0][0])) for outcome, rows in wanted.items()}


@pytest.fixture
def build_world(
    cast: Cast, candidate_folder: Path, applications: dict[str, dict[str, int]]
) -> Callable[[], World]:
    def build() -> World:
        risk_model = in_force.accepted_model(cast)
        draft = in_force.registered(cast, risk_model, candidate_folder, CUTS)
        version = in_force.approve(cast, draft)
        return World(cast, risk_model, version, deploy(actor=cast.otto, version=version), applications)

    return build


@pytest.fixture
def world(build_world: Callable[[], World]) -> World:
    return build_world()


@pytest.fixture
def token_of() -> Callable[[User], str]:
    def token(user: User) -> str:
        return issue_token(actor=user, name="test", days=1, scopes=sorted(permissions_of(user)))[1]

    return token


@pytest.fixture
def lia(world: World, client_of: Callable[[User], APIClient]) -> APIClient:
    """The loan officer's client."""
    return client_of(world.cast.lia)
