"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, frozen, kept, write_once
from mrm.settings import governance

_SCOPE = ("role", "model_slug", "starts_at", "ends_at", "records_from", "records_until")
_PERSON = "(SELECT person_id FROM accounts_user WHERE id = {})"
_GRANTED_BY = "(SELECT username FROM accounts_user WHERE id = NEW.granted_by_id)"
_ALONE = ", ".join(f"'{role}'" for role in governance.ALONE)
# The request of a grant is open, asks for exactly this and was made by somebody else than who grants it.
_ASKED_FOR = (
    "EXISTS (SELECT 1 FROM accounts_rolerequest q JOIN accounts_user a ON a.id = q.asked_by_id"
    " JOIN accounts_user g ON g.id = NEW.granted_by_id WHERE q.id = NEW.request_id AND q.state = 'open'"
    " AND a.person_id <> g.person_id AND q.user_id = NEW.user_id AND q.role = NEW.role"
    " AND q.model_slug = NEW.model_slug AND q.ends_at IS NOT DISTINCT FROM NEW.ends_at"
    " AND q.records_from IS NOT DISTINCT FROM NEW.records_from"
    " AND q.records_until IS NOT DISTINCT FROM NEW.records_until"
    " AND (q.starts_at IS NULL OR q.starts_at <= NEW.starts_at))"
)
_HELD_BESIDE = (
    "EXISTS (SELECT 1 FROM accounts_rolegrant h JOIN accounts_user u ON u.id = h.user_id"  # noqa: S608 (constants)
    f" WHERE u.person_id = {_PERSON.format('NEW.user_id')} AND h.revoked_at IS NULL AND h.role <> NEW.role"
    " AND (h.ends_at IS NULL OR h.ends_at > NEW.granted_at)"
    f" AND (h.role IN ({_ALONE}) OR NEW.role IN ({_ALONE})))"
)

_DISABLED = "NOT (SELECT is_active FROM accounts_user WHERE id = NEW.user_id)"


def _ended_when_disabled(table: str, standing: str) -> tuple[Guard, ...]:
    """No account is disabled that still has standing rows here, and no row begins to stand for a disabled one."""
    refused = f"{table}: the account is disabled"
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE user_id = NEW.id AND {standing})"  # noqa: S608 (our own names)
    return (
        Guard(f"{table}_for_the_enabled", table, On.INSERT, _DISABLED, refused),
        Guard(
            f"{table}_goes_with_its_user",
            "accounts_user",
            On.UPDATE,
            f"OLD.is_active AND NOT NEW.is_active AND {taken}",
            f"accounts_user: end what stands in {table} before the account is disabled",
        ),
    )


