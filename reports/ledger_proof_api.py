"""Proofs of inclusion by API: the exact bytes that the offline verifier reads."""

from __future__ import annotations

import uuid
from typing import Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import Api
from audit.access_log import Via
from reports import ledger_delivery, ledger_proofs

_NOT_YET: Final = {
    "409": "Under no checkpoint yet: the sealer signs within seconds, a decision within a minute."
}


class LedgerEntryProofApi(Api):
    """The proof that an entry stands in the ledger; 409 until a checkpoint is over it."""

    refuses = _NOT_YET

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, sequence: int) -> HttpResponse:  # noqa: ARG002
        proof = ledger_proofs.entry_proof(actor=self.actor(), sequence=sequence)
        return ledger_delivery.proof_response(proof.content(), f"proof-entry-{sequence}.json")


class DecisionProofApi(Api):
    """The proof that a decision was made as recorded: ids and digests only; 409 until it is sealed and signed."""

    refuses = _NOT_YET

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, decision_id: uuid.UUID) -> HttpResponse:  # noqa: ARG002
        proof = ledger_proofs.decision_proof(actor=self.actor(), decision_id=decision_id, via=Via.API)
        return ledger_delivery.proof_response(proof.content(), f"proof-decision-{decision_id}.json")
