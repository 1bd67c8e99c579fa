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
    frozen("accounts_user", "id", "username"),
    *kept("accounts_user"),
    alone("accounts_user", "username"),
    frozen("accounts_person", "id"),
    *kept("accounts_person"),
)
