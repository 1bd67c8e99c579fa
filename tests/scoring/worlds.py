"""The world of this folder without fixtures: for proofs and for processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scoring.slots import deploy
from tests.cast import enrol_cast
from tests.scoring import in_force
from tests.serving.cards import application, card_frame, training_folder

if TYPE_CHECKING:
    from tests.scoring.conftest import World

CUTS = ("0.2", "0.35")


def deployed_world(folder: Path) -> World:
    """A version trained in `folder`, approved and deployed, with one application that is declined."""
    from tests.scoring.conftest import World
    from training.child import train

    job = training_folder(folder / "job", card_frame())
    train(job)
    cast = enrol_cast()
    risk_model = in_force.accepted_model(cast)
    version = in_force.approve(cast, in_force.registered(cast, risk_model, job / "candidate", CUTS))
    row = {"decline": application(card_frame(), 0)}
    return World(cast, risk_model, version, deploy(actor=cast.otto, version=version), row)
