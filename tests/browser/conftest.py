"""A real browser on the real pages of a world with a version in force, decisions and one more version in validation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.browser.screenshots import ARGUMENTS
from tests.cast import PASSWORD, Cast, enrol_cast
from tests.plugin_services import chromium
from tests.scoring.conftest import World, applications, candidate_folder
from tests.scoring.in_force import accepted_model, approve, registered
from tests.training.swept import recorded_sweep
from tests.validation.cases import NARROW, Case, Drawn, recorded
from tests.validation.cases import registered as registered_from
from tests.validation.drawing import drawn

__all__ = ["applications", "candidate_folder", "drawn"]


@dataclass(frozen=True)
class Site:
    """Where the pages are served, who may sign in, and what there is to look at."""

    url: str
    cast: Cast
    world: World
    waiting: Case


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    # Playwright's own event loop runs in this thread until the module ends, so that no test behind it finds one running;
    # the ORM calls of the tests beside it are not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(
    transactional_db: None,
    live_server: object,
    candidate_folder: object,
    applications: dict[str, dict[str, int]],
    drawn: Drawn,
) -> Site:
    from scoring.slots import deploy
    from validation.services import freeze_standard

    cast = enrol_cast()
    entry = accepted_model(cast)
    version = approve(cast, registered(cast, entry, candidate_folder, ("0.2", "0.35")))
    world = World(cast, entry, version, deploy(actor=cast.otto, version=version), applications)
    for outcome in applications:
        world.decide(outcome, outcome)
    waiting = _waiting(cast, entry, drawn, freeze_standard)
    recorded_sweep(cast, entry, waiting.version.snapshot)
    return Site(live_server.url, cast, world, waiting)


def _waiting(cast: Cast, entry: object, drawn: Drawn, freeze: Callable[..., object]) -> Case:
    """A second version in validation with a failed check and a finding about it."""
    from registry.services import submit_version
    from validation.findings import Raised
    from validation.services import open_finding

    version = registered_from(cast, recorded(cast, entry, drawn), NARROW)
    version = submit_version(actor=cast.dana, version=version)
    case = Case(cast, version, freeze(actor=cast.victor, slug="card-limit-demo"))
    run = case.evidence(adverse_impact_age="failed")
    raised = Raised("The youngest are approved too rarely", "Ratio below the limit.", "medium")
    result = run.results.get(check_id="adverse_impact_age")
    open_finding(actor=cast.victor, version=case.version, raised=raised, result=result)
    return case


@pytest.fixture
def signed_in(browser: object, site: Site) -> Callable[[str], object]:
    """A page of a fresh browser profile in which this person has signed in."""

    def enter(username: str) -> object:
        page = browser.new_context(locale="en-GB").new_page()
        page.goto(f"{site.url}/sign-in")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        return page

    return enter
