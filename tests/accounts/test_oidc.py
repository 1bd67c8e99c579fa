"""Signing in through the bank's identity provider: who is believed, who becomes an account, what groups ask for."""

from __future__ import annotations

import datetime as dt
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts import oidc, oidc_services, roles, stepup
from accounts.access import roles_of
from accounts.models import RoleGrant, RoleRequest, User
from accounts.passwords import reset_password
from accounts.proofs import factors_of
from accounts.selectors import the_installation
from accounts.services import disable_user
from audit.models import Access, Entry
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from tests.accounts.devices import Key
from tests.accounts.granting import granted, second_administrator
from tests.accounts.provider import CLIENT, NINA, SECRET, IdentityProvider, new_key, running_provider
from tests.cast import PASSWORD
from tests.pages import reading

pytestmark = pytest.mark.django_db
START, CALLBACK = "/sign-in/provider", "/sign-in/provider/callback"
DEVELOPERS, VALIDATORS = "countersign-developers", "countersign-validators"


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running, settings):
    """The provider, telling the truth, and the installation told of it."""
    fresh = IdentityProvider(running.url)
    for name in ("person", "groups", "lies", "down", "described", "userinfo", "signs_with", "algorithm"):
        setattr(running, name, getattr(fresh, name))
    running.codes.clear()
    settings.MRM_OIDC_ISSUER, settings.MRM_OIDC_NAME = running.url, "Bank ID"
    settings.MRM_OIDC_CLIENT_ID, settings.MRM_OIDC_CLIENT_SECRET = CLIENT, SECRET
    return running


def query_of(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def come_back(provider, browser, start=START):
    """Where the provider sends this browser back to, after it was sent there."""
    sent = browser.get(start)
    assert sent.status_code == 302, sent.content
    return provider.authorized(query_of(sent.headers["Location"]))


def sign_in(provider, browser=None, start=START):
    browser = browser or Client()
    address = come_back(provider, browser, start)
    answer = browser.get(f"{CALLBACK}?{urlsplit(address).query}")
    return browser, answer


def nina():
    account = SocialAccount.objects.get(uid=NINA["sub"])
    return User.objects.select_related("person").get(pk=account.user_id)


def is_signed_in(browser):
    return "_auth_user_id" in browser.session


def test_the_button_stands_only_where_a_provider_is_configured(provider, settings):
    assert f"{START}?next=%2Fjobs" in Client().get("/sign-in?next=/jobs").content.decode()
    settings.MRM_OIDC_ISSUER = ""
    assert START not in Client().get("/sign-in").content.decode()
    assert Client().get(START).status_code == Client().get(CALLBACK).status_code == 404


def test_the_question_carries_pkce_a_state_and_a_nonce(provider):
    sent = Client().get(START).headers["Location"]
    asked = query_of(sent)
    assert sent.startswith(f"{provider.url}/authorize?")
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["code_challenge"]) == 43
    assert len(asked["nonce"]) >= 32
    assert asked["state"]
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sign-in/provider/callback"
    assert set(asked["scope"].split()) == {"openid", "profile"}


def test_nothing_of_the_request_reaches_the_provider(provider):
    sent = Client().get(f"{START}?scope=admin&auth_params=prompt%3Dnone&process=connect&next=//evil.example")
    assert "admin" not in sent.headers["Location"]
    assert "prompt" not in sent.headers["Location"]
    assert "evil" not in sent.headers["Location"]


def test_the_first_sign_in_makes_a_person_and_an_account_without_roles(provider):
    browser, answer = sign_in(provider, start=f"{START}?next=/roles")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/roles")
    user = nina()
    assert (user.name, roles_of(user), user.has_usable_password()) == ("Nina Novak", frozenset(), False)
    assert is_signed_in(browser)
    last = Entry.objects.filter(event="person:enrolled").last()
    assert (last.subject_id, last.actor_name) == (str(user.pk), "Countersign")


