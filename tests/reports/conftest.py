"""Versions ready for a dossier, and sealed files of them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mrm.lib import canonical
from reports import services, store
from reports.build.dossier import document
from reports.build.frozen import freeze
from reports.build.ledger import AsOf
from reports.edition import ENGLISH_ON_A4, Edition
from reports.models import Dossier
from reports.signing import seal, signing_key
from tests.cast import Cast
from tests.reports import world
from tests.validation.cases import Case, Drawn, case_in_validation
from tests.validation.drawing import drawn

__all__ = ["case", "drawn"]


@pytest.fixture
def case(cast: Cast, drawn: Drawn) -> Case:
    """A version of a tier 1 model in validation, without evidence yet."""
    return case_in_validation(cast, drawn)


@pytest.fixture
def approved(case: Case) -> Case:
    """Approved on evidence that was written by hand: quick, and with one failed check that was let stand."""
    case.evidence(adverse_impact_age="failed", hosmer_lemeshow="insufficient_data")
    return world.approved(case)


@pytest.fixture
def sealed(approved: Case) -> bytes:
    """A sealed file, kept and entered as the job does it, but inside the test's own transaction."""
    return sealed_dossier(approved)[1]


_files: list[bytes] = []


@pytest.fixture
def sealed_file(request: pytest.FixtureRequest) -> bytes:
    """A sealed file by itself, made once: what is asked of it needs no ledger."""
    if not _files:
        _files.append(request.getfixturevalue("sealed"))
    return _files[0]


def entered(case: Case, content: bytes) -> Dossier:
    """Any bytes kept and entered as a dossier: who may read them does not depend on what they are."""
    store.keep(content)
    signed = services.SignedFile(
        content,
        len(content),
        canonical.sha256(content),
        "e" * 64,
        "",
        AsOf(1, 0),
        "",
        1,
        signing_key().signer,
    )
    return services.keep_dossier(actor=case.cast.victor, version=case.version, signed=signed)


def sealed_dossier(case: Case, edition: Edition = ENGLISH_ON_A4) -> tuple[Dossier, bytes]:
    key = signing_key()
    facts, unsigned = world.rendered(case, edition=edition)
    frozen = freeze(document(facts, edition))
    # In a thread: a browser of an earlier test leaves an event loop running in this one, and the seal starts its own.
    with ThreadPoolExecutor(1) as pool:
        sealing = pool.submit(seal, unsigned.content, key=key, label=case.version.label, edition=edition)
        content = sealing.result()
    store.keep(content)
    signed = services.SignedFile(
        content=content,
        unsigned_size=len(unsigned.content),
        unsigned_digest=canonical.sha256(unsigned.content),
        evidence_digest=facts.evidence.digest,
        content_digest=store.keep(frozen),
        as_of=facts.ledger.as_of,
        note=facts.ledger.note,
        pages=unsigned.pages,
        signer=key.signer,
        edition=edition,
    )
    return services.keep_dossier(actor=case.cast.victor, version=case.version, signed=signed), content


@pytest.fixture
def poppler(tmp_path: Path) -> Callable[[str, bytes], str]:
    """Another program's view of a file; left out, and said so, where poppler is not installed."""

    def said(tool: str, content: bytes, *after: str) -> str:
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} (poppler) was found")
        path = tmp_path / "dossier.pdf"
        path.write_bytes(content)
        run = subprocess.run([tool, str(path), *after], capture_output=True, check=False, text=True)
        return run.stdout + run.stderr

    return said
