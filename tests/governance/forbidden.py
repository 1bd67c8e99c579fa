"""What no statement may do, whoever sends it: one row for every guard and every constraint of every app.

Names in braces are rows of the world (`full_world.py`). A statement is meant for the invariant it stands beside; the
tests prove that by leaving only that one in place.
"""

from __future__ import annotations

from typing import Final

from django.apps import apps


def copy(table: str, row: str, **changes: str) -> str:
    """INSERT of the row again, with some of its columns given another value (an SQL expression)."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    automatic = {"id"} if model._meta.pk.get_internal_type().endswith("AutoField") else set()
    columns = [
        field.column for field in model._meta.concrete_fields if field.column not in automatic - set(changes)
    ]
    values = ", ".join(changes.get(column, column) for column in columns)
    key = model._meta.pk.column
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {key} = '{row}'"


# table: a row of it, its key, and a change that anybody might like to make
APPEND_ONLY: Final = {
    "audit_entry": ("1", "sequence", "actor_name = 'Nobody'"),
    "audit_segment": ("{segment}", "number", "size = 2"),
    "audit_segmentrow": ("{segment_row}", "id", "position = 77"),
    "audit_access": ("{access}", "id", "actor_id = 'nobody'"),
    "audit_tile": ("{tile}", "id", "root = {blob}"),
    "audit_checkpoint": ("{checkpoint}", "size", "note = 'another'"),
    "audit_anchor": ("{anchor}", "id", "place = 'elsewhere'"),
    "registry_datasetsnapshot": ("{snapshot}", "id", "held_out_rows = 1"),
    "registry_scoredsample": ("{sample}", "id", "rows = 1"),
    "registry_featureview": ("{view}", "id", "rows = 2"),
    "registry_sealedartifact": ("{artifact}", "digest", "size = 2"),
    "registry_decisionpolicy": ("{policy}", "id", "digest = '{hex64}'"),
    "registry_reasondictionary": ("{dictionary}", "id", "digest = '{hex64}'"),
    "registry_candidate": ("{candidate}", "id", "artifact_digest = '{hex64}'"),
    "registry_sweep": ("{sweep}", "id", "facts_digest = '{hex64}'"),
    "registry_trial": ("{trial}", "id", "seconds = 2"),
    "registry_versionfile": ("{file}", "id", "size = 2"),
    "registry_monitoringplan": ("{watched}", "id", "revision = 9"),
    "registry_developerdocument": ("{document}", "id", "revision = 9"),
    "registry_tierassessment": ("{as_held}", "id", "number = 9"),
    "registry_tieracceptance": ("{acceptance}", "id", "accepted_at = '{early}'"),
    "registry_stagechange": ("{change}", "id", "why = 'otherwise'"),
    "validation_validationstandard": ("{standard}", "id", "frozen_at = '{early}'"),
    "validation_checkresult": ("{res_failed}", "id", "verdict = 'passed'"),
    "validation_sampleresult": ("{sres_failed}", "id", "verdict = 'passed'"),
    "validation_reperformance": ("{reperformance}", "id", "differing = 9"),
    "validation_comparison": ("{compared}", "id", "rows = 2"),
    "validation_findingnote": ("{note}", "id", "text = 'otherwise'"),
    "validation_assessment": ("{said}", "id", "text = 'otherwise'"),
    "validation_assessmentfile": ("{attached}", "id", "assessment_id = '{said_open}'"),
    "validation_notefile": ("{note_file}", "id", "file_id = '{fresh}'"),
    "validation_competence": ("{competence}", "id", "rests_on = 'otherwise'"),
    "validation_policypack": ("{pack}", "id", "revision = 9"),
    "validation_packreview": ("{pack_review}", "id", "rationale = 'otherwise'"),
    "validation_deviation": ("{deviation}", "id", "rationale = 'otherwise'"),
    "validation_conclusion": ("{conclusion}", "id", "verdict = 'not_fit'"),
    "validation_concludeddemand": ("{demand}", "id", "words = 'Nothing.'"),
    "approvals_recusal": ("{recusal}", "id", "why = 'otherwise'"),
    "approvals_condition": ("{k_open}", "id", "words = 'Nothing.'"),
    "approvals_fulfilment": ("{fulfilment}", "id", "rationale = 'otherwise'"),
    "approvals_validationexception": ("{exception}", "id", "until = '{late}'"),
    "approvals_overlay": ("{overlay}", "id", "size = '9'"),
    "approvals_snapshotexception": ("{data_exception}", "id", "until = '{late}'"),
    "approvals_emergency": ("{emergency}", "id", "until = '{late}'"),
    "approvals_signoff": ("{s_review}", "id", "verdict = 'reject'"),
    "scoring_decision": ("{dec}", "id", "outcome = 'refer'"),
    "reports_dossier": ("{dossier}", "id", "pages = 2"),
    "reports_auditreport": ("{audit_report}", "id", "pages = 2"),
    "reports_benchmark": ("{benchmark}", "id", "pages = 2"),
    "notices_notice": ("{notice}", "id", "named = 'another'"),
    "notices_delivery": ("{delivery}", "id", "at = '{early}'"),
    "notices_telling": ("{telling}", "id", "unmailed = 'no_mail'"),
}
# Rows that change but never vanish: a row of each and its key.
KEPT: Final = {
    "audit_sealerlease": ("1", "id"),
    "accounts_person": ("{dana_p}", "id"),
    "accounts_user": ("{dana}", "id"),
    "accounts_rolegrant": ("{g_open}", "id"),
    "accounts_rolerequest": ("{rr_open}", "id"),
    "socialaccount_socialaccount": ("{identity}", "id"),
    "accounts_token": ("{t_open}", "id"),
    "accounts_signaturechallenge": ("{ch_used}", "nonce"),
    "accounts_invitation": ("{i_open}", "id"),
    "accounts_proofcount": ("{dana}", "user_id"),
    "jobs_job": ("{j_queued}", "id"),
    "registry_riskmodel": ("{model}", "id"),
    "registry_modelversion": ("{v_draft}", "id"),
    "registry_labdifference": ("{ld_open}", "id"),
    "registry_labshown": ("{model}", "risk_model_id"),
    "registry_labwatch": ("1", "id"),
    "validation_validationrun": ("{r_done}", "id"),
    "validation_samplerun": ("{sr_done}", "id"),
    "validation_finding": ("{f_open}", "id"),
    "validation_question": ("{question}", "id"),
    "approvals_approvalrequest": ("{q_open}", "id"),
    "approvals_delegation": ("{g_standing}", "id"),
    "notices_endpoint": ("{endpoint}", "id"),
    "notices_endpointsecret": ("{secret}", "id"),
    "notices_address": ("{dana}", "user_id"),
    "approvals_cap": ("{cap}", "id"),
    "scoring_deployment": ("{d_ended}", "id"),
    "scoring_decisionpayload": ("{dec}", "decision_id"),
}


def guarded() -> dict[str, str]:
    """Guard's name: the statement it refuses."""
    said = {}
    for table, (row, key, change) in APPEND_ONLY.items():
        said[f"{table}_no_update"] = f"UPDATE {table} SET {change} WHERE {key} = '{row}'"
        said[f"{table}_no_delete"] = f"DELETE FROM {table} WHERE {key} = '{row}'"
        said[f"{table}_no_replace"] = copy(table, row, **{key: key})
    for table, (row, key) in KEPT.items():
        said[f"{table}_kept"] = f"DELETE FROM {table} WHERE {key} = '{row}'"
        said[f"{table}_same_{key}"] = copy(table, row, **{key: key})
    return (
        said
        | _of_audit()
        | _of_access()
        | _of_registry()
        | _of_validation()
        | _of_approvals()
        | _of_scoring()
        | _of_notices()
    )