def test_no_mail_address_and_no_token_is_kept(provider):
    sign_in(provider)
    account = SocialAccount.objects.get()
    assert account.extra_data == {}
    assert not any(NINA["email"].encode() in bytes(each.body) for each in Entry.objects.all())
    assert not any(NINA["sub"].encode() in bytes(each.body) for each in Entry.objects.all())


def test_the_second_sign_in_finds_the_account_by_subject_whatever_the_name(provider):
    sign_in(provider)
    provider.person |= {"preferred_username": "ada", "name": "Ada Abreu"}
    sign_in(provider)
    assert SocialAccount.objects.count() == 1
    assert nina().name == "Nina Novak"


def test_a_local_account_is_not_taken_over_by_its_name(cast, provider):
    provider.person |= {"preferred_username": "ada", "name": "Ada Abreu", "email": "ada@bank.example"}
    browser, _ = sign_in(provider)
    user = User.objects.get(pk=browser.session["_auth_user_id"])
    assert user.pk != cast.ada.pk
    assert user.person_id != cast.ada.person_id
    assert user.username.startswith("ada-")
    assert roles_of(user) == frozenset()


def test_another_issuers_same_subject_is_somebody_else(provider):
    sign_in(provider)
    here = oidc.configured()
    there = oidc.Configured("https://other.example", CLIENT, SECRET, "Other", ("openid",), "groups")
    identity = oidc.Identity(there.issuer, NINA["sub"], "Nina Novak", "nina", frozenset())
    user = oidc_services.admit(actor=the_installation(), identity=identity, provider=there)
    assert here.key != there.key
    assert user.pk != SocialAccount.objects.get(provider=here.key).user_id


def test_nobody_else_lets_people_in(cast, provider):
    identity = oidc.Identity(provider.url, "x", "X", "x", frozenset())
    with pytest.raises(NotAllowed):
        oidc_services.admit(actor=cast.olga, identity=identity, provider=oidc.configured())


def test_a_disabled_user_stays_out(cast, provider):
    sign_in(provider)
    disable_user(actor=cast.olga, user=nina())
    browser, answer = sign_in(provider)
    assert answer.status_code == 403
    assert "disabled" in reading.text(answer)
    assert not is_signed_in(browser)


LIES = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "somebody-else"},
    "for several, not by us": {"aud": [CLIENT, "other"], "azp": "other"},
    "expired": {"exp": int(time.time()) - 3_600, "iat": int(time.time()) - 7_200},
    "without an end": {"exp": None},
    "not yet": {"nbf": int(time.time()) + 3_600},
    "another nonce": {"nonce": "a" * 43},
    "no nonce": {"nonce": None},
    "nobody": {"sub": ""},
    "a number": {"sub": 5},
    "an endless subject": {"sub": "x" * 300},
    "groups in a word": {"groups": "countersign-developers"},
    "groups that are no words": {"groups": [1, 2]},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_signs_nobody_in(provider, lie):
    provider.lies = LIES[lie]
    before = User.objects.count()
    browser, answer = sign_in(provider)
    assert answer.status_code == 403
    assert not is_signed_in(browser)
    assert User.objects.count() == before
    assert Access.objects.count() == 1


def _forged(provider, kind):
    if kind == "another key":
        provider.signs_with = new_key()
    elif kind == "none":
        provider.signs_with, provider.algorithm = "", "none"
    else:
        # By the secret that the provider shares with us, and with whoever has read our settings.
        provider.signs_with, provider.algorithm = SECRET * 3, "HS256"


@pytest.mark.parametrize("kind", ["another key", "none", "HS256"])
def test_a_token_with_a_wrong_signature_signs_nobody_in(provider, kind):
    _forged(provider, kind)
    browser, answer = sign_in(provider)
    assert answer.status_code == 403
    assert "does not hold" in reading.text(answer)
    assert not is_signed_in(browser)


def test_a_provider_by_another_name_is_not_believed(provider):
    provider.described = {"issuer": "https://evil.example"}
    assert Client().get(START).status_code == 403


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_unencrypted_address_is_not_followed(provider, name):
    provider.described = {name: "http://bank.example/x"}
    assert Client().get(START).status_code == 403


