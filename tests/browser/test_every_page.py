"""Every page that each person can reach by links: no accessibility violation, nothing the policy had to block."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = ("dana", "victor", "ada", "otto", "lia", "quinn", "olga", "root")
# Enough that every kind of page is met, and that a list of thousands would not be walked.
MOST_PAGES = 60
# The queue; Notices and where mail goes; Connect; Security with the password, the app and the passkeys; Tokens and issuing
# one; Sessions.
OWN_PAGES = 11


def _kind(path: str) -> str:
    match = resolve(path)
    return match.view_name or match.route


def _walk(page, url):
    """Yield one page of every kind that can be reached by links, with what the browser said about it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    waiting, seen = ["/"], set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        kind = _kind(path)
        if kind in seen:
            continue
        seen.add(kind)
        said.clear()
        answer = page.goto(url + path, wait_until="load")
        yield path, answer, list(said)
        links = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
        waiting += [urlsplit(link).path for link in links if link.startswith(url) and _is_page(link)]


def _is_page(link: str) -> bool:
    path = urlsplit(link).path
    return not path.startswith(("/static/", "/api/")) and not path.endswith((".pdf", ".json", ".csv", "/pdf"))


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.control("security:csp")
def test_no_page_has_accessibility_or_policy_violations(signed_in, site, name):
    page, axe = signed_in(name), Axe()
    visited, found = [], []
    for path, answer, said in _walk(page, site.url):
        visited.append(path)
        if answer.status != 200:
            found.append(f"{path}: {answer.status}")
            continue
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        found += [f"{path}: {words}" for words in said]
        found += [
            f"{path}: {violation['id']} {violation['nodes'][0]['html'][:120]}"
            for violation in axe.run(page).response["violations"]
        ]
    assert not found
    # Who holds no role of the inventory has a queue that says so, the pages of their own account, and no link that
    # would be refused.
    assert (len(visited) == OWN_PAGES) if name == "root" else (len(visited) >= OWN_PAGES + 3)


@pytest.mark.parametrize("width", [1280, 400])
def test_pages_fit_their_window(signed_in, site, width):
    page = signed_in("victor")
    page.set_viewport_size({"width": width, "height": 900})
    for path, _, _ in _walk(page, site.url):
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 1, f"{path} is {overflow} px wider than its window"