NEW: Final = {"id": "'{fresh}'"}
UNSEEN: Final = {**NEW, "signed_digest": "'{hex64}'"}
WAITING: Final = {"assessment_id": "'{as_waits}'"}
REGULATOR: Final = {
    "role": "'regulator'",
    "model_slug": "'other'",
    "ends_at": "'{late}'",
    "records_from": "'2026-01-01'",
    "records_until": "'2026-06-30'",
}


def _of_audit() -> dict[str, str]:
    return {
        "audit_segment_no_gap": copy("audit_segment", "{segment}", number="999999"),
        "audit_segmentrow_same_position": copy("audit_segmentrow", "{segment_row}", record="{blob}"),
        "audit_segmentrow_same_record": copy("audit_segmentrow", "{segment_row}", position="77"),
        "audit_access_same_record": copy("audit_access", "{access}", **NEW),
        "audit_tile_same_number": copy("audit_tile", "{tile}"),
        "audit_checkpoint_grows": copy("audit_checkpoint", "{checkpoint}", size="size - 1"),
        "audit_checkpoint_over_entries": copy("audit_checkpoint", "{checkpoint}", size="999999"),
        "audit_anchor_same_place": copy("audit_anchor", "{anchor}"),
        "audit_anchor_of_checkpoint": copy("audit_anchor", "{anchor}", note="'another'", place="'elsewhere'"),
        "audit_sealerlease_turn_grows": "UPDATE audit_sealerlease SET turn = turn - 1 WHERE id = 1",
        "audit_entry_no_gap": copy("audit_entry", "1", sequence="999999", leaf="{blob}"),
        "audit_entry_same_leaf": copy(
            "audit_entry", "1", sequence="(SELECT MAX(sequence) + 1 FROM audit_entry)"
        ),
    }


def _of_access() -> dict[str, str]:
    user, grant = "UPDATE accounts_user SET", "UPDATE accounts_rolegrant SET"
    asked = "UPDATE accounts_rolerequest SET settled_at = asked_at, settled_why = 'So.',"
    return {
        "accounts_rolegrant_same_request_id": copy(
            "accounts_rolegrant", "{g_asked}", **NEW, role="'auditor'"
        ),
        "accounts_rolegrant_asked_for": copy(
            "accounts_rolegrant",
            "{g_asked}",
            **NEW,
            role="'approver'",
            request_id="'{rr_open}'",
            granted_by_id="'{olga}'",
        ),
        "accounts_rolegrant_not_directly": copy(
            "accounts_rolegrant", "{g_open}", **NEW, role="'approver'", granted_by_id="'{olga}'"
        ),
        "accounts_rolegrant_held_alone": copy(
            "accounts_rolegrant",
            "{g_open}",
            **NEW,
            **REGULATOR,
        ),
        "accounts_rolerequest_frozen": "UPDATE accounts_rolerequest SET role = 'auditor' WHERE id = '{rr_open}'",
        "accounts_rolerequest_same_role": copy("accounts_rolerequest", "{rr_open}", **NEW),
        "accounts_rolerequest_begins_open": copy("accounts_rolerequest", "{rr_granted}", **NEW),
        "accounts_rolerequest_settled_is_final": "UPDATE accounts_rolerequest SET state = 'refused',"
        " settled_why = 'So.' WHERE id = '{rr_granted}'",
        "accounts_rolerequest_second_person": f"{asked} state = 'refused', settled_by_id = asked_by_id"
        " WHERE id = '{rr_open}'",
        "accounts_rolerequest_not_for_oneself": f"{asked} state = 'granted', settled_by_id = user_id"
        " WHERE id = '{rr_open}'",
        "accounts_rolerequest_granted_by_grant": f"{asked} state = 'granted', settled_by_id = '{{omar}}'"
        " WHERE id = '{rr_open}'",
        "accounts_rolegrant_frozen": f"{grant} role = 'approver' WHERE id = '{{g_open}}'",
        "accounts_rolegrant_once": f"{grant} revoked_at = NULL WHERE id = '{{g_gone}}'",
        "accounts_rolegrant_same_role": copy("accounts_rolegrant", "{g_open}", **NEW),
        "accounts_rolegrant_second_person": copy(
            "accounts_rolegrant", "{g_open}", **NEW, role="'approver'", granted_by_id="user_id"
        ),
        "socialaccount_socialaccount_frozen": "UPDATE socialaccount_socialaccount SET user_id = '{ada}'"
        " WHERE id = {identity}",
        "socialaccount_socialaccount_same_uid": copy(
            "socialaccount_socialaccount", "{identity}", user_id="'{ada}'"
        ),
        "accounts_token_frozen": "UPDATE accounts_token SET user_id = '{ada}' WHERE id = '{t_open}'",
        "accounts_token_once": "UPDATE accounts_token SET revoked_at = NULL WHERE id = '{t_gone}'",
        "accounts_token_same_secret_digest": copy("accounts_token", "{t_open}", **NEW, user_id="'{ada}'"),
        "accounts_signaturechallenge_frozen": "UPDATE accounts_signaturechallenge SET digest = '{hex64}'"
        " WHERE nonce = '{ch_open}'",
        "accounts_signaturechallenge_once": "UPDATE accounts_signaturechallenge SET used_at = NULL"
        " WHERE nonce = '{ch_used}'",
        "accounts_user_one_person": f"{user} person_id = '{{ada_p}}' WHERE id = '{{dana}}'",
        "accounts_user_frozen": f"{user} username = 'countersign2' WHERE id = '{{dana}}'",
        "accounts_user_same_username": copy("accounts_user", "{dana}", **NEW),
        "accounts_user_block_ends_with_a_factor": f"{user} signing_blocked_since = NULL WHERE id = '{{paul}}'",
        "accounts_user_block_only_grows": f"{user} factors_count_from = NULL, signing_blocked_since = NULL,"
        " password_chosen_at = '{late}' WHERE id = '{paul}'",
        "accounts_proofcount_step_grows": "UPDATE accounts_proofcount SET totp_step = 1 WHERE user_id = '{dana}'",
        "accounts_proofcount_frozen": "UPDATE accounts_proofcount SET user_id = '{ada}' WHERE user_id = '{dana}'",
        "mfa_authenticator_frozen": "UPDATE mfa_authenticator SET user_id = '{ada}' WHERE id = {totp}",
        "mfa_authenticator_secret_stays": "UPDATE mfa_authenticator SET data = '{{}}' WHERE id = {totp}",
        "mfa_authenticator_same_id": copy("mfa_authenticator", "{totp}", id="id"),
        "accounts_person_frozen": "UPDATE accounts_person SET id = '{fresh}' WHERE id = '{dana_p}'",
        **_of_sign_ins(user),
        "jobs_job_frozen": "UPDATE jobs_job SET kind = 'register' WHERE id = '{j_queued}'",
        "jobs_job_ended_is_final": "UPDATE jobs_job SET result = payload WHERE id = '{j_ended}'",
        "jobs_job_attempt_grows": "UPDATE jobs_job SET attempt = attempt - 1 WHERE id = '{j_running}'",
    }


