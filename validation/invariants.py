"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, append_only, frozen, kept, write_once
from validation.certificate import CHECK_OF, REQUIRED
from validation.standard import USES

_OF_RESULT = (
    "(SELECT v.{column} FROM registry_modelversion v JOIN validation_validationrun r ON r.version_id = v.id"
    " JOIN validation_checkresult c ON c.run_id = r.id WHERE c.id = NEW.result_id)"
)
_OF_VERSION = "(SELECT {column} FROM registry_modelversion WHERE id = NEW.version_id)"

_AUTHOR_IS = (
    "(SELECT person_id FROM accounts_user WHERE id = NEW.author_id) ="
    " (SELECT {column} FROM registry_modelversion WHERE id = NEW.version_id)"
)
_CLOSED_TO_ASSESSMENT = (
    "NOT EXISTS (SELECT 1 FROM registry_modelversion v WHERE v.id = NEW.version_id AND (v.stage = 'in_validation' OR"
    " (v.stage = 'approved' AND NEW.run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM validation_conclusion c"
    " WHERE c.run_id = NEW.run_id))))"
)
_BY_ITS_NEWEST_ASSESSMENT = (
    " AND NOT EXISTS (SELECT 1 FROM validation_assessment a WHERE a.run_id = NEW.id AND a.evidence_digest ="
    " NEW.evidence_digest AND NOT EXISTS (SELECT 1 FROM validation_assessment n WHERE n.run_id = NEW.id"
    " AND n.at > a.at))"
)
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
_SAMPLE_OF_OTHER_TIERS = (
    "EXISTS (SELECT 1 FROM validation_validationstandard s, registry_scoredsample v JOIN registry_riskmodel m"
    " ON m.id = v.risk_model_id WHERE s.id = NEW.standard_id AND v.id = NEW.sample_id"
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


# As `certificate.lines_of` reads results. Whether the dictionary is complete takes a digest, and only Python says it.
_CERTIFIED_BY = ", ".join(f"'{check}'" for check in sorted(CHECK_OF.values()))
_REQUIRED = sorted(CHECK_OF[line] for line in REQUIRED if line in CHECK_OF)
_REQUIRED_CHECKS = ", ".join(f"'{check}'" for check in _REQUIRED)
_UNCERTIFIED = (
    "(EXISTS (SELECT 1 FROM validation_checkresult c WHERE c.run_id = NEW.run_id"  # noqa: S608 (names of ours)
    f" AND c.check_id IN ({_CERTIFIED_BY}) AND (c.verdict = 'failed' OR (c.verdict = 'amber' AND NOT c.is_blocking))"
    " AND NOT EXISTS (SELECT 1 FROM validation_deviation d WHERE d.result_id = c.id))"
    " OR (SELECT COUNT(*) FROM validation_checkresult c WHERE c.run_id = NEW.run_id"
    f" AND c.check_id IN ({_REQUIRED_CHECKS}) AND c.verdict NOT IN ('insufficient_data', 'error'))"
    f" < {len(_REQUIRED)})"
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


def _execution(table: str, of: str, unless: str = "") -> tuple[Guard, ...]:
    """A run says what it is about and by which standard, frozen before it; it is completed once. `unless` is when its
    evidence may have another digest afterwards."""
    columns = ("id", of, "standard_id", "plan", "plan_digest", "job_id", "started_by_id", "started_at")
    return (
        frozen(table, *columns),
        write_once(table, "completed_at"),
        Guard(
            f"{table}_standard_first",
            table,
            On.INSERT,
            "(SELECT frozen_at FROM validation_validationstandard WHERE id = NEW.standard_id) > NEW.started_at",
            f"{table}: its standard was frozen after it began",
        ),
        Guard(
            f"{table}_evidence_once",
            table,
            On.UPDATE,
            f"OLD.evidence_digest <> '' AND NEW.evidence_digest <> OLD.evidence_digest{unless}",
            f"{table}: the evidence of a completed run does not change by itself",
        ),
        *kept(table),
        alone(table, "job_id"),
    )


def _answers(table: str, runs: str) -> tuple[Guard, ...]:
    """The results of a run arrive before it is completed, and stay."""
    return (
        *append_only(table, "id", ("run_id", "check_id")),
        Guard(
            f"{table}_run_open",
            table,
            On.INSERT,
            f"(SELECT completed_at FROM {runs} WHERE id = NEW.run_id) IS NOT NULL",  # noqa: S608 (names of ours)
            f"{table}: a completed run takes no more results",
        ),
    )


GUARDS = (
    *append_only("validation_validationstandard", "id", ("digest",)),
    *_execution("validation_validationrun", "version_id", unless=_BY_ITS_NEWEST_ASSESSMENT),
    Guard(
        "validation_validationrun_standard_applies",
        "validation_validationrun",
        On.INSERT,
        _FOR_OTHER_TIERS,
        "validation_validationrun: its standard does not apply to the tier of the model",
    ),
    *_answers("validation_checkresult", "validation_validationrun"),
    *_execution("validation_samplerun", "sample_id"),
    Guard(
        "validation_validationrun_standard_for_use",
        "validation_validationrun",
        On.INSERT,
        _FOR_OTHER_USES,
        "validation_validationrun: its standard does not apply to what the version was submitted for",
    ),
    Guard(
        "validation_samplerun_standard_applies",
        "validation_samplerun",
        On.INSERT,
        _SAMPLE_OF_OTHER_TIERS,
        "validation_samplerun: its standard does not apply to the tier of the model",
    ),
    Guard(
        "validation_samplerun_not_by_who_brought",
        "validation_samplerun",
        On.INSERT,
        "(SELECT person_id FROM accounts_user WHERE id = NEW.started_by_id) = (SELECT u.person_id FROM accounts_user u"
        " JOIN registry_scoredsample s ON s.brought_by_id = u.id WHERE s.id = NEW.sample_id)",
        "validation_samplerun: whoever brought the sample does not validate by it",
    ),
    *_answers("validation_sampleresult", "validation_samplerun"),
    *append_only("validation_reperformance", "id", ("job_id",)),
    Guard(
        "validation_reperformance_of_evidence",
        "validation_reperformance",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM validation_validationrun r WHERE r.id = NEW.run_id"
        " AND r.completed_at IS NOT NULL AND r.evidence_digest = NEW.evidence_digest)",
        "validation_reperformance: only a completed run is performed again, under the digest of its evidence",
    ),
    Guard(
        "validation_reperformance_independent",
        "validation_reperformance",
        On.INSERT,
        "EXISTS (SELECT 1 FROM registry_modelversion v JOIN validation_validationrun r ON r.version_id = v.id"
        " JOIN accounts_user u ON u.id = NEW.performed_by_id WHERE r.id = NEW.run_id"
        " AND u.person_id IN (v.author_id, v.trainer_id, v.submitter_id))",
        "validation_reperformance: author, trainer and submitter perform nothing again",
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
    *append_only("validation_notefile", "id", ("note_id", "file_id")),
    Guard(
        "validation_finding_closed_with_evidence",
        "validation_finding",
        On.UPDATE,
        "NEW.state = 'closed' AND OLD.state <> 'closed' AND NEW.severity IN ('high', 'critical') AND NOT EXISTS ("
        "SELECT 1 FROM validation_findingnote n WHERE n.finding_id = NEW.id AND n.kind = 'closure' AND ("
        "n.result_id IS NOT NULL OR EXISTS (SELECT 1 FROM validation_notefile f WHERE f.note_id = n.id)))",
        "validation_finding: a grave finding is closed with evidence",
    ),
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
    *append_only("validation_assessment", "id", ("version_id", "topic", "revision")),
    *append_only("validation_assessmentfile", "id", ("assessment_id", "file_id")),
    Guard(
        "validation_assessment_independent",
        "validation_assessment",
        On.INSERT,
        " OR ".join(
            _AUTHOR_IS.format(column=column) for column in ("author_id", "trainer_id", "submitter_id")
        ),
        "validation_assessment: author, trainer and submitter assess nothing",
    ),
    Guard(
        "validation_assessment_open",
        "validation_assessment",
        On.INSERT,
        _CLOSED_TO_ASSESSMENT,
        "validation_assessment: a version is assessed while it is validated, before somebody concludes",
    ),
    Guard(
        "validation_assessment_newest_run",
        "validation_assessment",
        On.INSERT,
        "NEW.run_id IS DISTINCT FROM (SELECT r.id FROM validation_validationrun r WHERE r.version_id = NEW.version_id"
        " AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC, r.id DESC LIMIT 1)",
        "validation_assessment: it is about the newest evidence",
    ),
    Guard(
        "validation_assessmentfile_of_version",
        "validation_assessmentfile",
        On.INSERT,
        "(SELECT version_id FROM validation_assessment WHERE id = NEW.assessment_id) <>"
        " (SELECT version_id FROM registry_versionfile WHERE id = NEW.file_id)",
        "validation_assessmentfile: the file lies beside another version",
    ),
    frozen("validation_question", "id", "version_id", "topic", "text", "asked_by_id", "asked_at"),
    Guard(
        "validation_question_answered_once",
        "validation_question",
        On.UPDATE,
        "OLD.answered_at IS NOT NULL AND (NEW.answer <> OLD.answer OR NEW.answered_at IS DISTINCT FROM OLD.answered_at"
        " OR NEW.answered_by_id IS DISTINCT FROM OLD.answered_by_id)",
        "validation_question: its answer is written once",
    ),
    Guard(
        "validation_question_answered_by_other",
        "validation_question",
        On.UPDATE,
        "NEW.answered_by_id IS NOT NULL AND (SELECT person_id FROM accounts_user WHERE id = NEW.answered_by_id)"
        " = (SELECT person_id FROM accounts_user WHERE id = NEW.asked_by_id)",
        "validation_question: nobody answers their own question",
    ),
    *kept("validation_question"),
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
        "validation_conclusion_of_an_opinion",
        "validation_conclusion",
        On.INSERT,
        "NEW.verdict IN ('fit', 'fit_with_conditions') AND COALESCE((SELECT a.rating FROM validation_assessment a"
        " WHERE a.run_id = NEW.run_id AND a.topic = 'opinion' ORDER BY a.revision DESC LIMIT 1), 'unsatisfactory')"
        " = 'unsatisfactory'",
        "validation_conclusion: a version is found fit after an opinion on this evidence that does not contradict it",
    ),
    *append_only("validation_competence", "id"),
    Guard(
        "validation_competence_by_another",
        "validation_competence",
        On.INSERT,
        "NEW.person_id = (SELECT person_id FROM accounts_user WHERE id = NEW.recorded_by_id)",
        "validation_competence: nobody records their own",
    ),
    Guard(
        "validation_conclusion_certified",
        "validation_conclusion",
        On.INSERT,
        f"NEW.verdict IN ('fit', 'fit_with_conditions') AND {_UNCERTIFIED}",
        "validation_conclusion: a version is found fit when the checks of its reasons hold or were let stand",
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
