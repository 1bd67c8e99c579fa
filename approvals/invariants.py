"""What the database itself refuses on this app's tables. Who is excluded and how many must sign is read from
governance.ACTS, so that the table and the triggers cannot differ."""

from approvals.in_force import BEFORE_APPROVAL
from approvals.policy import APPROVING
from audit.guards import Guard, On, alone, append_only, frozen, kept, write_once
from mrm.settings import governance

_REQUEST = "approvals_approvalrequest"
_ALL_OF_THEM = 99


def _by_tier(quorum: dict[int, int], tier: str) -> str:
    """An unknown tier takes the most; nobody's tier at all as well."""
    rows = "".join(f" WHEN {at} THEN {count}" for at, count in quorum.items())
    return f"(CASE {tier}{rows} ELSE {max(quorum.values())} END)"


def _quorum_of_act(act: str, tier: str) -> str:
    rows = "".join(
        f" WHEN '{name}' THEN {_by_tier(dict(row.quorum), tier)}" for name, row in governance.ACTS.items()
    )
    return f"(CASE {act}{rows} ELSE {_ALL_OF_THEM} END)"


def _excluding(part: str) -> str:
    return ", ".join(f"'{name}'" for name, row in governance.ACTS.items() if part in row.excluded) or "''"


def _is_part(parts: dict[str, str]) -> str:
    """Who signs, or for whom, had one of these parts in what is asked, and its act excludes that part."""
    had = " OR ".join(
        f"(q.act IN ({_excluding(part)}) AND {column} IN (NEW.person_id, NEW.on_behalf_of_id))"
        for part, column in parts.items()
    )
    return (
        "EXISTS (SELECT 1 FROM approvals_approvalrequest q JOIN accounts_user o ON o.id = q.opened_by_id"  # noqa: S608 (constants)
        " LEFT JOIN registry_modelversion v ON v.id = q.version_id"
        " LEFT JOIN validation_conclusion c ON c.id = q.conclusion_id"
        " LEFT JOIN registry_datasetsnapshot d ON d.id = q.snapshot_id"
        " LEFT JOIN accounts_user i ON i.id = d.imported_by_id"
        f" WHERE q.id = NEW.request_id AND ({had}))"
    )


_MADE = {"author": "v.author_id", "trainer": "v.trainer_id", "submitter": "v.submitter_id"}
_CONCLUDED = {"validator": "c.person_id"}
_ASKED = {"opener": "o.person_id"}
_IMPORTED = {"importer": "i.person_id"}
_TIER = (
    "(SELECT m.tier FROM registry_riskmodel m JOIN registry_modelversion v ON v.risk_model_id = m.id"
    " WHERE v.id = {})"
)
_APPROVES = f"s.verdict IN ({', '.join(repr(str(verdict)) for verdict in APPROVING)})"
# An approved version takes the quorum of its tier now: what stands on the request is what was promised then.
_QUORUM_OF_VERSION = _quorum_of_act(
    "'approve-version'", "(SELECT m.tier FROM registry_riskmodel m WHERE m.id = NEW.risk_model_id)"
)
_SIGNED_VERSION = (
    "(SELECT COUNT(DISTINCT s.person_id) FROM approvals_signoff s JOIN approvals_approvalrequest q"  # noqa: S608 (constants)
    " ON q.id = s.request_id WHERE q.version_id = NEW.id AND q.state = 'open' AND q.act = 'approve-version'"
    f" AND {_APPROVES}"
    " AND s.evidence_digest = (SELECT r.evidence_digest FROM validation_validationrun r WHERE r.version_id"
    " = NEW.id AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC LIMIT 1))"
)
_NOT_GRANTED_SINCE = (
    "NOT EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.version_id = NEW.id AND q.act = '{act}'"
    " AND q.state = 'granted' AND q.opened_at >= OLD.stage_since)"
)
_SIGNED_REQUEST = (
    "(SELECT COUNT(DISTINCT s.person_id) FROM approvals_signoff s WHERE s.request_id = NEW.id"  # noqa: S608 (constants)
    f" AND {_APPROVES} AND s.evidence_digest = NEW.evidence_digest)"
)

