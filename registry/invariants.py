"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, append_only, frozen, kept, write_once
from registry.lifecycle import MOVES

_LEGAL = ", ".join(sorted({f"'{move.source}>{move.target}'" for move in MOVES}))

_ACCEPTED_TIER = (
    "(SELECT t.proposed_tier FROM registry_tierassessment t JOIN registry_tieracceptance a ON a.assessment_id = t.id"
    " WHERE t.risk_model_id = NEW.id ORDER BY t.number DESC LIMIT 1)"
)

GUARDS = (
    frozen("registry_riskmodel", "id", "slug", "proposed_by_id", "proposed_at"),
    write_once("registry_riskmodel", "accepted_by_id", "accepted_at"),
    *kept("registry_riskmodel"),
    alone("registry_riskmodel", "slug"),
    Guard(
        "registry_riskmodel_second_person",
        "registry_riskmodel",
        On.UPDATE,
        "NEW.accepted_by_id IS NOT NULL"
        " AND (SELECT person_id FROM accounts_user WHERE id = NEW.accepted_by_id)"
        " IN (SELECT person_id FROM accounts_user WHERE id IN (NEW.proposed_by_id, NEW.owner_id))",
        "registry_riskmodel: neither proposer nor owner accepts the entry",
    ),
    Guard(
        "registry_riskmodel_tier_settled",
        "registry_riskmodel",
        On.UPDATE,
        "NEW.accepted_at IS NOT NULL AND (OLD.accepted_at IS NULL OR NEW.tier IS DISTINCT FROM OLD.tier)"
        f" AND NEW.tier IS DISTINCT FROM {_ACCEPTED_TIER}",
        "registry_riskmodel: the tier of an accepted entry is that of its newest accepted assessment",
    ),
    *append_only("registry_tierassessment", "id", ("risk_model_id", "number")),
    *append_only("registry_tieracceptance", "id", ("assessment_id",)),
    Guard(
        "registry_tieracceptance_second_person",
        "registry_tieracceptance",
        On.INSERT,
        "(SELECT person_id FROM accounts_user WHERE id = NEW.accepted_by_id) IN (SELECT u.person_id"
        " FROM accounts_user u, registry_tierassessment t JOIN registry_riskmodel m ON m.id = t.risk_model_id"
        " WHERE t.id = NEW.assessment_id AND u.id IN (t.proposed_by_id, m.owner_id))",
        "registry_tieracceptance: neither proposer nor owner accepts the tier",
    ),
    Guard(
        "registry_tieracceptance_newest",
        "registry_tieracceptance",
        On.INSERT,
        "EXISTS (SELECT 1 FROM registry_tierassessment t JOIN registry_tierassessment n"
        " ON n.risk_model_id = t.risk_model_id AND n.number > t.number WHERE t.id = NEW.assessment_id)",
        "registry_tieracceptance: there is a newer assessment",
    ),
    *append_only("registry_datasetsnapshot", "id", ("digest",)),
    *append_only("registry_scoredsample", "id", ("digest",)),
    Guard(
        "registry_scoredsample_of_accepted_model",
        "registry_scoredsample",
        On.INSERT,
        "(SELECT accepted_at FROM registry_riskmodel WHERE id = NEW.risk_model_id) IS NULL",
        "registry_scoredsample: its model is not accepted",
    ),
    *append_only("registry_featureview", "id", ("name", "number")),
    *append_only("registry_sealedartifact", "digest"),
    *append_only("registry_decisionpolicy", "id", ("risk_model_id", "digest")),
    *append_only("registry_reasondictionary", "id", ("risk_model_id", "digest")),
    *append_only("registry_candidate", "id", ("mlflow_run_id",), ("job_id", "artifact_digest")),
    *append_only("registry_sweep", "id", ("job_id",)),
    *append_only("registry_trial", "id", ("sweep_id", "place")),
    *append_only("registry_stagechange", "id"),
    frozen(
        "registry_modelversion",
        "id",
        "risk_model_id",
        "number",
        "artifact_id",
        "snapshot_id",
        "candidate_id",
        "policy_id",
        "dictionary_id",
        "predecessor_id",
        "author_id",
        "trainer_id",
        "registered_at",
    ),
    *append_only("registry_versionfile", "id", ("version_id", "digest")),
    *append_only("registry_developerdocument", "id", ("version_id", "revision")),
    Guard(
        "registry_developerdocument_of_a_draft",
        "registry_developerdocument",
        On.INSERT,
        "(SELECT stage FROM registry_modelversion WHERE id = NEW.version_id) <> 'draft'",
        "registry_developerdocument: it is written while the version is a draft",
    ),
    Guard(
        "registry_modelversion_is_documented",
        "registry_modelversion",
        On.UPDATE,
        "OLD.stage = 'draft' AND NEW.stage = 'in_validation' AND NOT EXISTS (SELECT 1 FROM registry_developerdocument d"
        " WHERE d.version_id = NEW.id)",
        "registry_modelversion: a version is submitted with its developer's document",
    ),
    *append_only("registry_monitoringplan", "id", ("version_id", "revision")),
    Guard(
        "registry_monitoringplan_before_approval",
        "registry_monitoringplan",
        On.INSERT,
        "(SELECT stage FROM registry_modelversion WHERE id = NEW.version_id) NOT IN"
        " ('draft', 'in_validation', 'validated')",
        "registry_monitoringplan: it stands still from the request for approval on",
    ),
    Guard(
        "registry_modelversion_is_watched",
        "registry_modelversion",
        On.UPDATE,
        "OLD.stage = 'validated' AND NEW.stage = 'in_review' AND NOT EXISTS (SELECT 1 FROM registry_monitoringplan p"
        " WHERE p.version_id = NEW.id)",
        "registry_modelversion: approvers are asked about a version with a monitoring plan",
    ),
    *kept("registry_modelversion"),
    alone("registry_modelversion", "risk_model_id", "number"),
    Guard(
        "registry_modelversion_starts_as_draft",
        "registry_modelversion",
        On.INSERT,
        "NEW.stage <> 'draft'",
        "registry_modelversion: a version begins as a draft",
    ),
    Guard(
        "registry_modelversion_legal_move",
        "registry_modelversion",
        On.UPDATE,
        f"NEW.stage <> OLD.stage AND (OLD.stage || '>' || NEW.stage) NOT IN ({_LEGAL})",
        "registry_modelversion: this move is not in the lifecycle",
    ),
    Guard(
        "registry_modelversion_use_described",
        "registry_modelversion",
        On.UPDATE,
        "OLD.stage = 'draft' AND NEW.stage <> 'draft' AND (NEW.use_digest = '' OR NEW.use IS NULL OR EXISTS"
        " (SELECT 1 FROM registry_riskmodel m WHERE m.id = NEW.risk_model_id"
        " AND (CAST(m.uses AS TEXT) = '[]' OR CAST(m.limitations AS TEXT) = '[]')))",
        "registry_modelversion: a version is submitted for uses and within limitations",
    ),
    Guard(
        "registry_modelversion_use_once",
        "registry_modelversion",
        On.UPDATE,
        "OLD.use_digest <> '' AND (NEW.use_digest <> OLD.use_digest OR NEW.use IS DISTINCT FROM OLD.use)",
        "registry_modelversion: the use it was submitted for does not change",
    ),
    Guard(
        "registry_modelversion_expiry_is_given_once",
        "registry_modelversion",
        On.UPDATE,
        "NEW.expires_at IS DISTINCT FROM OLD.expires_at"
        " AND NOT (OLD.stage = 'in_review' AND NEW.stage = 'approved')",
        "registry_modelversion: only the approval sets the expiry",
    ),
    frozen("registry_labdifference", "id", "version_id", "kind", "what", "expected", "found", "seen_at"),
    write_once("registry_labdifference", "gone_at"),
    *kept("registry_labdifference"),
    alone("registry_labdifference", "version_id", "kind", "what", standing="gone_at"),
    *kept("registry_labshown", "risk_model_id"),
    *kept("registry_labwatch"),
    Guard(
        "registry_labwatch_turn_grows",
        "registry_labwatch",
        On.UPDATE,
        "NEW.turn < OLD.turn",
        "registry_labwatch: a turn is never given back",
    ),
)
