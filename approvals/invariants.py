"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, append_only, frozen, kept
from mrm.settings import governance

_VERSION = (
    "(SELECT v.{column} FROM registry_modelversion v JOIN approvals_approvalrequest q ON q.version_id = v.id"
    " WHERE q.id = NEW.request_id)"
)
_INSIDER = " OR ".join(
    f"NEW.person_id = {_VERSION.format(column=column)}"
    for column in ("author_id", "trainer_id", "submitter_id")
)
_QUORUM_OF_TIER = (
    "(CASE (SELECT m.tier FROM registry_riskmodel m WHERE m.id = NEW.risk_model_id)"  # noqa: S608 (constants)
    + "".join(f" WHEN {tier} THEN {quorum}" for tier, quorum in governance.QUORUM.items())
    + " ELSE 99 END)"
)
_SIGNED = (
    "(SELECT COUNT(DISTINCT s.person_id) FROM approvals_signoff s JOIN approvals_approvalrequest q"
    " ON q.id = s.request_id WHERE q.version_id = NEW.id AND q.state = 'open' AND s.verdict = 'approve'"
    " AND s.evidence_digest = (SELECT r.evidence_digest FROM validation_validationrun r WHERE r.version_id"
    " = NEW.id AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC LIMIT 1))"
)

GUARDS = (
    frozen(
        "approvals_approvalrequest",
        "id",
        "version_id",
        "conclusion_id",
        "evidence_digest",
        "quorum",
        "opened_by_id",
        "opened_at",
    ),
    *kept("approvals_approvalrequest"),
    # Open is what is not closed yet.
    alone("approvals_approvalrequest", "version_id", standing="closed_at"),
    Guard(
        "approvals_approvalrequest_closed_is_final",
        "approvals_approvalrequest",
        On.UPDATE,
        "OLD.state <> 'open'",
        "approvals_approvalrequest: a closed request does not change",
    ),
    *append_only("approvals_signoff", "id", ("request_id", "person_id")),
    Guard(
        "approvals_signoff_person",
        "approvals_signoff",
        On.INSERT,
        "NEW.person_id <> (SELECT person_id FROM accounts_user WHERE id = NEW.user_id)",
        "approvals_signoff: the person is not the signing user's",
    ),
    Guard(
        "approvals_signoff_independent",
        "approvals_signoff",
        On.INSERT,
        _INSIDER,
        "approvals_signoff: author, trainer and submitter sign nothing",
    ),
    Guard(
        "approvals_signoff_not_validator",
        "approvals_signoff",
        On.INSERT,
        "NEW.person_id = (SELECT c.person_id FROM validation_conclusion c JOIN approvals_approvalrequest q"
        " ON q.conclusion_id = c.id WHERE q.id = NEW.request_id)",
        "approvals_signoff: the validator who concluded does not also approve",
    ),
    Guard(
        "approvals_signoff_request_open",
        "approvals_signoff",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.id = NEW.request_id AND q.state ="
        " 'open'"
        " AND q.evidence_digest = NEW.evidence_digest)",
        "approvals_signoff: the request is closed or is about other evidence",
    ),
    Guard(
        "approvals_version_approved_by_quorum",
        "registry_modelversion",
        On.UPDATE,
        f"NEW.stage = 'approved' AND OLD.stage = 'in_review' AND {_SIGNED} < {_QUORUM_OF_TIER}",
        "registry_modelversion: the quorum of its tier has not signed its newest evidence",
    ),
)