_OVERDUE = (
    "EXISTS (SELECT 1 FROM approvals_condition k JOIN approvals_approvalrequest q ON q.id = k.request_id"
    " WHERE k.version_id = {v}.id AND q.state = 'granted' AND k.due_at <= {at} AND NOT EXISTS"
    " (SELECT 1 FROM approvals_fulfilment f WHERE f.condition_id = k.id))"
)
_LAPSED = (
    "EXISTS (SELECT 1 FROM approvals_validationexception x WHERE x.version_id = {v}.id AND x.until <= {at}"
    " AND NOT EXISTS (SELECT 1 FROM approvals_validationexception y WHERE y.version_id = x.version_id"
    " AND y.check_id = x.check_id AND y.until > {at}))"
)
_EMERGENCY = (
    "EXISTS (SELECT 1 FROM approvals_emergency e WHERE e.version_id = {v}.id AND e.until > {at}"
    " AND e.begins_at >= {v}.stage_since)"
)
_OF_GRANTED = (
    "NOT EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.id = NEW.request_id AND q.act = '{act}'"
    " AND q.state = 'granted' AND q.version_id = NEW.version_id{more})"
)


def _is_amount(name: str) -> str:
    """Within a hundredth: the one database counts amounts in floats, and what was signed may be finer."""
    signed = f"COALESCE(CAST(NULLIF(q.content ->> '{name}', '') AS NUMERIC), 0) * 100"
    return f" AND COALESCE(NEW.{name}, 0) BETWEEN {signed} - 0.5 AND {signed} + 1"


# What was signed is what begins. Its date is the service's alone to keep: the two databases write moments differently.
_TERMS = (
    " AND CAST(q.content ->> 'decisions' AS INTEGER) = NEW.most_decisions"
    + "".join(
        f" AND q.content ->> '{name}' = NEW.{name}"
        for name in ("amount_input", "segment_input", "segment_value")
    )
    + "".join(map(_is_amount, ("most_each", "most_total")))
)

# Stages of a validation that has begun and not ended.
_VALIDATING = ", ".join(f"'{stage}'" for stage in BEFORE_APPROVAL)
# The newest cap, until its end, as long as the version has not left validation since.
_CAPPED = (
    "({v}.stage IN ({validating}) AND EXISTS (SELECT 1 FROM approvals_cap p WHERE p.version_id = {v}.id"
    " AND p.until > {at}{more} AND NOT EXISTS (SELECT 1 FROM approvals_cap n WHERE n.version_id = p.version_id"
    " AND n.granted_at > p.granted_at) AND NOT EXISTS (SELECT 1 FROM registry_stagechange g"
    " WHERE g.version_id = p.version_id AND g.made_at >= p.granted_at AND g.target NOT IN ({validating}))))"
)


def in_force(v: str, at: str, cap: str = "") -> str:
    """What `approvals.in_force.standing_of` says, as SQL over a version at a moment; under that cap, where one is
    named. Scoring's guards ask it. Whether a cap is used up is asked of the cap itself."""
    named = f" AND p.id = {cap}" if cap else ""
    capped = _CAPPED.format(v=v, at=at, more=named, validating=_VALIDATING)
    emergency = _EMERGENCY.format(v=v, at=at)
    granted = f"{v}.stage = 'approved' OR ({v}.stage = 'suspended' AND {emergency})"
    return (
        f"NOT {_OVERDUE.format(v=v, at=at)} AND NOT {_LAPSED.format(v=v, at=at)}"
        f" AND (({v}.expires_at > {at} AND ({granted})) OR {capped})"
    )


def _signed_by_insider(column: str) -> str:
    return (
        f"NEW.person_id IN (SELECT v.{column} FROM registry_modelversion v JOIN approvals_condition k"  # noqa: S608 (constants)
        " ON k.version_id = v.id WHERE k.id = NEW.condition_id)"
    )


