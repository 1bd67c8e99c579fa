"""What the database itself refuses on this app's tables."""

from approvals.invariants import in_force
from audit.guards import Guard, On, alone, append_only, frozen, kept, write_once

GUARDS = (
    frozen(
        "scoring_deployment",
        "id",
        "risk_model_id",
        "version_id",
        "slot",
        "environment_digest",
        "started_by_id",
        "started_at",
    ),
    write_once("scoring_deployment", "ended_at", "ended_by_id"),
    *kept("scoring_deployment"),
    alone("scoring_deployment", "risk_model_id", "slot", standing="ended_at"),
    Guard(
        "scoring_deployment_approved",
        "scoring_deployment",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM registry_modelversion v WHERE v.id = NEW.version_id"  # noqa: S608 (constants)
        f" AND v.risk_model_id = NEW.risk_model_id AND {in_force('v', 'NEW.started_at')})",
        "scoring_deployment: only an approved version in force holds a slot",
    ),
    Guard(
        "scoring_deployment_not_author",
        "scoring_deployment",
        On.INSERT,
        "(SELECT person_id FROM accounts_user WHERE id = NEW.started_by_id)"
        " IN (SELECT author_id FROM registry_modelversion WHERE id = NEW.version_id"
        " UNION SELECT trainer_id FROM registry_modelversion WHERE id = NEW.version_id)",
        "scoring_deployment: the author does not deploy",
    ),
    *append_only("scoring_decision", "id"),
    Guard(
        "scoring_decision_in_force",
        "scoring_decision",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM scoring_deployment d JOIN registry_modelversion v ON v.id = d.version_id"  # noqa: S608 (constants)
        " WHERE d.id = NEW.deployment_id AND d.version_id = NEW.version_id AND d.ended_at IS NULL"
        f" AND {in_force('v', 'NEW.at', cap='NEW.cap_id')})",
        "scoring_decision: no score without an approved version in force",
    ),
    Guard(
        "scoring_decision_within_cap",
        "scoring_decision",
        On.INSERT,
        "NEW.cap_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approvals_cap p WHERE p.id = NEW.cap_id"
        " AND p.version_id = NEW.version_id AND p.used_decisions >"
        " (SELECT COUNT(*) FROM scoring_decision d WHERE d.cap_id = p.id))",
        "scoring_decision: a decision under a cap is counted first",
    ),
    Guard(
        "scoring_decision_same_record",
        "scoring_decision",
        On.INSERT,
        "EXISTS (SELECT 1 FROM scoring_decision WHERE record = NEW.record)",
        "scoring_decision has this record already",
    ),
    frozen("scoring_decisionpayload", "decision_id", "ciphertext"),
    write_once("scoring_decisionpayload", "erased_at", "erased_by_id"),
    Guard(
        "scoring_decisionpayload_key_only_destroyed",
        "scoring_decisionpayload",
        On.UPDATE,
        "NEW.wrapped_key IS NOT NULL AND NEW.wrapped_key IS DISTINCT FROM OLD.wrapped_key",
        "scoring_decisionpayload: a key is destroyed, never replaced",
    ),
    *kept("scoring_decisionpayload", "decision_id"),
)
