"""From a digest to a Served: bytes verified, tables read, estimator loaded, reference vectors recomputed."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from mrm.lib.errors import Invalid, Unavailable
from registry.artifacts import ArtifactStore, BytesDoNotMatch, Sealed, Stamp
from registry.serving import parts as sealed_parts
from registry.serving.estimators import open_estimator
from registry.serving.manifest import ArtifactRefused
from registry.serving.served import CanonicalInput, Served

_KEPT = 8
_FEWEST_VECTORS = 20


@dataclass(frozen=True)
class _Entry:
    served: Served
    paths: tuple[str, ...]
    stamps: tuple[Stamp, ...]


_cache: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
_lock = Lock()


def load(store: ArtifactStore, digest: str) -> Served:
    """The version under a digest. Bytes already verified are used again only while the files are untouched.

    A file whose inode, size or times changed is read and hashed again, so damage on disk is refused at the
    next
    score and not at the next restart.
    """
    key = (str(store.root), digest)
    with _lock:
        entry = _cache.get(key)
        if entry is not None:
            _cache.move_to_end(key)
    if entry is not None and store.stamps(entry.paths) == entry.stamps:
        return entry.served
    forget(store, digest)
    made = _open(store, digest)
    with _lock:
        _cache[key] = made
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return made.served


def forget(store: ArtifactStore, digest: str) -> None:
    """Drop a version from this process."""
    with _lock:
        _cache.pop((str(store.root), digest), None)


def build(sealed: Sealed) -> Served:
    """A Served from verified buffers. Raises ArtifactRefused when they do not do what they say."""
    parts = sealed_parts.read(sealed.files)
    name = sealed.manifest.estimator.name
    estimator = open_estimator(name, sealed.files[name], len(parts.schema.features))
    served = Served(sealed.digest, parts, estimator)
    _check_vectors(served)
    return served


def _open(store: ArtifactStore, digest: str) -> _Entry:
    sealed = store.read_sealed(digest)
    paths = store.paths((digest, *(entry.sha256 for entry in sealed.manifest.files)))
    # Stamps are taken before the second read, so a change in between can only cause one more check.
    stamps = store.stamps(paths)
    try:
        served = build(store.read_sealed(digest))
    except ArtifactRefused as refusal:
        raise Unavailable(f"The version cannot score here. {refusal.message}") from refusal
    return _Entry(served=served, paths=paths, stamps=stamps)


def _check_vectors(served: Served) -> None:
    """The exact float32 margins that were sealed; another platform or a damaged library shows here."""
    vectors = served.parts.vectors
    if len(vectors) < _FEWEST_VECTORS:
        raise ArtifactRefused(
            f"The artefact was refused: it needs at least {_FEWEST_VECTORS} reference vectors."
        )
    try:
        inputs = [served.parse(vector.features) for vector in vectors]
        served.parse(served.parts.example)
    except Invalid as refusal:
        raise ArtifactRefused(
            f"The artefact was refused: a sealed example is invalid. {refusal.message}"
        ) from None
    _check_margins(served, inputs)
    _check_contributions(served, inputs)


def _check_margins(served: Served, inputs: list[CanonicalInput]) -> None:
    vectors = served.parts.vectors
    wrong = sum(served.margin(given) != vector.margin for given, vector in zip(inputs, vectors, strict=True))
    if wrong:
        raise BytesDoNotMatch(
            f"The estimator was refused: {wrong} of {len(vectors)} reference margins differ here. "
            "Use the platform named in the manifest."
        )


def _check_contributions(served: Served, inputs: list[CanonicalInput]) -> None:
    """Reasons come from the covers in the trees, which no margin depends on."""
    if served.explained_digest(inputs) != served.parts.vectors_explained:
        raise BytesDoNotMatch(
            "The estimator was refused: the contributions of its reference vectors differ here. "
            "Use the platform named in the manifest."
        )
