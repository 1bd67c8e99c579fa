"""Estimators that are hostile or damaged, each read for the first time in a process of its own, as the job does.

Run as `python -m tests.prove._model_files COUNT`: prints one line of JSON. The process imports everything once and forks
for each file, so that a thousand of them take minutes; it never predicts itself, because XGBoost does not survive that.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from registry.serving.manifest import LIGHTGBM, XGBOOST
from training.recipes import GIVEN_FILES

SEED = 20260601
COLUMNS = ("LIMIT_BAL", "PAY_0", "BILL_AMT1", "PAY_AMT1")
ROWS = 600
_SECONDS = 30
# What a forked process says by its end.
TAKEN, REFUSED, FAULTY = 0, 1, 3


def outcomes(count: int) -> dict[str, Any]:
    """Run in a process of its own: how the hostile and the damaged ended, and what was executed or fell over."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.prove._model_files", str(count)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def mutations(content: bytes, count: int, seed: int = SEED) -> Iterator[bytes]:
    """Flips, cuts, repeats, noise and exchanged pieces, none of them the original."""
    draw = np.random.default_rng(seed)
    ways = (_flipped, _cut, _repeated, _noisy, _exchanged)
    made = 0
    while made < count:
        changed = ways[made % len(ways)](content, draw)
        if changed != content:
            made += 1
            yield changed


def _flipped(content: bytes, draw: np.random.Generator) -> bytes:
    changed = bytearray(content)
    for place in draw.integers(0, len(content), int(draw.integers(1, 9))):
        changed[place] ^= 1 << int(draw.integers(8))
    return bytes(changed)


def _cut(content: bytes, draw: np.random.Generator) -> bytes:
    return content[: int(draw.integers(0, len(content)))]


def _repeated(content: bytes, draw: np.random.Generator) -> bytes:
    at, size = int(draw.integers(0, len(content))), int(draw.integers(1, 500))
    return content[:at] + content[at : at + size] * 2 + content[at + size :]


def _noisy(content: bytes, draw: np.random.Generator) -> bytes:
    at, size = int(draw.integers(0, len(content))), int(draw.integers(1, 64))
    return content[:at] + draw.bytes(size) + content[at + size :]


def _exchanged(content: bytes, draw: np.random.Generator) -> bytes:
    low, high = sorted(int(place) for place in draw.integers(0, len(content), 2))
    return content[high:] + content[low:high] + content[:low]


def loaded_though_damaged(count: int) -> int:
    """How many of so many changed files of a sealed artefact still load. Each is damaged in the store, tried, mended."""
    from mrm.lib.errors import Refusal
    from registry.artifacts import ArtifactStore
    from registry.serving.door import load
    from tests.serving.cards import card_frame, training_folder
    from training.child import train

    with tempfile.TemporaryDirectory(prefix="damaged-") as name:
        folder = training_folder(Path(name) / "job", card_frame(1_500, seed=11), rounds=60)
        train(folder)
        store = ArtifactStore(Path(name) / "store")
        digest = store.put_folder(folder / "candidate")
        # The sound one loads, or nothing would be shown.
        load(store, digest)
        objects = [digest, *(entry.sha256 for entry in store.read_sealed(digest).manifest.files)]
        loaded = 0
        for place in range(count):
            path = Path(store.paths((objects[place % len(objects)],))[0])
            whole = path.read_bytes()
            path.chmod(0o644)
            path.write_bytes(next(mutations(whole, 1, SEED + place)))
            try:
                load(store, digest)
                loaded += 1
            except Refusal:
                pass
            path.write_bytes(whole)
        return loaded


