"""The vocabulary of facts. An event that is not here cannot be recorded."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """`<noun>:<past tense>`"""

    ACCESS_REFUSED = "access:refused"
    PERSON_ENROLLED = "person:enrolled"
    ROLE_REQUESTED = "role:requested"
    ROLE_GRANTED = "role:granted"
    ROLE_REFUSED = "role:refused"
    ROLE_WITHDRAWN = "role:withdrawn"
    ROLE_REVOKED = "role:revoked"
    INVITATION_HANDED_OVER = "invitation:handed_over"
    INVITATION_ADDRESSED = "invitation:addressed"
    INVITATION_ACCEPTED = "invitation:accepted"
    INVITATION_REVOKED = "invitation:revoked"
    USER_DISABLED = "user:disabled"
    USER_ENABLED = "user:enabled"
    SESSION_ENDED = "session:ended"
    LOCKOUT_BEGUN = "lockout:begun"
    LOCKOUT_LIFTED = "lockout:lifted"
    TOKEN_ISSUED = "token:issued"  # noqa: S105 (a name, not a secret)
    TOKEN_REVOKED = "token:revoked"  # noqa: S105
    PASSWORD_CHANGED = "password:changed"  # noqa: S105
    PASSWORD_RESET = "password:reset"  # noqa: S105
    SIGNING_RESUMED = "signing:resumed"
    FACTOR_ENROLLED = "factor:enrolled"
    FACTOR_RENAMED = "factor:renamed"
    FACTOR_REMOVED = "factor:removed"
    RECOVERY_CODE_USED = "recovery_code:used"
    PROOF_REFUSED = "proof:refused"

    SEGMENT_SEALED = "segment:sealed"
    LOG_KEY_ADOPTED = "log_key:adopted"
    LOG_KEY_ROTATED = "log_key:rotated"
    LEDGER_VERIFIED = "ledger:verified"

    JOB_REQUESTED = "job:requested"
    JOB_CANCELLED = "job:cancelled"
    JOB_ENDED = "job:ended"

    MODEL_PROPOSED = "model:proposed"
    MODEL_AMENDED = "model:amended"
    MODEL_ACCEPTED = "model:accepted"
    SNAPSHOT_FROZEN = "snapshot:frozen"
    HELD_OUT_READ = "held_out:read"
    CANDIDATE_RECORDED = "candidate:recorded"
    POLICY_PROPOSED = "decision_policy:proposed"
    DICTIONARY_PROPOSED = "reason_dictionary:proposed"
    VERSION_REGISTERED = "version:registered"
    VERSION_SUBMITTED = "version:submitted"
    VERSION_CONCLUDED = "version:concluded"
    VERSION_RETURNED = "version:returned"
    VERSION_REQUESTED = "version:requested"
    VERSION_APPROVED = "version:approved"
    VERSION_REJECTED = "version:rejected"
    VERSION_REOPENED = "version:reopened"
    VERSION_SUSPENDED = "version:suspended"
    VERSION_RESUMED = "version:resumed"
    VERSION_RETIRED = "version:retired"
    VERSION_WITHDRAWN = "version:withdrawn"

    STANDARD_FROZEN = "standard:frozen"
    RUN_STARTED = "run:started"
    RUN_COMPLETED = "run:completed"
    FINDING_OPENED = "finding:opened"
    FINDING_REBUTTED = "finding:rebutted"
    FINDING_CLOSED = "finding:closed"
    DEVIATION_SIGNED = "deviation:signed"
    CONCLUSION_SIGNED = "conclusion:signed"

    REQUEST_OPENED = "request:opened"
    REQUEST_VOIDED = "request:voided"
    REQUEST_CLOSED = "request:closed"
    REQUEST_CLAIMED = "request:claimed"
    REQUEST_RELEASED = "request:released"
    SIGNOFF_RECORDED = "signoff:recorded"
    DISSENT_RECORDED = "dissent:recorded"
    RECUSAL_DECLARED = "recusal:declared"
    CONDITION_SET = "condition:set"
    CONDITION_MET = "condition:met"
    EXCEPTION_GRANTED = "exception:granted"
    CAP_GRANTED = "cap:granted"
    EMERGENCY_BEGUN = "emergency:begun"
    DELEGATION_GIVEN = "delegation:given"
    DELEGATION_ENDED = "delegation:ended"

    DEPLOYMENT_STARTED = "deployment:started"
    DEPLOYMENT_ENDED = "deployment:ended"
    DECISION_REPLAYED = "decision:replayed"
    DECISION_ERASED = "decision:erased"
    SEAL_BROKEN = "seal:broken"

    DOSSIER_SIGNED = "dossier:signed"
