"""The rules of the game on one page: who may do what, what may stop a move, what runs after an event, who does
which job. This file is policy and is reviewed as policy; its digest is stamped into every sign-off and decision.

Paths are dotted text because the lower apps must not import the upper ones; `mrm.checks` resolves every one of
them at start-up and refuses to start when one is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# --- Who may do what. One row a role; a permission that no row names is held by nobody. -------------------------
_READ: Final = (
    "registry:inventory:read",
    "jobs:job:read",
    "validation:finding:read",
    "reports:dossier:read",
    "audit:ledger:read",
)
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "developer": (
        *_READ,
        "registry:model:propose",
        "registry:snapshot:import",
        "registry:file:add",
        "registry:monitoring:plan",
        "registry:document:write",
        "registry:version:register",
        "registry:version:submit",
        "registry:version:request",
        "training:run:request",
        "validation:question:answer",
        "validation:finding:rebut",
        "jobs:job:cancel",
    ),
    "validator": (
        *_READ,
        "registry:model:accept",
        "registry:heldout:read",
        "registry:version:conclude",
        "registry:version:request",
        "registry:version:reopen",
        "registry:version:suspend",
        "validation:run:start",
        "registry:file:add",
        "registry:monitoring:plan",
        "validation:assessment:write",
        "validation:finding:open",
        "validation:finding:close",
        "validation:deviation:sign",
        # Of colleagues; never of oneself.
        "validation:competence:record",
        "validation:pack:install",
        # Of what somebody else installed; the same for approvers.
        "validation:pack:review",
        "approvals:condition:meet",
        "scoring:decision:replay",
        "reports:dossier:build",
        "jobs:job:cancel",
    ),
    "approver": (
        *_READ,
        "validation:pack:review",
        "approvals:request:sign",
        "registry:version:approve",
        "reports:dossier:build",
    ),
    "operator": (
        *_READ,
        "registry:version:suspend",
        "scoring:deployment:start",
        "scoring:deployment:end",
        "scoring:decision:replay",
        "jobs:job:cancel",
        "notices:webhook:manage",
        "desk:installation:read",
    ),
    "loan_officer": (
        "registry:inventory:read",
        "scoring:decision:make",
        "scoring:decision:read",
    ),
    "auditor": (
        *_READ,
        "scoring:decision:read",
        "scoring:decision:replay",
        "reports:audit:read",
        "reports:audit:build",
        "desk:installation:read",
    ),
    # An examiner from outside: reads one model's file, entries and decisions of a period, until a date; writes nothing.
    "regulator": (
        "registry:inventory:read",
        "validation:finding:read",
        "reports:dossier:read",
        "audit:ledger:read",
        "scoring:decision:read",
    ),
    # Keys and erasure only: who destroys a payload does not read it.
    "privacy_officer": ("scoring:payload:erase",),
    # Users only: an administrator passes no governance gate.
    "administrator": ("accounts:role:grant", "accounts:user:manage", "desk:installation:read"),
}

# --- How long a sign-in holds, whatever its browser says, and how long it may lie unused, by the roles held. Who may
# sign or manage people is asked again after a quarter of an hour; for everybody else the first limit is the only one.
SIGN_IN_HOURS: Final = 12
IDLE_MINUTES: Final[Mapping[str, int]] = {"approver": 15, "administrator": 15}
# What a form held when its sign-in ran out is kept for whoever sent it, and for nobody else.
DRAFT_HOURS: Final = 24
INVITATION_HOURS: Final = 72

# --- Wrong passwords and codes. Within a window, by the name that was tried (five: OWASP asks for few, and for a lock
# that ends by itself, or guessing would be a way to keep a colleague out) and by the address they come from (twenty: an
# office has one). In a row without a success between them, however slowly: NIST SP 800-63B allows at most a hundred,
# then an administrator looks. Tokens are 256 random bits; their limit keeps noise down.
LOCKOUT_MINUTES: Final = 15
FAILURES_OF_A_NAME: Final = 5
FAILURES_OF_AN_ADDRESS: Final = 20
FAILURES_IN_A_ROW: Final = 100
WRONG_TOKENS_A_MINUTE: Final = 30
# Roles that are granted for one model, a period of records and until a date, never for everything or for good.
BOUNDED: Final = ("regulator",)
# Roles that whoever holds one holds alone: an examiner has no part in what is examined.
ALONE: Final = ("regulator",)

# --- Who may not use a permission on a version, whatever their roles, because of their part in it. People are counted,
# not accounts. The services and the database keep these rules; tests/accounts/test_roles.py holds this table to them.
APART: Final[Mapping[str, tuple[str, ...]]] = {
    "validation:run:start": ("author", "trainer", "submitter"),
    "validation:assessment:write": ("author", "trainer", "submitter"),
    "validation:deviation:sign": ("author", "trainer", "submitter"),
    "registry:version:conclude": ("author", "trainer", "submitter"),
    "validation:finding:close": ("author", "trainer", "submitter"),
    "approvals:request:sign": ("author", "trainer", "submitter", "validator"),
    "scoring:deployment:start": ("author", "trainer"),
}

# --- Which group of the identity provider asks for which role, of which model ("" for every one). It is no more than a
# request: an administrator grants it. Who leaves the group loses the role at the next sign-in. Whoever administers,
# erases or examines from outside is named by a person.
PROVIDER_GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "countersign-developers": ("developer", ""),
    "countersign-validators": ("validator", ""),
    "countersign-approvers": ("approver", ""),
    "countersign-operators": ("operator", ""),
    "countersign-loan-officers": ("loan_officer", ""),
    "countersign-auditors": ("auditor", ""),
}

# Findings that are closed with evidence only: a result, or a file beside the version.
CLOSED_WITH_EVIDENCE: Final = ("high", "critical")

# The account that acts where no person does; it signs nothing and cannot sign in.
INSTALLATION: Final = "countersign"

# --- How many independent sign-offs a version needs after the validator's signed conclusion, by tier. -----------
QUORUM: Final[Mapping[int, int]] = {1: 2, 2: 1, 3: 0}
# --- For how long an approver who takes a request in hand keeps it to themselves. --------------------------------
CLAIM_HOURS: Final = 24
# --- For how long at most an approver may have another one stand in. ---------------------------------------------
DELEGATION_DAYS: Final = 60
# --- For how long at most a failed check is let stand by an exception, and a condition may wait. ----------------
EXCEPTION_DAYS: Final = 180
CONDITION_DAYS: Final = 365
# --- For how long at most an overlay stands: a year, after which it is a part of the model or nothing. ---------------
OVERLAY_DAYS: Final = 365
# --- For how long at most, and for how many decisions, a version is used before its validation has ended. ----------
CAP_DAYS: Final = 90
CAP_DECISIONS: Final = 10_000
# --- For how long at most a record of somebody's competence counts: somebody else looks again every three years, as
# long as the longest approval holds. ---------------------------------------------------------------------------------
COMPETENCE_DAYS: Final = 1096
# --- For how many months an approval holds, by tier. ------------------------------------------------------------
VALIDITY_MONTHS: Final[Mapping[int, int]] = {1: 12, 2: 24, 3: 36}


# --- Which acts need the signatures of others. An approval only grants; the owner of the object executes. --------
@dataclass(frozen=True)
class Act:
    """`asks` opens a request, `signs` answers it. Whoever had one of the `excluded` parts signs nothing here.
    A grant may be used for `holds_hours`. `moves` are made by the signature that decides, `executor` by a grant."""

    asks: str
    signs: str
    quorum: Mapping[int, int]  # independent sign-offs by tier
    excluded: tuple[str, ...]
    due_days: int
    stages: tuple[str, ...]  # of the version, at which it is asked and signed
    holds_hours: int = 1
    moves: Mapping[str, str] = field(default_factory=dict)
    executor: str = ""


# As many as approve a version of the tier, and never none: nothing here happens on the word of whoever asks.
_SOMEBODY: Final[Mapping[int, int]] = {tier: max(1, count) for tier, count in QUORUM.items()}
_MAKERS: Final = ("author", "trainer", "submitter")
ACTS: Final[Mapping[str, Act]] = {
    "approve-version": Act(
        asks="registry:version:request",
        signs="approvals:request:sign",
        quorum=QUORUM,
        excluded=(*_MAKERS, "validator"),
        due_days=10,
        stages=("in_review",),
        moves={
            "granted": "approve",
            "rejected": "reject",
            "returned": "return",
            "withdrawn": "withdraw",
        },
    ),
    "resume-version": Act(
        asks="registry:version:suspend",
        signs="approvals:request:sign",
        quorum=_SOMEBODY,
        excluded=(*_MAKERS, "validator", "opener"),
        due_days=5,
        stages=("suspended",),
        executor="approvals.executors.resume",
    ),
    "retire-version": Act(
        asks="registry:version:suspend",
        signs="approvals:request:sign",
        quorum=_SOMEBODY,
        excluded=(*_MAKERS, "validator", "opener"),
        due_days=10,
        stages=("approved", "suspended"),
        executor="approvals.executors.retire",
    ),
    # One failed blocking check is let stand until a date; a deviation is the validator's alone and has none.
    "grant-exception": Act(
        asks="validation:deviation:sign",
        signs="approvals:request:sign",
        quorum=_SOMEBODY,
        excluded=(*_MAKERS, "validator", "opener"),
        due_days=10,
        stages=("in_validation", "approved"),
        executor="approvals.executors.except_check",
    ),
    # An amount on top of what a version says, on record until a date; it changes no score here.
    "grant-overlay": Act(
        asks="registry:version:request",
        signs="approvals:request:sign",
        quorum=_SOMEBODY,
        excluded=(*_MAKERS, "validator", "opener"),
        due_days=10,
        stages=("approved",),
        executor="approvals.executors.put_overlay",
    ),
    # One failed quality rule of a snapshot is let stand until a date; whoever brought the data does not sign.
    "snapshot-exception": Act(
        asks="registry:snapshot:import",
        signs="approvals:request:sign",
        quorum=_SOMEBODY,
        excluded=("importer", "opener"),
        due_days=10,
        stages=(),
        executor="approvals.executors.except_rule",
    ),
    # Use before validation: capped in number, amount, segment and time; it ends with the validation.
    "pre-validation-use": Act(
        asks="registry:version:request",
        signs="approvals:request:sign",
        quorum=_SOMEBODY,
        excluded=(*_MAKERS, "validator", "opener"),
        due_days=10,
        stages=("in_validation",),
        executor="approvals.executors.grant_use",
    ),
    # Break-glass: a suspended version back into force for hours. Two people: who asks, and one approver.
    "break-glass": Act(
        asks="registry:version:suspend",
        signs="approvals:request:sign",
        quorum={1: 1, 2: 1, 3: 1},
        excluded=(*_MAKERS, "opener"),
        due_days=1,
        stages=("suspended",),
        holds_hours=24,
        executor="approvals.executors.begin_emergency",
    ),
}

# --- What may stop a move of a version or an act. A gate is `gate(*, actor, subject) -> str | None`. ------------
GATES: Final[Mapping[str, tuple[str, ...]]] = {
    "training": (
        "training.gates.inventory_entry_is_complete",
        "training.gates.inventory_entry_is_accepted",
        "training.gates.snapshot_quality_passed",
        "training.gates.actor_may_train",
    ),
    # Taking in what somebody logged in MLflow asks the same.
    "submission": (
        "training.gates.inventory_entry_is_complete",
        "training.gates.inventory_entry_is_accepted",
        "training.gates.snapshot_quality_passed",
        "training.gates.actor_may_train",
    ),
    # The tier of a model that is accepted already.
    "accept-tier": ("approvals.gates.nothing_is_asked_at_a_higher_tier",),
    "submit": (
        "registry.gates.inventory_entry_is_accepted",
        "registry.gates.developer_document_is_complete",
        "registry.gates.use_is_described",
        "registry.gates.bytes_match_their_seal",
    ),
    "conclude": (
        "validation.gates.evidence_is_complete",
        "validation.gates.standard_is_unchanged",
        "validation.gates.standard_applies",
        "approvals.gates.blocking_failures_are_settled",
        "validation.gates.reason_certificate_holds",
        "validation.gates.assessment_is_written",
        "validation.gates.no_open_critical_finding",
        "validation.gates.validator_is_independent",
    ),
    "request": (
        "validation.gates.conclusion_matches_evidence",
        "validation.gates.standard_is_unchanged",
        "registry.gates.monitoring_is_planned",
        "validation.gates.standard_applies",
    ),
    "approve": (
        "validation.gates.conclusion_matches_evidence",
        "validation.gates.standard_is_unchanged",
        "validation.gates.standard_applies",
        "approvals.gates.blocking_failures_are_settled",
        "validation.gates.reason_certificate_holds",
        "validation.gates.no_open_critical_finding",
        "approvals.gates.quorum_is_reached",
        "registry.gates.monitoring_is_planned",
        "registry.gates.bytes_match_their_seal",
    ),
    "resume": (
        "registry.gates.approval_has_not_expired",
        "validation.gates.no_open_critical_finding",
        "approvals.gates.resumption_is_granted",
        "registry.gates.bytes_match_their_seal",
    ),
    "retire": ("approvals.gates.retirement_is_granted",),
    "deployment": (
        "approvals.gates.version_is_in_force",
        "registry.gates.bytes_match_their_seal",
        "validation.gates.no_open_critical_finding",
        "validation.gates.reason_certificate_permits_deployment",
        "scoring.gates.operator_is_not_author",
        "scoring.gates.explanation_is_exact",
    ),
    "scoring": ("approvals.gates.version_is_in_force",),
}

# --- What runs after an event: kind of job to queue in the same transaction. ------------------------------------
REACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "run:completed": ("void-requests",),
    "invitation:addressed": ("mail-invitation",),
    # A version under a cap holds a slot until its validation ends without an approval.
    "version:rejected": ("void-requests", "end-deployments"),
    # MLflow shows what is deployed, and never decides it.
    "deployment:started": ("show-in-mlflow",),
    "deployment:ended": ("show-in-mlflow",),
    "version:approved": ("show-in-mlflow",),
    "version:returned": ("void-requests", "end-deployments"),
    "version:suspended": ("void-requests", "end-deployments", "show-in-mlflow"),
    "version:retired": ("void-requests", "end-deployments", "show-in-mlflow"),
    "version:resumed": ("void-requests", "show-in-mlflow"),
    "emergency:begun": ("open-emergency-finding",),
    "mlflow:changed": ("open-lab-findings",),
    # Every sweep ends with its report.
    "sweep:concluded": ("build-benchmark",),
}
REACTION_QUEUE: Final = "jobs.services.queue_reaction"


# --- Who is told of what. One row an event of the ledger; `about` is the kind of thing, whose id stands among the facts
# of the entry under `key`, or is the entry's own subject. `who` hears of it as a notice on their page and by mail
# (notices/recipients.py); nobody named means that only webhooks carry it. The words stand in notices/words.py.
@dataclass(frozen=True)
class Tells:
    about: str
    who: tuple[str, ...] = ()
    key: str = ""


NOTICES: Final[Mapping[str, Tells]] = {
    "request:opened": Tells("request", ("signers",), "request"),
    "signoff:recorded": Tells("request", ("opener",), "request"),
    "dissent:recorded": Tells("request", ("opener",), "request"),
    # Who was asked hears as well that nothing waits for them any more.
    "request:closed": Tells("request", ("opener", "asked"), "request"),
    "request:voided": Tells("request", ("opener", "asked"), "request"),
    "condition:set": Tells("condition", ("condition_owner",), "condition"),
    "condition:met": Tells("condition", ("condition_owner", "condition_setter"), "condition"),
    "role:requested": Tells("role_request", ("role_granters",), "request"),
    "role:granted": Tells("role_given", ("role_holder",), "request"),
    "role:refused": Tells("role_request", ("role_asker",), "request"),
    "version:registered": Tells("version"),
    "version:submitted": Tells("version"),
    "version:concluded": Tells("version"),
    "version:returned": Tells("version"),
    "version:rejected": Tells("version"),
    "version:approved": Tells("version"),
    "version:suspended": Tells("version", ("model_owner",)),
    "version:resumed": Tells("version", ("model_owner",)),
    "version:retired": Tells("version", ("model_owner",)),
    "run:completed": Tells("version"),
    # Who owns the model has it applied, and has it end.
    "overlay:granted": Tells("version", ("model_owner",)),
    "mlflow:changed": Tells("version", ("model_owner",)),
    "mlflow:restored": Tells("version"),
}
# Writes what the table says, in the transaction of the event: dotted, because the ledger imports nothing above it.
TELL: Final = "notices.services.tell"


# --- What falls due, and how many days before somebody is reminded; 0 is the day itself: overdue, or over. ------
@dataclass(frozen=True)
class Reminds:
    days: tuple[int, ...]
    who: tuple[str, ...]


REMINDERS: Final[Mapping[str, Reminds]] = {
    "request": Reminds((3, 1, 0), ("signers",)),
    "condition": Reminds((30, 7, 1, 0), ("condition_owner",)),
    "exception": Reminds((30, 7, 1, 0), ("opener",)),
    "overlay": Reminds((30, 7, 1, 0), ("opener",)),
    "cap": Reminds((7, 1, 0), ("opener",)),
    "role": Reminds((14, 3, 0), ("role_holder",)),
    "approval": Reminds((90, 30, 7, 0), ("model_owner",)),
}
# What is longer past than this is nobody's news any more: a first start does not tell of years.
REMINDED_DAYS_PAST: Final = 7

# --- After which seconds what was not taken outside is tried again, by kind of job; then it is dead, with the reason.
WAITS: Final[Mapping[str, tuple[int, ...]]] = {
    "mail-notice": (30, 300, 3_600, 6 * 3_600),
    "show-in-mlflow": (5, 60, 600, 3_600, 6 * 3_600, 86_400),
    # A source that went away in the middle.
    "assemble-snapshot": (10, 60),
    # As Standard Webhooks proposes: three days and a bit, so that a receiver may be down over a weekend.
    "send-webhook": (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400),
}

# For how long the secret of a webhook signs beside the one that follows it.
SECRET_OVERLAP_HOURS: Final = 24

# How a worker is woken after a commit.
WAKE: Final = "jobs.tasks.wake"

# --- Who does which kind of job. --------------------------------------------------------------------------------
HANDLERS: Final[Mapping[str, str]] = {
    "mail-notice": "notices.handlers.mail_notice",
    "send-webhook": "notices.handlers.send_webhook",
    "mail-invitation": "accounts.handlers.mail_invitation",
    "import-snapshot": "registry.handlers.import_snapshot",
    "import-sample": "registry.handlers.import_sample",
    "assemble-snapshot": "training.sources.handlers.assemble_snapshot",
    "build-feature-view": "training.feature_views.handlers.build_feature_view",
    "publish-feature-view": "registry.feature_lookup.publish",
    "train": "training.handlers.train",
    "sweep": "training.sweep.handlers.sweep",
    "register": "registry.handlers.register",
    "register-run": "training.handlers.register_run",
    "validate": "validation.handlers.validate",
    "validate-sample": "validation.handlers.validate_sample",
    "reperform": "validation.reperform_handler.reperform",
    "compare": "validation.comparing.compare_versions",
    "void-requests": "approvals.handlers.void_requests",
    "open-emergency-finding": "approvals.handlers.open_emergency_finding",
    "open-lab-findings": "validation.handlers.open_findings_of_mlflow",
    "end-deployments": "scoring.handlers.end_deployments",
    "show-in-mlflow": "scoring.handlers.show_in_mlflow",
    "build-dossier": "reports.handlers.build_dossier",
    "build-audit-report": "reports.audit_handler.build_audit_report",
    "build-benchmark": "reports.handlers.build_benchmark",
    "verify-ledger": "reports.handlers.verify_ledger",
    "tamper-with-copy": "mrm.demo.tamper.handle",
}

# --- Logs whose records are sealed in segments, and who reads their rows for a verification. --------------------
SEALED_LOGS: Final[Mapping[str, str]] = {
    "access": "audit.rows.access_rows",
    "decisions": "scoring.sealed_rows.rows",
}

# The child process that trains; a validation runs it again to see whether the recipe gives the same bytes.
TRAINING_CHILD: Final = "training.child:train"
# Many candidates on the same rows.
SWEEP_CHILD: Final = "training.sweep.child:sweep"
# The same for an estimator that was trained elsewhere: its tables are made, within limits.
GIVEN_CHILD: Final = "training.child:take_in"

# --- Tables whose invariants the database keeps by triggers (see audit/guards.py). ------------------------------
INVARIANTS: Final[tuple[str, ...]] = (
    "audit.invariants.GUARDS",
    "accounts.invariants.GUARDS",
    "jobs.invariants.GUARDS",
    "registry.invariants.GUARDS",
    "validation.invariants.GUARDS",
    "validation.comparison_invariants.GUARDS",
    "validation.pack_invariants.GUARDS",
    "approvals.invariants.GUARDS",
    "scoring.invariants.GUARDS",
    "reports.invariants.GUARDS",
    "notices.invariants.GUARDS",
)


@functools.cache
def digest() -> str:
    """SHA-256 of this file's bytes: which rules were in force when something was signed or decided."""
    import hashlib

    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