def _of_sign_ins(user: str) -> dict[str, str]:
    session, invitation = "UPDATE accounts_session SET", "UPDATE accounts_invitation SET"
    return {
        "accounts_session_for_the_enabled": copy(
            "accounts_session", "{ses_dana}", session_key="'{hex64}'", user_id="'{gone}'"
        ),
        "accounts_session_taken_by_the_enabled": f"{session} user_id = '{{gone}}' WHERE user_id IS NULL",
        "accounts_session_once": f"{session} user_id = '{{ada}}' WHERE session_key = '{{ses_dana}}'",
        "accounts_session_goes_with_its_user": f"{user} is_active = '0' WHERE id = '{{dana}}'",
        "accounts_token_for_the_enabled": copy(
            "accounts_token", "{t_open}", **NEW, user_id="'{gone}'", secret_digest="'{hex64}'"
        ),
        "accounts_token_goes_with_its_user": f"{user} is_active = '0' WHERE id = '{{dana}}'",
        "accounts_invitation_frozen": f"{invitation} username = 'eve' WHERE id = '{{i_open}}'",
        "accounts_invitation_once": f"{invitation} revoked_at = NULL WHERE id = '{{i_gone}}'",
        "accounts_invitation_in_time": f"{invitation} accepted_at = '{{late}}', user_id = '{{victor}}'"
        " WHERE id = '{i_open}'",
        "accounts_invitation_apart": f"{invitation} secret_digest = (SELECT secret_digest FROM accounts_invitation"
        " WHERE id = '{i_used}') WHERE id = '{i_open}'",
        "accounts_invitation_same_secret_digest": copy("accounts_invitation", "{i_open}", **NEW),
        "accounts_invitation_same_user_id": copy(
            "accounts_invitation", "{i_used}", **NEW, secret_digest="'{hex64}'"
        ),
        "accounts_draft_frozen": "UPDATE accounts_draft SET user_id = '{ada}' WHERE id = '{draft}'",
    }


def _of_registry() -> dict[str, str]:
    model, version = "UPDATE registry_riskmodel SET", "UPDATE registry_modelversion SET"
    accepted = "accepted_at = proposed_at, tier = 1"
    return {
        "registry_riskmodel_frozen": f"{model} proposed_by_id = '{{ada}}' WHERE id = '{{model}}'",
        "registry_riskmodel_once": f"{model} accepted_by_id = '{{vera}}' WHERE id = '{{model}}'",
        "registry_riskmodel_same_slug": copy("registry_riskmodel", "{model}", **NEW),
        "registry_riskmodel_second_person": f"{model} accepted_by_id = owner_id, {accepted} WHERE id = '{{m_proposed}}'",
        "registry_riskmodel_tier_settled": f"{model} tier = 3 WHERE id = '{{model}}'",
        "registry_tierassessment_same_number": copy("registry_tierassessment", "{as_held}", **NEW),
        "registry_tieracceptance_same_assessment_id": copy("registry_tieracceptance", "{acceptance}", **NEW),
        "registry_tieracceptance_second_person": copy(
            "registry_tieracceptance", "{acceptance}", **NEW, **WAITING, accepted_by_id="'{dana}'"
        ),
        "registry_tieracceptance_newest": copy(
            "registry_tieracceptance", "{acceptance}", **NEW, assessment_id="'{as_older}'"
        ),
        "registry_tieracceptance_nothing_asked": copy(
            "registry_tieracceptance", "{acceptance}", **NEW, **WAITING
        ),
        "registry_datasetsnapshot_same_digest": copy("registry_datasetsnapshot", "{snapshot}", **NEW),
        "registry_scoredsample_same_digest": copy("registry_scoredsample", "{sample}", **NEW),
        "registry_scoredsample_of_accepted_model": copy(
            "registry_scoredsample", "{sample}", **NEW, digest="'{hex64}'", risk_model_id="'{m_proposed}'"
        ),
        "registry_featureview_same_number": copy("registry_featureview", "{view}", **NEW),
        "registry_decisionpolicy_same_digest": copy("registry_decisionpolicy", "{policy}", **NEW),
        "registry_reasondictionary_same_digest": copy("registry_reasondictionary", "{dictionary}", **NEW),
        "registry_candidate_same_mlflow_run_id": copy(
            "registry_candidate", "{candidate}", **NEW, job_id="'{fresh}'"
        ),
        "registry_candidate_same_artifact_digest": copy(
            "registry_candidate", "{candidate}", **NEW, mlflow_run_id="'{fresh}'"
        ),
        "registry_sweep_same_job_id": copy("registry_sweep", "{sweep}", **NEW),
        "registry_trial_same_place": copy("registry_trial", "{trial}", **NEW),
        "registry_labdifference_frozen": "UPDATE registry_labdifference SET found = '' WHERE id = '{ld_open}'",
        "registry_labdifference_once": "UPDATE registry_labdifference SET gone_at = '{late}' WHERE id = '{ld_gone}'",
        "registry_labdifference_same_what": copy("registry_labdifference", "{ld_open}", **NEW),
        "registry_labwatch_turn_grows": "UPDATE registry_labwatch SET turn = turn - 1 WHERE id = 1",
        "registry_modelversion_frozen": f"{version} author_id = '{{ada_p}}' WHERE id = '{{v_approved}}'",
        "registry_modelversion_same_number": copy("registry_modelversion", "{v_draft}", **NEW),
        "registry_modelversion_starts_as_draft": copy(
            "registry_modelversion", "{v_approved}", **NEW, number="99"
        ),
        "registry_modelversion_legal_move": f"{version} stage = 'approved', expires_at = '{{late}}'"
        " WHERE id = '{v_draft}'",
        "registry_modelversion_use_described": f"{version} stage = 'in_validation', submitter_id = author_id"
        " WHERE id = '{v_draft}'",
        "registry_modelversion_use_once": f"{version} use_digest = '{{hex64}}' WHERE id = '{{v_review}}'",
        "registry_modelversion_expiry_is_given_once": f"{version} expires_at = '{{late}}' WHERE id = '{{v_approved}}'",
        "registry_versionfile_same_digest": copy("registry_versionfile", "{file}", **NEW),
        "registry_developerdocument_same_revision": copy("registry_developerdocument", "{document}", **NEW),
        "registry_developerdocument_of_a_draft": copy(
            "registry_developerdocument", "{document}", **NEW, revision="99"
        ),
        "registry_monitoringplan_same_revision": copy("registry_monitoringplan", "{watched}", **NEW),
        "registry_monitoringplan_before_approval": copy(
            "registry_monitoringplan", "{watched}", **NEW, revision="99"
        ),
        "registry_modelversion_is_watched": f"{version} stage = 'in_review' WHERE id = '{{v_unwatched}}'",
        "registry_modelversion_is_documented": f"{version} stage = 'in_validation', submitter_id = '{{dana_p}}'"
        " WHERE id = '{v_bare}'",
        "validation_version_validated_is_signed": f"{version} stage = 'validated' WHERE id = '{{v_validating}}'",
        "approvals_version_resumed_by_quorum": f"{version} stage = 'approved' WHERE id = '{{v_suspended}}'",
        "approvals_version_retired_by_quorum": f"{version} stage = 'retired' WHERE id = '{{v_approved}}'",
        "validation_version_approved_by_standard": f"{version} stage = 'approved', expires_at = '{{late}}'"
        " WHERE id = '{v_review}'",
        "approvals_version_approved_by_quorum": f"{version} stage = 'approved', expires_at = '{{late}}'"
        " WHERE id = '{v_review}'",
    }


def _of_sample_runs() -> dict[str, str]:
    run, anew = "UPDATE validation_samplerun SET", {**NEW, "job_id": "'{fresh}'", "started_at": "'{late}'"}
    table, results = "validation_samplerun", "validation_sampleresult"
    return {
        f"{table}_frozen": f"{run} plan_digest = '{{hex64}}' WHERE id = '{{sr_done}}'",
        f"{table}_once": f"{run} completed_at = '{{late}}' WHERE id = '{{sr_done}}'",
        f"{table}_same_job_id": copy(table, "{sr_done}", **NEW),
        f"{table}_standard_first": copy(table, "{sr_done}", **{**anew, "started_at": "'{early}'"}),
        f"{table}_standard_applies": copy(table, "{sr_done}", **anew, standard_id="'{standard_elsewhere}'"),
        f"{table}_not_by_who_brought": copy(table, "{sr_done}", **anew, started_by_id="'{dana}'"),
        f"{table}_evidence_once": f"{run} evidence_digest = '{{hex64}}' WHERE id = '{{sr_done}}'",
        f"{results}_same_check_id": copy(results, "{sres_failed}", **NEW),
        f"{results}_run_open": copy(results, "{sres_failed}", **NEW, check_id="'another'"),
    }