def main(count: int) -> int:
    from tests.registry.hostile import samples

    with tempfile.TemporaryDirectory(prefix="model-files-") as name:
        root = Path(name)
        _make_sound(root)
        canary = root / "canary"
        hostile: Counter[str] = Counter()
        for sample in samples(str(canary)):
            # Also those that their description gives away: the child has to hold by itself.
            for path, content in sample.files.items():
                if path not in {"MLmodel", "input_example.json"}:
                    hostile.update(_ended(root, file, content) for file in GIVEN_FILES)
        sound = {file: (root / file).read_bytes() for file in GIVEN_FILES}
        said = {
            "samples": len(samples("")),
            "sound": [_ended(root, file, content) for file, content in sound.items()],
            "hostile": hostile,
            "damaged": {
                file: Counter(_ended(root, file, changed) for changed in mutations(content, count))
                for file, content in sound.items()
            },
            "executed": canary.exists(),
        }
    sys.stdout.write(f"\n{json.dumps(said)}\n")
    return 0


def _make_sound(root: Path) -> None:
    """The sound estimators and the development part, made by a process that is gone before the first fork."""
    made = os.fork()
    if made == 0:
        with _leaving():
            import lightgbm
            import xgboost

            from tests.serving.cards import card_frame

            cards = card_frame(ROWS, seed=11)
            cards.to_parquet(root / "development.parquet")
            rows, labels = cards[list(COLUMNS)].astype("float64"), cards["DEFAULT"]
            settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1}
            booster = xgboost.train(settings, xgboost.DMatrix(rows, labels), num_boost_round=20)
            (root / XGBOOST).write_bytes(bytes(booster.save_raw(raw_format="ubj")))
            settings = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1}
            trees = lightgbm.train(settings, lightgbm.Dataset(rows, labels), num_boost_round=20)
            (root / LIGHTGBM).write_text(trees.model_to_string(), encoding="utf-8")
    os.waitpid(made, 0)


def _ended(root: Path, file: str, content: bytes) -> str:
    """How the job's child ends on these bytes: taken, refused, faulty, or the name of the signal that ended it."""
    import training.child  # noqa: F401 (imported once, before the forks)

    folder = root / "job"
    shutil.rmtree(folder, ignore_errors=True)
    _laid_out(root, folder, file, content)
    made = os.fork()
    if made == 0:
        with _leaving():
            _read(folder)
    _, status = os.waitpid(made, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return {TAKEN: "taken", REFUSED: "refused"}.get(os.WEXITSTATUS(status), "faulty")


@contextlib.contextmanager
def _leaving() -> Iterator[None]:
    """A forked process never comes back into its parent's code, whatever happens in it."""
    try:
        # Of CPU time: how long the machine takes is not the file's fault.
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        yield
    except BaseException:  # noqa: BLE001 (nothing may leave this process)
        os._exit(FAULTY)
    os._exit(TAKEN)


def _read(folder: Path) -> None:
    from mrm.lib.errors import Refusal
    from registry.artifacts import read_candidate
    from registry.serving.door import build
    from training.child import take_in

    try:
        take_in(folder)
        # Whatever is taken does what it says: its reference vectors are recomputed from the sealed bytes.
        build(read_candidate(folder / "candidate"))
    except Refusal:
        os._exit(REFUSED)


def _laid_out(root: Path, folder: Path, file: str, content: bytes) -> None:
    from mrm.lib import canonical
    from training.recipes import Given

    number = {"type": "number", "minimum": "-1e12", "maximum": "1e12"}
    inputs = [
        {"name": name, "label_en": name, "label_pt_br": name, "nullable": True, **number} for name in COLUMNS
    ]
    task = {
        "recipe": Given(canonical.sha256(content), "models:/m-1", file).plain(),
        "schema": {
            "inputs": inputs,
            "features": [{"name": name, "operation": "identity", "inputs": [name]} for name in COLUMNS],
        },
        "reasons": {"groups": [{"key": name.lower(), "features": [name]} for name in COLUMNS]},
        "target": "DEFAULT",
        "forbidden": ["SEX", "AGE", "MARRIAGE"],
    }
    folder.mkdir()
    shutil.copyfile(root / "development.parquet", folder / "development.parquet")
    (folder / "spec.json").write_bytes(canonical.dumps(task))
    (folder / "given_estimator").write_bytes(content)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
