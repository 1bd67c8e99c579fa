from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.serving.cards import card_frame, training_folder

if TYPE_CHECKING:
    import pandas as pd

    from registry.artifacts import ArtifactStore, Sealed
    from registry.serving.served import Served


@pytest.fixture(scope="session")
def cards() -> pd.DataFrame:
    return card_frame()


@pytest.fixture(scope="session")
def trained(cards: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A candidate folder; tests that change it take a copy."""
    from training.child import train

    folder = training_folder(tmp_path_factory.mktemp("training") / "job", cards)
    train(folder)
    return folder / "candidate"


@pytest.fixture
def candidate(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "candidate"))


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    from registry.artifacts import ArtifactStore

    return ArtifactStore(tmp_path / "store")


@pytest.fixture(scope="session")
def sealed(trained: Path) -> Sealed:
    from registry.artifacts import read_candidate

    return read_candidate(trained)


@pytest.fixture(scope="session")
def served(sealed: Sealed) -> Served:
    from registry.serving.door import build

    return build(sealed)
