"""The time stamp in a seal: an authority's word on when the signature was there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from asn1crypto import cms, tsp, x509
from django.conf import settings
from pyhanko.sign.timestamps import TimeStamper

from audit.anchors.authority import Authority
from audit.anchors.tokens import digest_of, trusted, verified


class GuardedTimeStamper(TimeStamper):
    """Asks as the ledger's anchors ask. pyHanko's own client follows redirects, may wait for ever on a server that
    trickles, and does not look at what a token is over or by whom."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        digest = req["message_imprint"]["hashed_message"].native
        asked = (req.dump(), digest, req["nonce"].native)
        return tsp.TimeStampResp.load(await asyncio.to_thread(self._authority.answer_to, *asked))


def time_stamper() -> GuardedTimeStamper | None:
    """Of the authority in the settings; None where none is named."""
    if not settings.MRM_SIGNING_TSA_URL:
        return None
    return GuardedTimeStamper(
        Authority(settings.MRM_SIGNING_TSA_URL, settings.MRM_SIGNING_TSA_ROOTS, named="MRM_SIGNING_TSA")
    )


def trust_in(token: bytes, signature: bytes) -> str:
    """Whether the token leads to the roots of the settings, in a sentence. Raises AnchorFailed where it does not."""
    if not settings.MRM_SIGNING_TSA_ROOTS:
        return "Whether its certificate is an authority's is not examined: MRM_SIGNING_TSA_ROOTS is not set."
    held = cms.ContentInfo.load(token)
    answer = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": held}).dump()
    verified(answer, digest_of(signature), trusted(Path(settings.MRM_SIGNING_TSA_ROOTS)), nonce=None)
    return "Its certificate leads to the roots of MRM_SIGNING_TSA_ROOTS."


def certificates_in(token: bytes) -> list[x509.Certificate]:
    return [each.chosen for each in cms.ContentInfo.load(token)["content"]["certificates"]]
