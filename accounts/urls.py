from django.urls import path

from accounts import invitation_views, people_views, session_views, token_views, views
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
    path("sign-out", views.sign_out, name="sign-out"),
    # The names by which django-allauth asks for the same two places.
    path("sign-in", views.sign_in, name="account_login"),
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
    path("people/<uuid:user_id>/lockout", people_views.lockout_lift, name="lockout-lift"),
]
