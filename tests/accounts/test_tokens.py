"""The page and the API of tokens: shown once, narrow, ended by their owner or an administrator."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import time_machine

from accounts import services, tokens
from accounts.models import Token
from accounts.permissions import Permission
from accounts.selectors import visible_tokens
from audit.models import Entry
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from tests.pages.reading import main, text

pytestmark = pytest.mark.django_db
ASKED = {"name": "notebook", "days": "30", "scopes": ["registry:inventory:read"]}
SECRET = re.compile(r"mrm_[0-9a-f]{8}_[\w-]{43}")


def token_of(user, name="t", days=1):
    return services.issue_token(actor=user, name=name, days=days, scopes=[Permission.INVENTORY_READ])[0]


def test_a_token_is_issued_on_the_page_and_its_secret_shown_once(cast, browser_of):
    browser = browser_of(cast.dana)
    answer = browser.post("/tokens/issue", ASKED)
    assert answer.status_code == 201
    secret = SECRET.search(main(answer)).group()
    assert tokens.owner_of(secret).presented_scopes == frozenset(ASKED["scopes"])
    assert secret not in browser.get("/tokens").content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_what_its_owner_holds_is_offered_or_taken(cast, browser_of):
    browser = browser_of(cast.lia)
    page = main(browser.get("/tokens/issue"))
    assert 'value="scoring:decision:make"' in page
    assert "accounts:user:manage" not in page
    assert browser.post("/tokens/issue", ASKED | {"scopes": ["accounts:user:manage"]}).status_code == 422
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"days": "0"}, {"days": "366"}, {"name": ""}, {"days": "x"}, {"name": "x" * 101}]
)
def test_a_token_needs_a_name_and_an_end(cast, browser_of, wrong):
    assert browser_of(cast.dana).post("/tokens/issue", ASKED | wrong).status_code == 422
    assert not Token.objects.exists()


def test_nothing_else_of_a_token_is_assigned_in_passing(cast, browser_of):
    sent = ASKED | {"user": str(cast.ada.pk), "expires_at": "2099-01-01", "prefix": "mine"}
    browser_of(cast.dana).post("/tokens/issue", sent)
    token = Token.objects.get()
    assert token.user == cast.dana
    assert token.prefix != "mine"
    assert token.expires_at - token.created_at == dt.timedelta(days=30)


def test_the_list_says_what_stands_what_ran_out_and_what_was_revoked(cast, browser_of):
    with time_machine.travel(clock.now() - dt.timedelta(days=3), tick=False):
        token_of(cast.dana, "old")
    revoked = token_of(cast.dana, "gone")
    token_of(cast.dana, "good")
    services.revoke_token(actor=cast.dana, token=revoked)
    words = text(browser_of(cast.dana).get("/tokens"))
    for name, state in (("good", "Counts"), ("gone", "Revoked"), ("old", "Expired")):
        assert re.search(rf"{name} mrm_\w+_… {state}", words)


def test_revoking_is_asked_about_first(cast, browser_of):
    token, browser = token_of(cast.dana), browser_of(cast.dana)
    assert "cannot be taken back" in text(browser.get(f"/tokens/{token.pk}/revoke"))
    token.refresh_from_db()
    assert token.revoked_at is None
    assert browser.post(f"/tokens/{token.pk}/revoke").headers["Location"] == "/tokens"
    assert Entry.objects.last().event == "token:revoked"
    assert browser.post(f"/tokens/{token.pk}/revoke").status_code == 409


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_token_does_not_exist(cast, browser_of, method):
    token = token_of(cast.ada)
    assert getattr(browser_of(cast.dana), method)(f"/tokens/{token.pk}/revoke").status_code == 404
    assert getattr(browser_of(cast.dana), method)(f"/tokens/{uuid.uuid4()}/revoke").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_an_administrator_ends_anybodys_token(cast, browser_of):
    token = token_of(cast.dana)
    answer = browser_of(cast.olga).post(f"/tokens/{token.pk}/revoke")
    assert answer.headers["Location"] == f"/people/{cast.dana.pk}"
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_token_makes_no_token(cast):
    _, secret = services.issue_token(actor=cast.dana, name="t", days=1, scopes=[])
    with pytest.raises(NotAllowed, match="cannot issue"):
        services.issue_token(actor=tokens.owner_of(secret), name="more", days=365, scopes=[])
    assert Token.objects.count() == 1


def test_the_api_lists_ones_own_without_secrets(cast, client_of):
    token_of(cast.ada)
    found = client_of(cast.dana).get("/api/v1/tokens").json()["results"]
    assert [(each["name"], each["state"]) for each in found] == [("test", "in_use")]
    assert "secret_digest" not in found[0]


def test_the_api_revokes_ones_own_and_not_that_of_others(cast, client_of):
    mine, hers = token_of(cast.dana), token_of(cast.ada)
    client = client_of(cast.dana)
    answer = client.post(f"/api/v1/tokens/{mine.pk}/revoke")
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert client.post(f"/api/v1/tokens/{hers.pk}/revoke").status_code == 404


def test_a_narrow_token_of_an_administrator_ends_nobody_elses(cast):
    from rest_framework.test import APIClient

    _, secret = services.issue_token(actor=cast.olga, name="narrow", days=1, scopes=[])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert client.post(f"/api/v1/tokens/{token_of(cast.dana).pk}/revoke").status_code == 404


def test_the_token_of_a_disabled_user_is_refused_and_stays_refused(cast, client_of):
    client = client_of(cast.dana)
    services.disable_user(actor=cast.olga, user=cast.dana)
    assert client.get("/api/v1/me").status_code == 401
    services.enable_user(actor=cast.olga, user=cast.dana)
    assert client.get("/api/v1/me").status_code == 401


def test_others_tokens_are_seen_by_who_manages_users_only(cast):
    token_of(cast.dana)
    assert visible_tokens(actor=cast.olga, user=cast.dana).count() == 1
    with pytest.raises(NotAllowed):
        visible_tokens(actor=cast.victor, user=cast.dana)
