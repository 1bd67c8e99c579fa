"""Somebody with every role, but for another model only, asks for everything that has a name in its address: it must
look to them as if nothing were there. The operations come from the resolver and the OpenAPI description."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.models import Token
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role, issue_token, permissions_of
from registry.models import ModelVersion
from tests.badinput.bodies import FORMS, accepted_shape
from tests.badinput.places import problem_with
from tests.badinput.routes import routes
from tests.cast import PASSWORD
from tests.security.addresses import operations, pages
from tests.security.conftest import undone

pytestmark = pytest.mark.control("security:idor")
ROLES = ("developer", "validator", "approver", "operator", "loan_officer", "auditor", "privacy_officer")
# What belongs to no model. Each needs its reason.
SHARED = {
    "snapshot": "snapshots are shared by all models; counts and names are shown, never a row",
    "snapshot-quality": "what the rules found in a snapshot, which is shared",
    "snapshot-exception": "a rule of a shared snapshot; whoever approves for every model signs",
    "snapshot-exception-list": "what is let stand of a snapshot that is shared",
    "feature-view-publish": "feature views are shared by all models",
    "feature-look-up": "feature views are shared by all models; who may decide may look an applicant up",
    "feature-values": "feature views are shared by all models; the definition is read, and never a row",
    "feature-view": "feature views are shared by all models; a definition and counts are shown, never a row",
    "pack": "a policy pack belongs to no model; texts are read, and never a row",
    "pack-review": "a policy pack belongs to no model; whoever reviews for every model signs",
    "pack-change": "a policy pack belongs to no model; of models only those one may see are told",
    "ledger-entry-proof": "the chain is one for all models",
    "ledger-entry": "the chain is one for all models",
    "ledger-entry-proof-file": "the chain is one for all models",
    "ledger-checkpoint": "a checkpoint is over the whole chain",
    "ledger-stamp": "a stamp is over a checkpoint",
}
# Acts over what is one's own: a GET leads back to the list of one's own, and only there.
OWN_LISTS = {"session-end": "/sessions", "token-revoke": "/tokens"}


@pytest.fixture(scope="module")
def noor(names):
    user = enrol_person(actor=the_installation(), username="noor", name="Noor Nunes", password=PASSWORD)
    for role in ROLES:
        grant_role(actor=the_installation(), user=user, role=role, model_slug="other")
    return user


@pytest.fixture(scope="module")
def api(noor) -> APIClient:
    _, secret = issue_token(actor=noor, name="s", days=1, scopes=sorted(permissions_of(noor)))
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture(scope="module")
def told_by_the_world(names) -> set[str]:
    """Words, digests and ids of the model that they must not see."""
    version = ModelVersion.objects.select_related("risk_model", "artifact").get(pk=names["v_approved"])
    digests = {version.artifact.digest, version.policy.digest, version.dictionary.digest}
    return {
        version.risk_model.name,
        "Too weak.",
        "The use is narrow.",
        "Watch it",
        "On leave.",
        "The work asks for it.",
        "New One",
        Token.objects.get(pk=names["t_open"]).prefix,
        *digests,
        "Dana Duarte",
        "Victor Vance",
    }


def sent(client, route, method: str, path: str):
    if method == "POST" and str(route) in FORMS:
        parts = {"file": SimpleUploadedFile("a.csv", b"a\n1\n")}
        parts |= {} if str(route) == "version-file-list" else {"declaration": "{}"}
        with undone():
            return client.post(path, parts, format="multipart")
    body = json.dumps(accepted_shape(route.view)) if method != "GET" else ""
    with undone():
        return client.generic(method, path, body, content_type="application/json")


OPERATIONS = [(route, method) for route, method in operations() if route.parts and str(route) not in SHARED]


@pytest.mark.parametrize(("route", "method"), OPERATIONS, ids=str)
def test_what_belongs_to_another_model_is_refused_and_not_told(api, values, told_by_the_world, route, method):
    answer = sent(api, route, method, route.address(values))
    assert (answer.status_code in (403, 404), problem_with(answer)) == (True, None), answer.content
    words = answer.content.decode()
    assert [secret for secret in told_by_the_world if secret in words] == []
    if "slug" not in route.parts:
        assert values["slug"] not in words


@pytest.mark.parametrize(("route", "method"), OPERATIONS, ids=str)
def test_a_refusal_does_not_tell_what_exists(api, values, route, method):
    """An id of somebody else's thing and an id of nothing are refused with the same words."""
    nothing = {name: str(uuid.uuid4()) for name in values} | {
        "slug": "no-model",
        "number": "9999",
        "sequence": "9999",
    }
    answers = [sent(api, route, method, route.address(each)) for each in (values, nothing)]
    words = [answer.json()["detail"] for answer in answers]
    words = [text.replace(each["slug"], "S") for text, each in zip(words, (values, nothing), strict=True)]
    assert (answers[0].status_code, words[0]) == (answers[1].status_code, words[1])


def test_every_operation_of_the_description_with_a_name_in_its_address_is_asked():
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    told = {(path, method.upper()) for path, each in described.items() for method in each if "{" in path}
    asked = {(route.described, method) for route, method in OPERATIONS}
    shared = {(route.described, method) for route, method in operations() if str(route) in SHARED}
    assert asked | shared == told


def test_what_is_shared_still_exists():
    assert set(SHARED) <= {str(route) for route in routes()} | {str(page) for page in pages()}


PAGES = [page for page in pages() if page.parts and page.name not in SHARED]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_page_of_another_model_is_refused_and_not_told(noor, values, told_by_the_world, page):
    client = Client(raise_request_exception=False)
    client.force_login(noor)
    for ask in (client.get, client.post):
        with undone():
            # A GET of an act's address leads back to the page of the thing itself.
            answer = ask(page.path(values), follow=True)
        at_home = ask == client.get and answer.request["PATH_INFO"] == OWN_LISTS.get(page.name)
        assert at_home or answer.status_code in (403, 404, 405), (ask, answer.status_code)
        assert [secret for secret in told_by_the_world if secret in answer.content.decode()] == []


@pytest.mark.parametrize(
    "name", ["people", "invitations", "invite", "role-requests", "role-ask", "api-role-request-list"]
)
def test_what_administrators_have_is_no_list_for_others(noor, api, told_by_the_world, name):
    browser = Client(raise_request_exception=False)
    browser.force_login(noor)
    answer = (api if name.startswith("api-") else browser).get(reverse(name))
    assert answer.status_code == 403
    assert [secret for secret in told_by_the_world if secret in answer.content.decode()] == []


@pytest.mark.parametrize("name", ["api-delegation-list", "api-role-request-list"])
def test_who_has_an_account_is_not_told_to_whoever_may_not_name_them(caller, name):
    lia, answers = caller("lia"), []
    for username in ("dana", "nobody-at-all"):
        body = {
            "to": username,
            "user": username,
            "until": "2099-01-01T00:00:00Z",
            "why": "W.",
            "role": "operator",
        }
        fields = ("to", "until", "why") if "delegation" in name else ("user", "role", "why")
        answer = lia.post(reverse(name), {key: body[key] for key in fields}, format="json")
        answers.append((answer.status_code, answer.json()["detail"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 403
