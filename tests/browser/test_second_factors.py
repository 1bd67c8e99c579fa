"""The ceremonies as a person meets them: an app and a passkey enrolled, used to sign in, used to sign."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import ProofCount
from approvals.models import SignOff
from approvals.services import open_request
from tests.accounts.devices import App
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def here(live_server, settings) -> str:
    """Passkeys are bound to a name: the same server by its name instead of its number."""
    settings.MRM_PUBLIC_URL = live_server.url
    return re.sub(r"127\.0\.0\.1", "localhost", live_server.url)


@pytest.fixture
def page(browser, cast_of_the_page):
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def cast_of_the_page(transactional_db):
    from tests.cast import enrol_cast

    return enrol_cast()


@pytest.fixture
def device(page):
    """The browser's own passkeys, with a finger that always agrees (DevTools' virtual authenticator)."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools


def sign_in(page, here: str, username: str = "ada") -> None:
    page.goto(f"{here}/sign-in")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def sign_out(page) -> None:
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in**")


def enrol_app(page, here: str) -> App:
    page.goto(f"{here}/security/totp")
    app = App(page.inner_text("dd code"))
    page.fill("input[name=new_code]", app.code())
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_selector(".codes")
    return app


def enrol_key(page, here: str) -> None:
    page.goto(f"{here}/security/passkeys")
    page.fill("input[name=name]", "This laptop")
    page.fill("input[name=password]", PASSWORD)
    page.click("[data-passkey=create] button")
    page.wait_for_selector(".codes")


def violations(page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


@pytest.mark.control("security:second-factor")
def test_an_app_is_enrolled_and_asked_for_at_the_next_sign_in(page, here):
    sign_in(page, here)
    app = enrol_app(page, here)
    assert violations(page) == []
    sign_out(page)
    sign_in(page, here)
    page.wait_for_url("**/sign-in/second-step")
    assert violations(page) == []
    # The present step was spent by the enrolment; a clock one step ahead is let through.
    page.fill("input[name=code]", app.code(1))
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{here}/")


@pytest.mark.control("security:second-factor")
def test_a_passkey_is_enrolled_and_signs_in_alone(page, here, device):
    sign_in(page, here)
    enrol_key(page, here)
    sign_out(page)
    page.click("[data-passkey=get] button")
    page.wait_for_url(f"{here}/")
    page.goto(f"{here}/security")
    assert "This laptop" in page.inner_text("main")
    assert violations(page) == []


@pytest.mark.control("security:second-factor")
def test_a_passkey_is_the_second_step(page, here, device):
    sign_in(page, here)
    enrol_key(page, here)
    sign_out(page)
    sign_in(page, here)
    page.wait_for_url("**/sign-in/second-step")
    page.click("[data-passkey=get] button")
    page.wait_for_url(f"{here}/")


@pytest.mark.parametrize("path", ["", "/password", "/totp", "/passkeys", "/recovery-codes"])
def test_pages_of_security_have_no_accessibility_or_policy_violations(page, here, path):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    sign_in(page, here)
    page.goto(f"{here}/security{path}")
    assert (violations(page), said) == ([], [])


def test_where_passkeys_cannot_work_no_button_offers_them(page, here, live_server):
    page.goto(f"{live_server.url}/sign-in".replace("localhost", "127.0.0.1"))
    assert not page.is_visible("[data-passkey]")


# --- Signing --------------------------------------------------------------------------------------------------


@pytest.fixture
def request_(cast_of_the_page, drawn):
    from tests.validation.cases import case_in_validation

    case = case_in_validation(cast_of_the_page, drawn)
    case.evidence()
    case.concluded()
    return open_request(actor=cast_of_the_page.dana, version=case.version)


def decide(page, here, request_) -> None:
    page.goto(f"{here}/approval-requests/{request_.pk}")
    page.check("input[name=verdict][value=approve]")
    page.fill("textarea[name=rationale]", "I have read every check.")


@pytest.mark.control("security:step-up")
def test_a_request_is_signed_with_password_and_code(page, here, request_):
    sign_in(page, here)
    app = enrol_app(page, here)
    decide(page, here, request_)
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=code]", app.code(1))
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/versions/1")
    assert SignOff.objects.get().printed_name == "Ada Abreu"
    assert ProofCount.objects.get().totp_step > 0


@pytest.mark.control("security:step-up")
def test_a_request_is_signed_with_a_passkey(page, here, request_, device):
    sign_in(page, here)
    enrol_key(page, here)
    decide(page, here, request_)
    assert violations(page) == []
    page.click("[data-passkey=get] button")
    page.wait_for_url("**/versions/1")
    assert SignOff.objects.get().meaning == "signoff:approve"


def test_without_a_chosen_verdict_the_passkey_waits(page, here, request_, device):
    sign_in(page, here)
    enrol_key(page, here)
    page.goto(f"{here}/approval-requests/{request_.pk}")
    page.click("[data-passkey=get] button")
    page.wait_for_function("document.querySelector('[data-passkey] [role=status]').textContent !== ''")
    assert not SignOff.objects.exists()