GUARDS = (
    frozen(
        _REQUEST,
        "id",
        "act",
        "subject",
        "content",
        "digest",
        "version_id",
        "snapshot_id",
        "conclusion_id",
        "evidence_digest",
        "quorum",
        "opened_by_id",
        "opened_at",
        "due_at",
    ),
    *kept(_REQUEST),
    # Open is what is not closed yet.
    alone(_REQUEST, "subject", "act", standing="closed_at"),
    Guard(
        f"{_REQUEST}_starts_open",
        _REQUEST,
        On.INSERT,
        "NEW.state <> 'open'",
        f"{_REQUEST}: a request begins open",
    ),
    Guard(
        f"{_REQUEST}_closed_is_final",
        _REQUEST,
        On.UPDATE,
        "OLD.state <> 'open'",
        f"{_REQUEST}: a closed request does not change",
    ),
    Guard(
        f"{_REQUEST}_subject_of_version",
        _REQUEST,
        On.INSERT,
        "NEW.version_id IS NOT NULL AND SUBSTR(REPLACE(NEW.subject, '-', ''), 1, 32)"
        " <> REPLACE(CAST(NEW.version_id AS TEXT), '-', '')",
        f"{_REQUEST}: the subject is not its version",
    ),
    Guard(
        f"{_REQUEST}_subject_of_snapshot",
        _REQUEST,
        On.INSERT,
        "(NEW.snapshot_id IS NULL AND NEW.act = 'snapshot-exception') OR (NEW.snapshot_id IS NOT NULL"
        " AND (NEW.act <> 'snapshot-exception' OR SUBSTR(REPLACE(NEW.subject, '-', ''), 1, 32)"
        " <> REPLACE(CAST(NEW.snapshot_id AS TEXT), '-', '')))",
        f"{_REQUEST}: an exception for data is about its snapshot",
    ),
    Guard(
        f"{_REQUEST}_quorum_of_act",
        _REQUEST,
        On.INSERT,
        f"NEW.quorum < {_quorum_of_act('NEW.act', _TIER.format('NEW.version_id'))}",
        f"{_REQUEST}: the act takes more sign-offs at this tier",
    ),
    Guard(
        f"{_REQUEST}_granted_by_quorum",
        _REQUEST,
        On.UPDATE,
        f"NEW.state = 'granted' AND ({_SIGNED_REQUEST} < NEW.quorum"
        f" OR {_SIGNED_REQUEST} < {_quorum_of_act('NEW.act', _TIER.format('NEW.version_id'))})",
        f"{_REQUEST}: its quorum has not signed",
    ),
    Guard(
        f"{_REQUEST}_claim_held",
        _REQUEST,
        On.UPDATE,
        "OLD.claimed_by_id IS NOT NULL AND NEW.claimed_by_id IS NOT NULL"
        " AND NEW.claimed_by_id <> OLD.claimed_by_id AND NEW.claimed_at < OLD.claimed_until",
        f"{_REQUEST}: somebody else has it in hand",
    ),
    Guard(
        f"{_REQUEST}_claimed_by_signer",
        _REQUEST,
        On.UPDATE,
        "NEW.claimed_by_id IS NOT NULL AND EXISTS (SELECT 1 FROM approvals_recusal r JOIN accounts_user u"
        " ON u.person_id = r.person_id WHERE r.request_id = NEW.id AND u.id = NEW.claimed_by_id)",
        f"{_REQUEST}: who declared a conflict does not take it in hand",
    ),
    Guard(
        f"{_REQUEST}_carries_demands",
        _REQUEST,
        On.UPDATE,
        "NEW.state = 'granted' AND NEW.act = 'approve-version' AND EXISTS (SELECT 1 FROM validation_concludeddemand d"
        " WHERE d.conclusion_id = NEW.conclusion_id AND NOT EXISTS (SELECT 1 FROM approvals_condition k"
        " WHERE k.request_id = NEW.id AND k.demand_id = d.id))",
        f"{_REQUEST}: what the conclusion demanded stands in the grant",
    ),
    Guard(
        "registry_tieracceptance_nothing_asked",
        "registry_tieracceptance",
        On.INSERT,
        "EXISTS (SELECT 1 FROM registry_tierassessment t JOIN registry_riskmodel m ON m.id = t.risk_model_id"
        " JOIN registry_modelversion v ON v.risk_model_id = m.id JOIN approvals_approvalrequest q"
        " ON q.version_id = v.id AND q.closed_at IS NULL"
        " WHERE t.id = NEW.assessment_id AND m.accepted_at IS NOT NULL AND t.proposed_tier > m.tier)",
        "registry_tieracceptance: no tier is lowered while an approval is asked for",
    ),
    *append_only("approvals_condition", "id", ("request_id", "demand_id")),
    Guard(
        "approvals_condition_of_signoff",
        "approvals_condition",
        On.INSERT,
        "NEW.signoff_id IS NOT NULL AND"
        " NOT EXISTS (SELECT 1 FROM approvals_signoff s JOIN approvals_approvalrequest q ON q.id = s.request_id"
        " WHERE s.id = NEW.signoff_id AND q.id = NEW.request_id AND q.state = 'open'"
        " AND q.version_id = NEW.version_id AND s.verdict = 'approve_with_conditions')",
        "approvals_condition: a condition belongs to an approval that asks for it",
    ),
    Guard(
        "approvals_condition_of_demand",
        "approvals_condition",
        On.INSERT,
        "NEW.demand_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM validation_concludeddemand d"
        " JOIN approvals_approvalrequest q ON q.conclusion_id = d.conclusion_id"
        " WHERE d.id = NEW.demand_id AND q.id = NEW.request_id AND q.state = 'open' AND q.act = 'approve-version'"
        " AND q.version_id = NEW.version_id AND d.words = NEW.words AND d.owner_id = NEW.owner_id"
        " AND d.due_at = NEW.due_at)",
        "approvals_condition: a condition of the conclusion is carried as it was signed",
    ),
    *append_only("approvals_fulfilment", "id", ("condition_id",)),
    Guard(
        "approvals_fulfilment_person",
        "approvals_fulfilment",
        On.INSERT,
        "NEW.person_id <> (SELECT person_id FROM accounts_user WHERE id = NEW.user_id)",
        "approvals_fulfilment: the person is not the signing user's",
    ),
    Guard(
        "approvals_fulfilment_independent",
        "approvals_fulfilment",
        On.INSERT,
        " OR ".join(_signed_by_insider(column) for column in ("author_id", "trainer_id", "submitter_id"))  # noqa: S608 (constants)
        + " OR NEW.person_id = (SELECT u.person_id FROM approvals_condition k JOIN accounts_user u"
        " ON u.id = k.owner_id WHERE k.id = NEW.condition_id)",
        "approvals_fulfilment: neither its owner nor who made the version says that a condition is met",
    ),
    *append_only("approvals_validationexception", "id", ("request_id",)),
    Guard(
        "approvals_validationexception_granted",
        "approvals_validationexception",
        On.INSERT,
        _OF_GRANTED.format(
            act="grant-exception",
            more=" AND EXISTS (SELECT 1 FROM validation_checkresult c JOIN validation_validationrun r"
            " ON r.id = c.run_id WHERE c.id = NEW.result_id AND c.check_id = NEW.check_id"
            " AND r.version_id = NEW.version_id)",
        ),
        "approvals_validationexception: nobody granted it",
    ),
    *append_only("approvals_overlay", "id", ("request_id",)),
    Guard(
        "approvals_overlay_granted",
        "approvals_overlay",
        On.INSERT,
        _OF_GRANTED.format(
            act="grant-overlay",
            more="".join(f" AND q.content ->> '{name}' = NEW.{name}" for name in ("kind", "size", "segment")),
        ),
        "approvals_overlay: nobody granted it, or not on these terms",
    ),
    *append_only("approvals_snapshotexception", "id", ("request_id",)),
    Guard(
        "approvals_snapshotexception_granted",
        "approvals_snapshotexception",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.id = NEW.request_id"
        " AND q.act = 'snapshot-exception' AND q.state = 'granted' AND q.snapshot_id = NEW.snapshot_id"
        " AND q.content ->> 'rule' = NEW.rule)",
        "approvals_snapshotexception: nobody granted it",
    ),
    frozen(
        "approvals_cap",
        "id",
        "request_id",
        "version_id",
        "granted_at",
        "until",
        "most_decisions",
        "amount_input",
        "most_each",
        "most_total",
        "segment_input",
        "segment_value",
    ),
    *kept("approvals_cap"),
    alone("approvals_cap", "request_id"),
    Guard(
        "approvals_cap_granted",
        "approvals_cap",
        On.INSERT,
        _OF_GRANTED.format(act="pre-validation-use", more="")
        + f" OR NEW.most_decisions > {governance.CAP_DECISIONS}",
        "approvals_cap: nobody granted it, or not for so many decisions",
    ),
    Guard(
        "approvals_cap_on_its_terms",
        "approvals_cap",
        On.INSERT,
        f"NOT EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.id = NEW.request_id{_TERMS})",  # noqa: S608 (constants)
        "approvals_cap: not the terms that were signed",
    ),
    Guard(
        "approvals_cap_starts_unused",
        "approvals_cap",
        On.INSERT,
        "NEW.used_decisions <> 0 OR NEW.used_amount <> 0",
        "approvals_cap: a cap begins unused",
    ),
    Guard(
        "approvals_cap_only_used_up",
        "approvals_cap",
        On.UPDATE,
        "NEW.used_decisions < OLD.used_decisions OR NEW.used_amount < OLD.used_amount",
        "approvals_cap: what is used of it only grows",
    ),
    *append_only("approvals_emergency", "id", ("request_id",)),
    Guard(
        "approvals_emergency_granted",
        "approvals_emergency",
        On.INSERT,
        _OF_GRANTED.format(act="break-glass", more=" AND q.holds_until >= NEW.until"),
        "approvals_emergency: nobody granted it, or not for so long",
    ),
    frozen("approvals_delegation", "id", "delegator_id", "delegate_id", "why", "starts_at", "ends_at"),
    write_once("approvals_delegation", "ended_at", "ended_by_id"),
    *kept("approvals_delegation"),
    Guard(
        "approvals_delegation_no_chain",
        "approvals_delegation",
        On.INSERT,
        "EXISTS (SELECT 1 FROM approvals_delegation d JOIN accounts_user a ON a.id = d.delegator_id"
        " JOIN accounts_user b ON b.id = d.delegate_id"
        " JOIN accounts_user x ON x.id = NEW.delegator_id JOIN accounts_user y ON y.id = NEW.delegate_id"
        " WHERE d.ended_at IS NULL AND d.ends_at > NEW.starts_at AND d.starts_at < NEW.ends_at"
        " AND (a.person_id IN (x.person_id, y.person_id) OR b.person_id = x.person_id))",
        "approvals_delegation: one at a time, and not passed on",
    ),
    Guard(
        "approvals_delegation_other_person",
        "approvals_delegation",
        On.INSERT,
        "(SELECT person_id FROM accounts_user WHERE id = NEW.delegator_id)"
        " = (SELECT person_id FROM accounts_user WHERE id = NEW.delegate_id)",
        "approvals_delegation: nobody stands in for themselves",
    ),
    *append_only("approvals_recusal", "id", ("request_id", "person_id")),
    Guard(
        "approvals_recusal_person",
        "approvals_recusal",
        On.INSERT,
        "NEW.person_id <> (SELECT person_id FROM accounts_user WHERE id = NEW.user_id)",
        "approvals_recusal: the person is not the user's",
    ),
    Guard(
        "approvals_recusal_before_signing",
        "approvals_recusal",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.id = NEW.request_id AND q.state = 'open')"
        " OR EXISTS (SELECT 1 FROM approvals_signoff s WHERE s.request_id = NEW.request_id"
        " AND NEW.person_id IN (s.person_id, s.on_behalf_of_id))",
        "approvals_recusal: the request is closed, or this person has signed it",
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
        _is_part(_MADE),
        "approvals_signoff: author, trainer and submitter sign nothing",
    ),
    Guard(
        "approvals_signoff_not_validator",
        "approvals_signoff",
        On.INSERT,
        _is_part(_CONCLUDED),
        "approvals_signoff: the validator who concluded does not also approve",
    ),
    Guard(
        "approvals_signoff_after_conclusion",
        "approvals_signoff",
        On.INSERT,
        "EXISTS (SELECT 1 FROM approvals_approvalrequest q WHERE q.id = NEW.request_id AND q.act = 'approve-version'"
        " AND NOT EXISTS (SELECT 1 FROM validation_conclusion c WHERE c.id = q.conclusion_id"
        " AND c.version_id = q.version_id AND c.verdict IN ('fit', 'fit_with_conditions')"
        " AND c.evidence_digest = NEW.evidence_digest AND c.at <= NEW.at))",
        "approvals_signoff: approvers sign after the validator has concluded, on what was concluded",
    ),
    Guard(
        "approvals_signoff_not_opener",
        "approvals_signoff",
        On.INSERT,
        _is_part(_ASKED),
        "approvals_signoff: whoever asks for this act does not sign it",
    ),
    Guard(
        "approvals_signoff_not_importer",
        "approvals_signoff",
        On.INSERT,
        _is_part(_IMPORTED),
        "approvals_signoff: whoever imported the data does not let their faults stand",
    ),
    Guard(
        "approvals_signoff_not_recused",
        "approvals_signoff",
        On.INSERT,
        "EXISTS (SELECT 1 FROM approvals_recusal r WHERE r.request_id = NEW.request_id"
        " AND r.person_id IN (NEW.person_id, NEW.on_behalf_of_id))",
        "approvals_signoff: who declared a conflict signs nothing here",
    ),
    Guard(
        "approvals_signoff_once_a_person",
        "approvals_signoff",
        On.INSERT,
        "EXISTS (SELECT 1 FROM approvals_signoff s WHERE s.request_id = NEW.request_id"
        " AND (s.on_behalf_of_id IN (NEW.person_id, NEW.on_behalf_of_id)"
        " OR s.person_id = NEW.on_behalf_of_id))",
        "approvals_signoff: one person counts once, whoever they sign for",
    ),
    Guard(
        "approvals_signoff_delegated",
        "approvals_signoff",
        On.INSERT,
        "NEW.on_behalf_of_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approvals_delegation d"
        " JOIN accounts_user a ON a.id = d.delegator_id JOIN accounts_user b ON b.id = d.delegate_id"
        " WHERE a.person_id = NEW.on_behalf_of_id AND b.person_id = NEW.person_id"
        " AND d.starts_at <= NEW.at AND d.ends_at > NEW.at AND d.ended_at IS NULL)",
        "approvals_signoff: nobody signs for another without a delegation",
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
        f"NEW.stage = 'approved' AND OLD.stage = 'in_review' AND {_SIGNED_VERSION} < {_QUORUM_OF_VERSION}",
        "registry_modelversion: the quorum of its tier has not signed its newest evidence",
    ),
    Guard(
        "approvals_version_resumed_by_quorum",
        "registry_modelversion",
        On.UPDATE,
        "NEW.stage = 'approved' AND OLD.stage = 'suspended' AND "
        + _NOT_GRANTED_SINCE.format(act="resume-version"),
        "registry_modelversion: nobody granted its resumption since it was suspended",
    ),
    Guard(
        "approvals_version_retired_by_quorum",
        "registry_modelversion",
        On.UPDATE,
        "NEW.stage = 'retired' AND OLD.stage <> 'retired' AND "
        + _NOT_GRANTED_SINCE.format(act="retire-version"),
        "registry_modelversion: nobody granted its retirement as it stands",
    ),
)