def _of_comparisons() -> dict[str, str]:
    table, anew = "validation_comparison", {**NEW, "job_id": "'{fresh}'"}
    return {
        f"{table}_same_job_id": copy(table, "{compared}", **NEW),
        f"{table}_independent": copy(table, "{compared}", **anew, compared_by_id="'{dana}'"),
        f"{table}_of_one_model": copy(table, "{compared}", **anew, champion_id="'{fresh}'"),
        f"{table}_of_no_draft": copy(table, "{compared}", **anew, champion_id="'{v_draft}'"),
        f"{table}_on_the_newer": copy(table, "{compared}", **anew, snapshot_id="'{fresh}'"),
        f"{table}_standard_first": copy(
            table, "{compared}", **NEW, job_id="'{j_queued}'", standard_id="'{standard_after}'"
        ),
        f"{table}_standard_applies": copy(table, "{compared}", **anew, standard_id="'{standard_elsewhere}'"),
    }


def _of_packs() -> dict[str, str]:
    pack, review = "validation_policypack", "validation_packreview"
    anew = {**NEW, "digest": "'{hex64}'"}
    return {
        f"{pack}_same_revision": copy(pack, "{pack}", **anew),
        f"{pack}_same_digest": copy(pack, "{pack}", **NEW, revision="2"),
        f"{pack}_in_turn": copy(pack, "{pack}", **anew, revision="3"),
        f"{pack}_onwards": copy(pack, "{pack}", **anew, revision="2", effective_from="'2001-01-01'"),
        f"{review}_same_person_id": copy(review, "{pack_review}", **NEW),
        f"{review}_by_another": copy(
            review, "{pack_review}", **NEW, person_id="'{victor_p}'", user_id="'{victor}'"
        ),
        f"{review}_person": copy(review, "{pack_review}", **NEW, person_id="'{ada_p}'"),
        f"{review}_of_its_text": copy(
            review,
            "{pack_review}",
            **NEW,
            person_id="'{ada_p}'",
            user_id="'{ada}'",
            evidence_digest="'{hex64}'",
        ),
    }


def _of_validation() -> dict[str, str]:
    run, finding = "UPDATE validation_validationrun SET", "UPDATE validation_finding SET"
    question = "UPDATE validation_question SET"
    return {
        "validation_validationstandard_same_digest": copy(
            "validation_validationstandard", "{standard}", **NEW
        ),
        "validation_validationrun_frozen": f"{run} version_id = '{{v_draft}}' WHERE id = '{{r_done}}'",
        "validation_validationrun_once": f"{run} completed_at = '{{late}}' WHERE id = '{{r_done}}'",
        "validation_validationrun_same_job_id": copy("validation_validationrun", "{r_done}", **NEW),
        "validation_validationrun_standard_first": copy(
            "validation_validationrun", "{r_done}", **NEW, job_id="'{fresh}'", started_at="'{early}'"
        ),
        "validation_validationrun_standard_applies": copy(
            "validation_validationrun",
            "{r_done}",
            **NEW,
            job_id="'{fresh}'",
            started_at="'{late}'",
            standard_id="'{standard_elsewhere}'",
        ),
        "validation_validationrun_standard_for_use": copy(
            "validation_validationrun",
            "{r_done}",
            **NEW,
            job_id="'{fresh}'",
            started_at="'{late}'",
            standard_id="'{standard_other_uses}'",
        ),
        "validation_validationrun_evidence_once": f"{run} evidence_digest = '{{hex64}}' WHERE id = '{{r_done}}'",
        **_of_sample_runs(),
        **_of_comparisons(),
        **_of_packs(),
        "validation_checkresult_same_check_id": copy("validation_checkresult", "{res_failed}", **NEW),
        "validation_checkresult_run_open": copy(
            "validation_checkresult", "{res_failed}", **NEW, check_id="'another'"
        ),
        "validation_assessment_same_revision": copy("validation_assessment", "{said_open}", **NEW),
        "validation_assessment_independent": copy(
            "validation_assessment", "{said_open}", **NEW, revision="99", author_id="'{dana}'"
        ),
        "validation_assessment_open": copy("validation_assessment", "{said}", **NEW, revision="99"),
        "validation_assessment_newest_run": copy(
            "validation_assessment", "{said_open}", **NEW, revision="99", run_id="'{r_done}'"
        ),
        "validation_assessmentfile_same_file_id": copy(
            "validation_assessmentfile", "{attached}", id="9999999"
        ),
        "validation_assessmentfile_of_version": copy(
            "validation_assessmentfile", "{attached}", id="9999999", assessment_id="'{said_open}'"
        ),
        "validation_question_frozen": f"{question} text = 'Nothing.' WHERE id = '{{question}}'",
        "validation_question_answered_once": f"{question} answer = 'Otherwise.' WHERE id = '{{question_answered}}'",
        "validation_question_answered_by_other": f"{question} answer = 'Mine.', answered_at = '{{late}}',"
        " answered_by_id = '{victor}' WHERE id = '{question}'",
        "validation_competence_by_another": copy(
            "validation_competence", "{competence}", **NEW, recorded_by_id="'{victor}'"
        ),
        "validation_conclusion_of_an_opinion": copy(
            "validation_conclusion",
            "{conclusion}",
            **NEW,
            version_id="'{v_unsaid}'",
            run_id="'{r_unsaid}'",
            evidence_digest="(SELECT evidence_digest FROM validation_validationrun WHERE id = '{r_unsaid}')",
        ),
        "validation_reperformance_same_job_id": copy("validation_reperformance", "{reperformance}", **NEW),
        "validation_reperformance_of_evidence": copy(
            "validation_reperformance",
            "{reperformance}",
            **NEW,
            job_id="'{fresh}'",
            evidence_digest="'{hex64}'",
        ),
        "validation_reperformance_independent": copy(
            "validation_reperformance",
            "{reperformance}",
            **NEW,
            job_id="'{fresh}'",
            performed_by_id="'{dana}'",
        ),
        "validation_conclusion_certified": copy(
            "validation_conclusion",
            "{conclusion}",
            **NEW,
            version_id="'{v_unsaid}'",
            run_id="'{r_unsaid}'",
            evidence_digest="(SELECT evidence_digest FROM validation_validationrun WHERE id = '{r_unsaid}')",
        ),
        "validation_finding_frozen": f"{finding} text = 'Nothing.' WHERE id = '{{f_open}}'",
        "validation_finding_once": f"{finding} state = 'open', closed_by_id = NULL, closed_at = NULL"
        " WHERE id = '{f_closed}'",
        "validation_notefile_same_file_id": copy("validation_notefile", "{note_file}", id="9999999"),
        "validation_finding_closed_with_evidence": f"{finding} state = 'closed', closed_by_id = '{{victor}}',"
        " closed_at = '{late}' WHERE id = '{f_open}'",
        "validation_finding_closed_by_other": f"{finding} state = 'closed', closed_by_id = '{{dana}}',"
        " closed_at = opened_at WHERE id = '{f_open}'",
        "validation_deviation_same_result_id": copy("validation_deviation", "{deviation}", **NEW),
        "validation_deviation_person": copy(
            "validation_deviation", "{deviation}", **NEW, result_id="'{res_free}'", person_id="'{vera_p}'"
        ),
        "validation_deviation_of_a_failure": copy(
            "validation_deviation", "{deviation}", **NEW, result_id="'{res_passed}'"
        ),
        "validation_deviation_independent": copy(
            "validation_deviation",
            "{deviation}",
            **NEW,
            result_id="'{res_free}'",
            user_id="'{dana}'",
            person_id="'{dana_p}'",
        ),
        "validation_conclusion_person": copy(
            "validation_conclusion", "{conclusion}", **NEW, person_id="'{vera_p}'"
        ),
        "validation_conclusion_independent": copy(
            "validation_conclusion", "{conclusion}", **NEW, user_id="'{dana}'", person_id="'{dana_p}'"
        ),
        "validation_conclusion_evidence": copy(
            "validation_conclusion", "{conclusion}", **NEW, evidence_digest="'{hex64}'"
        ),
        "validation_conclusion_standard_holds": copy("validation_conclusion", "{conclusion}", **NEW),
        "validation_concludeddemand_same_ordinal": copy("validation_concludeddemand", "{demand}", **NEW),
        "validation_concludeddemand_of_conclusion": copy(
            "validation_concludeddemand", "{demand}", **NEW, ordinal="2"
        ),
    }


