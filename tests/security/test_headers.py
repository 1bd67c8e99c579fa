"""Every address of the resolver, asked by everybody: what each answer tells the browser."""

from __future__ import annotations

import subprocess
import sys
from http import HTTPStatus

import pytest
from django.test import Client

from tests.cast import PASSWORD
from tests.lint_project import ROOT, deployment
from tests.security.addresses import addresses
from tests.security.answers import header_faults
from tests.security.conftest import undone

pytestmark = pytest.mark.control("security:headers")
METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS")
PEOPLE = ("victor", "lia", None)


@pytest.fixture(params=PEOPLE, ids=str)
def asked(request, browser, caller):
    """(username, how they ask an address)"""
    username = request.param
    client = browser(username) if username else Client(raise_request_exception=False)
    api = caller(username) if username else client
    return username, lambda address, path, method: (api if address.is_api else client).generic(method, path)


def test_every_answer_of_every_address_carries_every_header(asked, values):
    username, ask = asked
    wrong, seen = [], set()
    for address in addresses():
        path = address.path(values)
        for method in METHODS if username in ("victor", None) else METHODS[:1]:
            with undone():
                answer = ask(address, path, method)
            seen.add(answer.status_code)
            wrong += [
                f"{method} {path} {answer.status_code}: {fault}" for fault in header_faults(path, answer)
            ]
    assert not wrong, "\n".join(wrong)
    assert seen >= ({200, 404, 405} if username in ("victor", None) else {200, 403}) - (
        {404} if username is None else set()
    )


def test_no_answer_of_the_api_sets_or_reads_a_cookie(browser, caller, values):
    with_session, by_token = browser("victor"), caller("victor")
    for address in (each for each in addresses() if each.template.startswith("api/v1/")):
        path = address.path(values)
        assert not by_token.get(path).cookies, path
        # A session opens no door of the API: there is no request that a foreign page could forge.
        answer = with_session.get(path)
        assert (answer.status_code in (401, 405), not answer.cookies) == (True, True), path


@pytest.mark.parametrize("path", ["/static/countersign.css", "/static/nothing.css", "/static/../manage.py"])
def test_static_files_and_their_absence_carry_the_headers(path):
    assert header_faults(path, Client().get(path)) == []


ODD = {
    "NUL": ("GET", "/models?a=%00", {}, {}),
    "host": ("GET", "/models", {"Host": "evil.example"}, {"ALLOWED_HOSTS": ["bank.example"]}),
    "host of the API": ("GET", "/api/v1/me", {"Host": "evil.example"}, {"ALLOWED_HOSTS": ["bank.example"]}),
    "fault of a page": ("GET", "/broken", {}, {"ROOT_URLCONF": "tests.security.faulty"}),
    "fault of the API": ("GET", "/api/v1/broken", {}, {"ROOT_URLCONF": "tests.security.faulty"}),
    "unknown page": ("GET", "/nothing", {}, {}),
    "unknown operation": ("GET", "/api/v1/nothing", {}, {}),
    "forged": ("POST", "/sign-out", {"Origin": "https://evil.example"}, {}),
    "too large": ("POST", "/models/card-limit/amendment", {"Content-Length": "9000000"}, {}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_answers_carry_the_headers(settings, browser, name):
    method, path, headers, changed = ODD[name]
    client = browser("dana", enforce_csrf_checks=True)
    for setting, value in changed.items():
        setattr(settings, setting, value)
    answer = client.generic(method, path, headers=headers)
    assert answer.status_code >= HTTPStatus.BAD_REQUEST
    assert header_faults(path, answer) == []
    assert b"secret of the fault" not in answer.content


def test_https_makes_every_cookie_secure_and_is_remembered(settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"):
        setattr(settings, name, True)
    client = Client()
    page = client.get("/sign-in", secure=True)
    client.post("/sign-in", {"username": "dana", "password": PASSWORD}, secure=True)
    client.post("/i18n/setlang/", {"language": "pt-br"}, secure=True)
    assert page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert {"csrftoken", "sessionid"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert (cookie["secure"], cookie["samesite"]) == (True, "Lax"), name
        assert cookie["httponly"], name


def test_a_download_is_a_download_and_has_no_origin(caller, browser):
    for answer in (
        browser("victor").get("/ledger/verifier.py"),
        caller("victor").get("/api/v1/ledger/bundle"),
    ):
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        assert answer["Content-Security-Policy"].endswith("sandbox")
        assert answer["X-Content-Type-Options"] == "nosniff"


SHOWN = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,
      s.CSRF_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.DEBUG)
"""


@pytest.mark.parametrize(
    ("url", "hsts", "expected"),
    [
        ("https://countersign.example", "", "True True True True True True 31536000 False"),
        ("https://countersign.example", "60", "True True True True True True 60 False"),
        ("http://127.0.0.1:8000", "", "False False False True True False 0 False"),
    ],
)
def test_the_public_address_decides_what_is_secure(url, hsts, expected):
    environment = deployment() | {"MRM_PUBLIC_URL": url} | ({"MRM_HSTS_SECONDS": hsts} if hsts else {})
    command = (sys.executable, "-c", SHOWN)
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[-2] == expected


def test_the_deployment_check_says_nothing():
    command = (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    said = subprocess.run(command, cwd=ROOT, env=deployment(), capture_output=True, text=True, check=False)
    assert (said.returncode, "no issues" in said.stdout) == (0, True), said.stderr
