"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, frozen, kept, write_once

GUARDS = (
    frozen("accounts_rolegrant", "id", "user_id", "role", "model_slug", "granted_by_id", "granted_at"),
    write_once("accounts_rolegrant", "revoked_at"),
    *kept("accounts_rolegrant"),
    alone("accounts_rolegrant", "user_id", "model_slug", "role", standing="revoked_at"),
    Guard(
        "accounts_rolegrant_second_person",
        "accounts_rolegrant",
        On.INSERT,
        "(SELECT person_id FROM accounts_user WHERE id = NEW.user_id)"
        " = (SELECT person_id FROM accounts_user WHERE id = NEW.granted_by_id)",
        "accounts_rolegrant: nobody grants a role to their own person",
    ),
    frozen("accounts_token", "id", "user_id", "secret_digest", "scopes", "created_at"),
    write_once("accounts_token", "revoked_at"),
    *kept("accounts_token"),
    alone("accounts_token", "secret_digest"),
    frozen("accounts_signaturechallenge", "nonce", "user_id", "digest", "meaning", "expires_at"),
    write_once("accounts_signaturechallenge", "used_at"),
    *kept("accounts_signaturechallenge", "nonce"),
    Guard(
        "accounts_user_one_person",
        "accounts_user",
        On.UPDATE,
        "NEW.person_id IS DISTINCT FROM OLD.person_id OR NEW.kind IS DISTINCT FROM OLD.kind",
        "accounts_user: an account stays with its person",
    ),
    Guard(
        "accounts_user_block_ends_with_a_factor",
        "accounts_user",
        On.UPDATE,
        "OLD.signing_blocked_since IS NOT NULL AND NEW.signing_blocked_since IS NULL"
        " AND (NEW.password_chosen_at IS NULL OR NEW.password_chosen_at <= OLD.signing_blocked_since"
        " OR NOT EXISTS (SELECT 1 FROM mfa_authenticator AS factor WHERE factor.user_id = NEW.id"
        " AND factor.type IN ('totp', 'webauthn') AND factor.created_at > NEW.factors_count_from))",
        "accounts_user: signing stays blocked until the owner has chosen a password and enrolled a factor after it",
    ),
    Guard(
        "accounts_user_block_only_grows",
        "accounts_user",
        On.UPDATE,
        "NEW.signing_blocked_since < OLD.signing_blocked_since OR NEW.factors_count_from < OLD.factors_count_from"
        " OR (OLD.factors_count_from IS NOT NULL AND NEW.factors_count_from IS NULL)",
        "accounts_user: what a reset of the password took away does not come back",
    ),
    frozen("accounts_user", "id", "username"),
    *kept("accounts_user"),
    alone("accounts_user", "username"),
    Guard(
        "accounts_proofcount_step_grows",
        "accounts_proofcount",
        On.UPDATE,
        "NEW.totp_step < OLD.totp_step",
        "accounts_proofcount: a spent code stays spent",
    ),
    frozen("accounts_proofcount", "user_id"),
    *kept("accounts_proofcount", "user_id"),
    # The library's table: a factor stays with its owner and its moment, and the secret of an app is never exchanged.
    frozen("mfa_authenticator", "id", "user_id", "type", "created_at"),
    Guard(
        "mfa_authenticator_secret_stays",
        "mfa_authenticator",
        On.UPDATE,
        "OLD.type = 'totp' AND NEW.data IS DISTINCT FROM OLD.data",
        "mfa_authenticator: the secret of an app is enrolled once",
    ),
    alone("mfa_authenticator", "id"),
    frozen("accounts_person", "id"),
    *kept("accounts_person"),
)
