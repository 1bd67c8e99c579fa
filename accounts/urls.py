from django.urls import path

from accounts import factor_views, oidc_views, role_api, role_views, security_views, views
from accounts.api import ChallengeOpenApi, MeReadApi

_REQUEST = "role-requests/<uuid:role_request_id>"
_REQUEST_PAGE = "roles/requests/<uuid:role_request_id>"

api = [
    path("me", MeReadApi.as_view(), name="api-me"),
    path("signature-challenges", ChallengeOpenApi.as_view(), name="api-challenge-open"),
    path("roles", role_api.RoleTableReadApi.as_view(), name="api-role-table"),
    path("role-requests", role_api.RoleRequestListApi.as_view(), name="api-role-request-list"),
    path(_REQUEST, role_api.RoleRequestReadApi.as_view(), name="api-role-request"),
    path(f"{_REQUEST}/grant", role_api.RoleRequestGrantApi.as_view(), name="api-role-request-grant"),
    path(f"{_REQUEST}/refuse", role_api.RoleRequestRefuseApi.as_view(), name="api-role-request-refuse"),
    path(f"{_REQUEST}/withdraw", role_api.RoleRequestWithdrawApi.as_view(), name="api-role-request-withdraw"),
    path("people/<uuid:user_id>/grants", role_api.RoleGrantListApi.as_view(), name="api-role-grant-list"),
    path(
        "role-grants/<uuid:grant_id>/revoke",
        role_api.RoleGrantRevokeApi.as_view(),
        name="api-role-grant-revoke",
    ),
]
pages = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/second-step", views.second_step, name="second-step"),
    path("sign-in/passkey", views.sign_in_passkey, name="sign-in-passkey"),
    path("sign-in/passkey/challenge", views.passkey_challenge, name="sign-in-passkey-challenge"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("sign-in/provider", oidc_views.provider_sign_in, name="sign-in-provider"),
    path("sign-in/provider/callback", oidc_views.provider_callback, name="sign-in-provider-callback"),
    path("roles", role_views.role_table, name="roles"),
    path("roles/requests", role_views.role_requests, name="role-requests"),
    path("roles/requests/new", role_views.role_ask, name="role-ask"),
    path(_REQUEST_PAGE, role_views.role_request, name="role-request"),
    path(f"{_REQUEST_PAGE}/refusal", role_views.role_refuse, name="role-refuse"),
    path(f"{_REQUEST_PAGE}/withdrawal", role_views.role_withdraw, name="role-withdraw"),
    path("roles/grants/<uuid:grant_id>/revocation", role_views.role_revoke, name="role-revoke"),
    path("people/<uuid:user_id>/roles", role_views.person_roles, name="person-roles"),
    # The names by which django-allauth asks for the same places.
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in/second-step", views.second_step, name="mfa_authenticate"),
    path("sign-out", views.sign_out, name="account_logout"),
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
