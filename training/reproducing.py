"""A version's recipe run again on the same frozen rows, and what came of it held against what was sealed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts.models import User
from jobs.run import bare_environment
from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from mrm.settings import governance
from registry import snapshots, vault
from registry.artifacts import Sealed, read_candidate
from registry.candidates import task_again
from registry.models import ModelVersion
from training import lab
from training.recipes import GIVEN

if TYPE_CHECKING:
    import pandas as pd


class NotReproducible(Refusal):
    """The recipe cannot be run again here. Nothing was changed."""

    status, code, title = 422, "not-reproducible", "The recipe cannot be run again"


class Outcome(StrEnum):
    """The strictest that is true."""

    EQUAL = "equal"
    EQUAL_PREDICTIONS = "equal predictions"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Reproduction:
    """`differences` are sentences: files, platform, data; `rows` were scored by both, `differing` of them otherwise by
    up to `largest` log-odds."""

    outcome: Outcome
    sealed: str
    again: str
    rows: int
    differing: int
    largest: float
    differences: tuple[str, ...]


def reproduce(*, actor: User, version: ModelVersion) -> Reproduction:
    """Train again in a child process from the recipe and the development part. For whoever trains or validates.
    Refuses a version whose task was not kept, and one that was trained elsewhere: its recipe is its author's."""
    spec = task_again(version.candidate.recipe)
    if spec is None or spec["recipe"].get("estimator") == GIVEN:
        raise NotReproducible(
            f"{version.label} was trained elsewhere, so its recipe is not known here. Ask its author."
        )
    development = snapshots.read_development(actor=actor, snapshot=version.snapshot)
    sealed = vault.artifacts().read_sealed(version.artifact_id)
    with tempfile.TemporaryDirectory(prefix="reproduce-", dir=_work()) as name:
        folder = Path(name)
        (folder / "spec.json").write_bytes(canonical.dumps(spec))
        (folder / "development.parquet").write_bytes(development.table)
        _train(folder)
        again = read_candidate(folder / "candidate")
    told = (
        *_of_data(version, development.table),
        *_of_code(version.candidate.recipe.get("code")),
        *_of_platform(sealed, again),
        *_of_files(sealed, again),
    )
    return _compared(sealed, again, development.frame(), told)


def _train(folder: Path) -> None:
    """As a job's child is run: the pipe to it ends with this process, and so does the child."""
    with subprocess.Popen(
        [sys.executable, "-m", "mrm.lib.child", governance.TRAINING_CHILD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=bare_environment(),
        cwd=settings.BASE_DIR,
    ) as process:
        # Not `communicate`, which would close the pipe.
        code = process.wait()
    refusal = folder / "refusal.json"
    if refusal.exists():
        raise NotReproducible(" ".join(strict_json.loads(refusal.read_bytes())["reasons"]))
    if code != 0:
        raise NotReproducible(f"The child process that trains ended with code {code}.")


def _compared(sealed: Sealed, again: Sealed, frame: pd.DataFrame, told: tuple[str, ...]) -> Reproduction:
    import numpy as np

    from registry.serving.door import build

    first, second = (build(each).score_frame(frame).probabilities for each in (sealed, again))
    difference = np.abs(first - second)
    differing = int((difference > 0.0).sum())
    if sealed.digest == again.digest:
        outcome = Outcome.EQUAL
    else:
        outcome = Outcome.DIFFERENT if differing else Outcome.EQUAL_PREDICTIONS
    return Reproduction(
        outcome, sealed.digest, again.digest, len(first), differing, float(difference.max()), told
    )


def _of_data(version: ModelVersion, table: bytes) -> Iterator[str]:
    from registry.frames.content import content_digest, from_parquet

    found = content_digest(from_parquet(table))
    if found != version.snapshot.development_digest:
        frozen = version.snapshot.development_digest
        yield f"data: the development part has the digest {found[:12]}, frozen was {frozen[:12]}"


def _of_code(was: Mapping[str, str] | None) -> Iterator[str]:
    """Other code may well make the same bytes: it is told, and decides nothing."""
    if was is None:
        yield "code: which code trained it was not written down"
        return
    now = lab.code_here()
    if was["digest"] != now["digest"]:
        yield f"code: {_named(was)} trained it, here it is {_named(now)}"


def _named(code: Mapping[str, str]) -> str:
    commit = f"commit {code['commit'][:12]}, " if code["commit"] else ""
    return f"{commit}source {code['digest'][:12]}"


def _of_platform(sealed: Sealed, again: Sealed) -> Iterator[str]:
    was, now = sealed.manifest.platform, again.manifest.platform
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield f"platform: {name} was {was.get(name, 'not named')}, here it is {now.get(name, 'not named')}"


def _of_files(sealed: Sealed, again: Sealed) -> Iterator[str]:
    was, now = _digests(sealed), _digests(again)
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield f"file: {name} is another one"


def _digests(sealed: Sealed) -> Mapping[str, Any]:
    return {entry.name: entry.sha256 for entry in sealed.manifest.files}


def _work() -> Path:
    folder = Path(settings.MRM_VAR_DIR) / "work"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