def _of_approvals() -> dict[str, str]:
    request = "UPDATE approvals_approvalrequest SET"
    return {
        "approvals_approvalrequest_frozen": f"{request} quorum = 1 WHERE id = '{{q_open}}'",
        "approvals_approvalrequest_same_act": copy("approvals_approvalrequest", "{q_open}", **NEW),
        "approvals_approvalrequest_starts_open": copy("approvals_approvalrequest", "{q_granted}", **NEW),
        "approvals_approvalrequest_subject_of_version": copy(
            "approvals_approvalrequest", "{q_open}", **NEW, subject="'{fresh}'"
        ),
        "approvals_approvalrequest_quorum_of_act": copy(
            "approvals_approvalrequest", "{q_open}", **NEW, quorum="1", subject="subject || '/2'"
        ),
        "approvals_approvalrequest_granted_by_quorum": f"{request} state = 'granted', closed_at = opened_at,"
        " holds_until = due_at WHERE id = '{q_open}'",
        "approvals_approvalrequest_closed_is_final": f"{request} state = 'open', closed_at = NULL"
        " WHERE id = '{q_granted}'",
        "approvals_signoff_same_person_id": copy("approvals_signoff", "{s_review}", **NEW),
        "approvals_signoff_person": copy("approvals_signoff", "{s_review}", **NEW, person_id="'{amir_p}'"),
        "approvals_signoff_independent": copy(
            "approvals_signoff", "{s_review}", **NEW, user_id="'{dana}'", person_id="'{dana_p}'"
        ),
        "approvals_signoff_not_validator": copy(
            "approvals_signoff", "{s_review}", **NEW, user_id="'{victor}'", person_id="'{victor_p}'"
        ),
        "approvals_signoff_after_conclusion": copy(
            "approvals_signoff",
            "{s_review}",
            **NEW,
            user_id="'{amir}'",
            person_id="'{amir_p}'",
            at="'{early}'",
        ),
        "approvals_signoff_not_opener": copy(
            "approvals_signoff",
            "{s_review}",
            **NEW,
            request_id="'{q_resume}'",
            evidence_digest="(SELECT evidence_digest FROM approvals_approvalrequest WHERE id = '{q_resume}')",
            user_id="'{otto}'",
            person_id="'{otto_p}'",
        ),
        "approvals_approvalrequest_claim_held": f"{request} claimed_by_id = '{{vera}}' WHERE id = '{{q_resume}}'",
        "approvals_approvalrequest_claimed_by_signer": f"{request} claimed_by_id = '{{amir}}',"
        " claimed_at = claimed_until, claimed_until = '{late}' WHERE id = '{q_resume}'",
        "approvals_condition_of_signoff": copy("approvals_condition", "{k_open}", **NEW),
        "approvals_condition_same_demand_id": copy("approvals_condition", "{k_demand}", **NEW),
        "approvals_condition_of_demand": copy(
            "approvals_condition", "{k_demand}", **NEW, request_id="'{q_open}'"
        ),
        "approvals_approvalrequest_carries_demands": f"{request} state = 'granted', closed_at = opened_at,"
        " holds_until = due_at WHERE id = '{q_bare}'",
        "approvals_fulfilment_same_condition_id": copy("approvals_fulfilment", "{fulfilment}", **NEW),
        "approvals_fulfilment_person": copy(
            "approvals_fulfilment", "{fulfilment}", **NEW, condition_id="'{k_open}'", person_id="'{vera_p}'"
        ),
        "approvals_fulfilment_independent": copy(
            "approvals_fulfilment",
            "{fulfilment}",
            **NEW,
            condition_id="'{k_open}'",
            user_id="'{dana}'",
            person_id="'{dana_p}'",
        ),
        "approvals_validationexception_same_request_id": copy(
            "approvals_validationexception", "{exception}", **NEW
        ),
        "approvals_validationexception_granted": copy(
            "approvals_validationexception", "{exception}", **NEW, request_id="'{q_exception}'"
        ),
        "approvals_overlay_same_request_id": copy("approvals_overlay", "{overlay}", **NEW),
        "approvals_overlay_granted": copy(
            "approvals_overlay", "{overlay}", **NEW, request_id="'{q_overlay}'"
        ),
        "approvals_snapshotexception_same_request_id": copy(
            "approvals_snapshotexception", "{data_exception}", **NEW
        ),
        "approvals_snapshotexception_granted": copy(
            "approvals_snapshotexception", "{data_exception}", **NEW, request_id="'{q_data}'"
        ),
        "approvals_approvalrequest_subject_of_snapshot": copy(
            "approvals_approvalrequest", "{q_data}", **NEW, subject="'another'"
        ),
        "approvals_signoff_not_importer": copy(
            "approvals_signoff",
            "{s_review}",
            **NEW,
            request_id="'{q_data}'",
            evidence_digest="(SELECT evidence_digest FROM approvals_approvalrequest WHERE id = '{q_data}')",
            user_id="'{dana}'",
            person_id="'{dana_p}'",
        ),
        "approvals_cap_frozen": "UPDATE approvals_cap SET until = '{late}' WHERE id = '{cap}'",
        "approvals_cap_same_request_id": copy("approvals_cap", "{cap}", **NEW),
        "approvals_cap_granted": copy("approvals_cap", "{cap}", **NEW, request_id="'{q_cap}'"),
        "approvals_cap_on_its_terms": copy(
            "approvals_cap", "{cap}", **NEW, most_decisions="most_decisions + 1"
        ),
        "approvals_cap_starts_unused": copy("approvals_cap", "{cap}", **NEW, used_decisions="1"),
        "approvals_cap_only_used_up": "UPDATE approvals_cap SET used_decisions = 0 WHERE id = '{cap}'",
        "approvals_emergency_same_request_id": copy("approvals_emergency", "{emergency}", **NEW),
        "approvals_emergency_granted": copy(
            "approvals_emergency", "{emergency}", **NEW, request_id="'{q_glass}'"
        ),
        "approvals_delegation_frozen": "UPDATE approvals_delegation SET ends_at = '{late}' WHERE id = '{g_standing}'",
        "approvals_delegation_once": "UPDATE approvals_delegation SET ended_at = NULL, ended_by_id = NULL"
        " WHERE id = '{g_ended}'",
        "approvals_delegation_no_chain": copy(
            "approvals_delegation", "{g_standing}", **NEW, delegator_id="'{amir}'", delegate_id="'{vera}'"
        ),
        "approvals_delegation_other_person": copy(
            "approvals_delegation",
            "{g_standing}",
            **NEW,
            delegate_id="delegator_id",
        ),
        "approvals_signoff_once_a_person": copy(
            "approvals_signoff",
            "{s_review}",
            **NEW,
            user_id="'{amir}'",
            person_id="'{amir_p}'",
            on_behalf_of_id="'{ada_p}'",
        ),
        "approvals_signoff_delegated": copy(
            "approvals_signoff",
            "{s_review}",
            **NEW,
            user_id="'{amir}'",
            person_id="'{amir_p}'",
            on_behalf_of_id="'{vera_p}'",
        ),
        "approvals_recusal_same_person_id": copy("approvals_recusal", "{recusal}", **NEW),
        "approvals_recusal_person": copy("approvals_recusal", "{recusal}", **NEW, person_id="'{ada_p}'"),
        "approvals_recusal_before_signing": copy(
            "approvals_recusal", "{recusal}", **NEW, request_id="'{q_granted}'"
        ),
        "approvals_signoff_not_recused": copy(
            "approvals_signoff",
            "{s_review}",
            **NEW,
            request_id="'{q_resume}'",
            evidence_digest="(SELECT evidence_digest FROM approvals_approvalrequest WHERE id = '{q_resume}')",
            user_id="'{amir}'",
            person_id="'{amir_p}'",
        ),
        "approvals_signoff_request_open": copy(
            "approvals_signoff", "{s_ada}", **NEW, user_id="'{vera}'", person_id="'{vera_p}'"
        ),
    }