GUARDS = (
    frozen("accounts_rolegrant", "id", "user_id", *_SCOPE, "request_id", "granted_by_id", "granted_at"),
    write_once("accounts_rolegrant", "revoked_at"),
    *kept("accounts_rolegrant"),
    alone("accounts_rolegrant", "user_id", "model_slug", "role", standing="revoked_at"),
    alone("accounts_rolegrant", "request_id"),
    Guard(
        "accounts_rolegrant_asked_for",
        "accounts_rolegrant",
        On.INSERT,
        f"NEW.request_id IS NOT NULL AND NOT {_ASKED_FOR}",
        "accounts_rolegrant: a second person grants what an open request asks for",
    ),
    Guard(
        "accounts_rolegrant_not_directly",
        "accounts_rolegrant",
        On.INSERT,
        f"NEW.request_id IS NULL AND {_GRANTED_BY} <> '{governance.INSTALLATION}'",
        "accounts_rolegrant: only the installation grants a role that nobody asked for",
    ),
    Guard(
        "accounts_rolegrant_held_alone",
        "accounts_rolegrant",
        On.INSERT,
        _HELD_BESIDE,
        "accounts_rolegrant: this role is held alone",
    ),
    frozen(
        "accounts_rolerequest",
        *("id", "user_id", *_SCOPE, "asked_by_id", "asked_at", "why", "source", "provider_group"),
    ),
    *kept("accounts_rolerequest"),
    alone("accounts_rolerequest", "user_id", "model_slug", "role", standing="settled_at"),
    Guard(
        "accounts_rolerequest_begins_open",
        "accounts_rolerequest",
        On.INSERT,
        "NEW.state <> 'open'",
        "accounts_rolerequest: a request begins open",
    ),
    Guard(
        "accounts_rolerequest_settled_is_final",
        "accounts_rolerequest",
        On.UPDATE,
        "OLD.state <> 'open'",
        "accounts_rolerequest: a settled request does not change",
    ),
    Guard(
        "accounts_rolerequest_second_person",
        "accounts_rolerequest",
        On.UPDATE,
        f"NEW.state IN ('granted', 'refused') AND {_PERSON.format('NEW.settled_by_id')}"
        f" = {_PERSON.format('NEW.asked_by_id')}",
        "accounts_rolerequest: whoever asked does not decide",
    ),
    Guard(
        "accounts_rolerequest_not_for_oneself",
        "accounts_rolerequest",
        On.UPDATE,
        f"NEW.state = 'granted' AND {_PERSON.format('NEW.settled_by_id')} = {_PERSON.format('NEW.user_id')}",
        "accounts_rolerequest: nobody grants a role to their own person",
    ),
    Guard(
        "accounts_rolerequest_granted_by_grant",
        "accounts_rolerequest",
        On.UPDATE,
        "NEW.state = 'granted' AND NOT EXISTS (SELECT 1 FROM accounts_rolegrant g WHERE g.request_id = NEW.id"
        " AND g.granted_by_id = NEW.settled_by_id)",
        "accounts_rolerequest: a granted request has its grant",
    ),
    Guard(
        "accounts_rolegrant_second_person",
        "accounts_rolegrant",
        On.INSERT,
        "(SELECT person_id FROM accounts_user WHERE id = NEW.user_id)"
        " = (SELECT person_id FROM accounts_user WHERE id = NEW.granted_by_id)",
        "accounts_rolegrant: nobody grants a role to their own person",
    ),
    # Whose account an identity of the provider is, is settled at the first sign-in.
    frozen("socialaccount_socialaccount", "id", "user_id", "provider", "uid"),
    *kept("socialaccount_socialaccount"),
    alone("socialaccount_socialaccount", "provider", "uid"),
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
    # Who is disabled holds nothing that could be taken up again, whoever disables them and by whatever way.
    *_ended_when_disabled("accounts_session", "1 = 1"),
    *_ended_when_disabled("accounts_token", "revoked_at IS NULL"),
    Guard(
        "accounts_session_taken_by_the_enabled",
        "accounts_session",
        On.UPDATE,
        f"OLD.user_id IS NULL AND {_DISABLED}",
        "accounts_session: the account is disabled",
    ),
    write_once("accounts_session", "user_id"),
    frozen(
        "accounts_invitation",
        "id",
        "username",
        "name",
        "language",
        "mail",
        "invited_by_id",
        "invited_at",
        "expires_at",
    ),
    write_once("accounts_invitation", "accepted_at", "revoked_at", "user_id"),
    Guard(
        "accounts_invitation_in_time",
        "accounts_invitation",
        On.UPDATE,
        "OLD.accepted_at IS NULL AND NEW.accepted_at IS NOT NULL AND NEW.accepted_at >= OLD.expires_at",
        "accounts_invitation: it has run out",
    ),
    # Its secret is made anew for each try of a mail, so these columns change: never to what another row holds.
    Guard(
        "accounts_invitation_apart",
        "accounts_invitation",
        On.UPDATE,
        "EXISTS (SELECT 1 FROM accounts_invitation AS other WHERE other.id <> NEW.id"
        " AND (other.secret_digest = NEW.secret_digest OR other.user_id = NEW.user_id))",
        "accounts_invitation: another one holds this",
    ),
    *kept("accounts_invitation"),
    alone("accounts_invitation", "secret_digest"),
    alone("accounts_invitation", "user_id"),
    frozen("accounts_draft", "id", "user_id", "path"),
)