def test_userinfo_about_somebody_else_is_not_believed(provider):
    provider.person["name"] = None
    provider.userinfo = {"sub": "another", "name": "Ada Abreu"}
    browser, answer = sign_in(provider)
    assert answer.status_code == 403
    assert not is_signed_in(browser)


def test_a_name_and_groups_may_come_from_userinfo(provider):
    provider.lies = {"groups": None, "name": None}
    provider.userinfo = NINA | {"groups": [DEVELOPERS]}
    sign_in(provider)
    assert nina().name == "Nina Novak"
    assert RoleRequest.objects.get().provider_group == DEVELOPERS


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
def test_a_provider_that_is_down_is_said_and_signs_nobody_in(provider, path):
    browser = Client()
    address = None if "well-known" in path else come_back(provider, browser)
    provider.down = {path}
    answer = browser.get(START if address is None else f"{CALLBACK}?{urlsplit(address).query}")
    assert answer.status_code in {403, 503}
    assert "identity provider" in reading.text(answer)
    assert not is_signed_in(browser)


def test_a_provider_that_is_not_there_is_said(provider, settings):
    settings.MRM_OIDC_ISSUER = "http://127.0.0.1:9"
    assert Client().get(START).status_code == 503


def test_a_state_counts_once(provider):
    browser = Client()
    address = come_back(provider, browser)
    first = browser.get(f"{CALLBACK}?{urlsplit(address).query}")
    browser.post("/sign-out")
    again = browser.get(f"{CALLBACK}?{urlsplit(address).query}")
    assert (first.status_code, again.status_code) == (302, 403)
    assert not is_signed_in(browser)


def test_a_state_of_another_browser_counts_for_nothing(provider):
    address = come_back(provider, Client())
    victim = Client()
    assert victim.get(f"{CALLBACK}?{urlsplit(address).query}").status_code == 403
    assert not is_signed_in(victim)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?state=x&code=x", "?state=%C3%A9&code=x"])
def test_a_callback_nobody_asked_for_signs_nobody_in(provider, query):
    assert Client().get(CALLBACK + query).status_code == 403