def _of_scoring() -> dict[str, str]:
    payload, erased = "UPDATE scoring_decisionpayload SET", "WHERE decision_id = '{dec_erased}'"
    return {
        "scoring_deployment_frozen": "UPDATE scoring_deployment SET version_id = '{v_draft}' WHERE id = '{d_open}'",
        "scoring_deployment_once": "UPDATE scoring_deployment SET ended_at = NULL, ended_by_id = NULL"
        " WHERE id = '{d_ended}'",
        "scoring_deployment_same_slot": copy("scoring_deployment", "{d_open}", **NEW),
        "scoring_deployment_approved": copy(
            "scoring_deployment", "{d_ended}", **NEW, version_id="'{v_review}'"
        ),
        "scoring_deployment_not_author": copy(
            "scoring_deployment", "{d_ended}", **NEW, started_by_id="'{dana}'"
        ),
        "scoring_decision_in_force": copy(
            "scoring_decision", "{dec}", **NEW, record="{blob}", deployment_id="'{d_ended}'"
        ),
        "scoring_decision_within_cap": copy(
            "scoring_decision", "{dec}", **NEW, record="{blob}", cap_id="'{cap}'"
        ),
        "scoring_decision_same_record": copy("scoring_decision", "{dec}", **NEW),
        "scoring_decisionpayload_frozen": f"{payload} ciphertext = {{blob}} WHERE decision_id = '{{dec}}'",
        "scoring_decisionpayload_once": f"{payload} erased_at = '{{late}}' {erased}",
        "scoring_decisionpayload_key_only_destroyed": f"{payload} wrapped_key = {{blob}} WHERE decision_id = '{{dec}}'",
        "reports_dossier_same_signed_digest": copy("reports_dossier", "{dossier}", **NEW),
        "reports_auditreport_same_signed_digest": copy(
            "reports_auditreport", "{audit_report}", **NEW, asked_entry="2"
        ),
        "reports_auditreport_same_asked_entry": copy(
            "reports_auditreport", "{audit_report}", **NEW, signed_digest="'f'"
        ),
        "reports_benchmark_same_sweep_id": copy("reports_benchmark", "{benchmark}", **NEW),
    }


def _of_notices() -> dict[str, str]:
    return {
        "notices_notice_same_days": copy("notices_notice", "{reminder}", **NEW),
        "notices_telling_same_user_id": copy("notices_telling", "{telling}", **NEW, job_id="'{fresh}'"),
        "notices_endpoint_frozen": "UPDATE notices_endpoint SET url = 'https://thief.example' WHERE id = '{endpoint}'",
        "notices_endpoint_once": "UPDATE notices_endpoint SET disabled_at = NULL, disabled_by_id = NULL"
        " WHERE id = '{endpoint_gone}'",
        "notices_endpointsecret_frozen": "UPDATE notices_endpointsecret SET sealed = {blob} WHERE id = '{secret}'",
        "notices_endpointsecret_only_ends": "UPDATE notices_endpointsecret SET ends_at = '{late}'"
        " WHERE id = '{secret_gone}'",
        "notices_endpointsecret_same_endpoint_id": copy("notices_endpointsecret", "{secret}", **NEW),
        "notices_delivery_same_notice_id": copy("notices_delivery", "{delivery}", **NEW, job_id="'{fresh}'"),
        "notices_delivery_same_job_id": copy(
            "notices_delivery", "{delivery}", **NEW, endpoint_id="'{endpoint_gone}'"
        ),
        "notices_telling_same_job_id": copy("notices_telling", "{telling}", **NEW, user_id="'{vera}'"),
    }


