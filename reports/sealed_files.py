"""From typed content to the sealed file, as every job that seals a document goes."""

from __future__ import annotations

from collections.abc import Callable

from mrm.lib import canonical
from reports import store
from reports.build.content import Document
from reports.build.ledger import Extract
from reports.services import SignedFile
from reports.signing import SigningKey, seal


def sealed_file(
    document: Document, *, key: SigningKey, ledger: Extract, kind: str, told: Callable[[str, int], None]
) -> SignedFile:
    """Draw, seal and keep. The pages are drawn from the bytes that are kept, so that whoever draws them again has the
    same file."""
    from reports.build.frozen import freeze, thaw
    from reports.render.pdf import render

    frozen = freeze(document)
    unsigned = render(thaw(frozen))
    told("Sealing the file", 80)
    sealed = seal(unsigned.content, key=key, label=document.label, kind=kind, edition=document.edition)
    told("Keeping the file", 95)
    store.keep(sealed)
    return SignedFile(
        content=sealed,
        unsigned_size=len(unsigned.content),
        unsigned_digest=canonical.sha256(unsigned.content),
        evidence_digest=document.evidence_digest,
        content_digest=store.keep(frozen),
        as_of=ledger.as_of,
        note=ledger.note,
        pages=unsigned.pages,
        signer=key.signer,
        edition=document.edition,
    )
