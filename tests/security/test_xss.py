"""Stored scripts in a real browser: forty payloads in every text of the database, on every page, for those who may see
the most. None runs, none even becomes markup, and the texts stand there to be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import browser as chromium_of
from tests.security.addresses import pages
from tests.security.payloads import EVERYTHING, PAYLOADS, RUN
from tests.security.poisoned import poison

pytestmark = [pytest.mark.browser, pytest.mark.control("security:stored-xss")]
chromium = chromium_of
PEOPLE = ("victor", "ada", "dana", "quinn", "otto")
# What a payload would have become, had it been read as markup.
MARKUP = """() => [...document.querySelectorAll('*')].filter(each =>
    [...each.attributes].some(one => /^(on|hx-on|srcdoc)/i.test(one.name) || /^\\s*javascript:/i.test(one.value))
    || /^(iframe|object|embed|base|video|audio|math|animate|style)$/i.test(each.tagName)
    || (each.tagName === 'SCRIPT' && !each.src.startsWith(location.origin + '/static/'))
    || (each.tagName === 'IMG' && each.getAttribute('src') === 'x')).map(each => each.outerHTML.slice(0, 90))"""


class Watch:
    """Everything by which a script that ran, or tried to, shows itself."""

    def __init__(self, page) -> None:
        self.page, self.said = page, []
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => "
            "{ window.__blocked = (window.__blocked || []).concat(e.violatedDirective) })"
        )
        page.on("dialog", lambda dialog: (self.said.append("dialog"), dialog.dismiss()))
        page.on("console", lambda told: self._console(told.text))
        page.on("request", lambda sent: self.said.append(sent.url) if "evil.example" in sent.url else None)

    def _console(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused to" in text or "__xss" in text:
            self.said.append(text[:120])

    def faults(self) -> list[str]:
        ran = ["ran"] if self.page.evaluate("window.__xss !== undefined") else []
        blocked = self.page.evaluate("window.__blocked || []")
        markup = self.page.evaluate(MARKUP)
        said, self.said[:] = list(self.said), []
        return [*ran, *blocked, *markup, *said]


@pytest.fixture(scope="module")
def url(names, person) -> Iterator[str]:
    assert poison(person("lia")) > 100
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def watch(chromium) -> Iterator[Watch]:
    context = chromium.new_context(locale="en-GB")
    yield Watch(context.new_page())
    context.close()


def _is_page(client: Client, path: str) -> bool:
    """And no file, no signal, and nothing that is only sent to."""
    answer = client.get(path, follow=True)
    return (
        answer["Content-Type"].startswith("text/html")
        and "Content-Disposition" not in answer
        and answer.status_code != 405
    )


def _enter(watch: Watch, user, url: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    watch.page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
    )
    return client


def test_there_are_forty():
    assert (len(PAYLOADS), len(set(PAYLOADS))) == (40, 40)


@pytest.mark.parametrize("policy", [None, "default-src 'none'; script-src 'self'"])
def test_the_detector_detects(watch, policy):
    """Unescaped, without our policy they run; under it they are blocked; both times it is seen."""
    headers = {"Content-Security-Policy": policy} if policy else {}
    body = f"<!doctype html><html><body>{EVERYTHING}</body></html>"
    watch.page.route(
        "**/trap", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers)
    )
    watch.page.goto("http://trap.example/trap", wait_until="commit")
    watch.page.wait_for_timeout(500)
    found = watch.faults()
    assert ("ran" in found) == (policy is None)
    assert len(found) > 10


@pytest.mark.parametrize("payload", PAYLOADS[:36:5])
def test_the_detector_sees_single_payloads_as_markup(watch, payload):
    watch.page.set_content(f"<body>{payload}</body>")
    assert watch.faults()


@pytest.mark.parametrize("username", PEOPLE)
def test_no_payload_runs_on_any_page(watch, url, values, person, username):
    client = _enter(watch, person(username), url)
    wrong, showing = [], 0
    for address in pages():
        if not _is_page(client, address.path(values)):
            continue
        answer = watch.page.goto(url + address.path(values), wait_until="load")
        if answer.status == 500:
            wrong.append(f"{address}: {answer.status}")
        wrong += [f"{address}: {fault}" for fault in watch.faults()]
        showing += RUN in watch.page.evaluate("document.body.innerText")
    assert not wrong, "\n".join(wrong)
    assert showing >= 8
