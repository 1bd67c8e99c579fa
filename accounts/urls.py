from django.urls import path

from accounts import factor_views, security_views, views
from accounts.api import ChallengeOpenApi, MeReadApi

api = [
    path("me", MeReadApi.as_view(), name="api-me"),
    path("signature-challenges", ChallengeOpenApi.as_view(), name="api-challenge-open"),
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
