"""Whether MLflow still holds what a version was made of. Nothing that MLflow says about itself (a digest, a time, a
tag) is evidence: every file is fetched and hashed again at every look."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mrm.lib import canonical
from registry import vault
from registry.candidates import lab_notes, was_trained_here
from registry.lab_book import HeldRun, LabBook
from registry.mlflow_client import FOLDER, NATIVE, TAG_ARTIFACT, TAG_JOB
from registry.models import Candidate, LabKind
from registry.serving import manifest as manifests
from registry.serving.manifest import SealedFile

ANOTHER_FILE, THE_RUN = "another file", "run"


@dataclass(frozen=True)
class Found:
    """One difference: what should stand there and what does, as digests; "" where nothing stands."""

    kind: LabKind
    what: str
    expected: str
    found: str


@dataclass(frozen=True)
class Look:
    """What was found, and which kinds were asked about at all: of the others nothing is known."""

    judged: frozenset[LabKind]
    found: tuple[Found, ...]


def look_at(candidate: Candidate, book: LabBook) -> Look:
    """Compare the run of a candidate with the sealed bytes and with what its training wrote down. Raises UpstreamFailed
    without an answer of MLflow, and Unavailable where our own sealed bytes cannot be read."""
    run_id = candidate.mlflow_run_id
    run = book.run(run_id)
    if run is None or run.is_deleted:
        gone = Found(LabKind.RUN, THE_RUN, digest_of(run_id), digest_of("deleted") if run else "")
        return Look(frozenset({LabKind.RUN}), (gone,))
    sealed = manifests.load(vault.artifacts().read(candidate.artifact_digest))
    judged = {LabKind.RUN, LabKind.RECORD}
    found = list(_notes(candidate, run))
    listed = book.files(run_id, FOLDER)
    if listed:
        judged.add(LabKind.FILE)
        found += _files(candidate, sealed, listed, book)
    else:
        found.append(Found(LabKind.FILE, FOLDER, candidate.artifact_digest, ""))
    if was_trained_here(candidate.recipe):
        judged.add(LabKind.NATIVE)
        found += _native(sealed.estimator, run, book)
    return Look(frozenset(judged), tuple(found))


def digest_of(text: str) -> str:
    return canonical.sha256(text.encode())


def _files(
    candidate: Candidate, sealed: manifests.Manifest, listed: Mapping[str, int], book: LabBook
) -> Iterator[Found]:
    content = manifests.dump(sealed)
    whole = SealedFile(manifests.MANIFEST, candidate.artifact_digest, len(content))
    for entry in (whole, *sealed.files):
        digest = _digest_held(candidate.mlflow_run_id, entry, listed.get(entry.name), book)
        if digest != entry.sha256:
            yield Found(LabKind.FILE, entry.name, entry.sha256, digest)
    strangers = sorted(listed.keys() - sealed.expected())
    if strangers:
        yield Found(LabKind.FILE, ANOTHER_FILE, "", digest_of("\n".join(strangers)))


def _digest_held(run_id: str, entry: SealedFile, size: int | None, book: LabBook) -> str:
    """What has another size is not fetched: however large it is, it is not the file."""
    if size is None:
        return ""
    if size != entry.size:
        return digest_of(f"{size} bytes")
    return book.file(run_id, f"{FOLDER}/{entry.name}", entry.size)


def _native(estimator: SealedFile, run: HeldRun, book: LabBook) -> Iterator[Found]:
    """The copy that MLflow's own tools load has the bytes of the sealed estimator."""
    models = book.models_named(run, NATIVE)
    held = [book.file_of_model(model, estimator.name, estimator.size) for model in models] or [""]
    for digest in held:
        if digest != estimator.sha256:
            yield Found(LabKind.NATIVE, NATIVE, estimator.sha256, digest)
            return


def _notes(candidate: Candidate, run: HeldRun) -> Iterator[Found]:
    """What the training wrote stands there as it was; what people noted beside it before the registration is theirs."""
    notes = lab_notes(
        kept=candidate.recipe, recipe_digest=candidate.recipe_digest, snapshot=candidate.snapshot
    )
    metrics = {name: repr(float(value)) for name, value in _numbers(candidate.metrics)}
    tags: dict[str, str] = dict(notes.tags)
    if was_trained_here(candidate.recipe):
        tags |= {TAG_JOB: str(candidate.job_id), TAG_ARTIFACT: candidate.artifact_digest}
    yield from itertools.chain(
        _other("parameter", notes.params, run.params),
        _other("metric", metrics, run.metrics),
        _other("tag", tags, run.tags),
    )


def _numbers(metrics: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in metrics.items():
        if isinstance(value, (int, float)):
            yield name, value


def _other(word: str, wanted: Mapping[str, str], held: Mapping[str, str]) -> Iterator[Found]:
    for name, value in wanted.items():
        if held.get(name) != value:
            found = digest_of(held[name]) if name in held else ""
            yield Found(LabKind.RECORD, f"{word} {name}"[:100], digest_of(value), found)
