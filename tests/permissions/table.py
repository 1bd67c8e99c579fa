"""Who may do what over /api/v1/, written down by hand: one row a route and method. It is not derived from the code, so
that a change of policy has to be made here as well.

`may` names who gets through and what they are answered then. Everybody else who has a token is refused (403, or 404
where the thing is not theirs to see); without a token it is always 401.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mrm.demo.story import DATA
from mrm.lib import clock
from quant.transactions import form
from tests.registry.documents import watched_lines
from tests.tiers import LOW
from tests.training.feature_views.viewed import COLUMNS, DEFINITION
from tests.training.swept import ASKED as SWEEP

READERS: Final = ("dana", "victor", "ada", "amir", "otto", "lia", "quinn")
INSIDE: Final = ("dana", "victor", "ada", "amir", "otto", "quinn")
EVERYBODY: Final = (*READERS, "root", "olga")
ACTORS: Final = (*EVERYBODY, "anonymous")


@dataclass(frozen=True)
class Row:
    """A request; `signs` is the meaning of a signature that everybody prepares for themselves beforehand."""

    method: str
    name: str
    path: Mapping[str, object]
    may: Mapping[str, int]
    body: Mapping[str, object] = field(default_factory=dict)
    signs: str = ""
    of: str = ""

    @property
    def label(self) -> str:
        return f"{self.method} {self.name}"


def _all(people: tuple[str, ...], status: int) -> dict[str, int]:
    return dict.fromkeys(people, status)


def _json(name: str) -> object:
    return json.loads((DATA / name).read_text())


# Within the years for which a record of competence may count.
COMPETENT_UNTIL: Final = clock.stamp(clock.now() + dt.timedelta(days=300))
HERE: Final = {"slug": "card-limit"}


def _version(number: int) -> dict[str, object]:
    return {**HERE, "number": number}


# The versions of the world: what number stands at which stage.
APPROVED, DRAFT, VALIDATING, REVIEW = 1, 2, 3, 4
TEXT: Final = {"text": "Because."}
WHY: Final = {"why": "Because."}
ASSESSED: Final = {"topic": "limits", "rating": "satisfactory", "text": "Words."}
WATCHED: Final = {"measures": [line.plain() for line in watched_lines()]}
PROMISE: Final = {"text": "Because.", "due_on": (clock.now() + dt.timedelta(days=300)).date().isoformat()}
# Its severity asks for evidence; the result of the world stands for it.
CLOSED: Final = {"text": "Because.", "result": "res_passed"}
FINDING: Final = {"title": "T", "text": "Words.", "severity": "low"}
WEBHOOK: Final = {"name": "W", "url": "https://8.8.8.8/", "events": ["version:retired"]}
SOON: Final = (clock.now() + dt.timedelta(days=9)).isoformat()
SIGNED: Final = {"rationale": "I have read it."}

ASSEMBLY: Final = {
    "sources": [{"name": "people", "kind": "file", "place": "people.csv", "format": "csv"}],
    "base": "people",
    "key": ["id"],
}
VIEW: Final = {
    "name": "bank",
    "definition": form.dump(DEFINITION),
    "transactions": {"kind": "file", "place": "t.parquet"},
    "applications": {"kind": "file", "place": "a.parquet"},
    "columns": COLUMNS,
}
DECLARED: Final = {"name": "People", "target": "bad"}

TABLE: Final = (
    Row("GET", "api-me", {}, _all(EVERYBODY, 200)),
    # A challenge signs nothing; what it is worth is asked when it is redeemed.
    Row(
        "POST",
        "api-challenge-open",
        {},
        _all(EVERYBODY, 201),
        {"digest": "a" * 64, "meaning": "signoff:approve"},
    ),
    Row("GET", "api-token-list", {}, _all(EVERYBODY, 200)),
    # Dana's: to anybody but her and who manages users it does not exist.
    Row("POST", "api-token-revoke", {"token_id": "t_open"}, _all(("dana", "olga"), 200)),
    # The rules are nobody's secret; who holds what is read by administrators, and one's own by oneself.
    Row("GET", "api-role-table", {}, _all(EVERYBODY, 200)),
    Row("GET", "api-role-grant-list", {"user_id": "vera"}, {"olga": 200}),
    Row("GET", "api-role-request-list", {}, {"olga": 200}),
    Row(
        "POST",
        "api-role-request-list",
        {},
        {"olga": 201},
        {"user": "root", "role": "auditor", "why": "A stand-in."},
    ),
    Row("GET", "api-role-request", {"role_request_id": "rr_open"}, {"olga": 200}),
    # Omar asked for this one, so olga may decide on it; her own she may only take back.
    Row(
        "POST",
        "api-role-request-grant",
        {"role_request_id": "rr_other"},
        {"olga": 200},
        signs="role:granted",
        of="rr_other",
    ),
    Row("POST", "api-role-request-refuse", {"role_request_id": "rr_other"}, {"olga": 200}, WHY),
    Row("POST", "api-role-request-withdraw", {"role_request_id": "rr_open"}, {"olga": 200}, WHY),
    Row("POST", "api-role-grant-revoke", {"grant_id": "g_open"}, {"olga": 204}),
    # Operators say which systems are told of what.
    Row("GET", "api-webhook-list", {}, {"otto": 200}),
    Row("POST", "api-webhook-list", {}, {"otto": 201}, WEBHOOK),
    Row("GET", "api-webhook", {"endpoint_id": "endpoint"}, {"otto": 200}),
    Row("GET", "api-webhook-delivery-list", {"endpoint_id": "endpoint"}, {"otto": 200}),
    Row("POST", "api-webhook-rotate", {"endpoint_id": "endpoint"}, {"otto": 200}),
    Row("POST", "api-webhook-disable", {"endpoint_id": "endpoint"}, {"otto": 200}),
    Row("POST", "api-webhook-test", {"endpoint_id": "endpoint"}, {"otto": 202}),
    Row("GET", "api-job-list", {}, _all(INSIDE, 200)),
    Row("GET", "api-job", {"job_id": "j_queued"}, _all(INSIDE, 200)),
    Row("POST", "api-job-cancel", {"job_id": "j_queued"}, _all(("dana", "victor", "otto"), 200)),
    Row("GET", "api-model-list", {}, _all(READERS, 200)),
    Row("POST", "api-model-list", {}, {"dana": 201}, {"slug": "third", "name": "Third"}),
    Row("GET", "api-model", HERE, _all(READERS, 200)),
    Row("PATCH", "api-model", {"slug": "other"}, {"dana": 200}, {"name": "Renamed"}),
    Row("POST", "api-model-accept", {"slug": "other"}, {"victor": 200}, {"tier_confirmed": 2}),
    Row("GET", "api-tiering-questionnaire", {}, _all(READERS, 200)),
    Row("GET", "api-tier-assessment-list", HERE, _all(READERS, 200)),
    Row("POST", "api-tier-assessment-list", HERE, _all(("dana", "victor"), 201), {"answers": LOW}),
    # Nothing waits: who may accept is told that the newest one is accepted.
    Row("POST", "api-tier-accept", {**HERE, "number": "1"}, {"victor": 409}),
    Row("GET", "api-snapshot-list", {}, _all(READERS, 200)),
    Row("POST", "api-snapshot-list", {}, {"dana": 202}),
    Row("GET", "api-snapshot", {"snapshot_id": "snapshot"}, _all(READERS, 200)),
    Row("GET", "api-sample-list", HERE, _all(READERS, 200)),
    Row("POST", "api-sample-list", HERE, {"dana": 202}),
    Row("GET", "api-sample", {**HERE, "sample_id": "sample"}, _all(READERS, 200)),
    # Dana brought it, so she could not run it either if she were a validator.
    Row("GET", "api-sample-run-list", {**HERE, "sample_id": "sample"}, _all(READERS, 200)),
    Row(
        "POST",
        "api-sample-run-list",
        {**HERE, "sample_id": "sample"},
        {"victor": 202},
        {"standard": "card-limit-demo"},
    ),
    Row(
        "GET",
        "api-sample-run",
        {**HERE, "sample_id": "sample", "sample_run_id": "sr_done"},
        _all(READERS, 200),
    ),
    Row(
        "GET",
        "api-sample-run-pdf",
        {**HERE, "sample_id": "sample", "sample_run_id": "sr_done"},
        _all(INSIDE, 200),
    ),
    Row("GET", "api-policy-list", HERE, _all(READERS, 200)),
    Row("POST", "api-policy-list", HERE, {"dana": 201}, {"rules": _json("policy_v1.json")}),
    Row("GET", "api-dictionary-list", HERE, _all(READERS, 200)),
    Row("POST", "api-dictionary-list", HERE, {"dana": 201}, {"reasons": _json("reasons.json")}),
    Row("GET", "api-candidate-list", HERE, _all(READERS, 200)),
    Row("GET", "api-version-list", HERE, _all(READERS, 200)),
    Row(
        "POST",
        "api-version-list",
        HERE,
        {"dana": 202},
        {"candidate": "candidate", "policy": "p_spare", "dictionary": "dictionary"},
    ),
    Row("GET", "api-version", _version(APPROVED), _all(READERS, 200)),
    Row("POST", "api-version-submit", _version(DRAFT), {"dana": 200}),
    Row("POST", "api-version-suspend", _version(APPROVED), _all(("victor", "otto"), 200), {"why": "Doubt."}),
    Row("GET", "api-standard-list", {}, _all(READERS, 200)),
    Row("POST", "api-standard-list", {}, {"victor": 201}, {"slug": "card-limit-demo"}),
    Row("GET", "api-validation-run-list", _version(APPROVED), _all(READERS, 200)),
    Row(
        "POST",
        "api-validation-run-list",
        _version(APPROVED),
        {"victor": 202},
        {"standard": "card-limit-demo"},
    ),
    Row("GET", "api-validation-run", {**_version(APPROVED), "run_id": "r_done"}, _all(READERS, 200)),
    Row("GET", "api-reperformance-list", {**_version(APPROVED), "run_id": "r_done"}, _all(READERS, 200)),
    Row("POST", "api-reperformance-list", {**_version(APPROVED), "run_id": "r_done"}, {"victor": 202}),
    Row("GET", "api-reperformance", {"reperformance_id": "reperformance"}, _all(READERS, 200)),
    Row("GET", "api-comparison-list", _version(VALIDATING), _all(READERS, 200)),
    Row(
        "POST",
        "api-comparison-list",
        _version(REVIEW),
        {"victor": 202},
        {"champion": APPROVED, "standard": "card-limit-demo"},
    ),
    Row(
        "GET",
        "api-comparison",
        {**_version(VALIDATING), "comparison_id": "compared"},
        _all(READERS, 200),
    ),
    Row("GET", "api-version-plan", _version(APPROVED), _all(READERS, 200)),
    Row("GET", "api-version-certificate", _version(APPROVED), _all(READERS, 200)),
    Row("GET", "api-evidence", _version(APPROVED), _all(READERS, 200)),
    Row("GET", "api-assessment-list", _version(APPROVED), _all(INSIDE, 200)),
    Row("POST", "api-assessment-list", _version(VALIDATING), {"victor": 201}, ASSESSED),
    # Lia reads no findings; nobody but a validator records, and nobody their own.
    Row("GET", "api-competence-list", {}, _all(INSIDE, 200)),
    Row(
        "POST",
        "api-competence-list",
        {},
        {"victor": 201},
        {"person": "quinn", "area": "fairness", "rests_on": "A course.", "until": COMPETENT_UNTIL},
    ),
    Row("GET", "api-pack-list", {}, _all(READERS, 200)),
    Row("POST", "api-pack-list", {}, {"victor": 201}, {"slug": "us-reg-b"}),
    # Victor installed it.
    Row(
        "POST",
        "api-pack-review",
        {"pack_id": "pack"},
        _all(("ada", "amir"), 201),
        SIGNED,
        signs="pack:reviewed",
        of="pack",
    ),
    Row("GET", "api-question-list", _version(APPROVED), _all(INSIDE, 200)),
    Row("POST", "api-question-list", _version(APPROVED), {"victor": 201}, {"topic": "scope", "text": "Why?"}),
    Row("GET", "api-question", {"question_id": "question"}, _all(INSIDE, 200)),
    Row("POST", "api-question-answer", {"question_id": "question"}, {"dana": 200}, TEXT),
    Row("GET", "api-document", _version(APPROVED), _all(INSIDE, 200)),
    Row("POST", "api-document", _version(DRAFT), {"dana": 201}, {"parts": {"purpose": "To decide."}}),
    Row("GET", "api-monitoring-plan", _version(APPROVED), _all(INSIDE, 200)),
    Row("POST", "api-monitoring-plan", _version(DRAFT), _all(("dana", "victor"), 201), WATCHED),
    Row("GET", "api-version-file-list", _version(APPROVED), _all(INSIDE, 200)),
    Row("POST", "api-version-file-list", _version(APPROVED), _all(("dana", "victor"), 201)),
    Row("GET", "api-version-file", {"file_id": "file"}, _all(INSIDE, 200)),
    Row("POST", "api-finding-open", _version(APPROVED), {"victor": 201}, FINDING),
    Row("GET", "api-finding-list", {}, _all(INSIDE, 200)),
    Row("GET", "api-finding", {"finding_id": "f_open"}, _all(INSIDE, 200)),
    Row("POST", "api-finding-rebut", {"finding_id": "f_open"}, {"dana": 200}, TEXT),
    Row("POST", "api-finding-plan", {"finding_id": "f_open"}, {"dana": 200}, PROMISE),
    Row("POST", "api-finding-postpone", {"finding_id": "f_open"}, {"victor": 200}, PROMISE),
    Row("POST", "api-finding-close", {"finding_id": "f_open"}, {"victor": 200}, CLOSED),
    Row(
        "POST",
        "api-deviation-sign",
        {"result_id": "res_free"},
        {"victor": 201},
        SIGNED,
        signs="deviation",
        of="v_validating",
    ),
    Row(
        "POST",
        "api-conclusion-sign",
        _version(VALIDATING),
        {"victor": 201},
        {**SIGNED, "verdict": "returned"},
        signs="conclusion:returned",
        of="v_validating",
    ),
    # Nothing waits for a request in this world: who may ask is told that it is the wrong stage.
    Row("POST", "api-approval-request-open", _version(VALIDATING), _all(("dana", "victor"), 409)),
    Row("GET", "api-approval-request-list", {}, _all(READERS, 200)),
    Row("GET", "api-approval-request", {"request_id": "q_open"}, _all(READERS, 200)),
    # Ada is an approver too, but has signed this request already. The standard was changed since, so what completes the
    # quorum would be blocked; a signature against is the same right.
    Row(
        "POST",
        "api-sign-off",
        {"request_id": "q_open"},
        {"amir": 201},
        {**SIGNED, "verdict": "reject"},
        signs="signoff:reject",
        of="v_review",
    ),
    # Nobody who may ask finds the approved version suspended; the retirement of an approved one is asked.
    Row(
        "POST",
        "api-act-ask",
        _version(APPROVED),
        _all(("victor", "otto"), 201),
        {"act": "retire-version", "why": "Replaced."},
    ),
    # Dana asked; victor may ask too and is told that the request is not his.
    Row("POST", "api-withdraw", {"request_id": "q_open"}, {"dana": 200}, {"why": "Too early."}),
    Row("POST", "api-claim", {"request_id": "q_open"}, {"amir": 200}),
    # Ada has signed already, and nobody has it in hand: who may sign is told so.
    Row("POST", "api-release", {"request_id": "q_open"}, _all(("ada", "amir"), 409)),
    Row("POST", "api-recuse", {"request_id": "q_open"}, {"ada": 409, "amir": 200}, {"why": "A conflict."}),
    Row("GET", "api-delegation-list", {}, _all(("ada", "amir"), 200)),
    # Quinn is no approver: not even an approver has them stand in.
    Row(
        "POST",
        "api-delegation-list",
        {},
        {},
        {"to": "quinn", "until": "2099-01-01T00:00:00Z", "why": "On leave."},
    ),
    Row("POST", "api-delegation-end", {"delegation_id": "g_standing"}, _all(("ada", "amir"), 200)),
    Row("GET", "api-dependency-list", {}, _all(READERS, 200)),
    Row("GET", "api-condition-list", {}, _all(READERS, 200)),
    Row("GET", "api-condition", {"condition_id": "k_open"}, _all(READERS, 200)),
    # Whoever signs what another page showed is told that it is stale: only a validator gets that far.
    Row(
        "POST",
        "api-condition-meet",
        {"condition_id": "k_open"},
        {"victor": 412},
        SIGNED,
        signs="condition:met",
        of="v_conditional",
    ),
    Row("GET", "api-expiry-list", {}, _all(READERS, 200)),
    # The approved version is not suspended, and the result passed: who may ask is told so.
    Row(
        "POST",
        "api-break-glass-ask",
        _version(APPROVED),
        _all(("victor", "otto"), 409),
        {"hours": 2, "why": "Payday."},
    ),
    Row(
        "POST",
        "api-exception-ask",
        {"result_id": "res_passed"},
        {"victor": 409},
        {"until": "2099-01-01T00:00:00Z", "why": "Data is coming."},
    ),
    Row("GET", "api-snapshot-exception-list", {"snapshot_id": "snapshot"}, _all(READERS, 200)),
    # The data break no rule: who may ask is told so.
    Row(
        "POST",
        "api-snapshot-exception-list",
        {"snapshot_id": "snapshot"},
        {"dana": 409},
        {"rule": "leaking_inputs", "until": SOON, "why": "It is known at the decision."},
    ),
    Row("GET", "api-overlay-list", _version(APPROVED), _all(READERS, 200)),
    Row(
        "POST",
        "api-overlay-list",
        _version(APPROVED),
        _all(("dana", "victor"), 201),
        {"kind": "pd_multiplier", "size": "1.2", "segment": "Everybody.", "until": SOON, "why": "Floods."},
    ),
    Row("GET", "api-cap-list", _version(APPROVED), _all(READERS, 200)),
    Row(
        "POST",
        "api-cap-list",
        _version(VALIDATING),
        _all(("dana", "victor"), 201),
        {"decisions": 5, "until": SOON, "why": "A pilot."},
    ),
    Row("POST", "api-score", HERE, {"lia": 200}, {"reference": "r", "features": "features"}),
    # The version holds the slot already: otto is told so, the others never hear of it.
    Row(
        "POST",
        "api-deployment-start",
        HERE,
        {"otto": 409},
        {"version": APPROVED, "slot": "champion"},
    ),
    Row("POST", "api-deployment-end", {"deployment_id": "d_open"}, {"otto": 200}, {"why": "Enough."}),
    Row("GET", "api-decision-list", {}, _all(("lia", "quinn"), 200)),
    Row("GET", "api-decision", {"decision_id": "dec"}, _all(("lia", "quinn"), 200)),
    Row("POST", "api-decision-replay", {"decision_id": "dec"}, _all(("victor", "otto", "quinn"), 201)),
    Row(
        "POST",
        "api-training-request",
        HERE,
        {"dana": 202},
        {"snapshot": "snapshot", "recipe": "card-limit"},
    ),
    Row("GET", "api-sweep-list", HERE, _all(READERS, 200)),
    Row("POST", "api-sweep-list", HERE, {"dana": 202}, {"snapshot": "snapshot", "sweep": SWEEP}),
    Row("GET", "api-sweep", {**HERE, "sweep_id": "sweep"}, _all(READERS, 200)),
    Row("GET", "api-feature-view-list", {}, _all(READERS, 200)),
    Row("POST", "api-feature-view-list", {}, {"dana": 202}, {"view": VIEW}),
    Row("POST", "api-feature-view-publish", {"view_id": "view"}, {"dana": 202}),
    Row("POST", "api-feature-look-up", {"view_id": "view"}, {"lia": 200}, {"customer": "c1"}),
    Row(
        "POST",
        "api-feature-values",
        {"view_id": "view"},
        {"lia": 200},
        {"applied_on": "2024-04-01", "bookings": []},
    ),
    Row("GET", "api-feature-view", {"view_id": "view"}, _all(READERS, 200)),
    Row("POST", "api-assembly-request", {}, {"dana": 202}, {"assembly": ASSEMBLY, "declaration": DECLARED}),
    Row("GET", "api-recipe-list", {}, _all(READERS, 200)),
    Row("GET", "api-dossier-list", _version(APPROVED), _all(INSIDE, 200)),
    Row("POST", "api-dossier-list", _version(APPROVED), _all(("victor", "ada", "amir"), 202)),
    Row("GET", "api-dossier", {"dossier_id": "dossier"}, _all(INSIDE, 200)),
    # The world's dossier has a row and no file: who may read it is told that the store lacks it.
    Row("GET", "api-dossier-pdf", {"dossier_id": "dossier"}, _all(INSIDE, 503)),
    Row("GET", "api-model-card", {**_version(APPROVED), "audience": "officer"}, _all(READERS, 200)),
    Row("GET", "api-audit-report-list", {}, {"quinn": 200}),
    Row("POST", "api-audit-report-list", {}, {"quinn": 202}, {"since": "2026-01-01", "until": "2026-01-31"}),
    Row("GET", "api-audit-report", {"report_id": "audit_report"}, {"quinn": 200}),
    Row("GET", "api-audit-report-pdf", {"report_id": "audit_report"}, {"quinn": 503}),
    Row("GET", "api-audit-report-tables", {"report_id": "audit_report"}, {"quinn": 503}),
    Row("GET", "api-benchmark-list", HERE, _all(INSIDE, 200)),
    Row("GET", "api-benchmark", {"benchmark_id": "benchmark"}, _all(INSIDE, 200)),
    Row("GET", "api-dossier-verifier", {}, _all(INSIDE, 200)),
    Row("GET", "api-dossier-tables", {"dossier_id": "dossier"}, _all(INSIDE, 503)),
    # As with the dossier: a row and no file.
    Row("GET", "api-benchmark-pdf", {"benchmark_id": "benchmark"}, _all(INSIDE, 503)),
    Row("GET", "api-ledger-entry-list", {}, _all(INSIDE, 200)),
    Row("GET", "api-ledger-entry-proof", {"sequence": 1}, _all(INSIDE, 200)),
    Row("GET", "api-decision-proof", {"decision_id": "dec"}, _all(("lia", "quinn"), 200)),
    Row("GET", "api-ledger-checkpoint-list", {}, _all(INSIDE, 200)),
    Row("GET", "api-ledger-checkpoint-latest", {}, _all(INSIDE, 200)),
    Row("GET", "api-ledger-verifier", {}, _all(INSIDE, 200)),
    Row("GET", "api-ledger-bundle", {}, _all(INSIDE, 200)),
    Row("GET", "api-ledger-stream", {}, _all(INSIDE, 200)),
    Row("POST", "api-ledger-verification-request", {}, _all(INSIDE, 202)),
    # The job is of another kind: who may read the ledger is told so, the others never hear of it.
    Row("GET", "api-ledger-verification", {"job_id": "j_queued"}, _all(INSIDE, 404)),
)
