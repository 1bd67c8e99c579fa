"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, append_only, frozen, kept, write_once
from validation.standard import USES

_OF_RESULT = (
    "(SELECT v.{column} FROM registry_modelversion v JOIN validation_validationrun r ON r.version_id = v.id"
    " JOIN validation_checkresult c ON c.run_id = r.id WHERE c.id = NEW.result_id)"
)
_OF_VERSION = "(SELECT {column} FROM registry_modelversion WHERE id = NEW.version_id)"


_SUPERSEDED = (
    "EXISTS (SELECT 1 FROM validation_validationrun r JOIN validation_validationstandard s ON s.id = r.standard_id"
    " JOIN validation_validationstandard n ON n.slug = s.slug AND n.frozen_at > s.frozen_at WHERE {of})"
)
# Both sides as ",1,2,3," and ",2,": a tier that is not known is none of them.
_FOR_OTHER_TIERS = (
    "EXISTS (SELECT 1 FROM validation_validationstandard s, registry_modelversion v JOIN registry_riskmodel m"
    " ON m.id = v.risk_model_id WHERE s.id = NEW.standard_id AND v.id = NEW.version_id"
    " AND ',' || s.tiers || ',' NOT LIKE '%,' || COALESCE(CAST(m.tier AS varchar(8)), '-') || ',%')"
)
# The names of uses stand in the frozen content as both databases write it: a quote inside of a text is escaped.
_STRANGE = " OR ".join(
    f"(CAST(v.use AS TEXT) LIKE '%\"use\": \"{use}\"%' AND ',' || s.uses || ',' NOT LIKE '%,{use},%')"
    for use in USES
)
_FOR_OTHER_USES = (
    "EXISTS (SELECT 1 FROM validation_validationstandard s, registry_modelversion v"  # noqa: S608 (constants)
    f" WHERE s.id = NEW.standard_id AND v.id = NEW.version_id AND ({_STRANGE}))"
)
_NEWEST_RUN = (
    "r.id = (SELECT q.id FROM validation_validationrun q WHERE q.version_id = NEW.id AND q.completed_at IS NOT NULL"
    " ORDER BY q.completed_at DESC LIMIT 1)"
)


def _signed_by_insider(column_of: str) -> str:
    columns = ("author_id", "trainer_id", "submitter_id")
    return " OR ".join(f"NEW.person_id = {column_of.format(column=column)}" for column in columns)


def _person_is_the_users(table: str) -> Guard:
    return Guard(
        f"{table}_person",
        table,
        On.INSERT,
        "NEW.person_id <> (SELECT person_id FROM accounts_user WHERE id = NEW.user_id)",
        f"{table}: the person is not the signing user's",
    )