def constrained() -> dict[str, str]:
    """Constraint's name: the statement it refuses."""
    model, version, job = "registry_riskmodel", "registry_modelversion", "jobs_job"
    grant, asked = "UPDATE accounts_rolegrant SET", "UPDATE accounts_rolerequest SET"
    return {
        "regulator_granted_within_bounds": f"{grant} role = 'regulator' WHERE id = '{{g_open}}'",
        "grant_ends_after_start": f"{grant} ends_at = starts_at WHERE id = '{{g_open}}'",
        "audited_period_runs_forward": (
            "UPDATE reports_auditreport SET until = '2025-12-31' WHERE id = '{audit_report}'"
        ),
        "audit_sample_is_within_what_was_asked": (
            "UPDATE reports_auditreport SET sampled = 2 WHERE id = '{audit_report}'"
        ),
        "grant_period_runs_forward": copy(
            "accounts_rolegrant", "{g_open}", **NEW, **REGULATOR | {"records_until": "'2025-06-30'"}
        ),
        "role_request_state_is_known": f"{asked} state = 'asleep', settled_at = asked_at,"
        " settled_by_id = '{omar}' WHERE id = '{rr_open}'",
        "role_request_source_is_known": f"{asked} source = 'rumour' WHERE id = '{{rr_open}}'",
        "role_request_names_its_group": f"{asked} provider_group = 'g' WHERE id = '{{rr_open}}'",
        "settled_role_request_names_who": f"{asked} settled_at = asked_at WHERE id = '{{rr_open}}'",
        "role_request_not_granted_says_why": f"{asked} state = 'refused', settled_at = asked_at,"
        " settled_by_id = '{omar}' WHERE id = '{rr_open}'",
        "regulator_asked_for_within_bounds": f"{asked} role = 'regulator' WHERE id = '{{rr_open}}'",
        "role_request_ends_after_start": f"{asked} starts_at = '{{late}}', ends_at = '{{early}}'"
        " WHERE id = '{rr_open}'",
        "role_request_period_runs_forward": copy(
            "accounts_rolerequest", "{rr_open}", **NEW, **REGULATOR | {"records_until": "'2025-06-30'"}
        ),
        "reminder_has_date_and_days": copy("notices_notice", "{notice}", **NEW, days="3"),
        "one_reminder_a_day_named": copy("notices_notice", "{reminder}", **NEW),
        "endpoint_has_a_name": copy("notices_endpoint", "{endpoint}", **NEW, name="''"),
        "disabled_endpoint_names_who": "UPDATE notices_endpoint SET disabled_at = added_at WHERE id = '{endpoint}'",
        "one_standing_secret_an_endpoint": copy("notices_endpointsecret", "{secret}", **NEW),
        "one_delivery_an_endpoint": copy("notices_delivery", "{delivery}", **NEW, job_id="'{fresh}'"),
        "one_telling_a_user": copy("notices_telling", "{telling}", **NEW, job_id="'{fresh}'"),
        "telling_is_mailed_or_says_why_not": copy(
            "notices_telling", "{telling}", **NEW, user_id="'{vera}'", job_id="NULL"
        ),
        "one_open_lab_difference": copy("registry_labdifference", "{ld_open}", **NEW),
        "lab_difference_kind_is_known": copy("registry_labdifference", "{ld_gone}", **NEW, kind="'rumour'"),
        "lab_difference_differs": copy("registry_labdifference", "{ld_gone}", **NEW, found="expected"),
        "lab_difference_ends_after_start": copy(
            "registry_labdifference", "{ld_gone}", **NEW, gone_at="'{early}'"
        ),
        "one_lab_watch": copy("registry_labwatch", "1", id="2"),
        "one_open_request_a_role": copy("accounts_rolerequest", "{rr_open}", **NEW),
        "entry_sequence_from_one": copy("audit_entry", "1", sequence="0", leaf="{blob}"),
        "segment_number_from_one": copy("audit_segment", "{segment}", number="0"),
        "segment_is_not_empty": "UPDATE audit_segment SET size = 0 WHERE number = {segment}",
        "one_record_a_position": copy("audit_segmentrow", "{segment_row}", record="{blob}"),
        "one_tile_a_place": copy("audit_tile", "{tile}"),
        "checkpoint_size_from_one": copy("audit_checkpoint", "{checkpoint}", size="0"),
        "anchor_kind_is_known": "UPDATE audit_anchor SET kind = 'rumour' WHERE id = {anchor}",
        "anchored_once_a_place": copy("audit_anchor", "{anchor}"),
        "one_sealer_lease": copy("audit_sealerlease", "1", id="2"),
        "user_kind_is_known": "UPDATE accounts_user SET kind = 'ghost' WHERE id = '{dana}'",
        "block_discounts_factors": "UPDATE accounts_user SET signing_blocked_since = '{late}' WHERE id = '{paul}'",
        "role_not_granted_to_oneself": "UPDATE accounts_rolegrant SET granted_by_id = user_id WHERE id = '{g_open}'",
        "one_open_grant_a_role": copy("accounts_rolegrant", "{g_open}", **NEW),
        "one_draft_a_form": copy("accounts_draft", "{draft}", **NEW),
        "draft_has_an_end": "UPDATE accounts_draft SET expires_at = kept_at WHERE id = '{draft}'",
        "one_invitation_an_account": copy(
            "accounts_invitation", "{i_used}", **NEW, secret_digest="'{hex64}'"
        ),
        "invitation_has_an_end": copy(
            "accounts_invitation", "{i_open}", **NEW, secret_digest="'{hex64}'", expires_at="invited_at"
        ),
        "invitation_accepted_made_an_account": "UPDATE accounts_invitation SET accepted_at = invited_at"
        " WHERE id = '{i_open}'",
        "one_failure_count_a_door": copy("accounts_failurecount", "{failure}"),
        "one_answer_a_key": copy("accounts_idempotencykey", "{answer}"),
        "one_refusal_row_a_minute": copy("accounts_refusalcount", "{refusal}"),
        "one_window_a_minute": copy("accounts_throttlewindow", "{window}"),
        "window_counts_something": "UPDATE accounts_throttlewindow SET count = 0 WHERE id = '{window}'",
        "job_state_is_known": f"UPDATE {job} SET state = 'lost' WHERE id = '{{j_queued}}'",
        "job_percent_at_most_100": f"UPDATE {job} SET percent = 101 WHERE id = '{{j_running}}'",
        "job_running_has_a_lease": f"UPDATE {job} SET lease_until = NULL WHERE id = '{{j_running}}'",
        "job_ended_has_a_time": f"UPDATE {job} SET state = 'succeeded', lease_until = NULL WHERE id = '{{j_running}}'",
        "job_that_did_not_succeed_says_why": f"UPDATE {job} SET state = 'dead', lease_until = NULL,"
        " ended_at = created_at, reason = '' WHERE id = '{j_running}'",
        "tier_is_1_2_or_3": f"UPDATE {model} SET tier = 4 WHERE id = '{{m_proposed}}'",
        "one_assessment_a_number": copy("registry_tierassessment", "{as_held}", **NEW),
        "assessment_number_from_one": copy("registry_tierassessment", "{as_held}", **NEW, number="0"),
        "assessed_tier_is_1_2_or_3": copy(
            "registry_tierassessment", "{as_held}", **NEW, number="9", computed_tier="4", proposed_tier="4"
        ),
        "another_tier_than_computed_says_why": copy(
            "registry_tierassessment", "{as_held}", **NEW, number="9", proposed_tier="2"
        ),
        "model_not_accepted_by_its_proposer": f"UPDATE {model} SET accepted_by_id = proposed_by_id,"
        " accepted_at = proposed_at, tier = 1 WHERE id = '{m_proposed}'",
        "accepted_model_has_tier_and_time": f"UPDATE {model} SET accepted_by_id = '{{vera}}' WHERE id = '{{m_proposed}}'",
        "one_candidate_a_job_and_artifact": copy(
            "registry_candidate", "{candidate}", **NEW, mlflow_run_id="'{fresh}'"
        ),
        "one_trial_a_place": copy("registry_trial", "{trial}", **NEW),
        "trial_is_trained_or_says_why": copy(
            "registry_trial", "{trial}", **NEW, place="99", why_not="'Both.'"
        ),
        "dossier_language_is_known": copy("reports_dossier", "{dossier}", **UNSEEN, language="'fr'"),
        "dossier_paper_is_known": copy("reports_dossier", "{dossier}", **UNSEEN, paper="'a5'"),
        "sample_kind_is_known": "UPDATE registry_scoredsample SET kind = 'some' WHERE id = '{sample}'",
        "sample_has_rows_for_its_defaults": "UPDATE registry_scoredsample SET rows = 1 WHERE id = '{sample}'",
        "sample_says_where_its_model_lives": "UPDATE registry_scoredsample SET system = '' WHERE id = '{sample}'",
        "completed_sample_run_has_evidence": "UPDATE validation_samplerun SET evidence_digest = ''"
        " WHERE id = '{sr_done}'",
        "one_sample_result_a_check": copy("validation_sampleresult", "{sres_failed}", **NEW),
        "sample_verdict_is_known": "UPDATE validation_sampleresult SET verdict = 'fine' WHERE id = '{sres_failed}'",
        "sample_error_blocks": "UPDATE validation_sampleresult SET verdict = 'error', is_blocking = false"
        " WHERE id = '{sres_failed}'",
        "comparison_is_of_two_versions": copy(
            "validation_comparison", "{compared}", **NEW, job_id="'{fresh}'", champion_id="challenger_id"
        ),
        "comparison_says_how_rows_are_held_out": copy(
            "validation_comparison", "{compared}", **NEW, job_id="'{fresh}'", told_by="'hearsay'"
        ),
        "comparison_has_rows": copy(
            "validation_comparison", "{compared}", **NEW, job_id="'{fresh}'", rows="0"
        ),
        "one_feature_view_a_number": copy("registry_featureview", "{view}", **NEW),
        "feature_view_number_from_one": copy("registry_featureview", "{view}", **NEW, number="0"),
        "feature_view_has_rows": copy("registry_featureview", "{view}", **NEW, number="9", rows="0"),
        "one_feature_row_an_applicant": copy("registry_featurerow", "{feature_row}", id="9999"),
        "one_policy_a_digest": copy("registry_decisionpolicy", "{policy}", **NEW),
        "one_dictionary_a_digest": copy("registry_reasondictionary", "{dictionary}", **NEW),
        "one_version_a_number": copy(version, "{v_draft}", **NEW),
        "version_stage_is_known": f"UPDATE {version} SET stage = 'blessed' WHERE id = '{{v_review}}'",
        "version_number_from_one": f"UPDATE {version} SET number = 0 WHERE id = '{{v_draft}}'",
        "approved_version_expires": f"UPDATE {version} SET expires_at = NULL WHERE id = '{{v_approved}}'",
        "submitted_version_names_submitter": f"UPDATE {version} SET submitter_id = NULL WHERE id = '{{v_review}}'",
        "completed_run_has_evidence": "UPDATE validation_validationrun SET evidence_digest = '' WHERE id = '{r_done}'",
        "one_result_a_check": copy("validation_checkresult", "{res_failed}", **NEW),
        "result_verdict_is_known": "UPDATE validation_checkresult SET verdict = 'fine' WHERE id = '{res_failed}'",
        "error_blocks": "UPDATE validation_checkresult SET verdict = 'error', is_blocking = false"
        " WHERE id = '{res_failed}'",
        "one_file_a_digest": copy("registry_versionfile", "{file}", **NEW),
        "file_is_not_empty": copy("registry_versionfile", "{file}", **NEW, digest="'{hex64}'", size="0"),
        "one_document_a_revision": copy("registry_developerdocument", "{document}", **NEW),
        "document_revision_from_one": copy(
            "registry_developerdocument", "{document_bare}", **NEW, revision="0"
        ),
        "one_monitoring_plan_a_revision": copy("registry_monitoringplan", "{watched_bare}", **NEW),
        "monitoring_plan_from_one": copy("registry_monitoringplan", "{watched_bare}", **NEW, revision="0"),
        "one_assessment_a_revision": copy("validation_assessment", "{said_open}", **NEW),
        "assessment_topic_is_known": copy(
            "validation_assessment", "{said_open}", **NEW, topic="'taste'", revision="99"
        ),
        "assessment_rating_is_known": copy(
            "validation_assessment", "{said_open}", **NEW, rating="'fine'", revision="99"
        ),
        "assessment_says_something": copy(
            "validation_assessment", "{said_open}", **NEW, text="''", revision="99"
        ),
        "assessment_of_a_run_has_evidence": copy(
            "validation_assessment", "{said_open}", **NEW, evidence_digest="''", revision="99"
        ),
        "one_file_an_assessment": copy("validation_assessmentfile", "{attached}", id="9999999"),
        "one_pack_a_revision": copy("validation_policypack", "{pack}", **NEW, digest="'{hex64}'"),
        "pack_revision_is_counted": copy(
            "validation_policypack", "{pack}", **NEW, digest="'{hex64}'", revision="0"
        ),
        "one_review_a_person": copy("validation_packreview", "{pack_review}", **NEW),
        "pack_review_says_why": copy(
            "validation_packreview",
            "{pack_review}",
            **NEW,
            person_id="'{ada_p}'",
            user_id="'{ada}'",
            rationale="''",
        ),
        "competence_area_is_known": copy("validation_competence", "{competence}", **NEW, area="'taste'"),
        "competence_rests_on_something": copy("validation_competence", "{competence}", **NEW, rests_on="''"),
        "competence_counts_for_a_time": copy(
            "validation_competence", "{competence}", **NEW, until="recorded_at"
        ),
        "question_topic_is_known": copy("validation_question", "{question}", **NEW, topic="'taste'"),
        "question_asks_something": copy("validation_question", "{question}", **NEW, text="''"),
        "answered_question_names_who": "UPDATE validation_question SET answer = 'So.' WHERE id = '{question}'",
        "note_kind_is_known": copy("validation_findingnote", "{note}", **NEW, kind="'rumour'"),
        "note_says_something": copy("validation_findingnote", "{note}", **NEW, text="''"),
        "promise_has_a_day": copy("validation_findingnote", "{note}", **NEW, kind="'action_plan'"),
        "one_file_a_note": copy("validation_notefile", "{note_file}", id="9999999"),
        "reperformance_names_its_digests": "UPDATE validation_reperformance SET rows_digest = ''"
        " WHERE id = '{reperformance}'",
        "finding_severity_is_known": "UPDATE validation_finding SET severity = 'mild' WHERE id = '{f_open}'",
        "closed_finding_names_who": "UPDATE validation_finding SET state = 'closed' WHERE id = '{f_open}'",
        "one_deviation_a_result": copy("validation_deviation", "{deviation}", **NEW),
        "deviation_says_why": "UPDATE validation_deviation SET rationale = '' WHERE id = '{deviation}'",
        "conclusion_says_why": "UPDATE validation_conclusion SET rationale = '' WHERE id = '{conclusion}'",
        "conclusion_verdict_is_known": "UPDATE validation_conclusion SET verdict = 'so-so' WHERE id = '{conclusion}'",
        "one_demand_a_place": copy("validation_concludeddemand", "{demand}", **NEW),
        "demand_says_what": "UPDATE validation_concludeddemand SET words = '' WHERE id = '{demand}'",
        "condition_has_one_source": "UPDATE approvals_condition SET signoff_id = NULL WHERE id = '{k_open}'",
        "one_condition_a_demand": copy("approvals_condition", "{k_demand}", **NEW),
        "one_open_request_an_act": copy("approvals_approvalrequest", "{q_open}", **NEW),
        "request_state_is_known": "UPDATE approvals_approvalrequest SET state = 'asleep', closed_at = opened_at"
        " WHERE id = '{q_open}'",
        "closed_request_has_a_time": "UPDATE approvals_approvalrequest SET state = 'rejected' WHERE id = '{q_open}'",
        "granted_request_ends": "UPDATE approvals_approvalrequest SET state = 'granted', closed_at = opened_at"
        " WHERE id = '{q_open}'",
        "claim_has_person_and_end": "UPDATE approvals_approvalrequest SET claimed_until = NULL"
        " WHERE id = '{q_resume}'",
        "one_recusal_a_person": copy("approvals_recusal", "{recusal}", **NEW),
        "recusal_says_why": "UPDATE approvals_recusal SET why = '' WHERE id = '{recusal}'",
        "one_signoff_a_person": copy("approvals_signoff", "{s_review}", **NEW),
        "signoff_verdict_is_known": "UPDATE approvals_signoff SET verdict = 'maybe' WHERE id = '{s_ada}'",
        "condition_says_what": "UPDATE approvals_condition SET words = '' WHERE id = '{k_open}'",
        "fulfilment_says_why": "UPDATE approvals_fulfilment SET rationale = '' WHERE id = '{fulfilment}'",
        "overlay_kind_is_known": "UPDATE approvals_overlay SET kind = 'guess' WHERE id = '{overlay}'",
        "overlay_says_how_much": "UPDATE approvals_overlay SET segment = '' WHERE id = '{overlay}'",
        "overlay_ends": "UPDATE approvals_overlay SET until = granted_at WHERE id = '{overlay}'",
        "exception_ends": "UPDATE approvals_validationexception SET until = granted_at WHERE id = '{exception}'",
        "snapshot_exception_ends": "UPDATE approvals_snapshotexception SET until = granted_at"
        " WHERE id = '{data_exception}'",
        "cap_ends": "UPDATE approvals_cap SET until = granted_at WHERE id = '{cap}'",
        "cap_holds_decisions": "UPDATE approvals_cap SET used_decisions = 10 WHERE id = '{cap}'",
        "cap_holds_amounts": "UPDATE approvals_cap SET most_each = 5 WHERE id = '{cap}'",
        "cap_segment_has_a_value": "UPDATE approvals_cap SET segment_input = 'PAY_0' WHERE id = '{cap}'",
        "emergency_ends": "UPDATE approvals_emergency SET until = begins_at WHERE id = '{emergency}'",
        "signoff_for_another": "UPDATE approvals_signoff SET on_behalf_of_id = person_id WHERE id = '{s_ada}'",
        "delegation_ends": "UPDATE approvals_delegation SET ends_at = starts_at WHERE id = '{g_standing}'",
        "delegation_to_another": "UPDATE approvals_delegation SET delegate_id = delegator_id"
        " WHERE id = '{g_standing}'",
        "ended_delegation_names_who": "UPDATE approvals_delegation SET ended_at = starts_at"
        " WHERE id = '{g_standing}'",
        "signoff_says_why": "UPDATE approvals_signoff SET rationale = '' WHERE id = '{s_ada}'",
        "one_version_a_slot": copy("scoring_deployment", "{d_open}", **NEW),
        "slot_is_known": "UPDATE scoring_deployment SET slot = 'throne' WHERE id = '{d_open}'",
        "decision_outcome_is_known": "UPDATE scoring_decision SET outcome = 'perhaps' WHERE id = '{dec}'",
        "erased_payload_has_time_and_person": "UPDATE scoring_decisionpayload SET wrapped_key = NULL"
        " WHERE decision_id = '{dec}'",
    }
