from django.urls import path

from accounts import (
    factor_views,
    invitation_views,
    people_views,
    reset_views,
    security_views,
    session_views,
    token_views,
    views,
)
from accounts.api import ChallengeOpenApi, MeReadApi
from accounts.token_api import TokenListApi, TokenRevokeApi

api = [
    path("me", MeReadApi.as_view(), name="api-me"),
    path("signature-challenges", ChallengeOpenApi.as_view(), name="api-challenge-open"),
    path("tokens", TokenListApi.as_view(), name="api-token-list"),
    path("tokens/<uuid:token_id>/revoke", TokenRevokeApi.as_view(), name="api-token-revoke"),
]
pages = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/second-step", views.second_step, name="second-step"),
    path("sign-in/passkey", views.sign_in_passkey, name="sign-in-passkey"),
    path("sign-in/passkey/challenge", views.passkey_challenge, name="sign-in-passkey-challenge"),
    path("sign-out", views.sign_out, name="sign-out"),
    # The names by which django-allauth asks for the same places.
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in/second-step", views.second_step, name="mfa_authenticate"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("tokens", token_views.tokens, name="tokens"),
    path("tokens/issue", token_views.token_issue, name="token-issue"),
    path("tokens/<uuid:token_id>/revoke", token_views.token_revoke, name="token-revoke"),
    path("sessions", session_views.sessions, name="sessions"),
    path("sessions/others/end", session_views.sessions_end_others, name="sessions-end-others"),
    path("sessions/<slug:digest>/end", session_views.session_end, name="session-end"),
    path("invitation", invitation_views.invitation, name="invitation"),
    path("invitation/accept", invitation_views.invitation_accept, name="invitation-accept"),
    path("invitations", invitation_views.invitations, name="invitations"),
    path("invitations/new", invitation_views.invite, name="invite"),
    path(
        "invitations/<uuid:invitation_id>/revoke",
        invitation_views.invitation_revoke,
        name="invitation-revoke",
    ),
    path("people", people_views.people_list, name="people"),
    path("people/<uuid:user_id>", people_views.person, name="person"),
    path("people/<uuid:user_id>/disable", people_views.user_disable, name="user-disable"),
    path("people/<uuid:user_id>/enable", people_views.user_enable, name="user-enable"),
    path("people/<uuid:user_id>/sign-out", people_views.user_sign_out, name="user-sign-out"),
    path("people/<uuid:user_id>/password", reset_views.password_reset, name="password-reset"),
    path("people/<uuid:user_id>/factors", reset_views.factors_clear, name="factors-clear"),
    path("people/<uuid:user_id>/lockout", people_views.lockout_lift, name="lockout-lift"),
    path("security", security_views.security, name="security"),
    path("security/password", security_views.password_change, name="password-change"),
    path("security/totp", factor_views.totp_enrol, name="totp-enrol"),
    path("security/recovery-codes", factor_views.recovery_codes, name="recovery-codes"),
    path("security/passkeys", factor_views.passkey_enrol, name="passkey-enrol"),
    path("security/passkeys/challenge", factor_views.creation_challenge, name="passkey-challenge"),
    path("security/factors/<int:factor>/name", factor_views.passkey_rename, name="passkey-rename"),
    path("security/factors/<int:factor>/remove", factor_views.factor_remove, name="factor-remove"),
    path("security/signing-challenge", security_views.signing_challenge, name="signing-challenge"),
]