GUARDS = (
    *append_only("validation_validationstandard", "id", ("digest",)),
    frozen(
        "validation_validationrun",
        "id",
        "version_id",
        "standard_id",
        "plan",
        "plan_digest",
        "job_id",
        "started_by_id",
        "started_at",
    ),
    write_once("validation_validationrun", "completed_at"),
    Guard(
        "validation_validationrun_standard_first",
        "validation_validationrun",
        On.INSERT,
        "(SELECT frozen_at FROM validation_validationstandard WHERE id = NEW.standard_id) > NEW.started_at",
        "validation_validationrun: its standard was frozen after it began",
    ),
    Guard(
        "validation_validationrun_standard_applies",
        "validation_validationrun",
        On.INSERT,
        _FOR_OTHER_TIERS,
        "validation_validationrun: its standard does not apply to the tier of the model",
    ),
    Guard(
        "validation_validationrun_standard_for_use",
        "validation_validationrun",
        On.INSERT,
        _FOR_OTHER_USES,
        "validation_validationrun: its standard does not apply to what the version was submitted for",
    ),
    Guard(
        "validation_validationrun_evidence_once",
        "validation_validationrun",
        On.UPDATE,
        "OLD.evidence_digest <> '' AND NEW.evidence_digest <> OLD.evidence_digest",
        "validation_validationrun: the evidence of a completed run does not change",
    ),
    *kept("validation_validationrun"),
    alone("validation_validationrun", "job_id"),
    *append_only("validation_checkresult", "id", ("run_id", "check_id")),
    Guard(
        "validation_checkresult_run_open",
        "validation_checkresult",
        On.INSERT,
        "(SELECT completed_at FROM validation_validationrun WHERE id = NEW.run_id) IS NOT NULL",
        "validation_checkresult: a completed run takes no more results",
    ),
    frozen(
        "validation_finding", "id", "version_id", "result_id", "title", "text", "opened_by_id", "opened_at"
    ),
    write_once("validation_finding", "closed_by_id", "closed_at"),
    *kept("validation_finding"),
    Guard(
        "validation_finding_closed_by_other",
        "validation_finding",
        On.UPDATE,
        "NEW.closed_by_id IS NOT NULL AND (SELECT person_id FROM accounts_user WHERE id = NEW.closed_by_id)"
        " IN (SELECT author_id FROM registry_modelversion WHERE id = NEW.version_id"
        " UNION SELECT trainer_id FROM registry_modelversion WHERE id = NEW.version_id"
        " UNION SELECT person_id FROM accounts_user WHERE id = NEW.owner_id)",
        "validation_finding: neither its owner nor the version's author or trainer closes it",
    ),
    *append_only("validation_findingnote", "id"),
    *append_only("validation_deviation", "id", ("result_id",)),
    _person_is_the_users("validation_deviation"),
    Guard(
        "validation_deviation_of_a_failure",
        "validation_deviation",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM validation_checkresult c WHERE c.id = NEW.result_id AND c.is_blocking"
        " AND c.verdict = 'failed')",
        "validation_deviation: only a failed blocking check can be let stand",
    ),
    Guard(
        "validation_deviation_independent",
        "validation_deviation",
        On.INSERT,
        _signed_by_insider(_OF_RESULT),
        "validation_deviation: author, trainer and submitter sign nothing",
    ),
    *append_only("validation_conclusion", "id"),
    _person_is_the_users("validation_conclusion"),
    Guard(
        "validation_conclusion_independent",
        "validation_conclusion",
        On.INSERT,
        _signed_by_insider(_OF_VERSION),
        "validation_conclusion: author, trainer and submitter sign nothing",
    ),
    Guard(
        "validation_conclusion_evidence",
        "validation_conclusion",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM validation_validationrun r WHERE r.id = NEW.run_id"
        " AND r.version_id = NEW.version_id AND r.evidence_digest = NEW.evidence_digest)",
        "validation_conclusion: the digest is not that of the run's evidence",
    ),
    Guard(
        "validation_conclusion_standard_holds",
        "validation_conclusion",
        On.INSERT,
        f"NEW.verdict IN ('fit', 'fit_with_conditions') AND {_SUPERSEDED.format(of='r.id = NEW.run_id')}",
        "validation_conclusion: the standard of its run was changed since",
    ),
    Guard(
        "validation_version_approved_by_standard",
        "registry_modelversion",
        On.UPDATE,
        f"NEW.stage = 'approved' AND OLD.stage = 'in_review' AND {_SUPERSEDED.format(of=_NEWEST_RUN)}",
        "registry_modelversion: the standard of its evidence was changed since",
    ),
    *append_only("validation_concludeddemand", "id", ("conclusion_id", "ordinal")),
    Guard(
        "validation_concludeddemand_of_conclusion",
        "validation_concludeddemand",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM validation_conclusion c JOIN registry_modelversion v ON v.id = c.version_id"
        " WHERE c.id = NEW.conclusion_id AND c.verdict = 'fit_with_conditions' AND v.stage = 'in_validation')",
        "validation_concludeddemand: conditions stand with the conclusion that names them, from its signature on",
    ),
    Guard(
        "validation_version_validated_is_signed",
        "registry_modelversion",
        On.UPDATE,
        "NEW.stage = 'validated' AND OLD.stage = 'in_validation' AND NOT EXISTS (SELECT 1 FROM"
        " validation_conclusion c WHERE c.version_id = NEW.id AND (c.verdict = 'fit' OR (c.verdict ="
        " 'fit_with_conditions' AND EXISTS (SELECT 1 FROM validation_concludeddemand k WHERE k.conclusion_id ="
        " c.id))) AND c.at >= OLD.stage_since AND c.evidence_digest ="
        " (SELECT r.evidence_digest FROM validation_validationrun r WHERE r.version_id = NEW.id"
        " AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC LIMIT 1))",
        "registry_modelversion: a validated version has a conclusion of this validation on its newest evidence",
    ),
)
