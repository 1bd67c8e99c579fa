"""What the database itself refuses on comparisons."""

from audit.guards import Guard, On, append_only

_TABLE = "validation_comparison"
_PART_IN = (
    "EXISTS (SELECT 1 FROM registry_modelversion v JOIN accounts_user u ON u.id = NEW.compared_by_id"
    " WHERE v.id IN (NEW.champion_id, NEW.challenger_id)"
    " AND u.person_id IN (v.author_id, v.trainer_id, v.submitter_id))"
)
_OF_TWO_MODELS = (
    "(SELECT risk_model_id FROM registry_modelversion WHERE id = NEW.champion_id) IS DISTINCT FROM"
    " (SELECT risk_model_id FROM registry_modelversion WHERE id = NEW.challenger_id)"
)
_OF_A_DRAFT = (
    "EXISTS (SELECT 1 FROM registry_modelversion WHERE id IN (NEW.champion_id, NEW.challenger_id)"
    " AND stage = 'draft')"
)
_NOT_OF_THE_NEWER = (
    "NEW.snapshot_id <> (SELECT snapshot_id FROM registry_modelversion"
    " WHERE id IN (NEW.champion_id, NEW.challenger_id) ORDER BY number DESC LIMIT 1)"
)
_FROZEN_AFTER_IT_WAS_ASKED = (
    "NOT EXISTS (SELECT 1 FROM jobs_job j, validation_validationstandard s WHERE j.id = NEW.job_id"
    " AND s.id = NEW.standard_id AND s.frozen_at <= j.created_at)"
)
# Both sides as ",1,2,3," and ",2,": a tier that is not known is none of them.
_FOR_OTHER_TIERS = (
    "EXISTS (SELECT 1 FROM validation_validationstandard s, registry_modelversion v JOIN registry_riskmodel m"
    " ON m.id = v.risk_model_id WHERE s.id = NEW.standard_id AND v.id = NEW.challenger_id"
    " AND ',' || s.tiers || ',' NOT LIKE '%,' || COALESCE(CAST(m.tier AS varchar(8)), '-') || ',%')"
)


def _at_insert(name: str, condition: str, words: str) -> Guard:
    return Guard(f"{_TABLE}_{name}", _TABLE, On.INSERT, condition, f"{_TABLE}: {words}")


GUARDS = (
    *append_only(_TABLE, "id", ("job_id",)),
    _at_insert("independent", _PART_IN, "whoever had a part in one of the two does not compare them"),
    _at_insert("of_one_model", _OF_TWO_MODELS, "the two are of two models"),
    _at_insert("of_no_draft", _OF_A_DRAFT, "a draft is not compared"),
    _at_insert("on_the_newer", _NOT_OF_THE_NEWER, "the rows are those of the newer version's snapshot"),
    _at_insert(
        "standard_first", _FROZEN_AFTER_IT_WAS_ASKED, "its standard was frozen after it was asked for"
    ),
    _at_insert("standard_applies", _FOR_OTHER_TIERS, "its standard does not apply to the tier of the model"),
)
