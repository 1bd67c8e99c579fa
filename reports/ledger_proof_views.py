"""Pages of proofs, made to be printed and handed over."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from accounts.pages import person_of, signed_in
from audit.access_log import Via
from audit.proofs import NotCovered, Proof
from mrm.lib.charts import numerals
from reports import ledger_delivery, ledger_proofs


@signed_in
@require_safe
def entry_proof(request: HttpRequest, sequence: int) -> HttpResponse:
    title = _("Proof of entry %(sequence)s") % {"sequence": numerals.fixed(sequence)}
    back = {"label": _("Entry %(sequence)s") % {"sequence": numerals.fixed(sequence)}}
    frame = _frame(title, {"label": _("Ledger"), "url": reverse("ledger")}) | {
        "back": back | {"url": reverse("ledger-entry", args=[sequence])},
        "download_url": reverse("ledger-entry-proof-file", args=[sequence]),
        "file": f"proof-entry-{sequence}.json",
    }
    try:
        proof = ledger_proofs.entry_proof(actor=person_of(request), sequence=sequence)
    except NotCovered:
        return _not_yet(request, frame)
    return _proof(request, frame, proof, str(sequence))


@signed_in
@require_safe
def decision_proof(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    frame = _frame(_("Proof of a decision"), {"label": _("Decisions"), "url": reverse("decisions")}) | {
        "back": {"label": _("The decision"), "url": reverse("decision", args=[decision_id])},
        "download_url": reverse("decision-proof-file", args=[decision_id]),
        "file": f"proof-decision-{decision_id}.json",
    }
    try:
        proof = ledger_proofs.decision_proof(actor=person_of(request), decision_id=decision_id, via=Via.PAGE)
    except NotCovered:
        return _not_yet(request, frame)
    return _proof(request, frame, proof, str(decision_id))


@signed_in
@require_GET
def entry_proof_file(request: HttpRequest, sequence: int) -> HttpResponse:
    proof = ledger_proofs.entry_proof(actor=person_of(request), sequence=sequence)
    return ledger_delivery.proof_response(proof.content(), f"proof-entry-{sequence}.json")


@signed_in
@require_GET
def decision_proof_file(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    proof = ledger_proofs.decision_proof(actor=actor, decision_id=decision_id, via=Via.PAGE)
    return ledger_delivery.proof_response(proof.content(), f"proof-decision-{decision_id}.json")


def _frame(title: str, first: dict[str, str]) -> dict[str, Any]:
    return {"title": title, "crumbs": [first, {"label": title}]}


def _proof(request: HttpRequest, frame: dict[str, Any], proof: Proof, subject: str) -> HttpResponse:
    shown = ledger_proofs.shown(proof, subject)
    said = {"shown": shown, "proof": proof, "entry_body": proof.entry.body.decode()}
    if proof.record:
        said["record_body"] = proof.record.body.decode()
    return render(request, "reports/proof.html", frame | said)


def _not_yet(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """No refusal: what is asked for comes by itself, and the page says when."""
    return render(request, "reports/proof_not_yet.html", frame | {"state": "unsealed"})
