"""Connect: the lines run as they are printed, and nobody is shown what their token would be refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape

import pytest

from accounts.services import issue_token
from scoring.models import Decision
from scoring.slots import end_deployment
from tests.pages.reading import links, main
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "build_world", "candidate_folder", "world"]


def snippets(answer) -> list[str]:
    return [
        unescape(each) for each in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", main(answer), re.DOTALL)
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_lines_run_as_they_are_printed(world, browser_of, live_server, settings):
    settings.MRM_PUBLIC_URL = live_server.url
    lia = world.cast.lia
    scopes = ["registry:inventory:read", "scoring:decision:make"]
    _, secret = issue_token(actor=lia, name="connect", days=1, scopes=scopes)
    where, inventory, by_curl, by_python = snippets(browser_of(lia).get("/connect"))
    assert where.splitlines()[1] == "export COUNTERSIGN_TOKEN=TOKEN"
    before = where.replace("=TOKEN", f"={secret}")
    shell = {"PATH": os.environ["PATH"]}
    for line in (inventory, by_curl):
        done = subprocess.run(
            ["bash", "-c", f"{before}\n{line}"], env=shell, capture_output=True, text=True, check=True
        )
        assert world.risk_model.slug in done.stdout
    told = dict(each.removeprefix("export ").split("=", 1) for each in before.splitlines())
    done = subprocess.run(
        [sys.executable, "-I", "-c", by_python], env=shell | told, capture_output=True, text=True, check=True
    )
    assert "outcome" in done.stdout
    assert Decision.objects.count() == 2
    assert Decision.objects.values("reference").distinct().count() == 1


@pytest.mark.django_db
def test_only_what_the_token_may_do_is_shown(world, browser_of):
    printed = {
        name: len(snippets(browser_of(getattr(world.cast, name)).get("/connect")))
        for name in ("lia", "quinn", "root")
    }
    assert printed == {"lia": 4, "quinn": 2, "root": 1}


@pytest.mark.django_db
def test_a_model_that_decides_nothing_is_no_example(world, browser_of):
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="Enough.")
    assert len(snippets(browser_of(world.cast.lia).get("/connect"))) == 2


@pytest.mark.django_db
def test_who_logs_runs_is_told_the_two_lines_of_mlflow(cast, browser_of, settings):
    lines = ["export MLFLOW_TRACKING_URI=http://127.0.0.1:8100", "export MLFLOW_TRACKING_TOKEN=TOKEN"]
    settings.MRM_GATEWAY_URL = "http://127.0.0.1:8100"
    told = {name: snippets(browser_of(getattr(cast, name)).get("/connect")) for name in ("dana", "victor")}
    assert "\n".join(lines) in told["dana"]
    assert not [each for each in told["victor"] if "MLFLOW" in each]


@pytest.mark.django_db
def test_it_leads_to_tokens_and_to_the_description(cast, browser_of):
    found = links(browser_of(cast.dana).get("/connect"))
    assert {"/tokens", "/tokens/issue", "/api/docs/", "/api/schema/"} <= found