def test_a_refusal_of_the_provider_is_said(provider):
    browser = Client()
    state = query_of(come_back(provider, browser))["state"]
    answer = browser.get(f"{CALLBACK}?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "signed nobody in" in reading.text(answer)


def test_a_code_is_worth_nothing_without_its_verifier(provider):
    browser, other = Client(), Client()
    stolen = query_of(come_back(provider, browser))["code"]
    state = query_of(come_back(provider, other))["state"]
    assert other.get(f"{CALLBACK}?code={stolen}&state={state}").status_code == 403
    assert not is_signed_in(other)


def test_whoever_was_signed_in_in_this_browser_is_not_any_more(cast, provider):
    browser = Client()
    browser.force_login(cast.dana)
    before = browser.session.session_key
    sign_in(provider, browser)
    assert browser.session["_auth_user_id"] == str(nina().pk)
    assert browser.session.session_key != before


def test_a_group_asks_and_a_person_grants(cast, provider):
    provider.groups = [DEVELOPERS, "something else"]
    sign_in(provider)
    asked = RoleRequest.objects.get()
    assert (asked.role, asked.source, asked.provider_group) == ("developer", "provider_group", DEVELOPERS)
    assert roles_of(nina()) == frozenset()
    granted(cast.olga, asked)
    assert roles_of(nina()) == {"developer"}


def test_a_group_asks_once(cast, provider):
    provider.groups = [DEVELOPERS]
    for _ in range(2):
        sign_in(provider)
    granted(cast.olga, RoleRequest.objects.get())
    sign_in(provider)
    assert RoleRequest.objects.count() == 1


def test_what_was_refused_is_not_asked_for_at_every_sign_in(cast, provider):
    provider.groups = [DEVELOPERS]
    sign_in(provider)
    roles.refuse_requested(actor=cast.olga, request=RoleRequest.objects.get(), why="Not yet.")
    sign_in(provider)
    assert RoleRequest.objects.count() == 1


def test_a_group_that_is_gone_takes_its_role_along(cast, provider):
    provider.groups = [DEVELOPERS, VALIDATORS]
    sign_in(provider)
    granted(cast.olga, RoleRequest.objects.get(role="developer"))
    provider.groups = []
    sign_in(provider)
    assert roles_of(nina()) == frozenset()
    assert RoleRequest.objects.get(role="validator").state == "withdrawn"
    said = list(Entry.objects.order_by("sequence").values_list("event", flat=True))[-2:]
    assert said == ["role:revoked", "role:withdrawn"]


def test_groups_that_are_not_told_are_gone(cast, provider):
    provider.groups = [DEVELOPERS]
    sign_in(provider)
    granted(cast.olga, RoleRequest.objects.get())
    provider.lies = {"groups": None}
    sign_in(provider)
    assert roles_of(nina()) == frozenset()


def test_a_role_that_people_gave_stays_whatever_the_groups(cast, provider):
    sign_in(provider)
    second_administrator()
    asked = roles.request_role(actor=cast.olga, user=nina(), asked=roles.Asked("auditor", "She audits."))
    granted(second_administrator(), asked)
    sign_in(provider)
    assert RoleGrant.objects.get(user=nina(), revoked_at=None).role == "auditor"


def test_whoever_has_no_password_signs_by_passkey_only(provider):
    sign_in(provider)
    question = {"actor": nina(), "digest": "a" * 64, "meaning": "role:granted"}
    nonce = stepup.open_challenge(**question)
    with pytest.raises(NotAllowed, match="needs a passkey"):
        stepup.confirm(**question, nonce=nonce, proof=stepup.Proof())


def test_an_account_of_the_provider_comes_in_nowhere_else(cast, provider):
    sign_in(provider)
    reset_password(actor=cast.olga, user=nina(), password="a password that was chosen for her")
    browser = Client()
    said = {"username": nina().username, "password": "a password that was chosen for her"}
    answer = browser.post("/sign-in", said, follow=True)
    assert not is_signed_in(browser)
    assert "signs in through the identity provider" in answer.content.decode()


def _first_passkey(browser):
    key = Key()
    nonce = browser.post("/security/passkeys/challenge").json()["publicKey"]["challenge"]
    body = {"name": "Key", "challenge": nonce, "credential": key.create(nonce)}
    return browser.post("/security/passkeys", body)


def test_a_first_passkey_is_made_right_after_a_sign_in_at_the_provider(provider):
    browser, _ = sign_in(provider)
    page = browser.get("/security/passkeys").content.decode()
    assert 'name="password"' not in page
    with time_machine.travel(clock.now() + dt.timedelta(minutes=6)):
        assert _first_passkey(browser).status_code == 403
    assert _first_passkey(browser).status_code == 200
    assert [each.type for each in factors_of(nina())] == ["webauthn", "recovery_codes"]


def test_a_sign_in_at_the_provider_stands_in_for_a_first_passkey_only(provider):
    browser, _ = sign_in(provider)
    assert _first_passkey(browser).status_code == 200
    assert _first_passkey(browser).status_code == 403
    assert browser.post("/security/recovery-codes", {}).status_code in {403, 422}
    changed = browser.post(
        "/security/password", {"new_password": PASSWORD, "again": PASSWORD, "password": ""}
    )
    assert changed.status_code in {403, 422}
    assert not nina().has_usable_password()


def test_an_issuer_is_encrypted_or_on_this_machine():
    for address in ("https://bank.example", "http://127.0.0.1:8", "http://localhost"):
        assert oidc.require_safe(address) == address
    for address in ("http://bank.example", "ftp://bank.example", "javascript:x", "", None, "https://"):
        with pytest.raises(oidc.NotBelieved):
            oidc.require_safe(address)
